"""Digests of the code that a number depends on, down to single definitions.

A digest is taken of each function, class and constant that a piece of code reaches through the names it
mentions. Each name is followed to the file that defines it. The ``__init__.py`` through which it is
imported does not count, nor does the place of the definition in its file. Adding or renaming other
definitions in the file therefore makes no record stale and no cache invalid.
"""

import hashlib
from functools import cache
from pathlib import Path

from mixedpixels import paths
from mixedpixels.provenance.notebook import computing_part
from mixedpixels.provenance.registry import FOLDER, digest_now
from mixedpixels.provenance.source import read_source
from mixedpixels.provenance.walk import IMPORTS, Walk, file_of


def definitions_used(source: str, package: Path | None = None) -> dict[str, str]:
    """Return the definitions that a piece of Python code reaches and that can change its numbers.

    Parameters
    ----------
    source
        The text of the code. All of its statements count.
    package
        The folder of the package. None takes the folder of this package.

    Returns
    -------
    dict
        Dotted name, such as ``training.loop.train`` → digest of the definition's text, sorted by name.
        Comments, docstrings and imports are left out of the digest.
    """
    walk = Walk(package or paths.package())
    walk.enter(read_source(source))
    return dict(sorted(walk.found.items()))


def files_used(source: str, package: Path | None = None) -> dict[str, str]:
    """Return the package's files that a piece of Python code imports, directly or indirectly.

    Parameters
    ----------
    source
        The text of the code.
    package
        The folder of the package. None takes the folder of this package.

    Returns
    -------
    dict
        Dotted name → sha256 of the whole file, sorted by name. These files can change a page, its
        words included.
    """
    package = package or paths.package()
    todo, found = set(read_source(source).imported), {}
    while todo:
        name = todo.pop()
        path = file_of(package, name)
        if path is not None and name not in found:
            text = path.read_text(encoding="utf-8")
            found[name] = hashlib.sha256(text.encode()).hexdigest()
            todo |= read_source(text).imported
        if "." in name:  # it may name part of a module; and a package's __init__ runs first
            todo |= {name.rpartition(".")[0]} - found.keys()
    return dict(sorted(found.items()))


def code_of(notebook: str, source: str, package: Path | None = None) -> dict[str, str]:
    """Return the code that can change a notebook's numbers: its own, and the definitions it reaches.

    Cells that only show what other cells computed do not count; see
    :func:`mixedpixels.provenance.notebook.computing_part`.

    Parameters
    ----------
    notebook
        Its name, such as ``ssanu/04-samson``.
    source
        The text of its ``.py`` file.
    package
        The folder of the package. None takes the folder of this package.

    Returns
    -------
    dict
        ``notebooks/<name>`` and dotted names → digest.
    """
    computing = computing_part(source)
    own = read_source(computing)
    text = "".join(sorted(d.digest for d in own.parts))
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    return {f"notebooks/{notebook}": digest, **definitions_used(computing, package)}


def changed_since(code: dict[str, str]) -> list[str]:
    """Return the names of a record's definitions that have changed, and of those that are new.

    A definition that was only moved counts as unchanged. An installed package has no notebooks to
    compare with, so an empty list is returned there.

    Parameters
    ----------
    code
        Name → digest, as :func:`code_of` returned it when the record was made.

    Returns
    -------
    list of str
        Sorted names; the notebook's own name alone when the notebook no longer exists.
    """
    root = paths.checkout()
    if root is None:
        return []
    older = not any(name.endswith(IMPORTS) for name in code)  # made before imports were noted
    now: dict[str, str] = {}
    for notebook in (name for name in code if name.startswith("notebooks/")):
        path = root / f"{notebook}.py"
        if not path.is_file():
            return [notebook]
        now = _code_now(notebook.partition("/")[2], path.read_text(encoding="utf-8"), _stamp())
    if older:
        now = {name: digest for name, digest in now.items() if not name.endswith(IMPORTS)}
    before, after = set(code.values()), set(now.values())
    changed = {
        name
        for name, digest in code.items()
        # a definition that was found by its name at run time, such as a repair, is looked up in place
        if digest not in after and digest != _digest_at(name)
    }
    changed |= {name for name, digest in now.items() if digest not in before}
    # when a definition changes, so does the entry of the imports that refer to it
    return sorted({name for name in changed if not name.endswith(IMPORTS)} or changed)


def _digest_at(place: str) -> str:
    """Return the present digest of the definition or the entry with a name, or an empty string."""
    if place.startswith(FOLDER):
        return digest_now(place)
    module, _, name = f"mixedpixels.{place}".rpartition(".")
    path = file_of(paths.package(), module)
    parts = read_source(path.read_text(encoding="utf-8")).definitions.get(name, ()) if path else ()
    return "+".join(d.digest for d in parts)


def digest_of(code: dict[str, str]) -> str:
    """Return one sha256 digest of a set of definitions; their names and places do not matter."""
    return hashlib.sha256("".join(sorted(set(code.values()))).encode()).hexdigest()


@cache  # each table of a page asks again
def _code_now(notebook: str, source: str, stamp: tuple) -> dict[str, str]:
    return code_of(notebook, source)


def _stamp() -> tuple:
    """Return the paths and modification times of the package's files, as a key for the cache."""
    files = [(str(p), p.stat().st_mtime_ns) for p in sorted(paths.package().rglob("*.py"))]
    return tuple(files)
