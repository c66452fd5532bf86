"""Made-up notebooks, for tests of what runs them."""

from pathlib import Path

import jupytext
import nbformat


def add_notebook(root: Path, name: str, code: str) -> Path:
    """Write a pair with a title, the usual parameters and one cell of code; return its .py.

    Its chapter's budgets get an entry for it, which sets no parameter.
    """
    path = root / "notebooks" / f"{name}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    budgets, table = path.with_name("budgets.toml"), f'["{path.stem}"]\n'
    known = budgets.read_text(encoding="utf-8") if budgets.is_file() else ""
    if table not in known:
        entry = f"{table}repeated = []\nquick = {{}}\nfull = {{}}\n"
        budgets.write_text(known + entry, encoding="utf-8")
    given = 'profile: str = "quick"\nseeds: int = 0'
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell(f"# {name}"),
            nbformat.v4.new_code_cell(given, metadata={"tags": ["parameters"]}),
            nbformat.v4.new_code_cell(code.strip()),
        ],
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}
        },
    )
    nbformat.write(notebook, path.with_suffix(".ipynb"))
    jupytext.write(notebook, path, fmt="py:percent")
    return path
