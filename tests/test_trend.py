"""Trends: counts as a look at each article has them, and every way to take them elsewhere."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel
from rich.cells import cell_len

from searchlib import Article, Between, Date, Index, Key, Recency, Trend
from searchlib.cli.commands import cli
from searchlib.errors import ArgumentError, MissingExtraError, QueryError, QuerySyntaxError
from searchlib.query import Word
from tests.conftest import examples
from tests.tables import each

if TYPE_CHECKING:
    from click.testing import Result

WORDS = ("storm", "flood", "calm")
articles: st.SearchStrategy[dict[str, Any]] = st.builds(
    dict,
    body=st.sampled_from(["storm", "storm flood", "flood", "calm"]),
    source=st.sampled_from(["AP", "BBC"]),
    published=st.none() | st.dates(date(2023, 11, 1), date(2025, 2, 28)),
)
KEYS = {"year": "%Y", "month": "%Y-%m", "week": "%G-W%V", "day": "%Y-%m-%d"}


def archive(*batches: list[dict[str, Any]]) -> Index[Article]:
    """Make an index with a segment, or more, for each batch; an article's id is its number."""
    index, number = Index.in_memory(Article), 0
    for batch in batches:
        index.add(Article(id=str(number + n), **one) for n, one in enumerate(batch))
        number += len(batch)
    return index


def dated(*days: str | None, body: str = "storm") -> list[dict[str, Any]]:
    return [{"body": body, "published": day} for day in days]


@pytest.fixture
def storms() -> Trend:
    """Four months, one of them without articles."""
    index = archive(
        dated("2025-01-05", "2025-01-31", "2025-04-01", None),
        dated("2025-02-01", "2025-04-30", body="flood"),
    )
    return index.trend(["storm", "flood", "drought"])


@given(
    batches=st.lists(st.lists(articles, max_size=8), min_size=1, max_size=4),
    deleted=st.sets(st.integers(0, 30), max_size=6),
    by=st.sampled_from(list(KEYS)),
    source=st.none() | st.sampled_from(["AP", "BBC"]),
)
@settings(max_examples=examples(60))
def test_counts_are_those_of_a_look_at_each_article(
    batches: list[list[dict[str, Any]]], deleted: set[int], by: Any, source: str | None
) -> None:
    index = archive(*batches)
    if deleted:
        index.delete(*list(map(str, deleted)))
    numbered = enumerate(one for batch in batches for one in batch)
    left = [
        one for n, one in numbered
        if n not in deleted and source in (None, one["source"]) and one["published"]
    ]  # fmt: skip
    trend = index.trend(WORDS, by=by, filter=source and {"source": source})
    days = [one["published"] for one in left]
    every = Counter(day.strftime(KEYS[by]) for day in days)
    assert {s.label: s.articles for s in trend.spans if s.articles} == every
    for before, span in zip(trend.spans, trend.spans[1:], strict=False):
        assert before.end + timedelta(days=1) == span.start  # no gaps
    for one in trend.series:
        having = [a["published"] for a in left if one.name in a["body"].split()]
        counts = Counter(day.strftime(KEYS[by]) for day in having)
        assert one.counts == tuple(counts[span.label] for span in trend.spans)
        assert one.total == sum(one.counts) == len(having)
        for share, count, span in zip(one.shares, one.counts, trend.spans, strict=True):
            assert share == (count / span.articles if span.articles else 0)
    if left:
        assert (trend.spans[0].start, trend.spans[-1].end) <= (
            min(days),
            max(days) + timedelta(366),
        )


def test_shares_of_queries_that_part_the_articles_add_up_to_all() -> None:
    index = archive(dated("2025-01-05", "2025-03-05"), dated("2025-01-06", body="flood"))
    trend = index.trend(["storm", "NOT storm"])
    sums = [sum(shares) for shares in zip(*(one.shares for one in trend.series), strict=True)]
    assert sums == [1, 0, 1]


