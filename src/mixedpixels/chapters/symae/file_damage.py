"""The numbers of Indian Pines as published, against pixels of the same scene from another source."""

import numpy as np
from PIL import Image

from mixedpixels import scenes
from mixedpixels.errors import BadInput
from mixedpixels.scenes import fetch

KNOWN = "indian-pines-695"  # pixels whose numbers are not damaged


def known_places() -> tuple[np.ndarray, np.ndarray]:
    """Return where the pixels of ``indian-pines-695`` lie in the whole scene.

    Returns
    -------
    rows, columns : numpy.ndarray
        int64, shape (695,), from 0, in the order of the pixels.

    Raises
    ------
    DataUnavailable, WrongHash
        When the file with the places is not available, or its content is another one.
    """
    places = next(f for f in scenes.entry(KNOWN).files if f.name.endswith(".tif"))
    marked = np.asarray(Image.open(fetch.obtain(places)))
    columns, rows = np.nonzero(marked.T)  # the file counts down the columns first
    return rows, columns


def count_differences(pixels, known) -> dict[int, int]:
    """Return how many numbers differ from known ones, and by how much.

    The known numbers begin at 0 in each band, so in each band the most frequent difference is taken for
    the lost beginning of the band. What remains is damage.

    Parameters
    ----------
    pixels, known
        Whole numbers of the same pixels, shape (n, bands).

    Returns
    -------
    dict
        Difference → how many numbers have it, without 0, from the lowest difference.

    Raises
    ------
    BadInput
        When the shapes differ.

    Examples
    --------
    >>> count_differences([[10, 7], [11, 8], [9, 9]], [[0, 1], [1, 2], [2, 3]])
    {-3: 1}
    """
    pixels, known = (np.asarray(a).astype(np.int64) for a in (pixels, known))
    if pixels.shape != known.shape or pixels.ndim != 2:
        raise BadInput(f"expected two tables (n, bands), got {pixels.shape} and {known.shape}")
    apart = pixels - known
    for band in apart.T:
        values, counts = np.unique(band, return_counts=True)
        band -= values[counts.argmax()]
    values, counts = np.unique(apart[apart != 0], return_counts=True)
    return dict(zip(values.tolist(), counts.tolist(), strict=True))
