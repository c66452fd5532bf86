"""Whether a score was still moving when a training ended."""

from dataclasses import dataclass

import numpy as np

from mixedpixels.errors import BadInput


@dataclass(frozen=True)
class LastStretch:
    """How a score moved between the last two evaluations of a training.

    Parameters
    ----------
    since, until
        The updates at which the two evaluations were made.
    change
        The mean change over the networks, in the unit of the score.
    rising
        For how many networks the score rose.
    networks
        How many there are.
    """

    since: int
    until: int
    change: float
    rising: int
    networks: int


def last_stretch(moments, values) -> LastStretch:
    """Return how a score moved at the end of a training.

    Parameters
    ----------
    moments
        The updates after which the score was evaluated, shape (evaluations,), increasing.
    values
        The score, shape (evaluations, networks).

    Raises
    ------
    BadInput
        When there are fewer than two evaluations, or the shapes do not fit.
    """
    moments, values = np.asarray(moments), np.asarray(values, dtype=float)
    if len(moments) < 2 or values.ndim != 2 or len(values) != len(moments):
        raise BadInput(
            "expected scores of shape (evaluations, networks) at two moments or more, got "
            f"{values.shape} at {len(moments)}"
        )
    moved = values[-1] - values[-2]
    return LastStretch(
        since=int(moments[-2]),
        until=int(moments[-1]),
        change=float(moved.mean()),
        rising=int((moved > 0).sum()),
        networks=len(moved),
    )
