"""Training networks: one loop, and what an unmixing network needs around it."""

from mixedpixels.training.loop import Checkpoint, Course, NotFinite, fit, seeded
from mixedpixels.training.unmixer import Unmixing, archetypes, fit_unmixer, starting_spectra

__all__ = [
    "Checkpoint",
    "Course",
    "NotFinite",
    "Unmixing",
    "archetypes",
    "fit",
    "fit_unmixer",
    "seeded",
    "starting_spectra",
]
