"""What did it run on, and how much memory does a process take with all that it started?"""

from __future__ import annotations

import contextlib
import os
import platform
import re
import subprocess
import threading
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final, Self

_PACKAGES: Final = ("numpy", "pydantic", "PyStemmer", "zstandard")
_LEAST_PAUSE: Final = 0.02
_PAUSE_BY_COST: Final = 20  # looking at memory is to take at most a twentieth of a CPU


def describe_machine() -> dict[str, Any]:
    """Name the CPU, the memory, the system, and the load at this moment."""
    load = os.getloadavg() if hasattr(os, "getloadavg") else ()
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "memory_mb": _memory(),
        "system": f"{platform.system()} {platform.release()}",
        "load_average": [round(value, 2) for value in load],
    }


def describe_software() -> dict[str, str]:
    """Name the versions of Python and what searchlib stands on, and the commit of the code."""
    found = {"Python": platform.python_version()}
    for package in _PACKAGES:
        with contextlib.suppress(PackageNotFoundError):
            found[package] = version(package)
    with contextlib.suppress(OSError, subprocess.CalledProcessError):
        command = ["git", "describe", "--always", "--dirty"]
        here = Path(__file__).parent
        found["commit"] = subprocess.check_output(
            command, cwd=here, text=True, stderr=subprocess.DEVNULL
        ).strip()
    return found


def _cpu() -> str:
    with contextlib.suppress(OSError):
        found = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
        if found:
            return found.group(1)
    return platform.processor() or platform.machine()


def _memory() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20
    except (AttributeError, ValueError, OSError):
        return None


class MemoryWatch:
    """Watches how much memory a process and its descendants take. On Linux only.

    Memory that processes share is counted once (the proportional set size), files that are mapped
    count as far as they are in memory.

    Attributes:
        before: The bytes at the beginning, or ``None`` where it can't be known.
        peak: The most bytes seen.
        peak_anonymous: The most seen that is not the content of a mapped file.
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.before: int | None = None
        self.peak = self.peak_anonymous = 0

    def __enter__(self) -> Self:
        self._look()
        self.before = self.peak or None
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._end.set()
        self._thread.join()

    def _watch(self) -> None:
        pause = _LEAST_PAUSE
        while not self._end.wait(pause):
            began = time.perf_counter()
            self._look()
            pause = max(_LEAST_PAUSE, _PAUSE_BY_COST * (time.perf_counter() - began))

    def _look(self) -> None:
        whole = anonymous = 0
        for pid in _family(self._pid):
            found = memory_of(pid)
            whole += found.get("Pss", 0)
            anonymous += found.get("Pss_Anon", 0)
        self.peak = max(self.peak, whole)
        self.peak_anonymous = max(self.peak_anonymous, anonymous)

    def to_json(self) -> dict[str, int] | None:
        """Give what was seen in bytes, or ``None`` where nothing can be."""
        if self.before is None:
            return None
        return {
            "before": self.before,
            "peak": self.peak,
            "more": self.peak - self.before,
            "peak_anonymous": self.peak_anonymous,
        }


def memory_of(pid: int) -> dict[str, int]:
    """Read the kernel's sums of a process's memory, in bytes; nothing where there are none."""
    with contextlib.suppress(OSError):
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
        found = re.findall(r"^(\w+): +(\d+) kB$", text, re.MULTILINE)
        return {name: int(kilobytes) << 10 for name, kilobytes in found}
    return {}


def _family(pid: int) -> list[int]:
    """Find a process and its descendants."""
    found = [pid]
    for parent in found:  # grows while it is walked
        for children in Path(f"/proc/{parent}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                found += map(int, children.read_text().split())
    return found
