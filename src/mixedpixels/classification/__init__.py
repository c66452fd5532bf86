"""Classification: standard classifiers, smoothing of label maps, and clustering of pairs of classes."""

from mixedpixels.classification.clustering import pair_accuracy, pair_gains
from mixedpixels.classification.controls import CONTROLS, classify
from mixedpixels.classification.smoothing import smooth_labels, smooth_pixels

__all__ = ["CONTROLS", "classify", "pair_accuracy", "pair_gains", "smooth_labels", "smooth_pixels"]
