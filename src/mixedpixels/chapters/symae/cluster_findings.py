"""Which pairs of classes gain from another space, and which lose."""

from dataclasses import dataclass

import numpy as np

from mixedpixels.errors import BadInput


@dataclass(frozen=True)
class PairGains:
    """The gains over all pairs of classes.

    Parameters
    ----------
    most, least
        The pairs with the largest and the smallest gain, as numbers of the two classes from 0.
    highest, lowest
        Their gains.
    gained, lost
        How many pairs gain or lose more than the margin.
    pairs
        How many there are.
    """

    most: tuple[int, int]
    least: tuple[int, int]
    highest: float
    lowest: float
    gained: int
    lost: int
    pairs: int


def summarise_pairs(square, margin: float = 0.5) -> PairGains:
    """Summarise a square of gains.

    Parameters
    ----------
    square
        Gains in percentage points, shape (classes, classes); only what is above the diagonal counts.
    margin
        In percentage points: a smaller change counts neither as a gain nor as a loss.

    Raises
    ------
    BadInput
        When the array is not a square of at least two classes, or a gain is missing.
    """
    square = np.asarray(square, dtype=float)
    if square.ndim != 2 or square.shape[0] != square.shape[1] or len(square) < 2:
        raise BadInput(f"expected a square of at least two classes, got shape {square.shape}")
    first, second = np.triu_indices(len(square), 1)
    gains = square[first, second]
    if not np.isfinite(gains).all():
        raise BadInput("expected a gain of every pair of classes, got values that are not finite")
    top, bottom = int(gains.argmax()), int(gains.argmin())
    return PairGains(
        most=(int(first[top]), int(second[top])),
        least=(int(first[bottom]), int(second[bottom])),
        highest=float(gains[top]),
        lowest=float(gains[bottom]),
        gained=int((gains > margin).sum()),
        lost=int((gains < -margin).sum()),
        pairs=len(gains),
    )
