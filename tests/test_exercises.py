"""The solutions of the exercises run, after the cells of their notebook; ``make exercises``."""

import re

import nbformat
import papermill
import pytest
from traitlets.config import Config

from mixedpixels.pipeline import pairs

pytestmark = pytest.mark.exercises
SOLUTION = re.compile(r":::\{dropdown\} (?:A s|S)olution\n\s*```python\n(.*?)\n```", re.S)


def solutions(notebook) -> list[str]:
    """Return the code of the solutions, in the order of the page."""
    texts = (cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    return [code for text in texts for code in SOLUTION.findall(text)]


@pytest.mark.parametrize("name", pairs.names())
def test_the_solutions_run(name, tmp_path, monkeypatch):
    """A quick run; fits that the book's build has made are loaded from the cache."""
    monkeypatch.setenv("MIXEDPIXELS_WORKSPACE", str(tmp_path / "workspace"))
    notebook = nbformat.read(pairs.find(name).with_suffix(".ipynb"), as_version=4)
    found = solutions(notebook)
    asked = "\n".join(cell.source for cell in notebook.cells).count(":::{dropdown}")
    assert asked >= len(found) > 0, "some solutions are code, others are words"
    notebook.cells += [nbformat.v4.new_code_cell(code) for code in found]
    nbformat.write(notebook, tmp_path / "with-solutions.ipynb")
    papermill.execute_notebook(
        str(tmp_path / "with-solutions.ipynb"),
        str(tmp_path / "executed.ipynb"),
        {"profile": "quick", "device": "cpu"},
        kernel_name="python3",
        cwd=str(tmp_path),
        progress_bar=False,
        config=Config({"KernelManager": {"transport_encryption": "auto"}}),
    )
