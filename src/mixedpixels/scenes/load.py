"""From a registry entry to a Scene or a Library."""

import logging
from typing import Literal

import numpy as np

from mixedpixels import paths
from mixedpixels.errors import BadInput, DataUnavailable
from mixedpixels.scenes import fetch, registry, twins
from mixedpixels.scenes.matlab import read_mat
from mixedpixels.scenes.mending import MENDS
from mixedpixels.scenes.registry import Entry
from mixedpixels.scenes.scene import Library, Scene

log = logging.getLogger("mixedpixels")
Twin = Literal["auto", "never", "always"]


def load(name: str, twin: Twin = "never", reference: int | None = None) -> Scene | Library:
    """Return a registered scene or library.

    Parameters
    ----------
    name
        See :func:`mixedpixels.scenes.names`.
    twin
        ``never``: the real data or an error. ``auto``: the simulated twin when no address answers and
        no mirror is set. ``always``: the twin, without looking. A wrong hash always raises.
    reference
        Which reference, by its number of materials, of a scene that has several (Urban: 4, 5 or 6);
        None for its first.

    Raises
    ------
    UnknownName
        When the registry has no such name.
    DataUnavailable, WrongHash
        When a file cannot be had, or has other bytes than the registered ones.
    BadInput
        When a file does not hold what the registry says, or the scene has no such reference.

    Examples
    --------
    >>> load("samson", twin="always")
    <Scene samson: 95×95 pixels, 156 bands, twin>
    """
    if twin not in ("auto", "never", "always"):
        raise BadInput(f"twin must be auto, never or always, got {twin!r}")
    entry = registry.entry(name, reference)
    if twin == "always":
        return twins.simulate(entry)
    try:
        files = {f.name: fetch.obtain(f) for f in entry.needed}
    except DataUnavailable as error:
        if twin == "never" or paths.mirror() is not None:
            raise
        log.warning("%s: the data could not be had; using its simulated twin", name)
        log.info("%s", error)
        return twins.simulate(entry)
    return (_scene if entry["kind"] == "scene" else _library)(entry, files)


