"""Which articles? Real ones where they are there, or invented ones that are made once and kept."""

from __future__ import annotations

import hashlib
import os
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks import synthetic
from searchlib import Article, read_articles

if TYPE_CHECKING:
    from collections.abc import Iterator

_SHARED: Final = Path(__file__).parents[2] / "shared"
_SEED: Final = 1


class DatasetError(Exception):
    """The articles that were asked for are not there."""


@dataclass(slots=True)
class Survey:
    """What a corpus holds, and a sample of it to draw queries from.

    Attributes:
        documents: How many articles it has.
        text_bytes: The size of all titles and bodies in UTF-8.
        sample: Some of the articles, drawn evenly.
    """

    documents: int = 0
    text_bytes: int = 0
    sample: list[Article] = field(default_factory=list)


def find_corpus(name: str, cache: Path) -> Path:
    """Find the file of a dataset; an invented one is made if it is not there yet.

    Args:
        name: ``news21k``, ``synthetic:N``, or the path of a file that searchlib can read.
        cache: The folder where invented articles are kept.

    Raises:
        DatasetError: There is no such dataset.
    """
    if name.startswith("synthetic:"):
        count = name.removeprefix("synthetic:")
        if not count.isdecimal() or not int(count):
            raise DatasetError(f"expected a number of articles in {name!r}: synthetic:200000")
        return _invented(int(count), cache)
    if name == "news21k":
        folder = Path(os.environ.get("SEARCHLIB_SHARED", _SHARED))
        path = folder / "data" / "news21k.jsonl.gz"
    else:
        path = Path(name)
    if not path.is_file():
        raise DatasetError(
            f"expected a dataset, got {name!r}: there is no file {path}; set SEARCHLIB_SHARED, or "
            "use --dataset synthetic:20000"
        )
    return path


def _invented(count: int, cache: Path) -> Path:
    """Make the file under another name first, so that a run that is stopped leaves no half."""
    assert synthetic.__file__
    generator = hashlib.blake2b(Path(synthetic.__file__).read_bytes(), digest_size=4).hexdigest()
    path = cache / f"synthetic-{count}-{_SEED}-{generator}.jsonl"
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".unfinished")
        with unfinished.open("wb") as file:
            for lines in synthetic.generate_lines(count, _SEED):
                file.write(lines)
        unfinished.replace(path)
    return path


def articles_of(path: Path) -> Iterator[Article]:
    """Read the articles of a file; of several with one id, the first."""
    seen: set[str] = set()
    for article in read_articles(path):
        if isinstance(article, Article) and article.id not in seen:
            seen.add(article.id)
            yield article


def survey(path: Path, sample: int, seed: int) -> Survey:
    """Count the articles of a file and draw some of them, each with the same chance."""
    found = Survey()
    chance = random.Random(seed)
    for article in articles_of(path):
        found.documents += 1
        found.text_bytes += len(article.title.encode()) + len(article.body.encode())
        if len(found.sample) < sample:
            found.sample.append(article)
        elif (place := chance.randrange(found.documents)) < sample:
            found.sample[place] = article
    return found
