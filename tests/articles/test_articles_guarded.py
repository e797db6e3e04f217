"""Errors of libraries are the fault of a file, mistakes of our own are not."""

import json
from pathlib import Path

import pytest

from searchlib.articles import read_articles
from searchlib.articles.formats import mail
from searchlib.articles.formats.base import guarded
from searchlib.articles.text import UnusableError
from searchlib.errors import Problem
from tests.tables import each


def raised_by_a_library(error: type[Exception]) -> None:
    def refuse(_: object) -> None:
        raise error("no such thing")

    # The innermost line is one of this test, which is no part of searchlib.
    json.dumps(object(), default=refuse)


@each("error", [TypeError, AttributeError, NameError, KeyError, ValueError])
def test_any_error_of_a_library_is_the_fault_of_the_file(error: type[Exception]) -> None:
    with pytest.raises(UnusableError, match=r"expected a feed.*no such thing"), guarded("a feed"):
        raised_by_a_library(error)


@pytest.mark.parametrize("error", [OSError, MemoryError, ImportError])
def test_errors_that_have_a_meaning_pass(error: type[Exception]) -> None:
    with pytest.raises(error), guarded("a feed"):
        raise error


def test_a_mistake_of_our_own_is_raised(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "a.eml"
    path.write_bytes(b"From: x@y.example\nSubject: Ferry\n\nText.\n")
    monkeypatch.setattr(mail, "_decoded", None)  # "'NoneType' object is not callable"
    with pytest.raises(TypeError, match="not callable"):
        list(read_articles(path))


def test_the_same_mistake_in_a_library_is_a_problem(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "a.eml"
    path.write_bytes(b"From: x@y.example\nSubject: Ferry\n\nText.\n")
    monkeypatch.setattr("email.utils._AddressList", None)
    (problem,) = read_articles(path)
    assert isinstance(problem, Problem)
    assert "not callable" in problem.reason
