"""Vertex component analysis: endmembers as the corners of the cloud of pixels."""

from collections.abc import Sequence

import numpy as np

from mixedpixels.errors import BadInput
from mixedpixels.unmixing.pixels import check_count, check_pixels


def vca_starts(pixels, n_endmembers: int, seeds: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Run VCA from several seeds in one pass; the projection is computed once.

    Parameters
    ----------
    pixels
        A Scene, a cube (rows, columns, bands) or a table (pixels, bands), in any unit.
    n_endmembers
        The number of endmembers R, from 2 up to the number of bands.
    seeds
        One start per seed, at least one. A start depends on its own seed only.

    Returns
    -------
    endmembers : numpy.ndarray
        float64, shape (starts, R, bands): the chosen pixels, projected onto the subspace, in the unit
        of the pixels.
    indices : numpy.ndarray
        int64, shape (starts, R): the numbers of the chosen pixels.

    Raises
    ------
    BadInput
        When a value is not finite, the pixels cannot hold that many endmembers, or there is no seed.

    References
    ----------
    Nascimento and Bioucas-Dias, IEEE Trans. Geosci. Remote Sens. 43(4), 2005.
    """
    pixels = check_pixels(pixels)
    count = check_count(n_endmembers, pixels)
    if not len(seeds):
        raise BadInput("seeds: expected at least one")
    cloud, basis, origin = _project(pixels.astype(np.float64, copy=False), count)
    directions = np.stack(
        [np.random.default_rng(seed).standard_normal((count, count)) for seed in seeds]
    )
    starts = len(directions)
    corners = np.zeros((starts, count, count))  # columns: the corners found so far
    corners[:, -1, 0] = 1
    indices = np.empty((starts, count), dtype=np.int64)
    for k in range(count):
        w = directions[:, k, :, None]
        # the part of w orthogonal to the corners: (I − A A⁺) w
        f = (w - corners @ (np.linalg.pinv(corners) @ w))[..., 0]
        f /= np.linalg.norm(f, axis=1, keepdims=True)
        indices[:, k] = np.abs(f @ cloud.T).argmax(axis=1)
        corners[:, :, k] = cloud[indices[:, k]]
    spectra = (pixels[indices].astype(np.float64) - origin) @ basis @ basis.T + origin
    return spectra, indices


def _project(pixels: np.ndarray, count: int):
    """Project the pixels for VCA; return the cloud (pixels, R), the basis and its origin.

    Above the paper's threshold of the signal-to-noise ratio the projection is perspective, onto a
    hyperplane, which removes the illumination. Below it the projection is orthogonal, because a
    perspective one would amplify the noise.
    """
    mean = pixels.mean(axis=0)
    centred_basis = _leading(pixels - mean, count)
    power = (pixels**2).sum(axis=1).mean()
    signal = (((pixels - mean) @ centred_basis) ** 2).sum(axis=1).mean() + mean @ mean
    noise = power - signal
    bands = pixels.shape[1]
    ratio = (signal - count / bands * power) / noise if noise > power * 1e-15 else np.inf
    if ratio > 0 and 10 * np.log10(ratio) >= 15 + 10 * np.log10(count):
        basis = _leading(pixels, count)
        cloud = pixels @ basis
        height = cloud @ cloud.mean(axis=0)
        # a dark pixel has no direction, so it cannot be a corner
        lit = height > 1e-9 * height.max()
        cloud = np.where(lit[:, None], cloud / np.where(lit, height, 1)[:, None], 0)
        return cloud, basis, np.zeros(bands)
    basis = centred_basis[:, : count - 1]
    cloud = (pixels - mean) @ basis
    level = np.full((len(cloud), 1), np.linalg.norm(cloud, axis=1).max())
    return np.hstack([cloud, level]), basis, mean


def _leading(pixels: np.ndarray, count: int) -> np.ndarray:
    """Return the leading ``count`` directions of the pixels, as columns (bands, count)."""
    _, vectors = np.linalg.eigh(pixels.T @ pixels / len(pixels))
    return vectors[:, ::-1][:, :count]
