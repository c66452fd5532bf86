"""Pixels of a cube in a MATLAB file; a file of version 7.3 is read some rows at a time."""

from pathlib import Path

import h5py
import numpy as np

from mixedpixels.errors import BadInput
from mixedpixels.scenes.readers.matlab import list_mat, read_mat


class MatPixels:
    """The pixels of one 3-D variable, rows × columns × bands as MATLAB shows them.

    Parameters
    ----------
    path
        A MATLAB 5 or 7.3 file.
    variable
        Its name in the file; may be empty when only one variable has three axes.

    Raises
    ------
    BadInput
        When no variable or more than one could be the image, or the named one is not a cube of real
        numbers.
    """

    crs = transform = None
    block_rows = 1
    note = ""

    def __init__(self, path: Path, variable: str = ""):
        self.path = path
        known = list_mat(path)
        self.variable = variable or _only_cube(path, known)
        self._file = None
        if h5py.is_hdf5(path):
            self._file = h5py.File(path, "r")
            self._values = self._file.get(self.variable)
            shape = tuple(reversed(getattr(self._values, "shape", ())))
        else:
            self._values = read_mat(path, self.variable)
            shape = self._values.shape
        kind = getattr(self._values, "dtype", np.dtype(object))
        if len(shape) != 3 or kind.kind not in "fiu" or 0 in shape:
            self.close()
            came = " × ".join(map(str, shape)) + f" of {kind}" if shape else "none"
            raise BadInput(
                f"{path}: {self.variable}: expected rows × columns × bands of real numbers, "
                f"got {came}; the file holds {_listed(known)}: choose with --variable"
            )
        self.rows, self.columns, self.bands = shape

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    def read(self, first: int, count: int, bands: np.ndarray) -> np.ndarray:
        """Return ``count`` rows from ``first`` on of some bands, float32, (count, columns, bands)."""
        if self._file is None:
            part = self._values[first : first + count]
        else:
            try:  # HDF5 holds MATLAB's axes reversed
                part = self._values[:, :, first : first + count].transpose(2, 1, 0)
            except OSError as error:
                raise BadInput(
                    f"{self.path}: row {first} cannot be read ({error}); "
                    "it may be truncated: copy it again"
                ) from error
        with np.errstate(over="ignore"):  # beyond float32 a value becomes infinite: masked
            return np.ascontiguousarray(part[:, :, bands], dtype=np.float32)


def _only_cube(path: Path, known: dict[str, tuple[int, ...]]) -> str:
    cubes = [name for name, shape in known.items() if len(shape) == 3]
    if len(cubes) == 1:
        return cubes[0]
    if cubes:
        several = {name: known[name] for name in cubes}
        raise BadInput(
            f"{path}: {len(cubes)} variables could be the image: {_listed(several)}; "
            "name one with --variable"
        )
    raise BadInput(
        f"{path}: expected a numeric variable rows × columns × bands, found none; it holds "
        f"{_listed(known)}. Save the image with three axes: a table V of bands × pixels, pixels down "
        "the columns first, becomes V.reshape(bands, columns, rows).transpose(2, 1, 0)"
    )


def _listed(variables: dict[str, tuple[int, ...]]) -> str:
    words = [f"{name} ({' × '.join(map(str, shape))})" for name, shape in variables.items()]
    return ", ".join(words) or "no numeric variable"
