"""The paired notebooks: how to find and read one, and a check that both files agree."""

import difflib
from pathlib import Path

from mixedpixels import paths
from mixedpixels.errors import BadInput, UnknownName


def folder() -> Path:
    """Return the checkout's ``notebooks`` folder.

    Raises
    ------
    BadInput
        When the package is installed without a checkout.
    """
    root = paths.checkout()
    if root is None:
        raise BadInput("notebooks are in the project's checkout; clone it and run there")
    return root / "notebooks"


def names() -> list[str]:
    """Return the names of all notebooks, such as ``ssanu/04-samson``, sorted."""
    return sorted(str(p.relative_to(folder()).with_suffix("")) for p in folder().glob("*/*.py"))


def find(name: str) -> Path:
    """Return the ``.py`` file of a notebook.

    Parameters
    ----------
    name
        Its name, such as ``ssanu/04-samson``; ``notebooks/`` before it, and ``.py`` or ``.ipynb`` after
        it, are ignored.

    Raises
    ------
    UnknownName
        When there is no such notebook; the message names the nearest ones.
    """
    plain = name.removeprefix("./").removeprefix("notebooks/")
    plain = plain.removesuffix(".ipynb").removesuffix(".py")
    known = names()
    if plain not in known:
        near = difflib.get_close_matches(plain, known, n=3, cutoff=0.3) or known
        raise UnknownName(f"no notebook is called {name!r}; near: {', '.join(near)}")
    return folder() / f"{plain}.py"


def source(name: str) -> str:
    """Return the text of a notebook's ``.py`` file; empty where there is no checkout, as in Colab."""
    root = paths.checkout()
    path = root / "notebooks" / f"{name}.py" if root else None
    return path.read_text(encoding="utf-8") if path and path.is_file() else ""


def agree(path: Path) -> None:
    """Check that both files of a pair hold the same cells.

    Raises
    ------
    BadInput
        When they differ, or one is missing.
    """
    # imported here, because an installed package resolves settings without jupytext
    import jupytext
    from jupytext.compare import NotebookDifference, compare_notebooks

    other = path.with_suffix(".ipynb")
    if not other.is_file():
        raise BadInput(f"{path.name} has no paired {other.name}; run: make sync")
    try:
        compare_notebooks(
            jupytext.read(other),
            jupytext.read(path),
            fmt="py:percent",
            compare_outputs=False,
            compare_ids=False,
            raise_on_first_difference=True,
        )
    except NotebookDifference as error:
        raise BadInput(
            f"{path.name} and {other.name} differ; keep the half you edited and run: make sync\n"
            f"{error}"
        ) from error
