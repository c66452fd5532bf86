"""The glossary: linked where a reader starts, and with every term that a page refers to."""

import re

from mixedpixels import paths
from mixedpixels.ledger.verdicts import ORDER
from mixedpixels.models.config import READINGS
from mixedpixels.pipeline import pages

BOOK = paths.checkout() / "book"
BLOCK = re.compile(r"^```\{glossary\}\n(.*?)^```$", re.M | re.S)


def text(name: str) -> str:
    return (BOOK / name).read_text(encoding="utf-8")


def terms() -> list[str]:
    """The terms, which stand at the beginning of a line; their definitions are indented."""
    blocks = BLOCK.findall(text("glossary.md"))
    return [line for block in blocks for line in block.splitlines() if line and line[0] != " "]


def test_each_term_stands_there_once_and_is_explained():
    assert len(set(terms())) == len(terms()) > 60
    for block in BLOCK.findall(text("glossary.md")):
        for entry in block.strip().split("\n\n"):
            assert re.search(r"^  \S.*\.(\n|$)", entry + "\n", re.M), entry


def test_every_term_that_a_page_refers_to_is_explained():
    found = {
        name: re.findall(r"\{term\}`(?:[^`<]*<)?([^`>]+)>?`", content)
        for name, content in {
            **{path.name: path.read_text(encoding="utf-8") for path in BOOK.glob("*.md")},
            "data.md": pages.data_page(),
        }.items()
    }
    assert found["index.md"] and found["ssanu.md"] and found["symae.md"] and found["data.md"]
    for name, used in found.items():
        assert set(used) <= set(terms()), name


def test_every_verdict_and_reading_is_explained():
    assert set(ORDER) <= set(terms())
    for reading in READINGS:
        assert f"`{reading}`" in text("glossary.md")


def test_readers_find_it_where_they_start():
    assert "(book/glossary.md)" in (paths.checkout() / "README.md").read_text(encoding="utf-8")
    for name in ("index.md", "ssanu.md", "symae.md", "verdicts.md", "using-the-package.md"):
        assert "(glossary.md)" in text(name), name
