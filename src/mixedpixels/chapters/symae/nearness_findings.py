"""What gains in clustering accuracy show, pair of classes by pair of classes."""

from dataclasses import dataclass
from math import comb

import numpy as np

from mixedpixels.errors import BadInput


@dataclass(frozen=True)
class PairSpread:
    """How gains differ between the pairs of classes, in percentage points.

    Parameters
    ----------
    pairs, gained, lost
        The number of pairs, and of those that gain or lose more than the threshold.
    median, low, high
        Over the pairs.
    top
        The names of the two classes that gain most.
    """

    pairs: int
    gained: int
    lost: int
    median: float
    low: float
    high: float
    top: tuple[str, str]


def pair_spread(square, names, threshold: float = 0.5) -> PairSpread:
    """Summarise the gains above the diagonal of a square of classes.

    Parameters
    ----------
    square
        Gains in percentage points, shape (classes, classes); only the part above the diagonal counts.
    names
        Of the classes.
    threshold
        In percentage points; a smaller change counts neither as gained nor as lost.

    Raises
    ------
    BadInput
        When the square does not have a row and a column for each name, or there is no pair.

    Examples
    --------
    >>> pair_spread([[0, 3, -1], [0, 0, 0.2], [0, 0, 0]], ("a", "b", "c")).top
    ('a', 'b')
    """
    square = np.asarray(square, dtype=float)
    if len(names) < 2 or square.shape != (len(names), len(names)):
        raise BadInput(
            f"pair_spread: expected gains of shape {(len(names),) * 2} of two classes or more, "
            f"got {square.shape}"
        )
    first, second = np.triu_indices(len(names), 1)
    gains = square[first, second]
    top = int(gains.argmax())
    return PairSpread(
        pairs=len(gains),
        gained=int((gains > threshold).sum()),
        lost=int((gains < -threshold).sum()),
        median=float(np.median(gains)),
        low=float(gains.min()),
        high=float(gains.max()),
        top=(names[first[top]], names[second[top]]),
    )


def orders(above: int, below: int) -> int:
    """Return in how many ways two sets of runs can be ordered by rank.

    When every run of one set lies above every run of the other, chance alone would do this in one of
    so many cases.

    Parameters
    ----------
    above, below
        The numbers of runs, 1 or more.
    """
    return comb(above + below, above)
