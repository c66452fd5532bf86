"""The papers' networks, one file each, and how each is trained; nothing here trains.

A network is imported from its own file, as ``from mixedpixels.models import ssanu``: so a new one is no
change of the others, nor of what was measured with them.
"""

from mixedpixels.models.layers import Image
from mixedpixels.models.plan import Plan

__all__ = ["Image", "Plan"]
