"""The parts of simulated scenes: spectra with absorption features, an atmosphere, smooth fields."""

import numpy as np
from scipy.interpolate import PchipInterpolator
from scipy.ndimage import gaussian_filter

# Water vapour and oxygen: centre and width in nm, depth as a fraction of the light.
_ATMOSPHERE = ((760, 6, 0.10), (940, 18, 0.25), (1135, 22, 0.3), (1390, 40, 0.7), (1880, 50, 0.8))


def spectrum(wavelengths: np.ndarray, continuum: list, features: list) -> np.ndarray:
    """Return a reflectance spectrum: a monotone curve through points, with absorption features.

    Parameters
    ----------
    wavelengths
        nm, shape (bands,).
    continuum
        Pairs (nm, reflectance); the curve is flat beyond the first and the last.
    features
        Triples (centre in nm, width in nm, depth from 0 to 1).

    Returns
    -------
    numpy.ndarray
        float64, shape (bands,).
    """
    at, value = np.array(continuum, float).T
    curve = PchipInterpolator(at, value)(np.clip(wavelengths, at[0], at[-1]))
    return curve * _transmission(wavelengths, features)


def atmosphere(wavelengths: np.ndarray) -> np.ndarray:
    """Return the transmission of a clear atmosphere, from 0 to 1, shape (bands,)."""
    scattering = 1 - 0.1 * (450 / wavelengths) ** 4
    return scattering * _transmission(wavelengths, _ATMOSPHERE)


def smooth_fields(rng, rows: int, columns: int, count: int, patch: float) -> np.ndarray:
    """Return Gaussian random fields of unit variance, shape (rows, columns, count).

    ``patch`` is the standard deviation of the smoothing, in pixels.
    """
    raw = rng.standard_normal((rows, columns, count))
    smooth = gaussian_filter(raw, (patch, patch, 0), mode="reflect")
    smooth -= smooth.mean(axis=(0, 1))
    return smooth / smooth.std(axis=(0, 1))


def _transmission(wavelengths: np.ndarray, features) -> np.ndarray:
    through = np.ones_like(wavelengths)
    for centre, width, depth in features:
        through *= 1 - depth * np.exp(-0.5 * ((wavelengths - centre) / width) ** 2)
    return through
