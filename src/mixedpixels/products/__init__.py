"""Products: what you get from an image of your own.

``unmix`` reads an image file and writes a folder with abundance maps, endmember spectra and a report
that says what was done and what it does not tell.
"""

from mixedpixels.products.compare import compare_searches
from mixedpixels.products.methods import FITTING, METHODS
from mixedpixels.products.report import Report
from mixedpixels.products.searches import SEARCHES
from mixedpixels.products.unmix import unmix

__all__ = ["FITTING", "METHODS", "SEARCHES", "Report", "compare_searches", "unmix"]
