"""MATLAB files of version 5 and 7.3, read as arrays in MATLAB's own index order."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import h5py
import numpy as np
import scipy.io
from scipy.io.matlab import MatReadError

from mixedpixels.errors import BadInput

# The errors of a truncated, damaged or foreign file, which depend on where it was cut.
_BROKEN = (
    MatReadError,
    ValueError,
    TypeError,
    LookupError,
    RuntimeError,  # and NotImplementedError
    OSError,
    zlib.error,
)


def read_mat(path: str | Path, variable: str) -> np.ndarray:
    """Return one variable of a .mat file.

    Parameters
    ----------
    path
        A MATLAB 5 or 7.3 (HDF5) file.
    variable
        Its name in the file.

    Returns
    -------
    numpy.ndarray
        With the axes as MATLAB shows them. A 7.3 file stores them in reverse, which is undone.

    Raises
    ------
    BadInput
        When the file is missing, not a MATLAB file or truncated, or lacks the variable.
    """
    return read_mat_variables(path, [variable])[variable]


def list_mat(path: str | Path) -> dict[str, tuple[int, ...]]:
    """Return the numeric variables of a .mat file and their shapes, as MATLAB shows them."""
    path = Path(path)
    with _readable(path):
        if h5py.is_hdf5(path):
            with h5py.File(path, "r") as file:
                return {
                    k: tuple(reversed(v.shape))
                    for k, v in file.items()
                    if isinstance(v, h5py.Dataset) and v.dtype.kind in "fiu"
                }
        found = scipy.io.whosmat(path)
    return {name: shape for name, shape, kind in found if kind not in ("char", "cell", "struct")}


def read_mat_variables(path: str | Path, variables: list[str]) -> dict[str, np.ndarray]:
    """Return several variables of a .mat file; see :func:`read_mat`."""
    path = Path(path)
    if not path.is_file():
        raise BadInput(f"{path}: no such file")
    with _readable(path):
        if h5py.is_hdf5(path):
            with h5py.File(path, "r") as file:
                content = {v: np.asarray(file[v]).T for v in variables if v in file}
                known = list(file)
        else:
            content = scipy.io.loadmat(path, variable_names=variables)
            known = [name for name, _, _ in scipy.io.whosmat(path)]
    for variable in variables:
        if variable not in content:
            raise BadInput(
                f"{path.name}: no variable {variable!r}; it holds {', '.join(sorted(known))}"
            )
    return {v: content[v] for v in variables}


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except _BROKEN as error:
        raise BadInput(
            f"{path.name}: expected a MATLAB 5 or 7.3 file, but it cannot be read ({error}); "
            "it may be truncated or of another kind"
        ) from error
