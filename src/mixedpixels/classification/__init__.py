"""Telling classes apart: raw controls, a network on codes, smoothing, and clustering of pairs."""

from mixedpixels.classification.clustering import pair_accuracy, pair_gains
from mixedpixels.classification.controls import CONTROLS, classify
from mixedpixels.classification.smoothing import smooth_labels

__all__ = ["CONTROLS", "classify", "pair_accuracy", "pair_gains", "smooth_labels"]
