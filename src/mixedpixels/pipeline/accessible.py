"""A Sphinx extension that adds the names and roles for screen readers that the theme leaves out.

``tests/test_accessibility.py`` checks the pages in a browser.
"""

import re
from pathlib import Path

from sphinx.application import Sphinx

from mixedpixels import paths

_MENDED = (
    # The arrow that folds a part of the table of contents has no text.
    (re.compile(r'<summary>(?=<span class="toctree-toggle")'), '<summary aria-label="More pages">'),
    # These labels hide the visible words of a button: "Show code cell source", "Ctrl+K".
    (re.compile(r'<summary aria-label="Toggle hidden content">'), "<summary>"),
    (re.compile(r'(<button class="btn search-button-field [^>]*?) aria-label="Search"'), r"\1"),
    # The icons of the three modes have titles, which count as words on the button.
    (re.compile(r'(<i class="theme-switch [^>]*?) title="[^"]*"'), r"\1"),
    # The logo and the search button are outside every landmark.
    (
        re.compile(r'(<div id="pst-primary-sidebar" class="[^"]*")>'),
        r'\1 role="complementary" aria-label="Book">',
    ),
    # The role of a bibliography entry is deprecated, and a list must contain list items.
    (re.compile(r' role="doc-biblioentry"'), ' role="listitem"'),
    # The empty corner of a table is not a header.
    (re.compile(r"<th\b([^>]*)>\s*(?:&nbsp;|<p></p>)?\s*</th>"), r"<td\1></td>"),
)


def mend(html: str) -> str:
    """Return a page of the book with the missing names and roles added.

    A page that has them already is returned unchanged.
    """
    for pattern, replacement in _MENDED:
        html = pattern.sub(replacement, html)
    return html


def mend_pages(folder: Path) -> None:
    """Add the missing names and roles to every page under the folder of a built book."""
    for page in folder.rglob("*.html"):
        html = page.read_text(encoding="utf-8")
        if (mended := mend(html)) != html:
            with paths.whole(page) as draft:
                draft.write_text(mended, encoding="utf-8")


def _finish(app: Sphinx, exception: Exception | None) -> None:
    if exception is None:
        mend_pages(Path(app.outdir))


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension."""
    app.connect("build-finished", _finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
