"""Whether two spreads, or the order of two methods, can be distinguished by the runs at hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import f as fisher

from mixedpixels.errors import BadInput


@dataclass(frozen=True)
class SpreadRatio:
    """The ratio of two standard deviations with its 95 % confidence interval.

    Parameters
    ----------
    ratio
        Of the first standard deviation to the second.
    low, high
        Ends of its interval, for normally distributed runs.
    """

    ratio: float
    low: float
    high: float

    @property
    def distinguished(self) -> bool:
        """Whether the interval excludes a ratio of one."""
        return not self.low <= 1 <= self.high


def spread_ratio(first: Sequence[float], second: Sequence[float]) -> SpreadRatio:
    """Return the ratio of the standard deviations of two independent sets of runs.

    Parameters
    ----------
    first, second
        A score per run, at least two each, not all equal.

    Raises
    ------
    BadInput
        When a set has fewer than two runs, or all of its runs are equal.

    Notes
    -----
    The interval follows from the F distribution of the ratio of two variances.

    Examples
    --------
    >>> spread_ratio([0.0, 2.0, 4.0], [0.0, 1.0, 2.0]).ratio
    2.0
    """
    sets = [np.asarray(runs, dtype=float) for runs in (first, second)]
    if any(len(runs) < 2 or not runs.std() > 0 for runs in sets):
        raise BadInput(
            "spread_ratio: expected two sets of at least two runs that are not all equal, got "
            f"{len(sets[0])} and {len(sets[1])} runs"
        )
    ratio = float(sets[0].std(ddof=1) / sets[1].std(ddof=1))
    freedom = [len(runs) - 1 for runs in sets]
    ends = ratio / np.sqrt(fisher.ppf([0.975, 0.025], *freedom))
    return SpreadRatio(ratio, float(ends[0]), float(ends[1]))


def overlapping(groups: Mapping[str, Sequence[float]]) -> list[tuple[str, str]]:
    """Return the pairs of neighbours by median whose runs overlap, so that their order is open.

    Parameters
    ----------
    groups
        Method → scores, one per run. A method with one run has no spread: its order relative to any
        other is open as well, unless neither method has a random part (pass those separately).

    Returns
    -------
    list of tuple
        The lower median first.

    Examples
    --------
    >>> overlapping({"a": [0.1, 0.2], "b": [0.15, 0.3], "c": [0.5, 0.6]})
    [('a', 'b')]
    """
    ordered = sorted(groups, key=lambda name: np.median(groups[name]))
    return [
        (low, high)
        for low, high in zip(ordered, ordered[1:], strict=False)
        if max(groups[low]) >= min(groups[high]) or min(len(groups[low]), len(groups[high])) < 2
    ]
