"""A window of an image that a network is fitted to, and what replaces its masked pixels."""

from collections.abc import Callable
from dataclasses import dataclass
from math import isqrt

import numpy as np
from scipy.ndimage import distance_transform_edt

from mixedpixels.scenes.readers.raster import Raster

_CELL = 32  # rows and columns: windows begin at multiples of it


@dataclass(frozen=True)
class Window:
    """A rectangle of pixels: its first row and column, counted from 0, and how many of each."""

    row: int
    column: int
    rows: int
    columns: int

    def holds(self, row: int, column: int) -> bool:
        """Return whether a pixel lies in it."""
        down, across = row - self.row, column - self.column
        return 0 <= down < self.rows and 0 <= across < self.columns


def place_window(raster: Raster, limit: int, progress: Callable[[str, float], None]) -> Window:
    """Return the whole image, or a window of about ``limit`` pixels when it has more.

    It is placed where most pixels are valid; of equally good places, nearest to the image's middle.
    """
    if raster.rows * raster.columns <= limit:
        return Window(0, 0, raster.rows, raster.columns)
    rows = min(raster.rows, isqrt(limit))
    columns = min(raster.columns, limit // rows)
    rows = min(raster.rows, limit // columns)
    rows, columns = _whole_cells(rows, raster.rows), _whole_cells(columns, raster.columns)
    down, across = -(-rows // _CELL), -(-columns // _CELL)
    up_to = np.pad(_valid_by_cell(raster, progress).cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    count = up_to[down:, across:] - up_to[:-down, across:]
    count -= up_to[down:, :-across] - up_to[:-down, :-across]
    best = np.argwhere(count == count.max())
    middle = (np.array(count.shape) - 1) / 2
    row, column = best[((best - middle) ** 2).sum(axis=1).argmin()].tolist()
    # the image's edge may cut the last cells short; then the window begins a little earlier
    row = min(row * _CELL, raster.rows - rows)
    column = min(column * _CELL, raster.columns - columns)
    return Window(row, column, rows, columns)


def read_window(raster: Raster, window: Window) -> tuple[np.ndarray, np.ndarray]:
    """Return a window's values (rows, columns, good bands), float32, and which are valid."""
    columns = slice(window.column, window.column + window.columns)
    last = window.row + window.rows
    values, valid = [], []
    for first, block, mask in raster.blocks():
        rows = slice(max(0, window.row - first), max(0, last - first))
        values.append(block[rows, columns].copy())  # else the whole block stays in memory
        valid.append(mask[rows, columns].copy())
        if first + len(block) >= last:
            break
    return np.concatenate(values), np.concatenate(valid)


def filled(values: np.ndarray, valid: np.ndarray) -> np.ndarray:
    """Return values (rows, columns, bands) with each masked pixel a copy of the nearest valid one.

    To a network, zeros would be one more material, a dark one, and they would affect the pixels beside
    them. At least one pixel must be valid.
    """
    if valid.all():
        return values
    nearest = distance_transform_edt(~valid, return_distances=False, return_indices=True)
    whole = values.copy()
    whole[~valid] = values[tuple(nearest[:, ~valid])]
    return whole


def _whole_cells(wanted: int, available: int) -> int:
    return available if wanted == available else wanted - wanted % _CELL


def _valid_by_cell(raster: Raster, progress: Callable[[str, float], None]) -> np.ndarray:
    """Return how many pixels are valid in each cell of 32 × 32, int64, shape (down, across)."""
    counts = np.zeros((-(-raster.rows // _CELL), -(-raster.columns // _CELL)), dtype=np.int64)
    starts = np.arange(0, raster.columns, _CELL)
    for first, _, valid in raster.blocks():
        across = np.add.reduceat(valid, starts, axis=1, dtype=np.int64)
        np.add.at(counts, np.arange(first, first + len(valid)) // _CELL, across)
        progress("placing the window", (first + len(valid)) / raster.rows)
    return counts
