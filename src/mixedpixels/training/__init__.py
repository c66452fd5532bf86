"""Training of networks: one loop, and the fits of unmixing networks and of SymAE that use it."""

from mixedpixels.training.batches import Batches
from mixedpixels.training.checkpoint import Checkpoint
from mixedpixels.training.disentangler import Disentangler, Grouping, fit_symae
from mixedpixels.training.groups import Groups
from mixedpixels.training.loop import History, NotFinite, seeded, train
from mixedpixels.training.step import StackStep, Step
from mixedpixels.training.unmixer import Unmixing, archetypes, fit_unmixer, starting_spectra

__all__ = [
    "Batches",
    "Checkpoint",
    "Disentangler",
    "Grouping",
    "Groups",
    "History",
    "NotFinite",
    "StackStep",
    "Step",
    "Unmixing",
    "archetypes",
    "fit_symae",
    "fit_unmixer",
    "seeded",
    "starting_spectra",
    "train",
]
