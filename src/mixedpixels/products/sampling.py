"""A random sample of the valid pixels of an image that need not fit into memory."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mixedpixels.errors import BadInput
from mixedpixels.scenes.readers.raster import Raster


@dataclass(frozen=True)
class Sample:
    """Pixels of an image, in the image's order.

    Parameters
    ----------
    pixels
        float32, shape (pixels, good bands).
    rows, columns
        int64, shape (pixels,): where they are, counted from 0.
    valid
        How many valid pixels the image has.
    """

    pixels: np.ndarray
    rows: np.ndarray
    columns: np.ndarray
    valid: int


def sample_pixels(
    raster: Raster, limit: int, seed: int, progress: Callable[[str, float], None]
) -> Sample:
    """Draw at most ``limit`` valid pixels, each with the same chance; all when there are fewer.

    Every valid pixel gets a random key, and the smallest keys win. One pass is enough, the answer does
    not depend on how the image is cut into blocks, and no more than ``limit`` pixels are held.

    Raises
    ------
    BadInput
        When no pixel is valid, or all valid pixels are the same.
    """
    rng = np.random.default_rng(seed)
    room = min(limit, raster.rows * raster.columns)
    # the pixels with the smallest keys so far; only the first ``held`` entries are filled
    keys, places, spectra = np.empty(room), np.empty(room, dtype=np.int64), None
    held = valid = 0
    for first, values, mask in raster.blocks():
        progress("drawing the sample", (first + len(values)) / raster.rows)
        if spectra is None:
            spectra = np.empty((room, values.shape[2]), dtype=np.float32)
        key = rng.random(np.count_nonzero(mask))
        valid += len(key)
        known = keys[:held]
        best = np.arange(held + len(key))
        if len(best) > room:
            best = np.argpartition(np.concatenate([known, key]), room - 1)[:room]
        new = np.sort(best[best >= held]) - held
        # they take the free entries and those of the pixels that drop out
        free = np.setdiff1d(np.arange(min(room, held + len(key))), best[best < held])
        where = np.flatnonzero(mask)[new]
        keys[free], places[free] = key[new], where + first * raster.columns
        spectra[free] = values.reshape(-1, values.shape[2])[where]
        held = min(room, held + len(key))
    if not valid:
        raise BadInput(
            f"{raster.path}: expected pixels with data, but all {raster.rows} × {raster.columns} "
            "are zero, not finite or marked as nodata; check the nodata value and the bad bands"
        )
    order = np.argsort(places[:held])
    spectra = spectra[order]
    if (spectra == spectra[0]).all():
        raise BadInput(
            f"{raster.path}: every pixel has the same spectrum, so there is nothing to unmix; "
            "check that it is the right file"
        )
    rows, columns = np.divmod(places[order], raster.columns)
    return Sample(spectra, rows, columns, valid)
