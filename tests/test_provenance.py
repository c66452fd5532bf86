"""Provenance: which code a number runs through, and whether it has changed since."""

import hashlib
import sys
from pathlib import Path

import pytest

from made import place
from mixedpixels import ledger, paths
from mixedpixels.ledger import provenance

PACKAGE = {
    "__init__.py": "",
    "metrics/__init__.py": "from mixedpixels.metrics.angle import angle\n",
    "metrics/angle.py": "import numpy\nfrom mixedpixels import paths\n",
    "paths.py": "",
    "unmixing/__init__.py": "",
    "unmixing/vca.py": "def f():\n    import mixedpixels.metrics.angle\n",
    "unmixing/alone.py": "",
    "plotting/__init__.py": "",
    "device.py": "",
}


@pytest.fixture
def package(tmp_path, monkeypatch) -> Path:
    folder = tmp_path / "mixedpixels"
    for name, text in PACKAGE.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    monkeypatch.setattr(provenance, "_PACKAGE", folder)
    return folder


@pytest.mark.parametrize(
    ("source", "modules"),
    [
        ("import numpy, os", []),
        ("import mixedpixels", ["mixedpixels"]),
        ("from mixedpixels import plotting", ["mixedpixels", "mixedpixels.plotting"]),
        (
            "from mixedpixels.unmixing.vca import f",
            [
                "mixedpixels",
                "mixedpixels.metrics",
                "mixedpixels.metrics.angle",
                "mixedpixels.paths",
                "mixedpixels.unmixing",
                "mixedpixels.unmixing.vca",
            ],
        ),
        (
            "def g():\n    from mixedpixels import metrics as m",
            [
                "mixedpixels",
                "mixedpixels.metrics",
                "mixedpixels.metrics.angle",
                "mixedpixels.paths",
            ],
        ),
    ],
)
def test_modules_used_follow_imports(package, source, modules):
    found = provenance.modules_used(source)
    assert list(found) == modules
    for name, digest in found.items():
        base = package.joinpath(*name.split(".")[1:])
        path = base / "__init__.py" if base.is_dir() else base.with_suffix(".py")
        assert digest == hashlib.sha256(path.read_bytes().rstrip()).hexdigest()


def test_code_is_the_notebook_and_the_modules_that_make_numbers(package):
    source = "from mixedpixels import device, metrics, plotting"
    assert list(provenance.code_of("made/01-first", source)) == [
        "notebooks/made/01-first",
        "mixedpixels.device",
        "mixedpixels.metrics",
        "mixedpixels.metrics.angle",
    ]


def test_a_notebook_changes_with_its_code_and_not_with_its_prose(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "checkout", lambda: tmp_path)
    source = "# # Title\n\n# %%\nx = 1\n"
    code = provenance.code_of("made/01-first", source)

    def changed(text):
        place(tmp_path, {"notebooks/made/01-first.py": text.encode()})
        return provenance.changed_since(code)

    assert changed(source) == changed(source.replace("Title", "Other words\n# and more")) == []
    assert changed(source.replace("x = 1", "x = 2")) == ["notebooks/made/01-first"]
    (tmp_path / "notebooks/made/01-first.py").unlink()
    assert provenance.changed_since(code) == ["notebooks/made/01-first"]


def test_memory_is_0_where_the_system_cannot_tell(monkeypatch):
    assert provenance.peak_memory() > 0
    monkeypatch.setitem(sys.modules, "resource", None)  # as on Windows
    assert provenance.peak_memory() == 0


def test_changed_since_notices_a_changed_and_a_lost_module(package):
    code = provenance.modules_used("from mixedpixels.unmixing import vca")
    assert provenance.changed_since(code) == []
    (package / "unmixing/alone.py").write_text("x = 1")
    assert provenance.changed_since(code) == []
    (package / "metrics/angle.py").write_text("x = 1")
    assert provenance.changed_since(code) == ["mixedpixels.metrics.angle"]
    (package / "unmixing/vca.py").unlink()
    assert provenance.changed_since(code) == [
        "mixedpixels.metrics.angle",
        "mixedpixels.unmixing.vca",
    ]


def test_a_module_changes_with_its_code_and_not_with_its_prose(package):
    code = 'def f(x):\n    """Say."""\n    return x + "# no comment"\n'
    path = package / "metrics/angle.py"
    path.write_text(code)
    kept = provenance.modules_used("import mixedpixels.metrics.angle")

    def changed(text):
        path.write_text(text)
        return bool(provenance.changed_since(kept))

    prose = '"""A module."""\n\n# why\ndef f(x):  # how\n    """Say\n\n    more.\n    """\n\n'
    assert not changed(prose + '    return x + "# no comment"\n')
    assert changed(code.replace("no comment", "another"))
    assert changed(code.replace("x +", "x + x +"))
    assert changed(code.replace('"""Say."""', 'y = """Say."""'))
    assert changed(code.replace('"""Say."""', '"""Say."""; x = 1'))
    text = 'words = """\n# no comment\n"""\n'
    path.write_text(text)
    kept = provenance.modules_used("import mixedpixels.metrics.angle")
    assert changed(text.replace("no comment", "another"))


def test_the_package_imports_itself_by_full_names():
    """``modules_used`` does not follow relative imports, so there must be none."""
    folder = Path(ledger.__file__).parent.parent
    for path in folder.rglob("*.py"):
        lines = path.read_text(encoding="utf-8").splitlines()
        assert not [x for x in lines if x.lstrip().startswith("from .")], path
