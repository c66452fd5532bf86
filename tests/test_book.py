"""The book: what it names exists; and of a built one, every page can be read by anyone, offline."""

import json
import re
import tomllib
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from sphinx.util.matching import Matcher

from markup import Element, read
from mixedpixels import ledger, scenes
from mixedpixels.ledger.claims import PAPERS
from mixedpixels.ledger.coverage import coverage
from mixedpixels.ledger.scoreboard import counts, tally
from mixedpixels.pipeline import pages, pairs

ROOT = Path(__file__).resolve().parent.parent
BOOK = ROOT / "book"
HTML = ROOT / "_build" / "html"
ADDRESS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["urls"][
    "Repository"
]
PROSE = [*sorted(BOOK.glob("*.md")), *sorted(BOOK.glob("api/*.md"))]
NOTEBOOKS = [pairs.folder() / f"{name}.py" for name in pairs.names()]


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


# What needs no build


@pytest.mark.parametrize(
    "path",
    [ROOT / n for n in ("README.md", "CITATION.cff", "_config.yml", "pyproject.toml")] + NOTEBOOKS,
    ids=lambda p: p.name,
)
def test_one_repository_address(path):
    found = re.findall(r"https://github\.com/[\w-]+/mixed-?pixels\b", text(path), re.IGNORECASE)
    assert set(found) == {ADDRESS}


def toc_files(entry) -> list[str]:
    """Every ``file`` and the root of a table of contents."""
    if isinstance(entry, list):
        return [f for x in entry for f in toc_files(x)]
    if isinstance(entry, dict):
        own = [entry[k] for k in ("root", "file") if k in entry]
        return own + [f for x in entry.values() for f in toc_files(x)]
    return []


def test_every_page_of_the_contents_exists_or_is_made():
    files = toc_files(yaml.safe_load(text(BOOK / "_toc.yml")))
    assert len(set(files)) == len(files) > 5
    made = {f"notebooks/{name}" for name in pairs.names()}
    made |= {f"generated/{name}" for name in ("data", "scoreboard", "times")}
    for file in files:
        assert file in made or (BOOK / f"{file}.md").is_file(), file


def test_every_notebook_and_every_page_is_in_the_contents():
    files = toc_files(yaml.safe_load(text(BOOK / "_toc.yml")))
    for name in pairs.names():
        assert f"notebooks/{name}" in files
    for path in PROSE:
        assert str(path.relative_to(BOOK).with_suffix("")) in files


def test_generated_pages_are_those_of_the_contents(tmp_path, monkeypatch):
    (tmp_path / "book").mkdir()
    monkeypatch.setattr(pages, "root", lambda: tmp_path)
    monkeypatch.setenv("MIXEDPIXELS_WORKSPACE", str(tmp_path / "work"))
    board = ledger.scoreboard()
    monkeypatch.setattr(ledger, "scoreboard", lambda: board)
    pages.write_all()
    made = {p.name: text(p) for p in (tmp_path / "book" / "generated").iterdir()}
    assert set(made) == {"coverage.md", "data.md", "headline.md", "scoreboard.md", "times.md"}
    assert "{include} generated/coverage.md" in text(BOOK / "verdicts.md")
    measured = {each.paper for each in coverage()}
    for paper, name in (("symae", "SymAE"), ("ssanu", "SSANU-Net")):
        without = f"No method of {name} has ten runs yet." in made["coverage.md"]
        assert without == (paper not in measured)
    for each in coverage():
        named = f"| {PAPERS[each.paper]} | {each.method} |"
        (row,) = [x for x in made["coverage.md"].splitlines() if x.startswith(named)]
        shares = " | ".join(f"{100 * each.held[size]:.1f} %" for size in (3, 5, 9))
        assert f"| {each.runs} | {shares} |" in row
    for name in scenes.names():
        assert f"(data-{name})=" in made["data.md"]
    rows = [x for x in made["scoreboard.md"].splitlines() if re.match(r"\| \[?(Table|Fig)", x)]
    assert len(rows) == 86
    assert "| numbers (reading paper) | reading best | cost |" in made["scoreboard.md"]
    for line in board:
        label, title = ledger.artifact(line["artifact"]).label, line["title"]
        (row,) = [x for x in rows if f"| {title} |" in x and re.match(rf"\| \[?{label}\b", x)]
        told = [counts(tally(line, reading)) for reading in ("paper", "best")]
        assert [x.strip() for x in row.split("|")[4:6]] == told
    assert "86 tables and figures" in made["headline.md"]
    assert "gigabytes" not in made["times.md"]  # nothing was measured in this checkout
    stamps = [p.stat().st_mtime_ns for p in (tmp_path / "book" / "generated").iterdir()]
    pages.write_all()  # an unchanged page is left alone: Sphinx would read it anew
    assert [p.stat().st_mtime_ns for p in (tmp_path / "book" / "generated").iterdir()] == stamps


def test_page_of_times_shows_the_measured_memory():
    """And what the guide claims of it is true: the peak does not grow with the file."""
    measured = json.loads(text(ROOT / "benchmarks" / "memory.json"))
    rows = [x.split("|")[1:-1] for x in pages.memory_table(measured).splitlines() if "MB" in x]
    assert [(row[0].strip(), row[1].strip()) for row in rows] == [
        (f"{run['file'] / 1e6:.0f} MB", run["interleave"]) for run in measured["runs"]
    ]
    assert [float(row[2].split()[0]) for row in rows] == [
        round(run["peak"] / 1e9, 2) for run in measured["runs"]
    ]
    sizes = sorted({run["file"] for run in measured["runs"]})
    for interleave in ("bip", "bil", "bsq"):
        peaks = {r["file"]: r["peak"] for r in measured["runs"] if r["interleave"] == interleave}
        assert peaks[sizes[-1]] - peaks[sizes[0]] < 0.1 * (sizes[-1] - sizes[0])


