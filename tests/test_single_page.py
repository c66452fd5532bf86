"""One executed notebook as one page: nothing in it leads to a page that is not there."""

import nbformat

from markup import read
from mixedpixels.pipeline.single_page import write_page


def test_citations_become_authors_and_years(tmp_path):
    prose = "Start {cite}`zouaoui2023`, {cite}`heinz2001,nascimento2005`, {cite}`nobody`."
    path = tmp_path / "page.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(prose)]), path)
    assert (
        "Start (Zouaoui et al., 2023), (Heinz and Chang, 2001; Nascimento and Bioucas-Dias, 2005), "
        "(nobody)."
    ) in write_page(path).read_text(encoding="utf-8")


def test_links_to_other_pages_become_words_and_others_stay(tmp_path):
    prose = (
        "[The search](09-search), [a guide](../guide/01-metric-conventions), "
        "[a page](04-samson.ipynb#table), [above](#settings), [the code](https://example.org/x)"
    )
    cell = nbformat.v4.new_code_cell("display(Markdown(prose))")
    cell.outputs = [nbformat.v4.new_output("display_data", {"text/markdown": prose})]
    cells = [nbformat.v4.new_markdown_cell(f"# A page\n\n{prose}"), cell]
    path = tmp_path / "page.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    page = write_page(path)
    links = [a.attributes["href"] for a in read(page.read_text(encoding="utf-8")).all("a")]
    assert [x for x in links if x != "#A-page"] == ["#settings", "https://example.org/x"] * 2
    assert page.read_text(encoding="utf-8").count("The search, a guide, a page, ") == 2