def test_a_span_without_articles_has_a_share_of_nothing(storms: Trend) -> None:
    assert [span.label for span in storms.spans] == ["2025-01", "2025-02", "2025-03", "2025-04"]
    assert [span.articles for span in storms.spans] == [2, 1, 0, 2]
    storm, flood, drought = storms.series
    assert (storm.counts, storm.shares, storm.total) == ((2, 0, 0, 1), (1, 0, 0, 0.5), 3)
    assert (flood.counts, flood.total) == ((0, 1, 0, 1), 2)
    assert (drought.counts, drought.shares, drought.total) == ((0,) * 4, (0.0,) * 4, 0)


@pytest.mark.parametrize("by", ["year", "hour", "auto"])
@pytest.mark.parametrize("batch", [[], dated(None)], ids=["empty", "undated"])
def test_without_dates_there_are_no_spans(batch: list[dict[str, Any]], by: Any) -> None:
    trend = archive(batch).trend("storm", by=by)
    assert (trend.by, trend.spans, trend.series[0].counts) == (by, (), ())
    assert trend.to_csv() == "query,span,start,count,articles,share\r\n"
    assert "no article has a date" in svg_text(trend)


def test_auto_chooses_by_the_articles_and_not_by_the_hits() -> None:
    index = archive(dated("2025-01-05", "2025-01-06"), dated("1925-01-01", body="flood"))
    trend = index.trend(["storm", "flood"], by="auto")
    assert trend.by == "year"
    assert [sum(one.counts) for one in trend.series] == [2, 1]


def test_typos_and_synonyms_are_those_of_a_search() -> None:
    index = archive(dated("2025-01-05", "2025-02-05"), dated("2025-02-06", body="tempest"))
    index.synonyms.set({"storm": ["tempest"]})

    def totals(**options: Any) -> list[int]:
        trend = index.trend(["storm", "stomr"], **options)
        assert [one.total for one in trend.series] == [
            index.count(query, **options) for query in ("storm", "stomr")
        ]
        return [one.total for one in trend.series]

    assert totals() == [3, 0]
    assert totals(synonyms=False) == [2, 0]
    assert totals(typos="auto", synonyms=False) == [2, 2]
    with pytest.raises(QueryError, match="expected typos to be 'off' or 'auto', got 'some'"):
        totals(typos="some")


def test_names(storms: Trend) -> None:
    index = archive(dated("2025-01-05"))
    assert [one.name for one in storms.series] == ["storm", "flood", "drought"]
    assert [one.name for one in index.trend("storm").series] == ["storm"]
    both = index.trend({"a": "storm", "b": Word("storm")})
    assert [(one.name, one.counts) for one in both.series] == [("a", (1,)), ("b", (1,))]
    assert [one.name for one in index.trend([Word("storm")]).series] == ["Word('storm')"]


JUNK: list[dict[str, Any]] = [
    {"queries": []}, {"queries": {}}, {"queries": 5}, {"queries": [5]}, {"queries": {1: "storm"}},
    {"queries": ["storm", "storm"]}, {"queries": {"storm"}}, {"queries": "storm", "by": "decade"},
    {"queries": "storm", "by": 5}, {"queries": "storm", "field": "source"},
    {"queries": "storm", "field": ["published"]}, {"queries": "storm", "filter": {"nowhere": "x"}},
]  # fmt: skip


@each("arguments", JUNK)
def test_what_can_not_be_compared_is_an_error(arguments: dict[str, Any]) -> None:
    with pytest.raises(QueryError):
        archive(dated("2025-01-05")).trend(**arguments)


def test_a_date_far_from_the_rest_leaves_a_trend_to_look_at() -> None:
    index = archive(dated("0001-01-01", "2025-01-05", "2025-03-01"), dated("2025-02-01", body="b"))
    trend = index.trend(["storm", "b"])
    assert [(span.label, span.articles) for span in trend.spans] == [
        ("0001-01", 1), ("2025-01", 1), ("2025-02", 1), ("2025-03", 1),
    ]  # fmt: skip
    assert [one.counts for one in trend.series] == [(1, 1, 0, 1), (0, 0, 1, 0)]
    for one in trend.series:
        (note,) = one.notes
        assert "more than 10,000 by month; a filter on 'published' leaves out" in note.message
    near = index.trend("storm", filter={"published": Between("2000")})
    assert (len(near.spans), near.series[0].notes) == (3, ())
    assert len(index.trend("storm", by="auto").spans) == 2025


