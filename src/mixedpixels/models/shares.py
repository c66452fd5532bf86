"""What an abundance is a share of."""

from typing import Literal

import torch

Shares = Literal["as they come", "of the spectra", "of scaled spectra"]


def as_shares(coefficients: torch.Tensor, spectra: torch.Tensor, shares: Shares) -> torch.Tensor:
    """Return a network's coefficients as abundances.

    Parameters
    ----------
    coefficients
        Shape (pixels, endmembers), non-negative: a pixel is their sum over the spectra.
    spectra
        Shape (endmembers, bands); one without a positive value has no height, and no share of what
        is scaled.
    shares
        ``as they come``; ``of the spectra``, divided by their sum; or ``of scaled spectra``, as if each
        spectrum had been scaled to a largest value of one, which is the unit of the public references
        of Samson and Jasper Ridge.

    Returns
    -------
    torch.Tensor
        Shape (pixels, endmembers). Where all coefficients are zero, so are the shares.
    """
    if shares == "as they come":
        return coefficients
    if shares == "of scaled spectra":
        coefficients = coefficients * spectra.amax(1).clamp_min(0)
    return coefficients / coefficients.sum(1, keepdim=True).clamp_min(
        torch.finfo(coefficients.dtype).tiny
    )
