"""The package as a whole: what it exports, and which way its imports point."""

import ast
import subprocess
import sys
from pathlib import Path

import searchlib
from searchlib import errors

SOURCE = Path(searchlib.__file__).parent

# Each may import those above it and none below; what stands on one line are strangers.
LAYERS = [
    {"errors", "fields", "machine", "types"},
    {"analysis", "postings", "recent"},
    {"whoosh_fields"},
    {"schema", "segment", "storage"},
    {"articles", "snapshot", "plain_queries"},
    {"queries", "highlight", "execution", "whoosh_reader", "indexing"},
    {"results", "shown"},
    {"searching"},
    {"hits"},
    {"index"},
    {"terminal"},
    {"demo"},
    {"cli"},
    {"__init__", "__main__"},
]


def test_the_public_names() -> None:
    assert searchlib.__all__ == sorted(searchlib.__all__)
    assert set(searchlib.__all__) == {
        "AddReport", "Article", "Date", "Hit", "Index", "Key", "Keyword", "Number", "Problem",
        "Results", "SearchlibError", "Snippet", "SnippetOptions", "Stored", "Text",
        "read_articles",
    }  # fmt: skip
    assert all(hasattr(searchlib, name) for name in searchlib.__all__)


def modules() -> dict[Path, str]:
    """Every module, and the top-level part of the package that it belongs to."""
    return {
        path: path.relative_to(SOURCE).parts[0].removesuffix(".py") for path in SOURCE.rglob("*.py")
    }


def imported_parts(path: Path) -> set[str]:
    parts = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "searchlib":
            names = (node.module or "").split(".")[1:]
            parts |= (
                {names[0]}
                if names
                else {alias.name for alias in node.names if alias.name != "__version__"}
            )
    return parts


def test_imports_point_one_way() -> None:
    level = {part: number for number, layer in enumerate(LAYERS) for part in layer}
    for path, part in modules().items():
        for other in imported_parts(path) - {part}:
            assert level[other] < level[part], f"{path.name} imports {other}"


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
    classes = [
        value
        for value in vars(errors).values()
        if isinstance(value, type) and issubclass(value, Exception)
    ]
    assert len(classes) > 10
    for error in classes:
        assert error.__name__ in tree
        assert issubclass(error, errors.SearchlibError)
