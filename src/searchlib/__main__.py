"""The command ``searchlib``, also as ``python -m searchlib``."""

from __future__ import annotations

import atexit
import errno
import gc
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import click

_UNWRITTEN = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EPIPE))
"""Why standard output may take nothing more."""


def main() -> None:
    """Run the command line, or say what it needs."""
    # What modules make lives as long as the process. To look for garbage among it, while they are
    # imported and once more at the end, would take a quarter of the time of a search.
    atexit.register(gc.freeze)
    gc.disable()
    # Nor does a command multiply matrices: threads for it would take a fifth of its CPU time.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    _open_closed_streams()
    cli = _imported()
    gc.freeze()
    gc.enable()
    try:
        try:
            cli()
        finally:
            sys.stdout.flush()
    except OSError as error:
        if error.errno not in _UNWRITTEN or error.filename is not None:
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # for what is left to be written at the end
        sys.exit(1 if error.errno == errno.EPIPE else f"Error: could not write: {error.strerror}")


def _open_closed_streams() -> None:
    """Open the standard streams that are closed, before a file of the index takes their place."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115


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
