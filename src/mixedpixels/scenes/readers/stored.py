"""Reading one array from a file of any kind that a registry entry can name."""

import json
from pathlib import Path

import numpy as np

from mixedpixels.errors import BadInput
from mixedpixels.scenes.readers.matlab import read_mat

# What the table of an array in the registry must say about a file of each kind.
NEEDED = {
    ".mat": ("variable",),  # MATLAB 5 or 7.3
    ".npy": (),  # NumPy
    ".bin": ("dtype",),  # nothing but numbers
    ".json": ("table", "field"),  # a list of records, one per pixel
}


def read_stored(path: str | Path, spec: dict) -> np.ndarray:
    """Return the array that one table of a registry entry describes, as the file has it.

    Parameters
    ----------
    path
        The file; its suffix is one of :data:`NEEDED`.
    spec
        With the keys that :data:`NEEDED` lists: the ``variable`` of a MATLAB file; the ``dtype`` of a
        file of numbers, such as ``<f4`` (little-endian, 4 bytes); the ``table`` and the ``field`` of
        its records that are read from a JSON file.

    Returns
    -------
    numpy.ndarray
        One-dimensional for a file of numbers.

    Raises
    ------
    BadInput
        When the file is missing, damaged, or does not hold what ``spec`` names.
    """
    path = Path(path)
    if path.suffix == ".mat":
        return read_mat(path, spec["variable"])
    if not path.is_file():
        raise BadInput(f"{path}: no such file")
    if path.suffix == ".npy":
        return _read_npy(path)
    if path.suffix == ".bin":
        return _read_numbers(path, np.dtype(spec["dtype"]))
    return _read_field(path, spec["table"], spec["field"])


def _read_npy(path: Path) -> np.ndarray:
    try:
        return np.load(path, allow_pickle=False)
    except (ValueError, EOFError, OSError) as error:
        raise BadInput(
            f"{path.name}: expected a NumPy file of numbers, but it cannot be read ({error}); it may "
            "be truncated or of another kind"
        ) from error


def _read_numbers(path: Path, dtype: np.dtype) -> np.ndarray:
    size = path.stat().st_size
    if size % dtype.itemsize:
        raise BadInput(
            f"{path.name}: expected numbers of {dtype.itemsize} bytes each, got {size} bytes; the file "
            "may be truncated"
        )
    return np.fromfile(path, dtype)


def _read_field(path: Path, table: str, field: str) -> np.ndarray:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return np.array([record[field] for record in content[table]])
    except (ValueError, TypeError, LookupError) as error:
        raise BadInput(
            f"{path.name}: expected JSON with a list {table!r} of records that all have {field!r}, but "
            f"it cannot be read ({type(error).__name__}: {error})"
        ) from error
