"""The registry: one TOML file for each scene or library, checked when it is read."""

import difflib
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from mixedpixels import paths
from mixedpixels.errors import BadInput, UnknownName
from mixedpixels.scenes.entry_check import check, with_reference
from mixedpixels.scenes.readers.repairs import repair_module


@dataclass(frozen=True)
class Shipped:
    """A file inside a Python package, which pip installs where no address can be reached.

    Parameters
    ----------
    package
        The package's name on the Python package index.
    version
        A version that holds the registered file.
    path
        The file's path in the package's archive, as ``tensorly/datasets/data/….npy``.
    """

    package: str
    version: str
    path: str

    @property
    def requirement(self) -> str:
        """What pip installs: ``tensorly==0.10.0``."""
        return f"{self.package}=={self.version}"


@dataclass(frozen=True)
class File:
    """One file of an entry.

    Parameters
    ----------
    name
        Its path in a mirror and in the cache, as ``samson/samson_1.mat``.
    sha256
        Of its content; empty when only ``git_blob`` is known.
    bytes
        Its size; 0 when only ``git_blob`` is known.
    addresses
        Where it can be downloaded, in the order in which they are tried.
    git_blob
        Git's id of its content, or the first 8 digits or more of the id, for a file that is only known
        from a repository. A part of the id protects against mistakes, not against manipulation.
    shipped
        The installed Python package that holds the file too, if there is one.
    """

    name: str
    sha256: str
    bytes: int
    addresses: tuple[str, ...]
    git_blob: str = ""
    shipped: "Shipped | None" = None

    @property
    def identity(self) -> str:
        """The hash that identifies the content, with its kind: ``sha256 …`` or ``git blob id …``."""
        return f"sha256 {self.sha256}" if self.sha256 else f"git blob id {self.git_blob}"


@dataclass(frozen=True)
class Entry:
    """What the registry states about one scene or library.

    Parameters
    ----------
    name
        Of the scene or library, and of its file without the suffix.
    path
        Of the TOML file.
    data
        The content of the TOML file. For a scene with several references, ``read``,
        ``endmember_names`` and ``twin`` are those of the chosen one.
    references
        The numbers of materials to choose from; empty for a scene with one reference or none.
    """

    name: str
    path: Path
    data: dict
    references: tuple[int, ...] = ()

    def __getitem__(self, key: str):
        return self.data[key]

    def get(self, key: str, default=None):
        """Return the value of an optional key of the TOML."""
        return self.data.get(key, default)

    @cached_property
    def files(self) -> tuple[File, ...]:
        """All files, in the order of the TOML."""
        return tuple(
            File(
                f["name"],
                f.get("sha256", ""),
                f.get("bytes", 0),
                tuple(f["addresses"]),
                f.get("git_blob", ""),
                Shipped(**f["shipped"]) if "shipped" in f else None,
            )
            for f in self["file"]
        )

    @cached_property
    def needed(self) -> tuple[File, ...]:
        """The files that loading it reads; those of other references are left out."""
        read = {spec["file"] for spec in self["read"].values()}
        return tuple(file for file in self.files if file.name in read)

    def readers(self, optional: bool = True) -> tuple[str, ...]:
        """Return the dotted names of the repair modules that loading it uses, sorted.

        Parameters
        ----------
        optional
            Whether to include the modules of optional repairs.
        """
        kinds = ("repair", "optional_repair") if optional else ("repair",)
        used = {spec[kind] for spec in self["read"].values() for kind in kinds if kind in spec}
        return tuple(repair_module(name) for name in sorted(used))

    @cached_property
    def wavelengths(self) -> np.ndarray | None:
        """The band centres in nm, float64, shape (bands,); None when the registry states none."""
        span = self.get("wavelengths")
        if span is None:
            return None
        # Channels of the instrument that were dropped leave gaps between the bands.
        if "centres" in span:
            centres = np.array(span["centres"], dtype=float)
        else:  # evenly spaced
            channels = span.get("channels", self["shape"]["bands"])
            centres = np.linspace(span["first"], span["last"], channels)
        if "kept" in span:
            centres = np.concatenate([centres[low - 1 : high] for low, high in span["kept"]])
        centres.flags.writeable = False  # every caller gets the same array
        return centres


def names(kind: str | None = None) -> list[str]:
    """Return the registered names, sorted; of one ``kind`` only, ``scene`` or ``library``, if given."""
    found = sorted(p.stem for p in paths.registry().glob("*.toml"))
    return found if kind is None else [n for n in found if entry(n)["kind"] == kind]


def parts_of(name: str) -> list[str]:
    """Return the scenes that are parts of a scene, sorted; an empty list for most scenes."""
    return [n for n in names() if entry(n).get("part_of") == name]


def entry(name: str, reference: int | None = None) -> Entry:
    """Return the registry entry called ``name``.

    Parameters
    ----------
    reference
        Which of the scene's references to use, given as its number of materials. None for the first
        one in the TOML.

    Raises
    ------
    UnknownName
        When there is no such entry; the message gives the nearest names.
    BadInput
        When the TOML file is faulty, or the scene has no such reference.
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
    check(data, path.name)
    references = tuple(int(key) for key in data.get("references", ()))
    if reference is not None and (not isinstance(reference, int) or reference not in references):
        known = ", ".join(map(str, references))
        raise BadInput(
            f"{name}: reference must be one of {known}, got {reference!r}"
            if references
            else f"{name} has no choice of references; leave reference={reference!r} out"
        )
    if references:
        data = with_reference(data, str(reference or references[0]))
    return Entry(name, path, data, references)
