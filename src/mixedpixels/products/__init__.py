"""Products: what comes of an image of one's own.

``unmix`` reads an image file and writes a folder with abundance maps, endmember spectra and a page
that says what was done and what it does not tell.
"""

from mixedpixels.products.methods import METHODS
from mixedpixels.products.network import FITTING
from mixedpixels.products.unmix import Report, unmix

__all__ = ["FITTING", "METHODS", "Report", "unmix"]