def test_too_many_spans_are_an_error_that_names_the_remedies() -> None:
    first = date(1990, 1, 1)
    index = archive(
        [{"body": "storm", "published": first + timedelta(days=n)} for n in range(10_001)]
    )
    with pytest.raises(QueryError, match="expected at most 10,000 spans") as raised:
        index.trend("storm", by="day")
    assert str(raised.value).endswith("choose longer ones, or a filter on 'published'")


def test_a_model_without_dates_has_no_trend() -> None:
    class Undated(BaseModel):
        id: Annotated[str, Key()]

    with pytest.raises(QueryError, match="there are none"):
        Index.in_memory(Undated).trend("storm")


def test_moments() -> None:
    class Post(BaseModel):
        id: Annotated[str, Key()]
        sent: Annotated[datetime, Date()]

    index = Index.in_memory(Post)
    index.add(Post(id=str(n), sent=datetime(2025, 3, 30, n, 30, tzinfo=UTC)) for n in (1, 3))
    trend = index.trend("*", by="hour")
    assert trend.series[0].counts == (1, 0, 1)
    assert json.loads(json.dumps(trend.to_json()))["by"] == "hour"
    assert svg_text(trend)


def test_queries_that_are_read_leniently_have_notes() -> None:
    index = archive(dated("2025-01-05"))
    with pytest.raises(QuerySyntaxError):
        index.trend('"storm')
    unfinished, fine = index.trend(['"storm', "storm"], lenient=True).series
    assert unfinished.notes
    assert (unfinished.counts, fine.notes) == ((1,), ())


def test_csv_round_trip(storms: Trend, tmp_path: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(storms.to_csv(), newline="")))
    expected = list(storms.rows())
    assert len(rows) == 12
    assert [{**row, "count": int(row["count"]), "articles": int(row["articles"]),
             "share": float(row["share"])} for row in rows] == expected  # fmt: skip
    storms.to_csv(tmp_path / "trend.csv")
    assert (tmp_path / "trend.csv").read_bytes().decode() == storms.to_csv()


def test_a_query_is_no_formula_in_safe_csv(folder: Path) -> None:
    trend = Index.open(folder / "news.index").trend({"=1+1": "storm"})
    assert trend.to_csv().splitlines()[1].startswith("=1+1,")
    assert trend.to_csv(safe=True).splitlines()[1].startswith('"\'=1+1",')
    trend.save(folder / "s.csv", safe=True)
    assert (folder / "s.csv").read_bytes().decode() == trend.to_csv(safe=True)
    run("@storm", "-o", "t.csv", "--safe", "--lenient")
    assert (folder / "t.csv").read_text().splitlines()[1].startswith('"\'@storm",')


def test_csv_of_names_with_commas_quotes_and_line_breaks() -> None:
    name = 'a,"b"\r\nc'
    trend = archive(dated("2025-01-05")).trend({name: "storm"})
    (row,) = csv.DictReader(io.StringIO(trend.to_csv(), newline=""))
    assert row["query"] == name


def svg_text(trend: Trend, *, share: bool = False) -> str:
    """Draw a trend as SVG, and return the text of it, if that is well-formed XML."""
    pytest.importorskip("matplotlib", reason="the extra charts is not installed")
    drawn = io.BytesIO()
    trend.to_svg(drawn, share=share)
    root = ElementTree.fromstring(drawn.getvalue())
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    return "\n".join(root.itertext())


