"""The arrays that records store and figures draw: maps, spectra and labels."""

import numpy as np

from mixedpixels import metrics


def stored_maps(scene, estimates: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the maps of the reference and of the methods in the form that a record stores.

    Parameters
    ----------
    scene
        A scene with reference abundances.
    estimates
        Method → abundances, shape (pixels, endmembers), in the reference's order.

    Returns
    -------
    dict
        Name → uint8, shape (rows, columns, endmembers), 255 for an abundance of one.
    """
    every = {"reference": scene.pixel_abundances, **estimates}
    return {
        name: np.round(255 * np.clip(scene.grid(abundances), 0, 1)).astype(np.uint8)
        for name, abundances in every.items()
    }


def stored_spectra(scene, estimates: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the mean spectra of the pixels with abundances above 0.9 (SSANU-Net, eq. 17).

    The spectra of the reference come first.

    Parameters
    ----------
    scene, estimates
        As in :func:`stored_maps`.

    Returns
    -------
    dict
        Name → float32, shape (endmembers, bands).
    """
    every = {"reference": scene.pixel_abundances, **estimates}
    return {
        name: metrics.pure_pixel_spectra(scene.pixels, abundances)[0].astype(np.float32)
        for name, abundances in every.items()
    }


def thinned(labels: np.ndarray, most: int = 100_000) -> np.ndarray:
    """Return every n-th row and column of a label map, as uint8, with the least n that is allowed.

    Parameters
    ----------
    labels
        Whole numbers from 0 to 255, shape (rows, columns).
    most
        The most pixels that the result may have.

    Examples
    --------
    >>> thinned(np.zeros((512, 614), int)).shape
    (256, 307)
    """
    step = 1
    while labels[::step, ::step].size > most:
        step += 1
    return labels[::step, ::step].astype(np.uint8)
