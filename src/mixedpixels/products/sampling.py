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

    Every valid pixel gets a random key, and the smallest keys win: one pass, and the answer does
    not depend on how the image is cut into blocks.

    Raises
    ------
    BadInput
        When no pixel is valid, or all valid pixels are the same.
    """
    rng = np.random.default_rng(seed)
    keys, places, spectra = [], [], []  # of the pixels in the race
    bar, valid = np.inf, 0
    for first, values, mask in raster.blocks():
        progress("drawing the sample", (first + len(values)) / raster.rows)
        found = values[mask]
        key = rng.random(len(found))
        valid += len(found)
        pick = key < bar
        keys.append(key[pick])
        places.append(np.flatnonzero(mask)[pick] + first * raster.columns)
        spectra.append(found[pick])
        if sum(map(len, keys)) > 2 * limit:
            keys, places, spectra = _smallest(limit, keys, places, spectra)
            bar = keys[0].max()
    if not valid:
        raise BadInput(
            f"{raster.path}: expected pixels with data, but all {raster.rows} × {raster.columns} "
            "are zero, not finite or marked as nodata; check the nodata value and the bad bands"
        )
    _, (places,), (spectra,) = _smallest(limit, keys, places, spectra)
    if (spectra == spectra[0]).all():
        raise BadInput(
            f"{raster.path}: every pixel has the same spectrum, so there is nothing to unmix; "
            "check that it is the right file"
        )
    order = np.argsort(places)
    rows, columns = np.divmod(places[order], raster.columns)
    return Sample(spectra[order], rows, columns, valid)


def _smallest(limit: int, keys: list, places: list, spectra: list) -> tuple[list, list, list]:
    keys, places, spectra = (np.concatenate(parts) for parts in (keys, places, spectra))
    if len(keys) > limit:
        keep = np.argpartition(keys, limit)[:limit]
        keys, places, spectra = keys[keep], places[keep], spectra[keep]
    return [keys], [places], [spectra]
