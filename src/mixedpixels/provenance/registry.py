"""Digests of what the registry says of a scene's files, as far as it can change a number."""

import hashlib
import json
import tomllib
from collections.abc import Iterable
from pathlib import Path

from mixedpixels import paths

FOLDER = "data_registry/"
# What is said to readers and fetchers. The content of a file has a hash of its own in each record.
_WORDS = ("title", "source", "licence", "citation", "faults", "file", "twin", "part_of")


def registered(files: Iterable[str]) -> dict[str, str]:
    """Return the digests of the registry's entries that use any of some files.

    An entry says how a scene is read from its files, which repair it needs, and its wavelengths, scale
    and saturation. Its words, addresses and simulated twin do not count.

    Parameters
    ----------
    files
        Names of files, such as ``samson/samson_1.mat``.

    Returns
    -------
    dict
        ``data_registry/<name>`` → digest, sorted by name.
    """
    files = set(files)
    entries = {path.stem: _entry(path) for path in sorted(paths.registry().glob("*.toml"))}
    return {
        FOLDER + name: _digest(entry)
        for name, entry in entries.items()
        if files & {file["name"] for file in entry.get("file", ())}
    }


def digest_now(name: str) -> str:
    """Return the present digest of an entry, given as ``data_registry/<name>``; empty without one."""
    path = paths.registry() / f"{name.removeprefix(FOLDER)}.toml"
    return _digest(_entry(path)) if path.is_file() else ""


def _entry(path: Path) -> dict:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _digest(entry: dict) -> str:
    counted = {key: value for key, value in entry.items() if key not in _WORDS}
    text = json.dumps(counted, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
