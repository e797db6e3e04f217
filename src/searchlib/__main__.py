"""The command ``searchlib``, also as ``python -m searchlib``."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import click


def main() -> None:
    """Run the command line, or say what it needs."""
    # What modules make lives as long as the process. To look for garbage among it, while they are
    # imported and once more at the end, would take a quarter of the time of a search.
    atexit.register(gc.freeze)
    gc.disable()
    # Nor does a command multiply matrices: threads for it would take a fifth of its CPU time.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    cli = _imported()
    gc.freeze()
    gc.enable()
    cli()


def _imported() -> click.Group:
    """Import the command line, and the command that is called."""
    try:
        import click  # noqa: F401
        import rich  # noqa: F401
    except ImportError:
        sys.exit("The searchlib command needs two more packages: pip install 'searchlib[cli]'")
    from searchlib.errors import KernelsError

    try:
        from searchlib.cli.commands import cli
    except KernelsError as error:
        sys.exit(f"Error: {error}")
    from searchlib.cli.terminal import never_fail_for_encoding

    never_fail_for_encoding()
    for name in sys.argv[1:2]:
        cli.commands.get(name)
    return cli


if __name__ == "__main__":
    main()
