"""Which article of a changed file was which before."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from searchlib.articles.catalogue import UNUSABLE, KnownArticle, KnownFile, read_known
from searchlib.articles.keys import KeyGiver, UsedKeys, carry_over, keep_missing

contents = st.lists(st.sampled_from("abcdefg"), max_size=8)
articles = st.builds(
    KnownArticle, st.text(max_size=3), st.none() | st.text(max_size=3), st.text(max_size=2)
)
files = st.builds(
    KnownFile,
    st.text("abc/", min_size=1),
    st.text(),
    st.integers(0),
    st.integers(),
    st.text(),
    st.text(),
    st.lists(articles, max_size=4),
    st.integers(0),
)


def known(names: str) -> list[KnownArticle]:
    """Make articles whose keys are those of the names in capitals."""
    return [KnownArticle(name.upper(), name) for name in names]


def carried(old: str, new: str) -> str:
    """Show the keys that go on, and a dot for each article that gets none."""
    return "".join("." if one is None else one.key for one in carry_over(known(old), new))


def test_articles_at_their_places() -> None:
    assert carried("abc", "abc") == "ABC"
    assert carried("abc", "axc") == "ABC"
    assert carried("abc", "xabc") == ".ABC"
    assert carried("abc", "axbc") == "A.BC"
    assert carried("abc", "ac") == "AC"
    assert carried("abc", "cab") == "CAB"
    assert carried("a", "x") == "A"
    assert carried("abc", "xyz") == "ABC"
    assert carried("abc", "axyzc") == "AB..C"
    assert carried("", "xy") == ".."
    assert carried("ab", "") == ""
    assert carried("aab", "aaab") == "AA.B"


def test_articles_with_ids_of_their_own_take_no_place() -> None:
    old = [KnownArticle("own"), *known("a")]
    assert [*carry_over(old, ["x"])] == known("a")


def test_a_record_that_breaks_holds_its_place() -> None:
    found = [*carry_over(known("abc"), ["", "x", "c"])]
    assert [one and one.key for one in found] == ["A", "B", "C"]
    old = [UNUSABLE, *known("bc")]
    assert [one and one.key for one in carry_over(old, ["", "x", "c"])] == ["", "B", "C"]


def in_members(places: str) -> list[KnownArticle]:
    """Make articles of contents and members: "a1 b1 c2"."""
    return [KnownArticle(each[0].upper(), each[0], each[1]) for each in places.split()]


def carried_in_members(old: str, new: str) -> str:
    now = in_members(new)
    found = carry_over(
        in_members(old), [each.content or "" for each in now], [each.member for each in now]
    )
    return "".join("." if one is None else one.key for one in found)


def test_the_members_of_an_archive_are_files_of_their_own() -> None:
    assert carried_in_members("a1 b2 c3", "a1 x2 c3") == "ABC"
    assert carried_in_members("a1 b2", "y1 z1 x2") == "A.B"
    assert carried_in_members("a1 b2 c3", "n1 x3") == "AC"  # the second is gone
    assert carried_in_members("a1 b1 c2", "a1 x1 y1 z2") == "AB.C"
    assert carried_in_members("a1 b2", "b1 a2") == "BA"  # what is the same keeps its key anywhere
    assert carried_in_members("a1 b2", "x3") == "."


def test_a_catalogue_that_knows_no_members() -> None:
    assert [*carry_over(known("ab"), ["x", "b"], ["1", "2"])] == known("ab")
    assert [*carry_over(in_members("a1 b2"), ["x"], [""])] == [None]


@given(contents, contents)
def test_each_goes_on_once_and_what_is_the_same_stays(old: list[str], new: list[str]) -> None:
    before = [KnownArticle(f"{at}", content) for at, content in enumerate(old)]
    found = [*carry_over(before, new)]
    assert len(found) == len(new)
    went_on = [one.key for one in found if one is not None]
    assert len(set(went_on)) == len(went_on)
    for content in set(old):
        same = sum(one is not None and one.content == content == now
                   for one, now in zip(found, new, strict=True))  # fmt: skip
        assert same == min(old.count(content), new.count(content))


def test_what_is_missing_stays_behind_what_it_stood_behind() -> None:
    merged = keep_missing(known("abcde"), [UNUSABLE, *known("bx"), UNUSABLE, *known("d")])
    assert "".join(one.content or "" for one in merged) == "abcxde"


def test_a_key_of_two_files_goes_on_to_none() -> None:
    one = KnownFile("a", "a", 0, 0, "", "", known("ab"))
    two = KnownFile("b", "b", 0, 0, "", "", known("bb"))
    used = UsedKeys.of([one, two])
    assert [used.is_shared(key) for key in "AB"] == [False, True]
    giver = KeyGiver(lambda: [one, two])
    assert giver.give("x", "x", one.articles[0], "a").key == "A"
    assert giver.give("x", "x", one.articles[1], "a").key == "x"


def test_a_key_whose_article_was_edited_is_not_given_to_its_old_text() -> None:
    edited = KnownFile("a", "a", 0, 0, "", "", [KnownArticle("old", "new")])
    giver = KeyGiver(lambda: [edited])
    first, second = (giver.give("old", "old", None, path).key for path in ("b", "c"))
    assert len({first, second, "old", "new"}) == 4
    assert giver.give("old", "old", None, "b").key == first
    assert giver.give("own", "old", None, "b").key == "own"


@given(st.lists(files, max_size=4))
def test_a_catalogue_is_read_as_it_was_written(written: list[KnownFile]) -> None:
    in_order = sorted(
        {file.path: file for file in written}.values(), key=lambda f: f.path.split("/")
    )
    assert [*read_known(file.to_line() for file in in_order)] == in_order


def test_the_name_of_a_file_may_have_bytes_that_are_no_text() -> None:
    article = KnownArticle("a", "b", "m")
    known = KnownFile("/news/\udcff.txt", "\udcff.txt", 1, -1, "digest", "how", [article])
    assert [*read_known([known.to_line()])] == [known]


def test_a_line_is_kept_as_it_was_read() -> None:
    line = KnownFile("/news/a.txt", "a.txt", 1, 2, "digest", "", [KnownArticle("a")]).to_line()
    (known,) = read_known([line])
    assert known.line == line == known.to_line()
