"""The command ``searchlib``, also as ``python -m searchlib``."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line, or say what it needs."""
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
    cli()


if __name__ == "__main__":
    main()
