"""Reading the arrays of a registered scene or library from its files."""

import numpy as np

from mixedpixels.errors import BadInput
from mixedpixels.scenes.readers.matlab import read_mat
from mixedpixels.scenes.readers.repairs import repaired
from mixedpixels.scenes.readers.stored import read_stored
from mixedpixels.scenes.registry import Entry


def read_part(
    entry: Entry, files: dict, part: str, sizes: dict[str, int], repair: bool = False
) -> np.ndarray:
    """Read one array that the registry describes, with its axes in this package's order.

    The keys of its table in the registry file say how, beside those that its kind of file needs
    (:data:`mixedpixels.scenes.readers.stored.NEEDED`):

    - ``axes`` names the axes of the file's array in C order. MATLAB's column-major pixels are
      ``["bands", "columns", "rows"]``: the pixel index runs down a column first.
    - ``window`` gives the size of a larger image and where in it this scene begins.
    - ``columns`` (the first and the last, counted from 1) picks the columns of a table to read.
    - ``centres`` names the wavelengths of spectra at other bands than the cube's; the spectra are
      interpolated to the cube's.
    - ``values`` lists the number that stands for each class in the file.
    - ``repair`` names a module of ``readers/repair`` that undoes known damage, always.
      ``optional_repair`` names one that is applied on demand.
    - ``scale`` multiplies the values, last of all.

    Parameters
    ----------
    entry
        Of a scene.
    files
        The path of each of its files, by the file's name.
    part
        ``cube``, ``abundances``, ``endmembers``, ``labels`` or ``positions``.
    sizes
        The lengths of ``rows``, ``columns``, ``bands`` and ``endmembers``.
    repair
        Whether to apply the optional repair.

    Raises
    ------
    BadInput
        When the file's array has another shape or type, or lacks a wavelength.
    """
    spec = entry["read"][part]
    window = spec.get("window")
    if window is not None:
        sizes = sizes | {axis: window[axis] for axis in ("rows", "columns")}
    if "centres" in spec:
        centres = read_mat(files[spec["file"]], spec["centres"]).ravel() * spec.get("to_nm", 1.0)
        sizes = sizes | {"bands": len(centres)}
    array = read_stored(files[spec["file"]], spec)
    if "columns" in spec:
        first, last = spec["columns"]
        array = array[:, first - 1 : last]
    sizes = sizes | {"row and column": 2}
    shape = tuple(sizes[axis] for axis in spec["axes"])
    if not _folds(array.shape, shape) or array.dtype.kind not in "fiu":
        raise BadInput(
            f"{entry.name}: {spec.get('variable', part)} of {spec['file']}: expected "
            f"{' × '.join(f'{n} {a}' for n, a in zip(shape, spec['axes'], strict=True))}, "
            f"got {array.dtype} of shape {array.shape}"
        )
    order = {
        "cube": ("rows", "columns", "bands"),
        "abundances": ("rows", "columns", "endmembers"),
        "endmembers": ("endmembers", "bands"),
        "labels": ("rows", "columns"),
        "positions": ("rows", "row and column"),
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
    if "repair" in spec:
        array = repaired(spec["repair"], array)
    if repair and "optional_repair" in spec:
        array = repaired(spec["optional_repair"], array)
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
    """Say whether a file's axes are the wanted ones, some neighbours perhaps merged into one axis.

    An array of bands × pixels is (bands, columns, rows) with the last two merged. An array of rows ×
    columns × bands does not fit that order, though it holds as many numbers. Axes of length one are
    ignored.
    """
    wanted = [n for n in wanted if n > 1]
    for length in (n for n in found if n > 1):
        folded = 1
        while wanted and folded < length:
            folded *= wanted.pop(0)
        if folded != length:
            return False
    return not wanted


def read_library(entry: Entry, files: dict) -> dict:
    """Read a library stored as one table: some leading columns about the bands, then the spectra.

    Returns
    -------
    dict
        ``spectra``, ``wavelengths``, ``fwhm`` and ``spectrum_names`` of a
        :class:`~mixedpixels.scenes.library.Library`, bands sorted by wavelength.

    Raises
    ------
    BadInput
        When the table has another shape.
    """
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
    return {
        "spectra": table[order, leading:].T,
        "wavelengths": table[order, spec["wavelength_column"]] * to_nm,
        "fwhm": table[order, spec["fwhm_column"]] * to_nm,
        "spectrum_names": tuple(names[leading:]),
    }
