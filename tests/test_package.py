"""The package as a whole: what it exports, and which way its imports point."""

import ast
import functools
import json
import os
import subprocess
import sys
from graphlib import TopologicalSorter
from importlib.metadata import version
from pathlib import Path

import searchlib
from searchlib import errors

SOURCE = Path(searchlib.__file__).parent

# Lowest first: each may import those before it and none after it.
ORDER = [
    "frozen", "errors", "arguments", "arrays", "memory", "analysis", "postings", "fingerprints",
    "schema", "query", "segment", "storage", "indexing", "highlight", "export", "search",
    "whoosh_compat", "articles", "backends", "index", "testing", "__init__", "server", "cli",
    "__main__",
]  # fmt: skip

# The model is mapped to Whoosh fields on first use (`schema.whoosh`), and Whoosh's searcher is
# opened on first use; neither is on the way of a query of ours. What to write for a name of
# Whoosh's is looked up where it is missing.
UPWARD = {
    ("schema.models", "whoosh_compat.fields"),
    ("errors", "whoosh_compat.hints"),
    ("search.searcher", "whoosh_compat.reader"),
    ("search.searcher", "whoosh_compat.foreign"),
}


def test_the_public_names() -> None:
    assert searchlib.__all__ == sorted(searchlib.__all__)
    assert set(searchlib.__all__) == {
        "AddReport", "Alert", "Article", "BatchRow", "Between", "Collapse", "Completion",
        "Concordance", "ConcordanceLine", "Copy", "Date",
        "Distinct", "Explanation", "Facet", "Histogram", "Hit", "Index", "Key", "Keyword", "Not",
        "Notice", "Number", "Problem", "Ranges", "Recency", "Results", "Scoring",
        "SignificantTerm", "SignificantTerms", "Snippet",
        "SnippetOptions", "Sort", "Stats", "Stored", "Suggestion", "SyncReport", "Terms", "Text",
        "Trend",
        "read_articles", "read_stream",
        *(error.__name__ for error in error_classes()),
    }  # fmt: skip
    assert all(hasattr(searchlib, name) for name in searchlib.__all__)


def error_classes() -> list[type[Exception]]:
    """Every class that searchlib raises."""
    return [
        value
        for value in vars(errors).values()
        if isinstance(value, type) and issubclass(value, Exception)
    ]


def modules() -> dict[Path, str]:
    """Every module, by its dotted name below ``searchlib``."""
    return {
        path: ".".join(path.relative_to(SOURCE).with_suffix("").parts)
        for path in SOURCE.rglob("*.py")
    }


def imported(path: Path, known: set[str]) -> set[str]:
    """Find what a module imports of the package: in functions and for types, too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        assert not isinstance(node, ast.Import) or "searchlib" not in ast.unparse(node)
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "searchlib":
            home = (node.module or "").removeprefix("searchlib").removeprefix(".")
            for alias in node.names:
                ways = [f"{home}.{alias.name}", home, f"{home}.__init__", "__init__"]
                found.add(next(way for way in (w.removeprefix(".") for w in ways) if way in known))
    return found


@functools.cache
def import_graph() -> dict[str, set[str]]:
    known = modules()
    # These are no Python, and import no more than errors, or the reference beside them.
    compiled = {
        *(f"postings.{name}" for name in ("compiled", "compiled_counts")),
        "fingerprints.compiled",
        "schema.compiled",
        "highlight.compiled",
        "storage.compiled",
    }
    names = {*known.values(), *compiled}
    return {name: imported(path, names) - {name} for path, name in known.items()}


def test_imports_point_one_way() -> None:
    level = {part: number for number, part in enumerate(ORDER)}
    wrong = {
        (name, other)
        for name, others in import_graph().items()
        for other in others
        if level[other.split(".")[0]] > level[name.split(".")[0]]
    }
    assert wrong - {("__init__", other) for _, other in wrong} == UPWARD


def test_imports_make_no_circle_inside_packages_either() -> None:
    order = list(TopologicalSorter(import_graph()).static_order())  # CycleError names a circle
    assert "search.compiler" in order


def test_analysis_takes_nothing_of_whoosh() -> None:
    for path in (SOURCE / "analysis").glob("*.py"):
        imports = [
            node
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Import | ast.ImportFrom)
        ]
        assert not any("whoosh" in ast.unparse(node) for node in imports), path


def test_the_root_holds_few_modules() -> None:
    assert len([*SOURCE.glob("*.py")]) <= 7


def test_modules_stay_short() -> None:
    for path in modules():
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 480, path


def test_importing_brings_nothing_that_only_some_need() -> None:
    code = "import searchlib, sys; print(*(m for m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert not loaded & {"click", "rich", "yaml", "multiprocessing", "tkinter", "asyncio"}


def test_every_error_is_in_the_drawn_tree() -> None:
    tree = errors.__doc__ or ""
    classes = error_classes()
    assert len(classes) > 10
    drawn = (Path(__file__).parents[1] / "docs" / "errors.md").read_text(encoding="utf-8")
    assert all(line.strip() in drawn for line in tree.splitlines() if "── " in line)
    for error in classes:
        assert error.__name__ in tree
        assert issubclass(error, errors.SearchlibError)


def test_a_search_at_the_command_line_imports_only_what_it_needs(tmp_path: Path) -> None:
    index = searchlib.Index.create(tmp_path / "index", searchlib.Article)
    index.add({"title": "Storm", "body": "A storm in the north."})
    code = (
        "import sys\n"
        "from searchlib.cli.commands import cli\n"
        f"cli(['search', 'storm', '--index', {str(index.path)!r}], standalone_mode=False)\n"
        "print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    *shown, modules_line = done.stdout.splitlines()
    assert any("Storm" in line for line in shown)
    loaded = set(modules_line.split())
    needless = {"pydantic", "rich.progress", "whoosh.query", "multiprocessing"}
    if int(version("rich").partition(".")[0]) >= 15:  # what is older imports it itself
        needless.add("rich.table")
    needless |= {f"searchlib.{name}" for name in ("articles.model", "articles.reading", "cli.demo")}
    needless |= {"searchlib.export.csv_text", "searchlib.export.targets", "csv", "pyarrow"}
    assert not loaded & {*needless, "searchlib.indexing.writer"}
    # nor what other commands need, or what a search is seldom asked for
    others = ["cli.commands.indexing", "analysis.batch", "indexing.report"]
    features = "alerts batches collapse completion copies cursors facets.requests recency"
    features += " significant similar sorting trend"
    named = [*others, *(f"search.{feature}" for feature in features.split())]
    assert not [name for name in named if f"searchlib.{name}" in loaded]


def test_a_sync_that_finds_nothing_new_imports_no_reader(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    archive.mkdir()
    for number in range(3):
        path = archive / f"{number}.txt"
        path.write_text(f"Storm {number}\n\nA storm in the north.\n")
        os.utime(path, (1_700_000_000, 1_700_000_000))
    searchlib.Index.create(tmp_path / "index", searchlib.Article).sync(archive)
    code = (
        "import sys\n"
        "from searchlib.cli.commands import cli\n"
        f"cli(['index', {str(archive)!r}, '--index', {str(tmp_path / 'index')!r}, '--json'],"
        " standalone_mode=False)\n"
        "print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    *shown, modules_line = done.stdout.splitlines()
    assert json.loads("".join(shown))["files"]["unchanged"] == 3
    loaded = set(modules_line.split())
    assert "searchlib.articles.sync" in loaded
    assert not [name for name in loaded if name.startswith("searchlib.articles.formats")]
    assert not loaded & {"searchlib.articles.reading", "rich.progress", "dateutil"}
