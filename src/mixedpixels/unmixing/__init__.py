"""Unmixing without networks: geometry, archetypes, least squares, SMACC, the constant prediction.

Every estimator has scikit-learn's face: ``fit(pixels)`` learns ``endmembers_`` (endmembers, bands),
``transform(pixels)`` returns abundances (pixels, endmembers); pixels are (pixels, bands).
"""

from mixedpixels.unmixing.constant import ConstantPrediction
from mixedpixels.unmixing.edaa import EDAA
from mixedpixels.unmixing.geometry import VCA, vca_starts
from mixedpixels.unmixing.least_squares import FCLS, NNLS
from mixedpixels.unmixing.normalise import NORMALISATIONS, normalise
from mixedpixels.unmixing.smacc import SMACC

__all__ = [
    "EDAA",
    "FCLS",
    "NNLS",
    "NORMALISATIONS",
    "SMACC",
    "VCA",
    "ConstantPrediction",
    "normalise",
    "vca_starts",
]
