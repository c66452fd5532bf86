"""What the theme leaves out of a page, filled in."""

import pytest

from markup import read
from mixedpixels.pipeline import accessible

FOLD = '<summary><span class="toctree-toggle" role="presentation"><i></i></span></summary>'
CODE = '<summary aria-label="Toggle hidden content"><p>Show code cell source</p></summary>'
SEARCH = (
    '<button class="btn search-button-field x" title="Search" aria-label="Search">'
    "<span>Search</span> <kbd>Ctrl</kbd></button>"
)
MODE = '<i class="theme-switch fa-solid fa-sun" data-mode="light" title="Light"></i>'
SIDEBAR = '<div id="pst-primary-sidebar" class="bd-sidebar-primary bd-sidebar"></div>'
ENTRY = '<div role="list"><div class="citation" role="doc-biblioentry">x</div></div>'


@pytest.mark.parametrize(
    "html, tag, attribute, value",
    [
        (FOLD, "summary", "aria-label", "More pages"),
        (CODE, "summary", "aria-label", None),
        (SEARCH, "button", "aria-label", None),
        (SEARCH, "button", "title", "Search"),
        (MODE, "i", "title", None),
        (MODE, "i", "data-mode", "light"),
        (SIDEBAR, "div", "role", "complementary"),
        (SIDEBAR, "div", "aria-label", "Book"),
    ],
)
def test_names_and_roles(html, tag, attribute, value):
    (element,) = read(accessible.mend(html)).all(tag)
    assert element.attributes.get(attribute) == value


def test_a_bibliography_is_a_list_of_items():
    roles = [div.attributes["role"] for div in read(accessible.mend(ENTRY)).all("div")]
    assert roles == ["list", "listitem"]


@pytest.mark.parametrize("corner", ["", "&nbsp;", "<p></p>", "\n "])
def test_an_empty_corner_is_no_header(corner):
    html = f'<table><tr><th class="blank level0" >{corner}</th><th>RMSE</th></tr></table>'
    mended = read(accessible.mend(html))
    assert [th.text for th in mended.all("th")] == ["RMSE"]
    (corner,) = mended.all("td")
    assert corner.attributes["class"] == "blank level0"


def test_other_markup_stays_and_a_second_time_changes_nothing(tmp_path):
    plain = "<details><summary>Why</summary></details><tr><th>SMACC</th><td></td></tr>"
    assert accessible.mend(plain) == plain
    page = tmp_path / "api" / "page.html"
    page.parent.mkdir()
    page.write_text(FOLD + plain + ENTRY, encoding="utf-8")
    accessible.mend_pages(tmp_path)
    once = page.read_text(encoding="utf-8")
    assert once == accessible.mend(once) and plain in once and once != FOLD + plain + ENTRY
    assert [p.name for p in page.parent.iterdir()] == ["page.html"]
