"""The forward model: from surfaces and their abundances to what a sensor records.

Every simulator of this package builds its images from these functions and from the spectra and fields
of ``shapes``. The order of the multiplications differs between the simulators and is part of their
recorded numbers, so it is not unified here.
"""

from dataclasses import dataclass

import numpy as np

from mixedpixels.scenes.simulate.shapes import atmosphere


def softmax_abundances(fields: np.ndarray, sharpness: float) -> np.ndarray:
    """Return abundances from one random field per endmember.

    Parameters
    ----------
    fields
        float64, shape (rows, columns, endmembers).
    sharpness
        The fields are multiplied by it before the softmax, 0 or more. At 0 all abundances are equal;
        the larger it is, the more pixels are pure.

    Returns
    -------
    numpy.ndarray
        float64, of the same shape; non-negative, and 1 in sum over the last axis.
    """
    abundances = np.exp(sharpness * fields)
    abundances /= abundances.sum(axis=2, keepdims=True)
    return abundances


@dataclass(frozen=True)
class Conditions:
    """The conditions under which each pixel is seen; arrays of shape (pixels,).

    Parameters
    ----------
    light
        The illumination, as a factor around 1.
    vapour
        The absorption of the atmosphere, as a multiple around 1 of that of a clear one.
    haze
        The reflectance that haze adds at 450 nm, 0 or more. It falls with the 1.3th power of the
        wavelength.
    mixing
        The fraction of another surface, from 0 up to but not including 1.
    """

    light: np.ndarray
    vapour: np.ndarray
    haze: np.ndarray
    mixing: np.ndarray

    def __len__(self) -> int:
        return len(self.light)

    def of(self, pixels) -> "Conditions":
        """Return the conditions of some pixels; an index may occur more than once."""
        return Conditions(*(np.atleast_1d(v[pixels]) for v in vars(self).values()))


def at_sensor(wavelengths, surfaces, other, conditions: Conditions) -> np.ndarray:
    """Return the spectra that a sensor records of surfaces under conditions, without noise.

    Parameters
    ----------
    wavelengths
        nm, shape (bands,).
    surfaces
        Reflectance, shape (pixels, bands).
    other
        The surface that is mixed in, shape (bands,).
    conditions
        One per pixel.

    Returns
    -------
    numpy.ndarray
        float64, shape (pixels, bands), in units of reflectance.
    """
    light, vapour, haze, mixing = (v[:, None] for v in vars(conditions).values())
    seen = (1 - mixing) * surfaces + mixing * other
    return light * seen * atmosphere(wavelengths) ** vapour + haze * (450 / wavelengths) ** 1.3


def draw_conditions(rng, pixels: int, strength: float = 1.0) -> Conditions:
    """Draw random conditions for a number of pixels; at strength 0 all pixels have the same.

    At strength 1, the logarithms of light and vapour have standard deviations of 0.2 and 0.25, the haze
    has a mean of 0.02, and another surface is mixed in with a mean fraction of 1/8.

    Parameters
    ----------
    rng
        The random generator.
    pixels
        Their number.
    strength
        Of all conditions, 0 or more.
    """
    return Conditions(
        light=np.exp(strength * 0.2 * rng.standard_normal(pixels)),
        vapour=np.exp(strength * 0.25 * rng.standard_normal(pixels)),
        haze=strength * rng.gamma(2.0, 0.01, pixels),
        mixing=strength * 0.5 * rng.beta(1.0, 3.0, pixels),
    )
