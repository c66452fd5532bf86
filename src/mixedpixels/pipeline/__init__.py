"""Running the notebooks and building the book."""

from mixedpixels.pipeline.settings import Run, resolve

__all__ = ["Run", "resolve"]
