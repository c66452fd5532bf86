"""The methods for abundances that a user can choose.

To add a method, write its file beside these and name it in ``METHODS``. It brings its own words for
the report with it.
"""

from mixedpixels.products.methods.least_squares import (
    FullyConstrainedLeastSquares,
    NonNegativeLeastSquares,
)
from mixedpixels.products.methods.method import Method
from mixedpixels.products.methods.network import FITTING
from mixedpixels.products.methods.ssanu import SSANUNet

METHODS: dict[str, Method] = {
    m.name: m for m in (FullyConstrainedLeastSquares(), NonNegativeLeastSquares(), SSANUNet())
}

__all__ = ["FITTING", "METHODS", "Method"]
