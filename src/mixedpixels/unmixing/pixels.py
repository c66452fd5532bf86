"""Checks of the pixels, abundances and counts that every unmixing method takes."""

import numpy as np
from sklearn.utils import check_array

from mixedpixels.errors import BadInput


class NotNumbers(BadInput, TypeError):
    """The pixels are not an array of numbers but, for instance, objects or a sparse matrix."""


def as_table(X):
    """Return a scene or a cube as a table (pixels, bands), row after row; a table is unchanged.

    Nothing is copied where the memory of the cube can be read as a table.
    """
    if hasattr(X, "cube") and hasattr(X, "pixels"):  # a Scene, recognised without importing it
        return X.pixels
    if not hasattr(X, "ndim"):
        X = np.asarray(X)
    if X.ndim == 3:
        rows, columns, bands = X.shape
        return np.asarray(X).reshape(rows * columns, bands)
    return X


def check_pixels(X, bands: int | None = None) -> np.ndarray:
    """Return pixels as an array (pixels, bands) of finite numbers, without a copy where possible.

    Parameters
    ----------
    X
        A :class:`~mixedpixels.scenes.Scene`, a cube (rows, columns, bands) or a table (pixels, bands);
        a cube becomes a table row after row.
    bands
        The required number of bands; None accepts any number.

    Raises
    ------
    BadInput
        When there are neither two nor three axes, a value is not a finite number, or the number of
        bands is not ``bands``.
    """
    return check_table(
        as_table(X),
        "pixels",
        "a table (pixels, bands), a cube (rows, columns, bands) or a Scene",
        bands,
    )


def check_abundances(X) -> np.ndarray:
    """Return abundances (pixels, endmembers), or maps (rows, columns, endmembers), as a table."""
    return check_table(
        as_table(X),
        "abundances",
        "a table (pixels, endmembers) or maps (rows, columns, endmembers)",
    )


def check_table(table, what: str, form: str, bands: int | None = None) -> np.ndarray:
    """Return a table of finite numbers as an array.

    Parameters
    ----------
    table
        Anything with two axes that NumPy can read.
    what, form
        The name of the argument and the form that it should have, for the error.
    bands
        The required number of columns; None accepts any number.

    Raises
    ------
    BadInput
        When there are not two axes, a value is not a finite number, or the number of columns is not
        ``bands``.
    """
    if np.ndim(table) != 2:
        raise BadInput(
            f"{what}: expected {form}, got shape {np.shape(table)}. Reshape your data: one pixel is "
            "pixel[None]"
        )
    try:  # finite values are checked below, where the error is one line
        table = check_array(table, dtype="numeric", ensure_all_finite=False)
    except (TypeError, ValueError) as error:
        kind = NotNumbers if isinstance(error, TypeError) else BadInput
        first = str(error).splitlines()[0]
        raise kind(f"{what}: expected {form}, of numbers. {first}") from error
    if table.dtype.kind not in "fiu":
        raise BadInput(f"{what}: expected numbers, got {table.dtype}")
    if not _finite(table):
        raise BadInput(
            f"{what}: expected finite values, got NaN or infinity; mask those pixels first"
        )
    if bands is not None and table.shape[1] != bands:
        raise BadInput(f"{what}: expected {bands} bands, got {table.shape[1]}")
    return table


def _finite(table: np.ndarray) -> bool:
    if table.dtype.kind != "f":
        return True
    with np.errstate(over="ignore", invalid="ignore"):
        if np.isfinite(table.sum()):  # the sum needs no temporary array of the size of the table
            return True
    return bool(np.isfinite(table).all())


def check_count(n_endmembers: int, pixels: np.ndarray) -> int:
    """Return the number of endmembers, if these pixels can hold that many.

    Raises
    ------
    BadInput
        When the number is not a whole number, is below 2, or exceeds the number of bands or pixels; or
        when there are fewer than two bands or pixels.
    """
    if isinstance(n_endmembers, bool) or not isinstance(n_endmembers, int | np.integer):
        raise BadInput(f"n_endmembers: expected a whole number, got {n_endmembers!r}")
    rows, bands = pixels.shape
    most = min(rows, bands)
    if most < 2:
        raise BadInput(
            "pixels: expected at least 2 pixels of at least 2 bands to find endmembers in, got "
            f"n_samples = {rows} and n_features = {bands}"
        )
    if not 2 <= n_endmembers <= most:
        raise BadInput(
            f"n_endmembers: expected 2 to {most} for {rows} pixels of {bands} bands, "
            f"got {n_endmembers}"
        )
    return n_endmembers
