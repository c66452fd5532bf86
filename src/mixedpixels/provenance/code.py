"""Digests of the code that a number depends on, down to single definitions.

A digest is taken of each function, class and constant that a piece of code reaches through the names it
mentions. Each name is followed to the file that defines it. The ``__init__.py`` through which it is
imported does not count, nor does the place of the definition in its file. A definition that is added
beside it, or renamed around it, therefore ages no record and invalidates no cache.
"""

import hashlib
import sys
from functools import cache
from pathlib import Path

from mixedpixels import paths
from mixedpixels.errors import BadInput
from mixedpixels.provenance.notebook import computing_part
from mixedpixels.provenance.source import Definition, Source, read_source

# Modules that find, store, judge or show numbers and compute none. A cache returns what was stored in
# it, and a fetched file has the registered hash.
_SHOWING = (
    *("cli", "errors", "ledger", "paths", "pipeline", "plotting", "products", "provenance"),
    *("fits.cache", "scenes.fetch", "scenes.registry"),
)


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
    found: dict[str, str] = {}
    _Walk(package or paths.package(), found).enter(read_source(source))
    return dict(sorted(found.items()))


def definitions_of(*names: str, package: Path | None = None) -> dict[str, str]:
    """Return the named definitions and those they reach; see :func:`definitions_used`.

    Parameters
    ----------
    names
        Dotted names of modules or definitions, such as ``mixedpixels.training.fit_unmixer``.
    package
        The folder of the package. None takes the folder of this package.

    Returns
    -------
    dict
        Dotted name → digest, as in :func:`definitions_used`.
    """
    found: dict[str, str] = {}
    walk = _Walk(package or paths.package(), found)
    for name in names:
        first, _, rest = name.partition(".")
        walk.resolve(first, rest)
    return dict(sorted(found.items()))


def code_of_class(kind: type) -> dict[str, str]:
    """Return the digests of a class's module and of what it reaches in this package.

    Parameters
    ----------
    kind
        A class of this package, or of any other file. For a file outside the package, the digest is
        that of the whole file.

    Returns
    -------
    dict
        Dotted name → digest, as in :func:`definitions_used`.

    Raises
    ------
    BadInput
        When no file defines the class, so that a change of its code would go unnoticed.
    """
    if kind.__module__.partition(".")[0] == "mixedpixels":
        return definitions_of(kind.__module__)
    file = getattr(sys.modules.get(kind.__module__), "__file__", None)
    if not file or not Path(file).is_file():
        raise BadInput(
            f"{kind.__qualname__}: expected a class that a file defines, so that a change of its code "
            f"is noticed, but {kind.__module__} is no file; put it into a .py file and import it"
        )
    text = Path(file).read_text(encoding="utf-8")
    own = {f"{kind.__module__}, whole file": hashlib.sha256(text.encode()).hexdigest()[:16]}
    return own | definitions_used(text)


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
        path = _file(package, name)
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
    now: dict[str, str] = {}
    for notebook in (name for name in code if name.startswith("notebooks/")):
        path = root / f"{notebook}.py"
        if not path.is_file():
            return [notebook]
        now = _code_now(notebook.partition("/")[2], path.read_text(encoding="utf-8"), _stamp())
    before, after = set(code.values()), set(now.values())
    changed = {
        name
        for name, digest in code.items()
        # a definition that was found by its name at run time, such as a repair, is looked up in place
        if digest not in after and digest != _digest_at(name)
    }
    return sorted(changed | {name for name, digest in now.items() if digest not in before})


def _digest_at(place: str) -> str:
    """Return the present digest of the definition with a dotted name, or an empty string."""
    module, _, name = f"mixedpixels.{place}".rpartition(".")
    path = _file(paths.package(), module)
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


class _Walk:
    """Follows names through the package and collects the definitions that it reaches."""

    def __init__(self, package: Path, found: dict[str, str]):
        self.package, self.found = package, found
        self._sources: dict[str, Source] = {}  # by module, so that a file is read once

    def enter(self, source: Source) -> None:
        """Follow everything that a piece of code outside the package mentions."""
        for definition in source.parts:
            self._follow(definition, source, "")

    def resolve(self, target: str, rest: str = "") -> None:
        """Follow a name to the module or to the definition that it refers to.

        ``target`` is a module, such as ``a.b``, or a name in it, such as ``a.b:name``. ``rest`` holds
        the attributes that are read from it.
        """
        module, _, name = target.partition(":")
        if module.partition(".")[0] != "mixedpixels":
            return
        names = [part for part in (name, *rest.split(".")) if part]
        while names and not self._binds(module, names[0]):  # an __init__ hides such a module
            if not _file(self.package, f"{module}.{names[0]}"):
                break
            module = f"{module}.{names.pop(0)}"
        if _showing(module):
            return
        if names:
            self._take(module, names[0])
        elif module != "mixedpixels":  # a module as a whole, for instance passed on as an argument
            for name in self._source(module).definitions:
                self._take(module, name)

    def _follow(self, definition: Definition, source: Source, module: str) -> None:
        for mention in definition.mentions:
            first, _, rest = mention.partition(".")
            if first in definition.imports:
                self.resolve(definition.imports[first], rest)
            elif first in source.definitions and module:
                self._take(module, first)
            elif first in source.imports:
                self.resolve(source.imports[first], rest)

    def _take(self, module: str, name: str) -> None:
        source = self._source(module)
        if name not in source.definitions:
            if name in source.imports:  # an __init__ that re-exports the name
                self.resolve(source.imports[name])
            return
        place = f"{module.partition('.')[2]}.{name}".lstrip(".")
        if place in self.found or _showing(module):
            return
        parts = source.definitions[name]
        self.found[place] = "+".join(d.digest for d in parts)
        for definition in parts:
            self._follow(definition, source, module)
        for number, effect in enumerate(source.effects, start=1):
            self.found[f"{module.partition('.')[2]}, statement {number}"] = effect.digest
            self._follow(effect, source, module)

    def _binds(self, module: str, name: str) -> bool:
        source = self._source(module)
        return name in source.definitions or name in source.imports

    def _source(self, module: str) -> Source:
        if module not in self._sources:
            text = _file(self.package, module).read_text(encoding="utf-8")
            self._sources[module] = read_source(text)
        return self._sources[module]


def _showing(module: str) -> bool:
    inside = module.partition(".")[2]
    return any(inside == room or inside.startswith(f"{room}.") for room in _SHOWING)


def _file(package: Path, name: str) -> Path | None:
    parts = name.split(".")
    if parts[0] != "mixedpixels":
        return None
    base = package.joinpath(*parts[1:])
    for path in (base / "__init__.py", base.with_suffix(".py")):
        if path.is_file():
            return path
    return None
