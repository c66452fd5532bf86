"""The papers' networks, one file each, and how each is trained; nothing here trains.

A network is imported from its own file, as ``from mixedpixels.models import ssanu``.
"""

from mixedpixels.models.config import TrainingConfig
from mixedpixels.models.layers import Image

__all__ = ["Image", "TrainingConfig"]
