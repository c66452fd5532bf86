"""Scaling of a network's coefficients to abundances."""

from typing import Literal

import torch

AbundanceScaling = Literal["none", "sum to one", "unit peaks"]


def scale_abundances(
    coefficients: torch.Tensor, spectra: torch.Tensor, scaling: AbundanceScaling
) -> torch.Tensor:
    """Return a network's coefficients as abundances.

    Parameters
    ----------
    coefficients
        Shape (pixels, endmembers), 0 or more. A pixel is the sum of the spectra, each times its
        coefficient.
    spectra
        Shape (endmembers, bands). With ``unit peaks``, the abundance of a spectrum without a positive
        value is zero.
    scaling
        ``none``: the coefficients are returned unchanged. ``sum to one``: they are divided by their
        sum. ``unit peaks``: they are multiplied by the largest value of their spectrum, as if each
        spectrum had a largest value of one, and then divided by their sum. The public references of
        Samson and Jasper Ridge have this scaling.

    Returns
    -------
    torch.Tensor
        Shape (pixels, endmembers). Where all coefficients of a pixel are zero, so are its abundances.
    """
    if scaling == "none":
        return coefficients
    if scaling == "unit peaks":
        coefficients = coefficients * spectra.amax(1).clamp_min(0)
    return coefficients / coefficients.sum(1, keepdim=True).clamp_min(
        torch.finfo(coefficients.dtype).tiny
    )
