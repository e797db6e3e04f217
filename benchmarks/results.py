"""How are measurements kept? As one JSON file for each run, written anew after every step."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FORMAT: Final = 1


def save(path: Path, run: dict[str, Any]) -> None:
    """Write a run. Whoever reads the file meanwhile sees the one before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(run, indent=1) + "\n", encoding="utf-8")
    os.replace(unfinished, path)  # noqa: PTH105 - replaces on every system


def load(path: Path) -> dict[str, Any]:
    """Read a run.

    Raises:
        ValueError: The file is not one of a run.
    """
    run = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(run, dict) or run.get("format") != FORMAT:
        raise ValueError(f"expected a run of format {FORMAT} in {path}; measure it again")
    return run


def summarize(rounds: Sequence[Sequence[float]]) -> dict[str, Any]:
    """Summarize the times of the same queries in several rounds.

    Args:
        rounds: The seconds of each query, in each round.

    Returns:
        In milliseconds, over all queries: ``p50`` and ``p99`` of the best round of each, and
        ``raw_p50`` and ``raw_p99`` of all times of all rounds.
    """
    times = np.array(rounds, np.float64) * 1000
    p50, p99 = np.percentile(times.min(axis=0), (50, 99))
    raw_p50, raw_p99 = np.percentile(times, (50, 99))
    named = {"p50": p50, "p99": p99, "raw_p50": raw_p50, "raw_p99": raw_p99}
    return {"rounds": len(rounds), **{name: round(float(ms), 5) for name, ms in named.items()}}
