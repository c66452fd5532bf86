"""Matching of estimated endmembers to those of the reference, by the Hungarian algorithm."""

from typing import Literal

import numpy as np
from scipy.optimize import linear_sum_assignment

from mixedpixels.errors import BadInput
from mixedpixels.metrics.arrays import as_pair, to_numpy
from mixedpixels.metrics.spectral import spectral_angle_matrix


def match_endmembers(estimate, reference, by: Literal["abundance", "angle"]) -> np.ndarray:
    """Return the order of the estimated endmembers with the least total distance to the reference.

    The matching uses the reference, as every published table must in some way. A matched score says how
    well the endmembers are found, not whether a user without a reference could name them.

    Parameters
    ----------
    estimate, reference
        With ``by="abundance"``, maps of shape (pixels, endmembers) or (rows, columns, endmembers).
        With ``by="angle"``, spectra of shape (endmembers, bands). Both have as many endmembers.
    by
        The cost of a pair: ``abundance`` for the mean squared error of the maps, ``angle`` for the
        spectral angle.

    Returns
    -------
    numpy.ndarray
        int64, shape (endmembers,). Entry j is the estimated endmember that matches endmember j of the
        reference, so ``estimate[..., order]`` (maps) or ``estimate[order]`` (spectra) is in the order
        of the reference.

    Raises
    ------
    BadInput
        When the numbers of endmembers or of pixels differ, a value is not finite, or ``by`` is unknown.
    """
    if by not in ("abundance", "angle"):
        raise BadInput(f"by must be abundance or angle, got {by!r}")
    axis = -1 if by == "abundance" else 0
    xp, estimate, reference = as_pair(estimate, reference)
    if estimate.shape[axis] != reference.shape[axis]:
        raise BadInput(
            f"expected as many endmembers as the reference ({reference.shape[axis]}), "
            f"got {estimate.shape[axis]}"
        )
    if by == "angle":
        cost = spectral_angle_matrix(estimate, reference)
    else:
        estimate = xp.reshape(estimate, (-1, estimate.shape[-1]))
        reference = xp.reshape(reference, (-1, reference.shape[-1]))
        if estimate.shape != reference.shape:
            raise BadInput(f"{estimate.shape[0]} pixels against {reference.shape[0]}")
        # ‖e − r‖² over the pixels, without an array of all differences
        cross = xp.matmul(xp.matrix_transpose(estimate), reference)
        power = xp.sum(estimate**2, axis=0)[:, None] + xp.sum(reference**2, axis=0)[None, :]
        cost = (power - 2 * cross) / estimate.shape[0]
    rows, columns = linear_sum_assignment(to_numpy(cost))
    return rows[np.argsort(columns)]
