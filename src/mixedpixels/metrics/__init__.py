"""Scores of unmixing and of classification, each with its convention in its name.

The scores of spectra and abundances take NumPy arrays or torch tensors and compute in float64. Errors
and angles are returned as the same kind of array, on the tensor's own device. Orders, counts and the
scores of classification are NumPy.
"""

from mixedpixels.metrics.abundance import CONVENTIONS, abundance_rmse
from mixedpixels.metrics.classification import ClassificationScores, classification_scores
from mixedpixels.metrics.effects import (
    Component,
    Effect,
    VarianceComponents,
    against_start,
    effect,
    variance_components,
)
from mixedpixels.metrics.endmember import pure_pixel_spectra
from mixedpixels.metrics.matching import match_endmembers
from mixedpixels.metrics.naming import name_spectra
from mixedpixels.metrics.spectral import spectral_angle, spectral_angle_matrix
from mixedpixels.metrics.unmixing import UnmixingScores, unmixing_scores
from mixedpixels.metrics.variance import between_over_within, class_variances

__all__ = [
    "CONVENTIONS",
    "ClassificationScores",
    "Component",
    "Effect",
    "UnmixingScores",
    "VarianceComponents",
    "abundance_rmse",
    "against_start",
    "between_over_within",
    "class_variances",
    "classification_scores",
    "effect",
    "match_endmembers",
    "name_spectra",
    "pure_pixel_spectra",
    "spectral_angle",
    "spectral_angle_matrix",
    "unmixing_scores",
    "variance_components",
]
