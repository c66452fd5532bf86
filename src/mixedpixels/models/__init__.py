"""The papers' networks, one file each, and how each is trained; nothing here trains."""

from mixedpixels.models import ssanu
from mixedpixels.models.layers import Image
from mixedpixels.models.plan import Plan

__all__ = ["Image", "Plan", "ssanu"]
