"""The code that a number ran through, down to single definitions.

A digest is taken of each function, class and constant that a piece of code reaches by the names it
mentions. A name is followed to the file that defines it: the face of a package, through which it may be
imported, counts for nothing, and so does where the definition stands. What is added beside it, or
renamed around it, ages no record and voids no cache.
"""

import hashlib
import sys
from functools import cache
from pathlib import Path

from mixedpixels import paths
from mixedpixels.errors import BadInput
from mixedpixels.provenance.notebook import computing_part
from mixedpixels.provenance.source import Definition, Source, read_source

# Rooms that find, keep, judge or show numbers and make none: what a cache gives back is what was put
# in, and what a fetch gives back has the registered hash.
_SHOWING = (
    *("cli", "errors", "ledger", "paths", "pipeline", "plotting", "products", "provenance"),
    *("fits.cache", "scenes.fetch", "scenes.registry"),
)


def definitions_used(source: str, package: Path | None = None) -> dict[str, str]:
    """Return the definitions that a piece of Python runs through and that can change its numbers.

    Parameters
    ----------
    source
        Its text. All of its statements count.
    package
        The folder of the package; this one's unless given.

    Returns
    -------
    dict
        Dotted name, as ``training.loop.train`` → digest of its text, sorted by name. Comments,
        docstrings and imports are no part of it.
    """
    found: dict[str, str] = {}
    _Walk(package or paths.package(), found).enter(read_source(source))
    return dict(sorted(found.items()))


def definitions_of(*names: str, package: Path | None = None) -> dict[str, str]:
    """Return some definitions and those they run through; see :func:`definitions_used`.

    Parameters
    ----------
    names
        Dotted names of modules or definitions, as ``mixedpixels.training.fit_unmixer``.
    """
    found: dict[str, str] = {}
    walk = _Walk(package or paths.package(), found)
    for name in names:
        first, _, rest = name.partition(".")
        walk.resolve(first, rest)
    return dict(sorted(found.items()))


def code_of_class(kind: type) -> dict[str, str]:
    """Return the code of a class and what it runs through, one from outside the package too.

    Raises
    ------
    BadInput
        When the class stands in no file: nobody could tell that its code has changed.
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
    """Return the package's files that a piece of Python imports, directly or through each other.

    Returns
    -------
    dict
        Dotted name → sha256 of the whole file, sorted by name: what can change a page, words and all.
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
        if "." in name:  # a name may be one inside a module; and a package's face runs first
            todo |= {name.rpartition(".")[0]} - found.keys()
    return dict(sorted(found.items()))


def code_of(notebook: str, source: str, package: Path | None = None) -> dict[str, str]:
    """Return what can change a notebook's numbers: its own code, and the definitions it runs through.

    Cells that only show what others computed do not count; see
    :func:`mixedpixels.provenance.notebook.computing_part`.

    Parameters
    ----------
    notebook
        Its name, as ``ssanu/04-samson``.
    source
        The text of its ``.py`` half.

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
    """Return the parts of a record's code that are no longer as they were, and those that are new.

    A definition that has only moved is the same. An installed package has no notebooks, so nothing
    can be said there, and nothing is returned.
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
        # what was found by its name at run time, as a repair of a file, is where it was
        if digest not in after and digest != _digest_at(name)
    }
    return sorted(changed | {name for name, digest in now.items() if digest not in before})


def _digest_at(place: str) -> str:
    """Return the digest of the definition that stands at a dotted name now, or an empty text."""
    module, _, name = f"mixedpixels.{place}".rpartition(".")
    path = _file(paths.package(), module)
    parts = read_source(path.read_text(encoding="utf-8")).definitions.get(name, ()) if path else ()
    return "+".join(d.digest for d in parts)


def digest_of(code: dict[str, str]) -> str:
    """Return one digest for all of some definitions, wherever they stand."""
    return hashlib.sha256("".join(sorted(set(code.values()))).encode()).hexdigest()


@cache  # each table of a page asks again
def _code_now(notebook: str, source: str, stamp: tuple) -> dict[str, str]:
    return code_of(notebook, source)


def _stamp() -> tuple:
    """Return what changes when a file of the package does."""
    files = [(str(p), p.stat().st_mtime_ns) for p in sorted(paths.package().rglob("*.py"))]
    return tuple(files)


class _Walk:
    """Follows names through the package and collects the definitions it meets."""

    def __init__(self, package: Path, found: dict[str, str]):
        self.package, self.found = package, found

    def enter(self, source: Source) -> None:
        """Follow everything that a piece of code outside the package mentions."""
        for definition in source.parts:
            self._follow(definition, source, "")

    def resolve(self, target: str, rest: str = "") -> None:
        """Follow what a name stands for: to a module, or to the definition that a module calls so.

        ``target`` is a module, as ``a.b``, or ``a.b:name``; ``rest`` are attributes of it.
        """
        module, _, name = target.partition(":")
        if module.partition(".")[0] != "mixedpixels":
            return
        names = [part for part in (name, *rest.split(".")) if part]
        while names and not self._binds(module, names[0]):  # a face hides a module of that name
            if not _file(self.package, f"{module}.{names[0]}"):
                break
            module = f"{module}.{names.pop(0)}"
        if _showing(module):
            return
        if names:
            self._take(module, names[0])
        elif module != "mixedpixels":  # a module as a whole: handed on, say
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
            if name in source.imports:  # a face
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
        path = _file(self.package, module)
        return read_source(path.read_text(encoding="utf-8"))


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
