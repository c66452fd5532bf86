"""Running the notebooks, with typed parameters, and building the book."""

from mixedpixels.pipeline.settings import Run, resolve

__all__ = ["Run", "resolve"]
