"""Running the notebooks and building the book."""

from mixedpixels.pipeline.fits import archetypes_or_load, fit_or_load, start_or_load
from mixedpixels.pipeline.readings import Readings, with_epochs
from mixedpixels.pipeline.settings import Run, resolve

__all__ = [
    "Readings",
    "Run",
    "archetypes_or_load",
    "fit_or_load",
    "resolve",
    "start_or_load",
    "with_epochs",
]
