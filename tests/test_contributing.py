"""CONTRIBUTING and the code agree: its files exist, and the rooms import in the order of its table."""

import ast
import re

from mixedpixels import paths
from mixedpixels.pipeline import pairs

ROOT = paths.checkout()
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
EVERYWHERE = {"errors", "paths", "device"}


def rooms() -> list[str]:
    """The rooms in the order of the table, lowest first."""
    rows = re.findall(r"^\| `(\w+)`.* \| .+ \|$", PAGE, re.MULTILINE)
    assert rows[0] == "scenes" and rows[-1] == "products"
    return [*rows, "cli"]


def imported(text: str) -> set[str]:
    """The rooms that a module imports, wherever in it the import stands."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.module == "mixedpixels":
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("mixedpixels."):
            found.add(node.module.split(".")[1])
        elif isinstance(node, ast.Import):
            names = (alias.name.split(".") for alias in node.names)
            found |= {name[1] for name in names if name[0] == "mixedpixels" and len(name) > 1}
    return found


def test_the_table_has_every_room():
    there = {path.parent.name for path in paths.package().glob("*/__init__.py")}
    assert set(rooms()) == there | {"cli"}


def test_a_room_imports_only_rooms_above_it_in_the_table():
    order = rooms()
    for place, room in enumerate(order):
        folder = paths.package() / room
        files = folder.rglob("*.py") if folder.is_dir() else [paths.package() / f"{room}.py"]
        for path in files:
            needed = imported(path.read_text(encoding="utf-8")) & set(order)
            assert needed <= {*order[: place + 1]}, path
    for room in ("errors", "paths", "device"):
        text = (paths.package() / f"{room}.py").read_text(encoding="utf-8")
        assert imported(text) <= EVERYWHERE


def test_every_file_that_it_names_is_there():
    """A path is looked for in the project, in the package, and in its room ``products``."""
    bases = [ROOT, paths.package(), paths.package() / "products", ROOT / "book" / "claims"]
    named = set(re.findall(r"`([\w./-]+(?:\.py|\.toml|\.csv|\.bib|\.yml|\.md|\.txt|/))`", PAGE))
    named |= set(re.findall(r"\]\(([\w./-]+)\)", PAGE))
    made = {
        "samson.toml",
        "urban.toml",
        "urban-crop-s.toml",
        "ksc-labelled.toml",
        "indian-pines.toml",
    }
    ours = {"book/notebooks/", "checks.toml", "names.toml", "data_registry/NAME.toml"}
    assert len(named) > 20
    for name in named - ours:
        bases_of_it = [ROOT / "data_registry"] if name in made else bases
        assert any((base / name).exists() for base in bases_of_it), name


def test_the_notebook_that_it_runs_is_there():
    assert set(re.findall(r"^mixedpixels run (\S+)", PAGE, re.MULTILINE)) <= set(pairs.names())
