"""Provenance: which definitions a number runs through, and whether they have changed since."""

import shutil
import sys
from pathlib import Path

import pytest

from made import place
from mixedpixels import ledger, paths, provenance

PACKAGE = {
    "__init__.py": "",
    "metrics/__init__.py": "from mixedpixels.metrics.angle import angle\n",
    "metrics/angle.py": "import numpy\nONE = 1\ndef angle():\n    return ONE\ndef other():\n    pass\n",
    "paths.py": "def whole():\n    pass\n",
    "unmixing/__init__.py": "",
    "unmixing/vca.py": "def f():\n    from mixedpixels import metrics\n    return metrics.angle()\n",
    "plotting/__init__.py": "def draw():\n    pass\n",
    "device.py": "def choose():\n    pass\n",
}


@pytest.fixture
def package(tmp_path, monkeypatch) -> Path:
    folder = tmp_path / "src" / "mixedpixels"
    place(folder, {name: text.encode() for name, text in PACKAGE.items()})
    monkeypatch.setattr(paths, "_PACKAGE", folder)
    return folder


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import numpy, os\nos.getcwd()", []),
        ("from mixedpixels import plotting, paths\nplotting.draw(paths.whole())", []),
        ("from mixedpixels import metrics", []),  # imported and not used
        (
            "from mixedpixels import metrics\nmetrics.angle()",
            ["metrics.angle.ONE", "metrics.angle.angle"],
        ),
        ("import mixedpixels\nmixedpixels.metrics.other", []),  # its face does not name it
        ("from mixedpixels.metrics.angle import other as o\no()", ["metrics.angle.other"]),
        (
            "from mixedpixels.unmixing.vca import f\nf()",
            ["metrics.angle.ONE", "metrics.angle.angle", "unmixing.vca.f"],
        ),
        (
            "def g():\n    from mixedpixels.metrics import angle\n    return angle()",
            ["metrics.angle.ONE", "metrics.angle.angle"],
        ),
        (  # a module that is handed on counts as a whole
            "from mixedpixels.metrics import angle as m\nprint(m)",
            ["metrics.angle.ONE", "metrics.angle.angle"],
        ),
        (
            "import mixedpixels.metrics.angle as m\nprint(m)",
            ["metrics.angle.ONE", "metrics.angle.angle", "metrics.angle.other"],
        ),
    ],
)
def test_names_are_followed_to_what_defines_them(package, source, found):
    assert list(provenance.definitions_used(source)) == found


def test_what_a_page_depends_on_are_whole_files(package):
    found = provenance.files_used("from mixedpixels.unmixing.vca import f")
    assert {"mixedpixels.unmixing.vca", "mixedpixels.metrics.angle"} <= found.keys()
    assert {"mixedpixels.unmixing", "mixedpixels.metrics", "mixedpixels"} <= found.keys()
    assert "mixedpixels.device" not in found


ANGLE, FACE = "metrics/angle.py", "metrics/__init__.py"
SOURCE = """# # Title

# %%
from mixedpixels import metrics, plotting
x = metrics.angle()

# %% tags=["hide-input"]
plotting.draw(x)
"""


@pytest.fixture
def changed(package, tmp_path, monkeypatch):
    """Return a function that places files and tells what of a recorded notebook has changed."""
    monkeypatch.setattr(paths, "checkout", lambda: tmp_path)
    code = provenance.code_of("made/01-first", SOURCE)

    def after(notebook=SOURCE, files=None):
        place(tmp_path, {"notebooks/made/01-first.py": notebook.encode()})
        place(package, {name: text.encode() for name, text in (files or {}).items()})
        provenance.code._code_now.cache_clear()
        return provenance.changed_since(code)

    return after


def test_prose_figures_and_neighbours_age_nothing(changed, package):
    text = PACKAGE[ANGLE]
    assert changed() == []
    assert changed(SOURCE.replace("Title", "Other words\n# and more")) == []
    assert changed(SOURCE.replace("draw(x)", "draw(2 * x)  # in colour")) == []
    for same in (
        '"""A module."""\n\n# why\n' + text,
        text.replace("return ONE", '"""Say."""\n    return ONE  # how'),
        text + "def another():\n    return 2\n",
        text.replace("    pass", "    return 3"),  # other(), which nobody calls
    ):
        assert changed(files={ANGLE: same}) == []
    unused = {"metrics/unused.py": "def unused():\n    return 1\n"}
    face = PACKAGE[FACE] + "from mixedpixels.metrics.unused import unused\n"
    assert changed(files={**unused, FACE: face}) == []


