"""The rooms of the package stand on each other: none imports one above it, or one beside it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import mixedpixels

PACKAGE = Path(mixedpixels.__file__).parent

# From low to high. A room may import those on lower lines.
LEVELS = (
    {"errors"},
    {"paths", "device"},
    {"provenance"},
    {"scenes", "metrics"},
    {"unmixing", "classification"},
    {"models"},
    {"training"},
    {"fits", "estimators"},
    {"ledger", "plotting"},
    {"pipeline"},
    {"chapters", "products"},
    {"cli"},
)
LEVEL = {room: level for level, rooms in enumerate(LEVELS) for room in rooms}


def code(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what is below a node, functions included, but for what only type checkers read."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            for other in child.orelse:
                yield from [other, *code(other)]
        else:
            yield from [child, *code(child)]


def rooms_imported(source: str) -> set[str]:
    """Return the rooms that a module's text imports, by name or as ``mixedpixels.<room>``."""
    names = set()
    for node in code(ast.parse(source)):
        match node:
            case ast.Import():
                names |= {alias.name for alias in node.names}
            case ast.ImportFrom(module="mixedpixels"):
                names |= {f"mixedpixels.{alias.name}" for alias in node.names}
            case ast.ImportFrom():
                assert node.level == 0, "a relative import"
                names.add(node.module)
            case ast.Attribute(value=ast.Name(id="mixedpixels")):
                names.add(f"mixedpixels.{node.attr}")
            case ast.Call(args=[ast.Constant(value=str(name)), *_]) if "import" in ast.unparse(
                node.func
            ):
                names.add(name)
    parts = [name.split(".") for name in names]
    return {p[1] for p in parts if p[0] == "mixedpixels" and len(p) > 1} & {*LEVEL}


def modules() -> list[tuple[str, str, str]]:
    """Return room, path and text of each module of a room."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        place = path.relative_to(PACKAGE)
        if place.name != "__init__.py" or len(place.parts) > 1:
            room = place.parts[0].removesuffix(".py")
            found.append((room, place.as_posix(), path.read_text(encoding="utf-8")))
    return found


@pytest.mark.parametrize(
    "source, rooms",
    [
        ("import numpy, mixedpixels.scenes.load", {"scenes"}),
        ("from mixedpixels import paths, metrics as m, __version__", {"paths", "metrics"}),
        ("def f():\n    from mixedpixels.pipeline.settings import Run", {"pipeline"}),
        ("import mixedpixels\nmixedpixels.ledger.record()", {"ledger"}),
        ("importlib.import_module('mixedpixels.scenes.dataset').f()", {"scenes"}),
        (
            "if TYPE_CHECKING:\n    from mixedpixels import cli\nelse:\n    import mixedpixels.fits",
            {"fits"},
        ),
        ("'from mixedpixels import cli'\nx.mixedpixels.cli", set()),
    ],
)
def test_what_counts_as_an_import(source, rooms):
    assert rooms_imported(source) == rooms


def test_every_room_has_a_level():
    there = {room for room, _, _ in modules()}
    assert there == {*LEVEL} and sum(map(len, LEVELS)) == len(LEVEL)


def test_no_room_imports_upwards_or_sideways():
    wrong = [
        f"{path} imports {other}"
        for room, path, text in modules()
        for other in rooms_imported(text) - {room}
        if LEVEL[other] >= LEVEL[room]
    ]
    assert not wrong


def test_chapters_take_only_the_settings_of_the_pipeline():
    """What executes notebooks and builds the book knows no chapter, and no chapter knows it."""
    for room, path, text in modules():
        if room == "chapters":
            wanted = {
                node.module if node.module != "mixedpixels.pipeline" else f"{node.module}.{a.name}"
                for node in code(ast.parse(text))
                if isinstance(node, ast.ImportFrom)
                for a in node.names
            }
            wanted = {name for name in wanted if name.startswith("mixedpixels.pipeline")}
            assert wanted <= {"mixedpixels.pipeline.settings"}, path


def test_a_chapter_knows_no_other_chapter():
    """What two of them need stands beside them, as ``chapters/baselines.py``."""
    papers = {p.name for p in (PACKAGE / "chapters").iterdir() if (p / "__init__.py").is_file()}
    assert papers
    for room, path, text in modules():
        if room == "chapters":
            own = path.split("/")[1]
            for other in papers - {own}:
                assert f"chapters.{other}" not in text and f"chapters import {other}" not in text, (
                    path
                )
