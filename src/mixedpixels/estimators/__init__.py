"""The book's networks as scikit-learn estimators, for use in other scripts.

SSANU-Net, CyCU-Net and SUnCNN unmix an image, as the methods of :mod:`mixedpixels.unmixing` do. SymAE
learns from groups of pixels. Parameters, inputs and results follow the same conventions as there.
"""

from mixedpixels.estimators.symae import SymAE
from mixedpixels.estimators.unmixers import CyCUNet, SSANUNet, SUnCNN

__all__ = ["CyCUNet", "SSANUNet", "SUnCNN", "SymAE"]
