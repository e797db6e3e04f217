"""The notebooks of the docs run, and show what their text says.

Run with ``SEARCHLIB_UPDATE_DOCS=1`` to write their outputs again.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest

nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed: pip install '.[dev]'")
nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed: pip install '.[dev]'")
pytest.importorskip("ipykernel", reason="ipykernel is not installed: pip install '.[dev]'")
pytest.importorskip("pandas", reason="pandas is not installed: pip install '.[dev]'")

NOTEBOOKS = Path(__file__).parents[1] / "docs" / "notebooks"
UPDATE = os.environ.get("SEARCHLIB_UPDATE_DOCS") == "1"


def shown_by(cell: Any) -> str:
    """Join what a cell shows, without what differs from run to run."""
    texts = []
    for output in cell.get("outputs", ()):
        data = output.get("data", {})
        if 'class="dataframe"' in data.get("text/html", ""):
            texts.append("a data frame")  # which each version of pandas shows in its own way
            continue
        texts.append(output.get("text") or data.get("text/html") or data.get("text/plain") or "")
    return re.sub(r"took_ms=[\d.]+", "took_ms=", "\n".join(map("".join, texts)))


def plain(notebook: Any) -> Any:
    """Leave out what a run adds besides outputs."""
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", ()):
            if "text/plain" in output.get("data", {}):
                output["data"]["text/plain"] = re.sub(
                    r"took_ms=[\d.]+", "took_ms=1.0", output["data"]["text/plain"]
                )
    notebook.metadata = {"kernelspec": notebook.metadata["kernelspec"],
                         "language_info": {"name": "python"}}  # fmt: skip
    return notebook


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.name)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_notebook_runs_and_shows_what_it_showed(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR"):
        monkeypatch.setenv(variable, str(tmp_path / variable))
    written = nbformat.read(path, as_version=4)
    before = [shown_by(cell) for cell in written.cells]
    client = nbclient.NotebookClient(
        written, timeout=60, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    )
    client.execute()  # an error of a cell is an error here
    if UPDATE:
        nbformat.write(plain(written), path)
    else:
        assert [shown_by(cell) for cell in written.cells] == before, "SEARCHLIB_UPDATE_DOCS=1"
