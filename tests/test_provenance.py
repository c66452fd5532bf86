"""Provenance: which definitions a number runs through, and whether they have changed since."""

import importlib
import os
import shutil
import sys
from pathlib import Path

import pytest

from made import place
from mixedpixels import ledger, paths, provenance
from mixedpixels.errors import BadInput
from mixedpixels.provenance.source import read_source

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
    names = list(provenance.definitions_used(source))
    assert [name for name in names if not name.endswith(", imports")] == found


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


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("import numpy\nONE = 1", "from math import tau as ONE"),
        ("ONE = 1", "from mixedpixels.metrics.one import TWO as ONE"),
    ],
)
def test_what_an_imported_name_refers_to_counts(changed, before, after):
    one = {"metrics/one.py": "ONE = 1\nTWO = 2\n"}
    text = PACKAGE[ANGLE].replace(before, after)
    assert changed(files={ANGLE: text, **one})


def test_exchanged_imports_are_noticed(package):
    """Two names of one module are both used; their definitions stay the same."""
    place(package, {"pair.py": b"def load():\n    return 1\n\ndef save():\n    return 2\n"})
    use = "from mixedpixels.pair import load, save\nload()\nsave()\n"
    exchanged = use.replace("load, save", "load as save, save as load")
    assert provenance.definitions_used(use) != provenance.definitions_used(exchanged)
    swapped = "from math import pi, tau\npi, tau\n"
    assert provenance.definitions_used(swapped) != provenance.definitions_used(
        swapped.replace("pi, tau", "tau as pi, pi as tau", 1)
    )


def test_a_record_without_entries_of_imports_is_not_aged_by_them(changed, tmp_path):
    changed()
    code = provenance.code_of("made/01-first", SOURCE)
    older = {name: value for name, value in code.items() if not name.endswith(", imports")}
    assert len(older) < len(code)
    assert provenance.changed_since(older) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("try:\n    import numpy\nexcept ImportError:\n    def f():\n        return ONE\n", "f"),
        ("try:\n    import numpy\nexcept ImportError:\n    ONE = 2\n", "ONE"),
        ("if True:\n    def f():\n        pass\n", "f"),
    ],
)
def test_definitions_inside_a_group_are_found(text, name):
    assert name in read_source(text).definitions


def test_all_names_of_a_module_at_once_are_refused():
    with pytest.raises(BadInput, match=r"line 1: expected imported names, got from math import \*"):
        read_source("from math import *\n")


def test_a_name_that_is_imported_and_changed_in_place_is_followed(package):
    place(package, {"face.py": b"from mixedpixels.metrics.angle import angle\nangle.unit = 1\n"})
    assert "metrics.angle.angle" in provenance.definitions_used(
        "from mixedpixels.face import angle\nangle()\n"
    )


ENTRY = """title = "Made up"
scale = 500.0
[read]
cube = { file = "made/cube.mat", variable = "V" }
[[file]]
name = "made/cube.mat"
addresses = []
"""


@pytest.mark.parametrize(
    ("before", "after", "counts"),
    [
        ("scale = 500.0", "scale = 250.0", True),
        ('variable = "V"', 'variable = "V", repair = "carriage-returns"', True),
        ("[read]", "saturation = 100\n[read]", True),
        ("Made up", "Other words", False),
        ("addresses = []", 'addresses = ["https://example.org/cube.mat"]', False),
    ],
)
def test_what_the_registry_says_of_a_record_s_files_counts(
    package, tmp_path, monkeypatch, before, after, counts
):
    monkeypatch.setattr(paths, "checkout", lambda: tmp_path)
    monkeypatch.setattr(paths, "registry", lambda: tmp_path / "registry")
    other = ENTRY.replace("made/cube.mat", "made/other.mat")
    place(tmp_path, {"registry/made.toml": ENTRY.encode(), "registry/other.toml": other.encode()})
    code = provenance.registered(["made/cube.mat", "made/labels.mat"])
    assert list(code) == ["data_registry/made"]
    assert provenance.changed_since(code) == []
    place(tmp_path, {"registry/made.toml": ENTRY.replace(before, after).encode()})
    assert provenance.changed_since(code) == (["data_registry/made"] if counts else [])
    (tmp_path / "registry/made.toml").unlink()
    assert provenance.changed_since(code) == ["data_registry/made"]


@pytest.fixture
def own_model(tmp_path, monkeypatch):
    """A module outside the package, and a helper that it imports."""
    place(
        tmp_path,
        {
            "own_helper.py": b"SCALE = 1\n",
            "own_model.py": b"from own_helper import SCALE\nclass Model:\n    scale = SCALE\n",
        },
    )
    for path in tmp_path.glob("own_*.py"):
        os.utime(path, (1e9, 1e9))
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)  # it tells when the source was read
    yield importlib.import_module("own_model").Model
    for name in ("own_model", "own_helper"):
        sys.modules.pop(name, None)


def test_the_files_that_a_model_of_ones_own_imports_count(own_model, tmp_path):
    before = provenance.code_of_class(own_model)
    assert {"own_model, whole file", "own_helper, whole file"} <= before.keys()
    (tmp_path / "own_helper.py").write_text("SCALE = 2\n")
    os.utime(tmp_path / "own_helper.py", (1e9, 1e9))
    assert provenance.code_of_class(own_model) != before


def test_code_that_was_edited_after_its_import_is_refused(own_model, tmp_path, monkeypatch):
    """Else the result of the old code would be stored under the digest of the new one."""
    os.utime(tmp_path / "own_helper.py")
    with pytest.raises(BadInput, match=r"own_helper\.py was edited after this process imported it"):
        provenance.code_of_class(own_model)
    monkeypatch.setattr(provenance.loaded, "_LOADED", 0.0)  # as if all files were edited since
    with pytest.raises(BadInput, match="edited after this process imported it"):
        provenance.definitions_of("mixedpixels.training.fit_unmixer")


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
        ("x[0] = 2", True),  # it changes what a later cell reads
        ("x.size = 2", True),
        ("frame = {}\nframe[0] = x", False),
    ],
)
def test_hidden_cells_count_where_they_compute(hidden, counts):
    source = f'# %%\nx = 1\n\n# %% tags=["hide-input"]\n{hidden}\n\n# %%\nz = x, y, k\n'
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
