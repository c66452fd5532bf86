"""Running the notebooks and building the book."""

from mixedpixels.pipeline.fits import fit_or_load, settings_by_reading, start_or_load
from mixedpixels.pipeline.settings import Run, resolve

__all__ = ["Run", "fit_or_load", "resolve", "settings_by_reading", "start_or_load"]
