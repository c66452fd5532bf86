"""Running the notebooks and building the book."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # provenance reads these lines: what imports a name here runs through its module
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
_HOMES = {
    "fits": ("archetypes_or_load", "fit_or_load", "start_or_load"),
    "readings": ("Readings", "with_epochs"),
    "settings": ("Run", "resolve"),
}


def __getattr__(name: str):
    """Import a name when it is first asked for: who executes notebooks waits for no PyTorch."""
    for module, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
