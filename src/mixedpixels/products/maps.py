"""Abundance maps of a whole image, block by block into a GeoTIFF."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import rasterio
from rasterio.windows import Window

from mixedpixels.products.blocks import blocks
from mixedpixels.products.methods.method import Solver
from mixedpixels.products.sampling import Sample
from mixedpixels.scenes.readers.gdal_pixels import small_cache, unplaced_allowed
from mixedpixels.scenes.readers.raster import Raster

PURE = 0.9  # above this abundance a pixel is counted as nearly pure
_PREVIEW_SIDE = 600  # pixels of the longer side of a picture
_TILED_FROM = 512  # rows and columns
_TILE = 256  # rows and columns


@dataclass(frozen=True)
class Maps:
    """What stays of the maps in memory.

    Parameters
    ----------
    means, pure
        float64, shape (endmembers,): mean abundance, and fraction of pixels above 0.9, over the valid
        pixels of the whole image.
    preview
        float32, shape (rows, columns, endmembers), every n-th pixel; NaN where masked.
    errors
        float32, shape (rows, columns): the relative RMS of the residual at the same pixels.
    sampled
        float64, shape (sampled pixels,): the same at the pixels of the sample.
    """

    means: np.ndarray
    pure: np.ndarray
    preview: np.ndarray
    errors: np.ndarray
    sampled: np.ndarray


def write_maps(
    raster: Raster,
    solver: Solver,
    sample: Sample,
    count: int,
    target: Path,
    progress: Callable[[str, float], None],
) -> Maps:
    """Solve for every valid pixel and write the abundances, one band per endmember.

    Parameters
    ----------
    raster, solver
        The image, and what turns its pixels into abundances.
    sample
        Where the sampled pixels are.
    count
        The number of endmembers.
    target
        The GeoTIFF to write: float32, NaN where masked, with the image's geo-reference.
    """
    step = -(-max(raster.rows, raster.columns) // _PREVIEW_SIDE)
    total, pure, valid = np.zeros(count), np.zeros(count), 0
    previews, errors, sampled = [], [], []
    waiting, written = [], 0
    with (
        small_cache(),
        unplaced_allowed(),
        rasterio.open(target, "w", **_profile(raster, count)) as file,
    ):
        for band in range(count):
            file.set_band_description(band + 1, f"endmember {band + 1}")
        for block in blocks(raster, solver.context):
            first, mask = block.first, block.mask
            abundances = np.full((*mask.shape, count), np.nan, dtype=np.float32)
            error = np.full(mask.shape, np.nan)
            if mask.any():
                part, residuals, powers = solver.solve(block)
                abundances[mask], error[mask] = part, np.sqrt(residuals / powers)
                total += part.sum(axis=0, dtype=np.float64)
                pure += (part > PURE).sum(axis=0)
                valid += len(part)
            waiting.append(abundances)
            if sum(map(len, waiting)) >= _TILE or first + len(mask) == raster.rows:
                waiting, written = _write_rows(file, waiting, written)
            rows = slice(-first % step, None, step)  # the same pixels however the blocks lie
            previews.append(abundances[rows, ::step].copy())  # a view would hold the whole block
            errors.append(error[rows, ::step].astype(np.float32))
            # the sample is in the image's order
            here = slice(*np.searchsorted(sample.rows, (first, first + len(mask))))
            sampled.append(error[sample.rows[here] - first, sample.columns[here]])
            progress("unmixing", (first + len(mask)) / raster.rows)
    parts = (np.concatenate(part) for part in (previews, errors, sampled))
    return Maps(total / valid, pure / valid, *parts)


def _write_rows(file, waiting: list[np.ndarray], first: int) -> tuple[list[np.ndarray], int]:
    """Write whole rows of tiles, so that no tile is packed twice; return the rest and its first row."""
    rows = np.concatenate(waiting)
    whole = len(rows) - len(rows) % _TILE
    if first + len(rows) == file.height:
        whole = len(rows)
    window = Window(0, first, file.width, whole)
    file.write(rows[:whole].transpose(2, 0, 1), window=window)
    return [rows[whole:].copy()], first + whole


def _profile(raster: Raster, count: int) -> dict:
    profile = {
        "driver": "GTiff",
        "dtype": "float32",
        "height": raster.rows,
        "width": raster.columns,
        "count": count,
        "nodata": np.nan,
        "compress": "deflate",
        "BIGTIFF": "IF_SAFER",
    }
    if min(raster.rows, raster.columns) >= _TILED_FROM:
        profile |= {"tiled": True, "blockxsize": _TILE, "blockysize": _TILE}
    if raster.crs is not None:
        profile["crs"] = raster.crs
    if raster.transform is not None:
        profile["transform"] = raster.transform
    return profile
