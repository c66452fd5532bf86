"""The reference: each room of the package has a page, with all of its public modules and no other."""

import importlib
import re
from pathlib import Path

import pytest
import yaml

from mixedpixels import paths

BOOK = paths.checkout() / "book"
PAGES = sorted(BOOK.glob("api/*.md"))
ROOMS = sorted(path.parent.name for path in paths.package().glob("*/__init__.py"))
ALONE = {"errors", "device"}  # modules outside any room, described on the first page


def described(path: Path) -> list[str]:
    """The modules that a page takes its text from."""
    return re.findall(
        r"^\.\. automodule:: mixedpixels\.([\w.]+)$", path.read_text(encoding="utf-8"), re.M
    )


def public(room: str) -> set[str]:
    """Every module of a room and the packages in it, as ``scenes.readers.matlab``."""
    inside = (paths.package() / room).rglob("*.py")
    dotted = (path.relative_to(paths.package()).with_suffix("").parts for path in inside)
    names = {".".join(parts).removesuffix(".__init__") for parts in dotted}
    return {name for name in names if not name.rpartition(".")[2].startswith("_")}


def test_each_room_has_its_page():
    assert [page.stem for page in PAGES] == ROOMS
    contents = yaml.safe_load((BOOK / "_toc.yml").read_text(encoding="utf-8"))
    listed = re.findall(r"api/\w+", str(contents))
    assert sorted(listed) == [f"api/{room}" for room in ROOMS]
    first = set(described(BOOK / "api.md"))
    assert first == ALONE


@pytest.mark.parametrize("room", ROOMS)
def test_a_page_describes_every_public_module_of_its_room(room):
    named = described(BOOK / "api" / f"{room}.md")
    assert len(named) == len(set(named))
    assert set(named) == public(room)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_heading_names_the_module_below_it(page):
    pairs = re.findall(
        r"^## `([\w.]+)`\n(?:(?!## ).*\n)*?\.\. automodule:: mixedpixels\.([\w.]+)$",
        page.read_text(encoding="utf-8"),
        re.M,
    )
    assert len(pairs) == len(described(page)) - 1  # the room itself stands under the title
    assert all(heading == module for heading, module in pairs)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_a_page_describes_can_be_imported(page):
    for name in described(page):
        assert importlib.import_module(f"mixedpixels.{name}").__doc__
