"""An executed notebook as a single page, for readers with a browser and without Jupyter."""

import re
from functools import cache
from pathlib import Path

import nbformat
from nbconvert import HTMLExporter
from pybtex.database import parse_file

from mixedpixels import paths
from mixedpixels.pipeline.build import place_mathjax

# The syntax of MyST that plain Markdown does not have, and its replacement.
_PLAIN = (
    (re.compile(r"^:::\{dropdown\} *(.*)$", re.M), r"<details><summary>\1</summary>\n"),
    (re.compile(r"^```\{warning\}\n(.*?)^```$", re.M | re.S), r"> **Warning.** \1"),
    (re.compile(r"^:::$", re.M), "\n</details>"),
    (re.compile(r"\[([^\]]+)\]\((?!#|\w+:)[^)]*\)"), r"\1"),  # other pages of the book
)

_CITED = re.compile(r"\{cite\}`([^`]+)`")

# nbconvert leaves inline mathematics to MathJax, which must be told the delimiters
_INLINE = r"window.MathJax = {tex: {inlineMath: [['$', '$'], ['\\(', '\\)']]}};"


def write_page(notebook: Path) -> Path:
    """Write ``<notebook>.html`` beside an executed notebook, without network access; return its path.

    The code is left out. Links to other pages of the book become plain words, and citations become
    authors and years. Formulas are drawn by the MathJax of the book's build, which is copied beside the
    page.
    """
    content = nbformat.read(notebook, as_version=4)
    for cell in content.cells:
        if cell.cell_type == "markdown":
            cell.source = _plain(cell.source)
        for output in cell.get("outputs", []):
            if "text/markdown" in output.get("data", {}):
                output.data["text/markdown"] = _plain(output.data["text/markdown"])
    mathjax = place_mathjax(notebook.parent / "mathjax")
    exporter = HTMLExporter(exclude_input=True, exclude_input_prompt=True)
    exporter.exclude_output_prompt = True
    exporter.mathjax_url = mathjax.relative_to(notebook.parent).as_posix()
    exporter.require_js_url = exporter.jquery_url = exporter.mermaid_js_url = ""
    text, _ = exporter.from_notebook_node(content)
    text = text.replace("<head>", f"<head><script>{_INLINE}</script>", 1)
    page = notebook.with_suffix(".html")
    with paths.whole(page) as draft:
        draft.write_text(text, encoding="utf-8")
    return page


def _plain(text: str) -> str:
    for pattern, plain in _PLAIN:
        text = pattern.sub(plain, text)
    return _CITED.sub(lambda found: f"({_named(found[1])})", text)


def _named(keys: str) -> str:
    """Return citations as authors and years, such as ``Chen et al., 2023``."""
    return "; ".join(_references().get(key, key) for key in keys.split(","))


@cache
def _references() -> dict[str, str]:
    root = paths.checkout()
    if root is None:  # an installed package has no bibliography
        return {}
    entries = parse_file(root / "book" / "references.bib").entries
    return {key: _authors_and_year(entry) for key, entry in entries.items()}


def _authors_and_year(entry) -> str:
    names = [" ".join(map(str, person.rich_last_names)) for person in entry.persons["author"]]
    authors = f"{names[0]} et al." if len(names) > 2 else " and ".join(names)
    return f"{authors}, {entry.fields['year']}" if "year" in entry.fields else authors