def test_every_citation_is_in_the_bibliography():
    keys = re.findall(r"^@\w+\{([^,\s]+),", text(BOOK / "references.bib"), re.MULTILINE)
    assert len(set(keys)) == len(keys)
    cited = {scenes.entry(name)["citation"] for name in scenes.names()}
    for path in PROSE + NOTEBOOKS:
        for group in re.findall(r"\{cite[a-z:]*\}`([^`]+)`", text(path)):
            cited |= {key.strip() for key in group.split(",")}
    assert cited and cited <= set(keys)


def test_sphinx_reads_no_draft_of_a_killed_build():
    """A draft left in ``book`` is no page: read as one it would stop the next build."""
    left_out = Matcher(yaml.safe_load(text(ROOT / "_config.yml"))["exclude_patterns"])
    for draft in ("notebooks/ssanu/.04-samson-x1.ipynb", "generated/.data-x1.md", "api/.x.md"):
        assert left_out(draft)
    for page in ("notebooks/ssanu/04-samson.ipynb", "generated/data.md", "index.md"):
        assert not left_out(page)
    assert left_out("claims/ssanu/table-3.csv") and left_out("results/ssanu/x.json")


# an absolute path of some machine; not a fraction, an address or a path inside the project
MACHINE_PATH = re.compile(r"(?<![\w.:/<-])/(?:[\w.+-]+/)+[\w.+-]+|\b[A-Z]:\\\w")


def test_what_counts_as_a_path_of_a_machine():
    for shown in ("/home/me/x/__init__.py:3: Warning", "in '/tmp/a1/out'", r"C:\Users\me"):
        assert MACHINE_PATH.search(shown)
    for harmless in (
        "1/2/3",
        "https://a.org/b/c",
        "ssanu/04-samson",
        "and/or",
        "W/m²/sr",
        "</div>",
    ):
        assert not MACHINE_PATH.search(harmless)


# A built book

PAGES = sorted(p for p in HTML.rglob("*.html") if "_static" not in p.parts)
built = pytest.mark.built
each_page = pytest.mark.parametrize("path", PAGES, ids=lambda p: str(p.relative_to(HTML)))


@cache
def page(path: Path) -> Element:
    return read(text(path))


def fresh(path: Path) -> None:
    """Skip when a source is newer than the built book."""
    assert PAGES, "there is no built book: run make book"
    if path.stat().st_mtime > (HTML / "index.html").stat().st_mtime:
        pytest.skip(f"{path.name} is newer than the built book: run make book")


@built
def test_every_page_of_the_contents_is_built():
    fresh(BOOK / "_toc.yml")
    for file in toc_files(yaml.safe_load(text(BOOK / "_toc.yml"))):
        assert (HTML / f"{file}.html").is_file(), file


@built
@each_page
def test_every_image_has_alternative_text(path):
    for image in page(path).all("img"):
        assert (image.attributes.get("alt") or "").strip(), image.attributes.get("src", "")[:80]
    for drawing in page(path).all("svg"):
        hidden = drawing.attributes.get("aria-hidden") == "true"
        assert hidden or drawing.attributes.get("aria-label")


@built
@each_page
def test_a_page_takes_nothing_from_elsewhere(path):
    """And what it takes from beside it is there."""
    taken = [("img", "src"), ("script", "src"), ("link", "href")]
    for tag, attribute in taken:
        for element in page(path).all(tag):
            address = element.attributes.get(attribute) or ""
            if not address or address.startswith("data:"):
                continue
            parts = urlsplit(address)
            assert not parts.scheme and not parts.netloc, f"{path.name} takes {address}"
            assert (path.parent / unquote(parts.path)).exists(), f"{path.name}: no {address}"


@built
@each_page
def test_no_output_shows_a_path_of_the_machine(path):
    """As a warning of a library does."""
    for output in page(path).all("div", "cell_output"):
        assert not (found := MACHINE_PATH.search(output.text)), found


@built
@each_page
def test_links_inside_the_book_lead_somewhere(path):
    for link in page(path).all("a"):
        parts = urlsplit(link.attributes.get("href") or "")
        if parts.scheme or parts.netloc or not parts.path:
            continue
        assert (path.parent / unquote(parts.path)).exists(), f"{path.name}: {parts.path}"


def words(element: Element) -> str:
    """The text a reader sees, without code, scripts and what MathJax will draw."""
    if element.tag in ("script", "style", "pre", "code", "head"):
        return ""
    if "math" in (element.attributes.get("class") or "").split():
        return ""
    return "".join(x if isinstance(x, str) else words(x) for x in element.inside)


@built
@each_page
def test_no_formula_is_left_unset(path):
    raw = re.findall(r"\$\$|\\\(|\\\[|\\begin\{|\$\\?\w[^$\n]{0,60}\$|\{cite\}", words(page(path)))
    assert not raw


@built
@pytest.mark.parametrize("name", pairs.names())
def test_page_of_a_notebook(name):
    fresh(pairs.folder() / f"{name}.py")
    html = text(HTML / "notebooks" / f"{name}.html")
    assert "find_spec" not in html, "the cell that installs is hidden"
    assert "This copy ran in" in html
    assert f"blob/main/notebooks/{name}.ipynb" in html, "the button that opens it on Colab"
    assert (ADDRESS.removeprefix("https://github.com/") + "/blob") in html
