r"""Three root-mean-square errors of abundances, which papers all call "RMSE".

With :math:`N` pixels, :math:`R` endmembers and errors :math:`e_{ij} = \hat a_{ij} - a_{ij}`:

- ``per_pixel`` :math:`\sqrt{\tfrac1N \sum_i \sum_j e_{ij}^2}`: SSANU-Net, eq. 18;
- ``pooled`` :math:`\sqrt{\tfrac{1}{NR} \sum_i \sum_j e_{ij}^2}` = ``per_pixel`` / √R: CyCU-Net's code;
- ``per_endmember`` :math:`\tfrac1R \sum_j \sqrt{\tfrac1N \sum_i e_{ij}^2}`: LDVAE.
"""

from typing import Literal

from mixedpixels.errors import BadInput
from mixedpixels.metrics.arrays import as_pair, same_shape

Convention = Literal["per_pixel", "pooled", "per_endmember"]
CONVENTIONS: tuple[Convention, ...] = ("per_pixel", "pooled", "per_endmember")


def abundance_rmse(estimate, reference, convention: Convention):
    """Return the root-mean-square error of abundances under a named convention.

    Parameters
    ----------
    estimate, reference
        Fractions, arrays of shape (pixels, endmembers) or (rows, columns, endmembers). Both have their
        endmembers in the same order (see :func:`~mixedpixels.metrics.match_endmembers`).
    convention
        ``per_pixel``, ``pooled`` or ``per_endmember``, as defined in the docstring of this module.

    Returns
    -------
    scalar array
        float64, a fraction, 0 or more.

    Raises
    ------
    BadInput
        When the shapes differ, a value is not finite, or the convention is unknown.

    Examples
    --------
    >>> import numpy as np
    >>> estimate, reference = np.array([[1.0, 0.0]]), np.array([[0.5, 0.5]])
    >>> [float(abundance_rmse(estimate, reference, c).round(3)) for c in CONVENTIONS]
    [0.707, 0.5, 0.5]
    """
    if convention not in CONVENTIONS:
        raise BadInput(f"convention must be one of {', '.join(CONVENTIONS)}, got {convention!r}")
    xp, estimate, reference = as_pair(estimate, reference)
    same_shape(estimate, reference)
    if estimate.ndim < 2:
        raise BadInput(f"abundances are (pixels, endmembers), got shape {tuple(estimate.shape)}")
    squares = (estimate - reference) ** 2
    # mean over the pixels, one value per endmember
    mean_squares = xp.mean(squares, axis=tuple(range(squares.ndim - 1)))
    if convention == "per_pixel":
        return xp.sqrt(xp.sum(mean_squares))
    if convention == "pooled":
        return xp.sqrt(xp.mean(mean_squares))
    return xp.mean(xp.sqrt(mean_squares))
