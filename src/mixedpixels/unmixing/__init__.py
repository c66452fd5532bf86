"""Unmixing without networks: VCA, EDAA, least squares, SMACC, and the constant prediction.

Every unmixer follows scikit-learn's conventions. It takes a :class:`~mixedpixels.scenes.Scene`, a cube
(rows, columns, bands) or a table (pixels, bands). ``fit_transform(X)`` returns abundances (pixels,
endmembers). After ``fit(X)`` the spectra are in ``endmembers_`` (endmembers, bands), and the abundances
of ``X`` are in ``abundances_`` where the method defines them. The parameter ``n_endmembers`` is a
count, ``endmembers`` are spectra, and ``normalise`` names the scaling that is applied to each pixel
first.
"""

from mixedpixels.unmixing.constant import ConstantPrediction
from mixedpixels.unmixing.edaa import EDAA
from mixedpixels.unmixing.geometry import vca_starts
from mixedpixels.unmixing.least_squares import FCLS, NNLS
from mixedpixels.unmixing.normalise import NORMALISATIONS, normalise
from mixedpixels.unmixing.smacc import SMACC
from mixedpixels.unmixing.vca import VCA

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
