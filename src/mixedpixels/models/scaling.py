"""From a network's coefficients to abundances: what the fraction of a material is a fraction of."""

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
        Shape (pixels, endmembers), non-negative: a pixel is their sum over the spectra.
    spectra
        Shape (endmembers, bands). With ``unit peaks``, the abundance of a spectrum without a positive
        value is zero.
    scaling
        ``none``: the coefficients as they are. ``sum to one``: divided by their sum. ``unit peaks``: as
        if each spectrum had been scaled to a largest value of one, then divided by their sum; this is
        the unit of the public references of Samson and Jasper Ridge.

    Returns
    -------
    torch.Tensor
        Shape (pixels, endmembers). Where all coefficients are zero, so are the abundances.
    """
    if scaling == "none":
        return coefficients
    if scaling == "unit peaks":
        coefficients = coefficients * spectra.amax(1).clamp_min(0)
    return coefficients / coefficients.sum(1, keepdim=True).clamp_min(
        torch.finfo(coefficients.dtype).tiny
    )
