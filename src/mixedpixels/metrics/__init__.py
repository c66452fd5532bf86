"""Scores, each with its convention in its name.

Every function takes NumPy arrays or torch tensors and answers in kind, on the tensor's own device;
arithmetic is float64.
"""

from mixedpixels.metrics.abundance import CONVENTIONS, abundance_rmse
from mixedpixels.metrics.classification import ClassificationScores, classification_scores
from mixedpixels.metrics.endmember import pure_pixel_spectra
from mixedpixels.metrics.matching import match_endmembers, permute
from mixedpixels.metrics.spectral import spectral_angle, spectral_angle_matrix
from mixedpixels.metrics.unmixing import UnmixingScores, unmixing_scores

__all__ = [
    "CONVENTIONS",
    "ClassificationScores",
    "UnmixingScores",
    "abundance_rmse",
    "classification_scores",
    "match_endmembers",
    "permute",
    "pure_pixel_spectra",
    "spectral_angle",
    "spectral_angle_matrix",
    "unmixing_scores",
]