def test_svg_has_the_names_and_is_the_same_each_time(storms: Trend) -> None:
    drawn = svg_text(storms)
    assert "storm (3)" in drawn
    assert "articles per month" in drawn
    assert "share of all articles per month" in svg_text(storms, share=True)
    assert svg_text(storms) == drawn
    assert "storm (3)" in str(storms._repr_svg_())


HOSTILE = {
    "<b>&amp;\"'</b>": "<b>&amp;\"'</b> (1)",
    "_hidden": "_hidden (1)",
    "$x^2$ costs $5": "$x^2$ costs $5 (1)",
    "a\nb\x00\x1b[31m\ud800\ufffe": "a b\ufffd\ufffd[31m\ufffd\ufffd (1)",
    "日本 العربية": "日本 العربية (1)",
    "w" * 5000: f"{'w' * 59}… (1)",
    "": " (1)",
    "-->]]>": "-->]]> (1)",
}


@pytest.fixture(scope="module")
def hostile_names() -> str:
    """The text of a chart with a curve of each: to draw a chart takes long."""
    return svg_text(archive(dated("2025-01-05")).trend(dict.fromkeys(HOSTILE, "storm")))


@pytest.mark.parametrize("shown", HOSTILE.values())
def test_svg_of_hostile_names(hostile_names: str, shown: str) -> None:
    assert shown in hostile_names.splitlines()


@pytest.mark.parametrize(
    "days",
    [("0001-01-01", "9999-12-31"), ("9999-12-31",), ("0001-01-01",), ("2025-02-03",)],
    ids=repr,
)
def test_svg_of_any_dates(days: tuple[str, ...]) -> None:
    trend = archive(dated(*days)).trend("storm", by="year")
    assert f"storm ({len(days)})" in svg_text(trend)


def test_svg_of_many_series_and_spans() -> None:
    index = archive(dated("2023-01-01", "2025-02-03"))
    trend = index.trend({f"query {n}": "storm" for n in range(50)}, by="day")
    assert len(trend.spans) > 700
    assert "query 49 (2)" in svg_text(trend)


@pytest.mark.parametrize(
    ("ending", "start"),
    [("png", b"\x89PNG\r\n"), ("PDF", b"%PDF"), ("svg", b"<?xml"), ("csv", b"query,"),
     ("json", b'{"field"')],
)  # fmt: skip
def test_save_by_the_ending(storms: Trend, tmp_path: Path, ending: str, start: bytes) -> None:
    pytest.importorskip("matplotlib", reason="the extra charts is not installed")
    path = tmp_path / f"trend.{ending}"
    storms.save(path)
    assert path.read_bytes().startswith(start)
    storms.save(str(path), share=True)
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("path", ["trend.gif", "trend", ".svg", "", 5, None])
def test_save_with_another_ending_is_an_error(storms: Trend, path: Any) -> None:
    with pytest.raises(ArgumentError, match=r"ends in \.csv, \.json, \.svg, \.png or \.pdf"):
        storms.save(path)
    if isinstance(path, str):
        with pytest.raises(ArgumentError, match=f"got '{path or '.'}'$"):
            storms.save(Path(path))


