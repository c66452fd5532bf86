"""Images and spectral libraries: their sources, their readers, and simulated scenes."""

from mixedpixels.scenes.library import Library
from mixedpixels.scenes.load import load, load_abundances
from mixedpixels.scenes.registry import entry, names
from mixedpixels.scenes.scene import Scene
from mixedpixels.scenes.simulate.synthetic import matern_fields, synthetic

__all__ = [
    "Library",
    "Scene",
    "entry",
    "load",
    "load_abundances",
    "matern_fields",
    "names",
    "synthetic",
]
