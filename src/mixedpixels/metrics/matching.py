"""Matching estimated endmembers to the reference: Hungarian, and it uses the reference."""

from typing import Literal

import numpy as np
from scipy.optimize import linear_sum_assignment

from mixedpixels.errors import BadInput
from mixedpixels.metrics.arrays import as_pair, to_numpy
from mixedpixels.metrics.spectral import spectral_angle_matrix


def match_endmembers(estimate, reference, by: Literal["abundance", "angle"]) -> np.ndarray:
    """Return the order that brings estimated endmembers nearest to the reference, all at once.

    This uses the reference, as every published table must in some way; a matched score says how
    well the parts are found, not whether a blind user could name them.

    Parameters
    ----------
    estimate, reference
        ``by="abundance"``: maps of shape (pixels, endmembers), or (rows, columns, endmembers);
        the cost is the mean square error. ``by="angle"``: spectra of shape (endmembers, bands);
        the cost is the spectral angle. The numbers of endmembers must agree.

    Returns
    -------
    numpy.ndarray
        int64, shape (endmembers,): entry j is the estimated endmember that answers reference j, so
        ``estimate[..., order]`` (maps) or ``estimate[order]`` (spectra) lines up with the reference.

    Raises
    ------
    BadInput
        When the numbers of endmembers differ or ``by`` is unknown.
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
        # ‖e − r‖² over the pixels, without a table of all differences
        cross = xp.matmul(xp.matrix_transpose(estimate), reference)
        power = xp.sum(estimate**2, axis=0)[:, None] + xp.sum(reference**2, axis=0)[None, :]
        cost = (power - 2 * cross) / estimate.shape[0]
    rows, columns = linear_sum_assignment(to_numpy(cost))
    return rows[np.argsort(columns)]