def test_without_matplotlib_the_error_names_the_extra(
    storms: Trend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "matplotlib"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingExtraError, match=r"searchlib\[charts\]"):
        storms.save(tmp_path / "trend.svg")
    assert list(tmp_path.iterdir()) == []
    assert storms._repr_svg_() is None
    storms.save(tmp_path / "trend.csv")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an index, ``news.index``, of a storm each week for two years, and floods."""
    days = [(date(2023, 1, 2) + timedelta(weeks=n)).isoformat() for n in range(104)]
    index = Index.create(tmp_path / "news.index", Article)
    storms, floods = dated(*days), dated(*days[52:56], body="flood")
    index.add(Article(id=str(n), **one) for n, one in enumerate([*storms, *floods]))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str, columns: int = 80, code: int = 0) -> Result:
    runner = CliRunner(env={"COLUMNS": str(columns)})
    result = runner.invoke(cli, ["trend", *arguments])
    assert result.exit_code == code, result.output
    return result


@pytest.mark.usefixtures("folder")
def test_the_command_draws_curves() -> None:
    lines = run("storm", "flood", "drought", "--by", "year").stdout.splitlines()
    assert lines == [
        "storm  104 articles, most in 2023 (52, 100.0% of all)",
        *["  ████████"] * 3,
        "flood  4 articles, most in 2024 (4, 7.1% of all)",
        *["          "] * 2,
        "      ▂▂▂▂",
        "drought  no article",
        *["          "] * 3,
        "  2023 2024",
        "  a column: year; a full one: 52 articles",
    ]


@pytest.mark.usefixtures("folder")
def test_a_file_is_named_when_it_is_written_and_notes_are_shown() -> None:
    done = run("storm or flood", "storm", "-o", "a.csv")
    assert done.stdout == ""
    *notes, last = done.stderr.splitlines()
    assert [note[:6] for note in notes] == ["note: "]
    assert last == "Written to a.csv"


@pytest.mark.usefixtures("folder")
def test_a_terminal_without_blocks_gets_other_characters() -> None:
    runner = CliRunner(env={"COLUMNS": "80"}, charset="ascii")
    result = runner.invoke(cli, ["trend", "storm", "flood", "--by", "year"])
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[1:4] == ["  ########"] * 3
    assert lines[5:8] == [*["          "] * 2, "      ...."]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("columns", [20, 40, 80, 300])
def test_curves_are_no_wider_than_the_screen(columns: int) -> None:
    for by in ("year", "month", "week", "day"):
        lines = run("storm", "--by", by, "--share", columns=columns).stdout.splitlines()[1:4]
        assert all(len(lines[0]) == len(line) == cell_len(line) <= columns for line in lines)
        assert "█" in lines[0]
    assert (
        "a column: 41 days; a full one: 100.0%"
        in run("storm", "--by", "day", "--share", columns=20).stdout
    )


@pytest.mark.usefixtures("folder")
def test_the_command_with_json_and_filters() -> None:
    out = run("storm", "--json", "--by", "month", "--filter", "published=2024-01..2024-02").stdout
    trend = json.loads(out)
    assert [span["label"] for span in trend["spans"]] == ["2024-01", "2024-02"]
    assert trend["series"] == [
        {"name": "storm", "total": 9, "counts": [5, 4], "shares": [5 / 9, 1.0], "notes": []}
    ]


def test_the_command_writes_files(folder: Path) -> None:
    pytest.importorskip("matplotlib", reason="the extra charts is not installed")
    assert run("storm", "-o", "storm.svg", "--share").stdout == ""
    assert b"share of all articles" in (folder / "storm.svg").read_bytes()
    assert json.loads(run("storm", "-o", "storm.csv", "--json").stdout)["by"] == "month"
    assert len((folder / "storm.csv").read_text().splitlines()) == 25
    assert "Error: expected a path that ends in" in run("storm", "-o", "x.gif", code=1).stderr


@pytest.mark.usefixtures("folder")
def test_a_query_does_not_steer_the_terminal_and_notes_are_told() -> None:
    out = run("storm \x1b[31m", '"storm', "--lenient").stdout
    assert "\x1b" not in out
    assert "note: " in out


def test_the_command_on_an_index_without_dates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Index.create(tmp_path / "news.index", Article)
    monkeypatch.chdir(tmp_path)
    assert run("storm").stdout == "No article has a date.\n"


def test_errors_show_the_beginning_of_long_names() -> None:
    index, name = archive(dated("2025-01-05")), "z" * 99_999
    calls: list[Any] = [
        lambda: index.trend("storm", field=name),
        lambda: index.trend([name, name]),
        lambda: index.search("storm", filter={name: 5}),
        lambda: index.search("storm", facets=name),
        lambda: index.search("storm", boost=Recency(name, "5d")),
    ]
    for call in calls:
        with pytest.raises(QueryError) as raised:
            call()
        assert len(str(raised.value)) < 300
