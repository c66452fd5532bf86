"""ENVI images: finding the header and the data file of an image, and checking that they agree."""

import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from spectral.io.envi import EnviException, read_envi_header

from mixedpixels.errors import BadInput
from mixedpixels.scenes.readers.band_centres import band_centres

_DATA_SUFFIXES = ("", ".img", ".dat", ".bsq", ".bil", ".bip", ".raw", ".bin")
_BYTES = {1: 1, 2: 2, 3: 4, 4: 4, 5: 8, 12: 2, 13: 4, 14: 8, 15: 8}  # of ENVI's real data types
_COMPLEX = (6, 9)
_IMAGE_TYPES = ("", "envi", "envi standard")


@dataclass(frozen=True)
class EnviFile:
    """A checked ENVI image, with what its header states and GDAL does not report.

    Parameters
    ----------
    header, data
        The two files.
    good_bands
        bool, shape (bands,): False for a band that the header marks as bad.
    wavelengths
        float64, shape (bands,), nm; None when they are not known.
    scale
        Pixel values divided by it are reflectances.
    note
        A sentence on how the wavelengths were read; empty when there is nothing to remark.
    """

    header: Path
    data: Path
    good_bands: np.ndarray
    wavelengths: np.ndarray | None
    scale: float
    note: str


def find_header(data: Path) -> Path | None:
    """Return the header beside an ENVI data file (``a.hdr`` or ``a.img.hdr``), or None."""
    names = (data.with_suffix(".hdr").name.lower(), f"{data.name}.hdr".lower())
    found = [p for p in data.parent.iterdir() if p.name.lower() in names and p != data]
    return min(found, key=lambda p: names.index(p.name.lower()), default=None)


def open_envi(header: Path, data: Path | None = None) -> EnviFile:
    """Read an ENVI header and check its data file.

    Parameters
    ----------
    header
        The .hdr file.
    data
        Its data file; None looks for it beside the header.

    Raises
    ------
    BadInput
        When the header cannot be read or is not that of an image, or when the data file is missing,
        ambiguous, compressed, complex or of another size than the header states.
    """
    fields = _read(header)
    kind = str(fields.get("file type", "")).strip()
    if kind.lower() not in _IMAGE_TYPES:
        remedy = "give the image, not the library" if "library" in kind.lower() else "give an image"
        raise BadInput(
            f"{header}: expected an image (file type ENVI Standard), got {kind}; {remedy}"
        )
    sizes = {name: _integer(header, fields, name) for name in ("lines", "samples", "bands")}
    bands = sizes["bands"]
    data = _find_data(header) if data is None else data
    other = find_header(data)
    if other is not None and not other.samefile(header):
        raise BadInput(f"{data}: both {other.name} and {header.name} describe it; remove one")
    _check_size(header, data, fields, sizes)
    units = str(fields.get("wavelength units", ""))
    centres, note = band_centres(_list(fields, "wavelength"), units, bands, str(header))
    scale = _number(header, fields, "reflectance scale factor", 1.0)
    if scale <= 0:
        raise BadInput(f"{header}: expected a reflectance scale factor above 0, got {scale}")
    good = _good_bands(header, _list(fields, "bbl"), bands)
    return EnviFile(header, data, good, centres, scale, note)


def _read(header: Path) -> dict:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # on capital letters in a field's name
            return read_envi_header(str(header))
    except (EnviException, UnicodeDecodeError, OSError) as error:
        raise BadInput(
            f"{header}: expected an ENVI header, a text that begins with ENVI, "
            f"but it cannot be read ({' '.join(str(error).split())})"
        ) from error


def _find_data(header: Path) -> Path:
    stem = header.with_suffix("").name.lower()
    wanted = [stem + suffix for suffix in _DATA_SUFFIXES]
    found = sorted(p for p in header.parent.iterdir() if p.name.lower() in wanted and p.is_file())
    if not found:
        raise BadInput(
            f"{header}: expected its data file beside it ({', '.join(wanted)}), found none; "
            "put it there, or give the data file itself"
        )
    if len(found) > 1:
        raise BadInput(
            f"{header}: {' and '.join(p.name for p in found)} could both be its data file; "
            "give the data file itself"
        )
    return found[0]


def _check_size(header: Path, data: Path, fields: dict, sizes: dict[str, int]) -> None:
    if _number(header, fields, "file compression", 0):
        raise BadInput(f"{data}: expected plain data, but the header says compressed; unpack it")
    code = _integer(header, fields, "data type")
    if code in _COMPLEX:
        raise BadInput(f"{data}: expected real numbers, got complex ones (ENVI data type {code})")
    if code not in _BYTES:
        raise BadInput(
            f"{header}: data type {code} is none of ENVI's: {', '.join(map(str, _BYTES))}"
        )
    offset = int(_number(header, fields, "header offset", 0))
    needed = offset + int(np.prod(list(sizes.values()), dtype=object)) * _BYTES[code]
    size = data.stat().st_size
    if size != needed:
        advice = (
            "it is truncated: copy it again"
            if size < needed
            else "a dimension, the data type or the header offset is wrong, or it is another file"
        )
        raise BadInput(
            f"{data}: expected {needed} bytes ({sizes['lines']} lines, {sizes['samples']} samples, "
            f"{sizes['bands']} bands, by its header), got {size}; {advice}"
        )


def _good_bands(header: Path, flags: list, bands: int) -> np.ndarray:
    if not flags:
        return np.ones(bands, dtype=bool)
    try:
        good = np.array([float(flag) != 0 for flag in flags])
    except ValueError as error:
        raise BadInput(f"{header}: expected a bad band list (bbl) of 0 and 1 ({error})") from error
    if len(good) != bands:
        raise BadInput(
            f"{header}: expected a bad band list (bbl) of {bands} bands, got {len(good)}"
        )
    if not good.any():
        raise BadInput(f"{header}: its bad band list (bbl) leaves no good band; correct the list")
    return good


def _list(fields: dict, name: str) -> list:
    value = fields.get(name, [])
    return value if isinstance(value, list) else [value]


def _number(header: Path, fields: dict, name: str, default: float | None = None) -> float:
    value = fields.get(name, default)
    try:
        return float(value)
    except (TypeError, ValueError) as error:
        came = "nothing" if value is None else repr(value)
        raise BadInput(f"{header}: expected a number for {name!r}, got {came}") from error


def _integer(header: Path, fields: dict, name: str) -> int:
    value = _number(header, fields, name)
    if value < 1 or value != int(value):
        raise BadInput(f"{header}: expected a whole number above 0 for {name!r}, got {value}")
    return int(value)
