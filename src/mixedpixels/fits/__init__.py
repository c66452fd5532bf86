"""Fits that several notebooks use, computed once and stored in the user's cache."""

from mixedpixels.fits.cache import Fit, cached, digest, fits_used, noting_fits
from mixedpixels.fits.stacks import symae_or_load, train_or_load
from mixedpixels.fits.unmixers import (
    Archetypes,
    Start,
    archetypes_or_load,
    fit_or_load,
    start_or_load,
)

__all__ = [
    "Archetypes",
    "Fit",
    "Start",
    "archetypes_or_load",
    "cached",
    "digest",
    "fit_or_load",
    "fits_used",
    "noting_fits",
    "start_or_load",
    "symae_or_load",
    "train_or_load",
]
