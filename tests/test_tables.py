"""A test over a table runs all cases, and its error names those that fail."""

import inspect
from pathlib import Path

import pytest

from tests.tables import each

ran: list[tuple[int, str]] = []


@each(("number", "text"), [(1, "a"), (2, "b")])
@each("digit", iter([3, 4]))
def test_every_case_of_every_table_is_run(
    tmp_path: Path, number: int, text: str, digit: int
) -> None:
    assert tmp_path.exists()
    ran.append((number * digit, text))


def test_fixtures_are_all_that_is_asked_for() -> None:
    assert [*inspect.signature(test_every_case_of_every_table_is_run).parameters] == ["tmp_path"]


def test_all_cases_have_been_run() -> None:
    ran.clear()
    test_every_case_of_every_table_is_run(tmp_path=Path.cwd())
    assert ran == [(3, "a"), (4, "a"), (6, "b"), (8, "b")]


def test_the_case_that_fails_is_named() -> None:
    @each("a, b", [(1, 1), (1, 2)])
    def equal(a: int, b: int) -> None:
        assert a == b

    with pytest.raises(AssertionError) as caught:
        equal()
    assert caught.value.__notes__ == ["with a=1, b=2"]


def test_of_several_that_fail_each_is_told() -> None:
    @each("text", ["", "1", "x"])
    def is_refused(text: str) -> None:
        with pytest.raises(ValueError, match="digit" if text == "x" else "literal"):
            int(text)

    with pytest.raises(BaseExceptionGroup, match="2 of 3 cases failed") as caught:
        is_refused()
    missing, other = caught.value.exceptions
    assert isinstance(missing, pytest.fail.Exception)
    assert (missing.__notes__, other.__notes__) == (["with text='1'"], ["with text='x'"])


def test_a_case_needs_a_value_for_each_name() -> None:
    with pytest.raises(ValueError, match="longer"):
        each(("a", "b"), [(1, 2, 3)])