def test_a_definition_may_move_to_another_file(changed, package):
    (package / ANGLE).rename(package / "metrics/spectral.py")
    moved = "from mixedpixels.metrics.spectral import angle\n"
    assert changed(files={FACE: moved}) == []


@pytest.mark.parametrize(
    ("before", "after", "names"),
    [
        ("ONE = 1", "ONE = 2", ["ONE"]),
        ("return ONE", 'return ONE, "# no comment"', ["angle"]),
        ("return ONE", "return other()", ["angle", "other"]),
        ("return ONE", 'x = """Say."""; return ONE', ["angle"]),
    ],
)
def test_a_change_of_code_is_noticed_and_named(changed, before, after, names):
    text = PACKAGE[ANGLE].replace(before, after)
    assert changed(files={ANGLE: text}) == [f"metrics.angle.{name}" for name in names]
    notebook = SOURCE.replace("angle()", "angle() + 1")
    assert changed(notebook, {ANGLE: PACKAGE[ANGLE]}) == ["notebooks/made/01-first"]


def test_a_notebook_that_has_gone_is_named(changed, tmp_path):
    changed()
    (tmp_path / "notebooks/made/01-first.py").unlink()
    assert provenance.changed_since({"notebooks/made/01-first": "0"}) == ["notebooks/made/01-first"]


@pytest.mark.parametrize(
    ("hidden", "counts"),
    [
        ("print(x)", False),
        ("for k in range(3):\n    print(k)", False),
        ("y = 2 * x", True),  # a later cell reads it
        ("ledger.record('made/table-1', cells=x)", True),
        ("[k for k in x]", False),
    ],
)
def test_hidden_cells_count_where_they_compute(hidden, counts):
    source = f'# %%\nx = 1\n\n# %% tags=["hide-input"]\n{hidden}\n\n# %%\nz = y, k\n'
    plain = source.replace(hidden, "pass")
    same = provenance.code_of("made/a", source) == provenance.code_of("made/a", plain)
    assert same != counts


@pytest.fixture
def whole(tmp_path, monkeypatch) -> Path:
    """A copy of this package, taken for the package."""
    folder = tmp_path / "src" / "mixedpixels"
    shutil.copytree(paths.package(), folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(paths, "_PACKAGE", folder)
    return folder


def test_an_unused_module_ages_no_record_and_voids_no_cache(whole):
    """Add ``unmixing/nmf.py`` and export it in one line, as the next chapter will."""
    root = Path(ledger.__file__).parents[3]
    names = sorted((root / "notebooks").glob("*/*.py"))
    sources = {f"{p.parent.name}/{p.stem}": p.read_text(encoding="utf-8") for p in names}

    def everything():
        records = {name: provenance.code_of(name, text) for name, text in sources.items()}
        fits = ("fit_unmixer", "archetypes", "starting_spectra", "fit_symae", "train", "StackStep")
        caches = [provenance.definitions_of(f"mixedpixels.training.{name}") for name in fits]
        return records, caches

    before = everything()
    assert sum(map(len, before[1])) > 50
    (whole / "unmixing/nmf.py").write_text("def nmf(pixels):\n    return pixels\n")
    face = whole / "unmixing/__init__.py"
    face.write_text("from mixedpixels.unmixing.nmf import nmf\n" + face.read_text() + "\nnmf\n")
    assert everything() == before
    least_squares = whole / "unmixing/least_squares.py"
    least_squares.write_text(least_squares.read_text().replace("1e6", "1e7"))
    assert everything() != before


def test_memory_is_0_where_the_system_cannot_tell(monkeypatch):
    assert provenance.peak_memory() > 0
    monkeypatch.setitem(sys.modules, "resource", None)  # as on Windows
    assert provenance.peak_memory() == 0


def test_the_package_imports_itself_by_full_names():
    """Relative imports are not followed, so there must be none."""
    for path in paths.package().rglob("*.py"):
        lines = path.read_text(encoding="utf-8").splitlines()
        assert not [x for x in lines if x.lstrip().startswith("from .")], path
