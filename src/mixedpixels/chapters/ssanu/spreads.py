"""Whether two spreads, or the order of two methods, can be distinguished by the runs at hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.stats import f as fisher

from mixedpixels.errors import BadInput
from mixedpixels.ledger.verdicts import ENOUGH
from mixedpixels.metrics import effect


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
        for low, high in pairwise(ordered)
        if max(groups[low]) >= min(groups[high]) or min(len(groups[low]), len(groups[high])) < 2
    ]


def softmax_in_words(
    reading: str, softmax: Sequence[float], loss: Sequence[float], *, paired: bool
) -> str:
    """Say how the RMSE with softmax differs from that with the loss, no stronger than the runs allow.

    Parameters
    ----------
    reading
        Its name.
    softmax, loss
        RMSEs, one per run.
    paired
        Whether the k-th runs of both share their start.

    Examples
    --------
    >>> softmax_in_words("best", [0.25], [0.10], paired=False)
    'In the reading *best*, the RMSE with softmax is 0.150 higher, in a single run.'
    """
    found = effect(softmax, loss, paired=paired)
    side = "higher" if found.mean > 0 else "lower"
    start = f"In the reading *{reading}*, the RMSE with softmax is {abs(found.mean):.3f} {side}"
    if not np.isfinite(found.half):
        return f"{start}, in a single run."
    beyond = "is not larger" if found.word == "within luck" else "is larger"
    few = "" if len(softmax) >= ENOUGH else f" With fewer than {ENOUGH} runs this is no verdict."
    return (
        f"{start} on average (± {found.half:.3f}, 95 % interval, n = {len(softmax)}). The difference "
        f"{beyond} than the variation over these runs.{few}"
    )
