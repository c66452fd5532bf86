"""The papers' networks, one file each, with the settings of their training; nothing here trains.

A network is imported from its own file, for example ``from mixedpixels.models import ssanu``.
"""

from mixedpixels.models.config import TrainingConfig
from mixedpixels.models.layers import Image

__all__ = ["Image", "TrainingConfig"]
