"""What a comparison over a few splits of one scene can say, and what it leaves open."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from mixedpixels.errors import BadInput
from mixedpixels.ledger.verdicts import ENOUGH
from mixedpixels.metrics import effect


@dataclass(frozen=True)
class SplitComparison:
    """A score of one method against another, split by split.

    Parameters
    ----------
    mean
        The mean difference, in the unit of the score; of factors, the geometric mean of the quotients.
    low, high
        The 95 % confidence interval of the mean.
    n
        How many splits were compared.
    higher
        In how many of them the first score is the higher one.
    verdict
        ``higher`` or ``lower`` where there are as many runs as a verdict requires, and the mean is
        beyond its interval and the spread of a single difference; else ``undecided``.
    equal
        What the mean would be if both methods were equal: 0 for differences, 1 for factors.
    """

    mean: float
    low: float
    high: float
    n: int
    higher: int
    verdict: Literal["higher", "lower", "undecided"]
    equal: float = 0.0

    @property
    def half(self) -> float:
        """Half the width of the interval."""
        return (self.high - self.low) / 2

    @property
    def holds_equality(self) -> bool:
        """Whether the interval holds the value of equal methods, so that neither is ahead."""
        return self.low <= self.equal <= self.high


def compare_splits(changed, others, *, factors: bool = False) -> SplitComparison:
    """Compare two methods that learned from the same splits.

    Parameters
    ----------
    changed, others
        A score per split, shape (splits,), in the same order.
    factors
        Whether quotients are compared instead of differences, through their logarithms. The scores
        must be positive then.

    Raises
    ------
    BadInput
        When the counts differ, there are no splits, or factors of scores that are not positive are
        asked for.

    Examples
    --------
    >>> compare_splits([91.5, 90.3, 90.3], [83.6, 81.9, 82.5]).verdict  # three splits decide nothing
    'undecided'
    """
    a, b = np.asarray(changed, dtype=float), np.asarray(others, dtype=float)
    if factors and not (np.all(a > 0) and np.all(b > 0)):
        raise BadInput(
            "compare_splits: expected positive scores to compare as factors, got a score of 0 or less; "
            "compare differences instead"
        )
    moved = effect(np.log(a), np.log(b), paired=True) if factors else effect(a, b, paired=True)
    ends = (moved.mean, moved.mean - moved.half, moved.mean + moved.half)
    mean, low, high = (float(x) for x in (np.exp(ends) if factors else ends))
    verdict = {"rises": "higher", "falls": "lower"}.get(moved.word, "undecided")
    if len(a) < ENOUGH:
        verdict = "undecided"
    return SplitComparison(mean, low, high, len(a), int((a > b).sum()), verdict, float(factors))
