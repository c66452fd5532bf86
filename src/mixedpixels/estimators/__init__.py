"""The book's networks by scikit-learn's rules, for scripts of one's own.

SSANU-Net, CyCU-Net and SUnCNN unmix an image as the methods of :mod:`mixedpixels.unmixing` do;
SymAE learns from groups of pixels. Names, inputs and answers are as there.
"""

from mixedpixels.estimators.symae import SymAE
from mixedpixels.estimators.unmixers import CyCUNet, SSANUNet, SUnCNN

__all__ = ["CyCUNet", "SSANUNet", "SUnCNN", "SymAE"]