def load_abundances(
    name: str, twin: Twin = "never", reference: int | None = None
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return a scene's reference abundances without its image, which may be harder to have.

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
        log.warning("%s: the reference could not be had; using its simulated twin", name)
        files = {}
    if not files:
        made = load(name, "always", reference)
        return made.abundances, made.endmember_names
    names = tuple(entry["endmember_names"])
    sizes = {**entry["shape"], "endmembers": len(names)}
    return _part(entry, files, "abundances", sizes).astype(np.float32), names


def available(name: str) -> bool:
    """Say whether what loading it takes lies in the cache or the mirror, without any network."""
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


def _scene(entry: Entry, files: dict) -> Scene:
    sizes = {k: entry["shape"][k] for k in ("rows", "columns", "bands")}
    sizes["endmembers"] = len(entry.get("endmember_names", ()))
    fields = {part: _part(entry, files, part, sizes) for part in entry["read"]}
    if "endmembers" in fields or "abundances" in fields:
        fields["endmember_names"] = tuple(entry["endmember_names"])
    if "labels" in fields:
        fields["class_names"] = tuple(entry["class_names"])
    return Scene(
        **fields,
        **_provenance(entry, files),
        wavelengths=entry.wavelengths,
        spatial=entry.get("spatial", True),
    )


def _part(entry: Entry, files: dict, part: str, sizes: dict[str, int]) -> np.ndarray:
    """Read one array and put its axes in this package's order.

    ``axes`` in the registry names the axes of the file's array in C order; MATLAB's column-major
    pixels are ``["bands", "columns", "rows"]``: the pixel index runs down a column first. Of a larger
    image, ``window`` says its size and where in it this scene begins. Of a table that holds more, only
    ``columns`` are read (the first and the last, from 1). ``values`` names what stands for each class
    in the file; ``mend`` what befell the numbers. Spectra at other bands than the cube's have their own
    ``centres`` in the file and are interpolated between them.
    """
    spec = entry["read"][part]
    window = spec.get("window")
    if window is not None:
        sizes = sizes | {axis: window[axis] for axis in ("rows", "columns")}
    if "centres" in spec:
        centres = read_mat(files[spec["file"]], spec["centres"]).ravel() * spec.get("to_nm", 1.0)
        sizes = sizes | {"bands": len(centres)}
    array = read_mat(files[spec["file"]], spec["variable"])
    if "columns" in spec:
        first, last = spec["columns"]
        array = array[:, first - 1 : last]
    shape = tuple(sizes[axis] for axis in spec["axes"])
    if not _folds(array.shape, shape) or array.dtype.kind not in "fiu":
        raise BadInput(
            f"{entry.name}: {spec['variable']} of {spec['file']}: expected "
            f"{' × '.join(f'{n} {a}' for n, a in zip(shape, spec['axes'], strict=True))}, "
            f"got {array.dtype} of shape {array.shape}"
        )
    order = {
        "cube": ("rows", "columns", "bands"),
        "abundances": ("rows", "columns", "endmembers"),
        "endmembers": ("endmembers", "bands"),
        "labels": ("rows", "columns"),
    }[part]
    array = array.reshape(shape).transpose([spec["axes"].index(axis) for axis in order])
    if window is not None:
        row, column = window["row"], window["column"]
        shape = entry["shape"]
        array = array[row : row + shape["rows"], column : column + shape["columns"]]
    if "centres" in spec:
        array = _at(entry.wavelengths, centres, array, f"{entry.name}: {spec['variable']}")
    if "values" in spec:
        array = sum(k * (array == value) for k, value in enumerate(spec["values"], start=1))
    if "mend" in spec:
        array = MENDS[spec["mend"]](array)
    return array * spec["scale"] if "scale" in spec else array


def _at(wanted: np.ndarray, centres: np.ndarray, spectra: np.ndarray, what: str) -> np.ndarray:
    """Interpolate spectra (k, bands) from their centres to others, both in nm and in any order."""
    if wanted.min() < centres.min() or wanted.max() > centres.max():
        raise BadInput(
            f"{what} reaches from {centres.min():.0f} to {centres.max():.0f} nm, the scene from "
            f"{wanted.min():.0f} to {wanted.max():.0f} nm"
        )
    order = np.argsort(centres, kind="stable")
    return np.stack([np.interp(wanted, centres[order], s[order]) for s in spectra])


def _folds(found: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    """Say whether a file's axes are the wanted ones, or runs of them folded into one.

    bands × pixels folds (bands, columns, rows); rows × columns × bands folds no other order, though
    as many numbers are in it. Axes of length one count for nothing.
    """
    wanted = [n for n in wanted if n > 1]
    for length in (n for n in found if n > 1):
        folded = 1
        while wanted and folded < length:
            folded *= wanted.pop(0)
        if folded != length:
            return False
    return not wanted


def _library(entry: Entry, files: dict) -> Library:
    """Read a library kept as one table: some leading columns about the bands, then the spectra."""
    spec = entry["read"]["table"]
    table = read_mat(files[spec["file"]], spec["variable"])
    bands, spectra = entry["shape"]["bands"], entry["shape"]["spectra"]
    leading = spec["leading_columns"]
    if table.shape != (bands, spectra + leading):
        raise BadInput(
            f"{entry.name}: expected a table of {bands} × {spectra + leading}, got {table.shape}"
        )
    codes = read_mat(files[spec["file"]], spec["names"])
    names = [bytes(row).decode("latin-1").strip() for row in codes.astype(np.uint8)]
    order = np.argsort(table[:, spec["wavelength_column"]], kind="stable")
    to_nm = spec["to_nm"]
    return Library(
        spectra=table[order, leading:].T,
        wavelengths=table[order, spec["wavelength_column"]] * to_nm,
        fwhm=table[order, spec["fwhm_column"]] * to_nm,
        spectrum_names=tuple(names[leading:]),
        **_provenance(entry, files),
    )
