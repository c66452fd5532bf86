"""The paired notebooks: both halves agree, carry no outputs, and open anywhere."""

import re
from pathlib import Path

import jupytext
import nbformat
import pytest

from mixedpixels.errors import BadInput, UnknownName
from mixedpixels.pipeline import pairs, parameters
from mixedpixels.pipeline.budgets import read_budget

NAMES = pairs.names()
MACHINE_PATHS = r"(?<![\w.~])/(work|home|root|tmp|mnt|Users|private|var|opt)/|\b[A-Z]:\\"


def ipynb(name: str) -> nbformat.NotebookNode:
    return nbformat.read(pairs.folder() / f"{name}.ipynb", as_version=4)


def tagged(notebook, tag: str) -> list:
    return [c for c in notebook.cells if tag in c.metadata.get("tags", [])]


def test_there_are_notebooks():
    assert {"guide/01-metric-conventions", "ssanu/04-samson"} <= set(NAMES)
    assert all(re.fullmatch(r"[a-z-]+/\d\d-[a-z0-9-]+", name) for name in NAMES)
    alone = {p.with_suffix("") for p in pairs.folder().glob("*/*.ipynb")}
    assert alone == {pairs.folder() / name for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_pair_agrees(name):
    pairs.agree(pairs.folder() / f"{name}.py")


@pytest.mark.parametrize("name", NAMES)
def test_no_outputs_travel(name):
    notebook = ipynb(name)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.outputs == [] and cell.execution_count is None


@pytest.mark.parametrize("name", NAMES)
def test_notebook_opens_anywhere(name):
    notebook = ipynb(name)
    assert notebook.metadata.kernelspec.name == "python3"
    assert notebook.cells[0].cell_type == "markdown"
    assert notebook.cells[0].source.startswith("# ")
    first = next(c for c in notebook.cells if c.cell_type == "code")
    assert first.metadata.tags == ["remove-cell"]
    assert 'find_spec("mixedpixels")' in first.source and '"pip", "install"' in first.source


@pytest.mark.parametrize("name", NAMES)
def test_one_cell_of_typed_parameters(name):
    (cell,) = tagged(ipynb(name), "parameters")
    typed = re.compile(r'(\w+): (int|float|str|bool) = (-?[\d.e-]+|"[^"]*"|True|False)')
    found = [typed.fullmatch(line).group(1) for line in cell.source.splitlines()]
    assert {"profile", "scene", "device"} <= set(found)
    declared = parameters.declared(pairs.folder() / f"{name}.ipynb")
    assert list(declared) == found
    assert 'profile: str = "quick"' in cell.source


@pytest.mark.parametrize("name", NAMES)
def test_no_path_of_a_machine(name):
    for path in (pairs.folder() / f"{name}.py", pairs.folder() / f"{name}.ipynb"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(MACHINE_PATHS, text), path


@pytest.mark.parametrize("name", NAMES)
def test_notebook_gives_its_own_name_to_resolve(name):
    """Its records and its code hash are looked up by that name."""
    asked = re.findall(r"resolve\(\s*\"([^\"]+)\"", pairs.source(name))
    assert asked == [name]


# Made-up pairs


@pytest.fixture
def pair(tmp_path) -> Path:
    """A pair that agrees; returns the .py."""
    path = tmp_path / "01-first.py"
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    cells = [
        nbformat.v4.new_markdown_cell("# A title\n\nWith words."),
        nbformat.v4.new_code_cell("seeds: int = 0", metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell("print(seeds)\n\n\nx = 1"),
    ]
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    nbformat.write(notebook, path.with_suffix(".ipynb"))
    jupytext.write(notebook, path, fmt="py:percent")
    return path


def test_made_up_pair_agrees(pair):
    pairs.agree(pair)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("x = 1", "x = 2"),
        ("seeds: int = 0", "seeds: int = 1"),
        ("With words.", "With other words."),
        ("x = 1", "x = 1\n\n# %%\ny = 2"),
        (' tags=["parameters"]', ""),
    ],
)
def test_pair_that_differs_is_refused(pair, old, new):
    text = pair.read_text()
    assert old in text
    pair.write_text(text.replace(old, new))
    with pytest.raises(BadInput) as error:
        pairs.agree(pair)
    assert str(error.value).startswith(
        "01-first.py and 01-first.ipynb differ; keep the half you edited and run: make sync\n"
    )


def test_half_a_pair_is_refused(pair):
    pair.with_suffix(".ipynb").unlink()
    with pytest.raises(BadInput, match=r"01-first\.py has no paired 01-first\.ipynb; .* make sync"):
        pairs.agree(pair)


def test_outputs_do_not_make_a_pair_differ(pair):
    path = pair.with_suffix(".ipynb")
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[-1].outputs = [nbformat.v4.new_output("stream", text="0\n")]
    notebook.cells[-1].execution_count = 2
    nbformat.write(notebook, path)
    pairs.agree(pair)


@pytest.mark.parametrize(
    "typed",
    [
        "ssanu/04-samson",
        "notebooks/ssanu/04-samson",
        "./notebooks/ssanu/04-samson.py",
        "ssanu/04-samson.ipynb",
    ],
)
def test_find_takes_what_people_type(typed):
    assert pairs.find(typed) == pairs.folder() / "ssanu" / "04-samson.py"


def test_unknown_notebook_names_the_nearest():
    with pytest.raises(UnknownName, match=r"called 'ssanu/04-samsom'; near: ssanu/04-samson"):
        pairs.find("ssanu/04-samsom")


def test_installed_without_a_checkout(monkeypatch):
    monkeypatch.setattr("mixedpixels.paths.checkout", lambda: None)
    assert pairs.source("ssanu/04-samson") == ""
    with pytest.raises(BadInput, match="notebooks are in the project's checkout; clone it"):
        pairs.folder()


@pytest.mark.parametrize("name", pairs.names())
def test_every_parameter_stands_in_the_budget(name):
    """One that is not would be accepted on the command line, and ignored."""
    budget = read_budget(name)
    named = {"profile", "scene", "device", *budget.quick, *budget.choices}
    assert named == set(parameters.declared(pairs.folder() / f"{name}.ipynb"))
