"""Loading a registered scene or library, or its simulated twin."""

import importlib
import logging
from typing import Literal

import numpy as np

from mixedpixels import paths
from mixedpixels.errors import BadInput, DataUnavailable
from mixedpixels.scenes import fetch, registry
from mixedpixels.scenes.library import Library
from mixedpixels.scenes.readers.registered import read_library, read_part
from mixedpixels.scenes.registry import Entry
from mixedpixels.scenes.scene import Scene

log = logging.getLogger("mixedpixels")
Twin = Literal["auto", "never", "always"]
# Imported by this name: no recorded number comes from a twin, so a change to the simulator must not
# mark records as changed, as an import statement would.
SIMULATOR = "mixedpixels.scenes.simulate.twins"


def load(
    name: str, twin: Twin = "never", reference: int | None = None, repair: bool = False
) -> Scene | Library:
    """Return a registered scene or library.

    Parameters
    ----------
    name
        One of :func:`mixedpixels.scenes.names`.
    twin
        ``never``: the real data or an error. ``auto``: the real data, or the simulated twin when no
        address answers and no mirror is set. ``always``: the twin, without looking for the data. A
        file with a wrong hash always raises an error.
    reference
        Which reference to use of a scene that has several (Urban: 4, 5 or 6), given as its number of
        materials. None for the first.
    repair
        Whether to undo the known damage to a published file that papers were computed with. The
        ``faults`` of the registry's entry describe it. It does not concern twins.

    Returns
    -------
    Scene or Library
        By the kind of the registry's entry.

    Raises
    ------
    UnknownName
        When the registry has no such name.
    DataUnavailable, WrongHash
        When a file is not available, or its content is not the registered one.
    BadInput
        When a file does not hold what the registry states, or the scene has no such reference or
        no optional repair.

    Examples
    --------
    >>> load("samson", twin="always")
    <Scene samson: 95×95 pixels, 156 bands, twin>
    """
    if twin not in ("auto", "never", "always"):
        raise BadInput(f"twin must be auto, never or always, got {twin!r}")
    entry = registry.entry(name, reference)
    if repair and entry.readers() == entry.readers(optional=False):
        raise BadInput(f"{name} has no optional repair; leave repair=True out")
    if twin == "always":
        return _twin(entry)
    try:
        files = {f.name: fetch.obtain(f) for f in entry.needed}
    except DataUnavailable as error:
        if twin == "never" and entry.get("twin"):
            raise DataUnavailable(
                f'{error}. A simulated twin needs no data: twin="always"'
            ) from None
        if twin == "never" or paths.mirror() is not None:
            raise
        log.warning("%s: the data are not available; using its simulated twin", name)
        log.info("%s", error)
        return _twin(entry)
    return _scene(entry, files, repair) if entry["kind"] == "scene" else _library(entry, files)


def load_abundances(
    name: str, twin: Twin = "never", reference: int | None = None
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return the reference abundances of a scene without its image, which may not be available.

    Parameters
    ----------
    name, twin, reference
        As in :func:`load`.

    Returns
    -------
    abundances : numpy.ndarray
        float32, shape (rows, columns, endmembers).
    endmember_names : tuple of str

    Raises
    ------
    BadInput
        When the scene has no reference abundances.
    DataUnavailable, WrongHash
        As in :func:`load`.
    """
    entry = registry.entry(name, reference)
    spec = entry["read"].get("abundances")
    if spec is None:
        raise BadInput(f"{name} has no reference abundances")
    file = next(f for f in entry.files if f.name == spec["file"])
    try:
        files = {} if twin == "always" else {file.name: fetch.obtain(file)}
    except DataUnavailable:
        if twin == "never" or paths.mirror() is not None:
            raise
        log.warning("%s: the reference is not available; using its simulated twin", name)
        files = {}
    if not files:
        made = load(name, "always", reference)
        return made.abundances, made.endmember_names
    names = tuple(entry["endmember_names"])
    sizes = {**entry["shape"], "endmembers": len(names)}
    return read_part(entry, files, "abundances", sizes).astype(np.float32), names


def available(name: str) -> bool:
    """Return whether all files of a scene or library are in the cache or the mirror already."""
    return all(fetch.local(f) for f in registry.entry(name).needed)


def _provenance(entry: Entry, files: dict) -> dict:
    return {
        "name": entry.name,
        "title": entry["title"],
        "units": entry.get("units", ""),
        "origin": entry["origin"],
        "source": entry["source"],
        "licence": entry["licence"],
        "citation": entry["citation"],
        "hashes": {f.name: f.sha256 or fetch.sha256(files[f.name]) for f in entry.needed},
    }


def _scene(entry: Entry, files: dict, repair: bool) -> Scene:
    sizes = {k: entry["shape"][k] for k in ("rows", "columns", "bands")}
    sizes["endmembers"] = len(entry.get("endmember_names", ()))
    fields = {part: read_part(entry, files, part, sizes, repair) for part in entry["read"]}
    if "endmembers" in fields or "abundances" in fields:
        fields["endmember_names"] = tuple(entry["endmember_names"])
    if "labels" in fields:
        fields["class_names"] = tuple(entry["class_names"])
    return Scene(
        **fields,
        **_provenance(entry, files),
        wavelengths=entry.wavelengths,
        spatial=entry.get("spatial", True),
        scale=entry.get("scale"),
        saturation=entry.get("saturation"),
        part_of=entry.get("part_of", ""),
        class_totals=entry.get("class_totals"),
        readers=entry.readers(optional=repair),
    )


def _library(entry: Entry, files: dict) -> Library:
    return Library(**read_library(entry, files), **_provenance(entry, files))


def _twin(entry: Entry) -> Scene | Library:
    return importlib.import_module(SIMULATOR).simulate(entry)
