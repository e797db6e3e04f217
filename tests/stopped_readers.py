"""Commands whose output nobody reads to its end, each in a process of its own.

A command takes most of its time to import what it needs. So these processes are forked from one
that has imported it all; each goes on until its interpreter ends, as a program does.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

RUN = """
import contextlib, json, os, sys
from searchlib.__main__ import main

warming_up, commands, characters = json.loads(sys.argv[1])
for args in warming_up:
    sys.argv = ["searchlib", *args]
    with open(os.devnull, "w") as nothing, contextlib.redirect_stdout(nothing):
        with contextlib.suppress(SystemExit):
            main()
for number, args in enumerate(commands):
    reading, writing = os.pipe()
    if not os.fork():
        os.dup2(writing, 1)
        os.dup2(os.open(f"said-{number}", os.O_CREAT | os.O_WRONLY), 2)
        os.close(reading)
        os.close(writing)
        sys.argv = ["searchlib", *args]
        sys.exit(main())
    os.close(writing)
    if characters:
        os.read(reading, characters)
    os.close(reading)
    os.wait()
"""


def said_to_nobody(
    folder: Path, *commands: list[str], warming_up: list[str], characters: int
) -> list[str]:
    """Run commands, read some characters of the output of each, and close it.

    Args:
        folder: Where to run them.
        commands: What follows ``searchlib``.
        warming_up: A command that imports what they need.
        characters: How many; none are waited for if it is 0.

    Returns:
        What each of them wrote to its standard error.
    """
    subprocess.run(
        [sys.executable, "-c", RUN, json.dumps([[warming_up], commands, characters])],
        cwd=folder,
        stdout=subprocess.PIPE,  # as theirs is to be: Python buffers a file in another way
        check=True,
        timeout=100,
    )
    return [(folder / f"said-{number}").read_text() for number in range(len(commands))]
