"""Images and spectral libraries: where they come from, how they are read, and their twins."""

from mixedpixels.scenes.load import load
from mixedpixels.scenes.registry import entry, names
from mixedpixels.scenes.scene import Library, Scene

__all__ = ["Library", "Scene", "entry", "load", "names"]
