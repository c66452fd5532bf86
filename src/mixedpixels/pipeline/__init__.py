"""Execution of the notebooks with typed parameters, and the build of the book."""

from mixedpixels.pipeline.settings import Run, resolve

__all__ = ["Run", "resolve"]
