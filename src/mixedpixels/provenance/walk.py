"""Following names through the package, from a piece of code to every definition that it reaches."""

import hashlib
from pathlib import Path

from mixedpixels.provenance.source import Definition, Source, read_source

# Modules that find, store, judge or show numbers and compute none. A cache returns what was stored in
# it, and a fetched file has the registered hash.
_SHOWING = (
    *("cli", "errors", "ledger", "paths", "pipeline", "plotting", "products", "provenance"),
    *("fits.cache", "scenes.fetch", "scenes.registry"),
)
# The name of the entry that holds what the imported names of a definition refer to.
IMPORTS = ", imports"


class Walk:
    """Collects the definitions of the package that a piece of code reaches.

    Parameters
    ----------
    package
        The folder of the package.

    Attributes
    ----------
    found : dict of str
        Dotted name of a definition → digest of its text. Beside it, under the name with ``IMPORTS``
        added, stands a digest of what its imported names refer to: the name in another library, or
        the digest of a definition of this package. So ``from math import tau as pi`` counts as a
        change, and a definition that moves to another file does not.
    files : dict of Path
        Module → its file, for each module that was read.
    """

    def __init__(self, package: Path):
        self.package = package
        self.found: dict[str, str] = {}
        self.files: dict[str, Path] = {}
        self._sources: dict[str, Source] = {}

    def enter(self, source: Source) -> None:
        """Follow everything that a piece of code outside the package mentions."""
        links = [link for part in source.parts for link in self._follow(part, source, "")]
        self._note("the code", links)

    def resolve(self, target: str, rest: str = "") -> str:
        """Follow a name to what it refers to; return a digest of that, or an empty text.

        ``target`` is a module, such as ``a.b``, or a name in it, such as ``a.b:name``. ``rest`` holds
        the attributes that are read from it. What only shows or stores numbers has no digest.
        """
        module, _, name = target.partition(":")
        if module.partition(".")[0] != "mixedpixels":
            return target
        names = [part for part in (name, *rest.split(".")) if part]
        while names and not self._binds(module, names[0]):  # an __init__ hides such a module
            if not file_of(self.package, f"{module}.{names[0]}"):
                break
            module = f"{module}.{names.pop(0)}"
        if _showing(module):
            return ""
        if names:
            return self._take(module, names[0])
        if module != "mixedpixels":  # a module as a whole, for instance passed on as an argument
            for name in self._source(module).definitions:
                self._take(module, name)
        return ""

    def _follow(self, definition: Definition, source: Source, module: str) -> list[str]:
        """Follow the names that a definition mentions; return what its imported names refer to."""
        links = []
        for mention in definition.mentions:
            first, _, rest = mention.partition(".")
            if first in definition.imports:
                target = definition.imports[first]
            elif first in source.definitions and module:
                self._take(module, first)
                continue
            elif first in source.imports:
                target = source.imports[first]
            else:
                continue
            own = target.partition(".")[0] == "mixedpixels"
            if referred := self.resolve(target, rest):
                links.append(f"{mention if own else first} = {referred}")
        return links

    def _take(self, module: str, name: str) -> str:
        """Add a definition and what it reaches; return the digest of its text."""
        source = self._source(module)
        if name in source.imports:  # an __init__ that re-exports the name
            referred = self.resolve(source.imports[name])
            if name not in source.definitions:
                return referred
        if name not in source.definitions or _showing(module):
            return ""
        parts = source.definitions[name]
        digest = "+".join(d.digest for d in parts)
        place = f"{module.partition('.')[2]}.{name}".lstrip(".")
        if place in self.found:
            return digest
        self.found[place] = digest
        links = [link for part in parts for link in self._follow(part, source, module)]
        for number, effect in enumerate(source.effects, start=1):
            self.found[f"{module.partition('.')[2]}, statement {number}"] = effect.digest
            links += self._follow(effect, source, module)
        self._note(place, links)
        return digest

    def _note(self, place: str, links: list[str]) -> None:
        if links:
            text = "\n".join(sorted(set(links)))
            self.found[place + IMPORTS] = hashlib.sha256(text.encode()).hexdigest()[:16]

    def _binds(self, module: str, name: str) -> bool:
        source = self._source(module)
        return name in source.definitions or name in source.imports

    def _source(self, module: str) -> Source:
        if module not in self._sources:  # a file is read once
            self.files[module] = file_of(self.package, module)
            self._sources[module] = read_source(self.files[module].read_text(encoding="utf-8"))
        return self._sources[module]


def file_of(package: Path, module: str) -> Path | None:
    """Return the file of one of the package's modules, or None."""
    parts = module.split(".")
    if parts[0] != "mixedpixels":
        return None
    base = package.joinpath(*parts[1:])
    for path in (base / "__init__.py", base.with_suffix(".py")):
        if path.is_file():
            return path
    return None


def _showing(module: str) -> bool:
    inside = module.partition(".")[2]
    return any(inside == room or inside.startswith(f"{room}.") for room in _SHOWING)
