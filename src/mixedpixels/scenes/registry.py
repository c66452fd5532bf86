"""The registry: one TOML file per scene or library, checked when it is read."""

import difflib
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from mixedpixels import paths
from mixedpixels.errors import BadInput, UnknownName

_NEEDED = ("title", "kind", "origin", "source", "licence", "citation", "file", "read")
_KINDS = ("scene", "library")


@dataclass(frozen=True)
class File:
    """One file of an entry.

    ``name`` is its place in a mirror and in the cache (``samson/samson_1.mat``), ``addresses`` where
    it can be fetched, in order.
    """

    name: str
    sha256: str
    bytes: int
    addresses: tuple[str, ...]


@dataclass(frozen=True)
class Entry:
    """What the registry knows about one scene or library; ``data`` is the TOML as it stands."""

    name: str
    path: Path
    data: dict

    def __getitem__(self, key: str):
        return self.data[key]

    def get(self, key: str, default=None):
        """Return an optional key of the TOML."""
        return self.data.get(key, default)

    @cached_property
    def files(self) -> tuple[File, ...]:
        """The files, in the order of the TOML."""
        return tuple(
            File(f["name"], f["sha256"], f["bytes"], tuple(f["addresses"])) for f in self["file"]
        )


def names(kind: str | None = None) -> list[str]:
    """Return the registered names, sorted; ``kind`` keeps ``scene`` or ``library`` only."""
    found = sorted(p.stem for p in paths.registry().glob("*.toml"))
    return found if kind is None else [n for n in found if entry(n)["kind"] == kind]


def entry(name: str) -> Entry:
    """Return the registry entry called ``name``.

    Raises
    ------
    UnknownName
        When there is none; the message gives the nearest names.
    BadInput
        When the TOML file is incomplete.
    """
    path = paths.registry() / f"{name}.toml"
    if not path.is_file() or Path(name).name != name:
        known = names()
        near = difflib.get_close_matches(name, known, n=3, cutoff=0.4)
        hint = f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(known)}"
        raise UnknownName(f"no scene or library is called {name!r}; {hint}")
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"{path.name}: not valid TOML: {error}") from error
    missing = [key for key in _NEEDED if key not in data]
    if missing:
        raise BadInput(f"{path.name}: missing {', '.join(missing)}")
    if data["kind"] not in _KINDS:
        raise BadInput(f"{path.name}: kind must be one of {_KINDS}, got {data['kind']!r}")
    return Entry(name, path, data)
