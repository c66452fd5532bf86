"""What a recorded loss curve shows: where it is lowest, and how far it rises afterwards."""

from dataclasses import dataclass

import numpy as np

from mixedpixels.errors import BadInput

_RISE = 1.5  # times the lowest value: a smaller increase is not called a rise


@dataclass(frozen=True)
class LowPoint:
    """The lowest point of a curve and its end.

    Parameters
    ----------
    at
        The updates after which the curve is lowest.
    least, last
        Its values there and at the end, above 0.
    """

    at: int
    least: float
    last: float

    @property
    def ratio(self) -> float:
        """The last value divided by the lowest one, at least 1."""
        return self.last / self.least

    @property
    def rises(self) -> bool:
        """Whether the curve ends clearly above its lowest point: by more than half of that."""
        return self.ratio > _RISE


def low_point(updates, losses) -> LowPoint:
    """Return the lowest point of the mean curve of several networks.

    Parameters
    ----------
    updates
        At each evaluation, shape (evaluations,).
    losses
        Above 0, shape (evaluations, networks).

    Raises
    ------
    BadInput
        When the shapes do not fit, or a loss is not above 0.

    Examples
    --------
    >>> low_point([1, 2, 3], [[4.0], [1.0], [2.0]]).ratio
    2.0
    """
    updates, losses = np.asarray(updates), np.asarray(losses, dtype=float)
    if losses.ndim != 2 or len(losses) != len(updates) or not (losses > 0).all():
        raise BadInput(
            f"low_point: expected losses above 0 of shape ({len(updates)}, networks), got shape "
            f"{losses.shape}; pass one row per evaluation"
        )
    mean = losses.mean(axis=1)
    lowest = int(mean.argmin())
    return LowPoint(int(updates[lowest]), float(mean[lowest]), float(mean[-1]))
