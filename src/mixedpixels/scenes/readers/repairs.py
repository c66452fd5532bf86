"""Finding a repair by the name that a registry file gives.

A repair is imported by its name when it is used. A change to one repair therefore concerns only the
scenes whose registry files name it.
"""

import importlib
import pkgutil

import numpy as np

from mixedpixels.scenes.readers import repair


def repair_names() -> list[str]:
    """Return the names that a registry file can give, sorted: the modules of ``readers/repair``."""
    found = pkgutil.iter_modules(repair.__path__)
    return sorted(module.name.replace("_", "-") for module in found)


def repair_module(name: str) -> str:
    """Return the dotted name of the module behind a repair's name.

    Examples
    --------
    >>> repair_module("whole-numbers")
    'mixedpixels.scenes.readers.repair.whole_numbers'
    """
    return f"{repair.__name__}.{name.replace('-', '_')}"


def repaired(name: str, cube: np.ndarray) -> np.ndarray:
    """Return an array of the same shape after the named repair; see its module for what it does."""
    return importlib.import_module(repair_module(name)).repair(cube)
