"""Is a difference larger than luck? Runs of one method against runs of another."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.stats import t as student

from mixedpixels.errors import BadInput


@dataclass(frozen=True)
class Effect:
    """The mean difference between two sets of runs, and two measures of luck.

    Parameters
    ----------
    mean
        Of the changed runs minus the others.
    half
        Half the width of its 95 % confidence interval; infinite for one run.
    single
        Standard deviation of the difference between one run of each: what a comparison of single runs
        cannot see past.
    word
        ``rises`` or ``falls`` where the mean is beyond both; else ``within luck``.
    """

    mean: float
    half: float
    single: float
    word: Literal["rises", "falls", "within luck"]


def effect(changed, others, *, paired: bool) -> Effect:
    """Return how much a score moves between two sets of runs.

    Parameters
    ----------
    changed, others
        A score per run, shape (runs,).
    paired
        Whether the k-th runs of both share something random, as their start: the interval is then that
        of the mean of the differences (Student's t), else Welch's.

    Raises
    ------
    BadInput
        When there are no runs, or pairs are asked for and the counts differ.

    Examples
    --------
    >>> effect([0.5, 0.6, 0.7], [0.1, 0.2, 0.3], paired=True).word
    'rises'
    """
    a, b = np.asarray(changed, dtype=float), np.asarray(others, dtype=float)
    if not len(a) or not len(b) or (paired and len(a) != len(b)):
        raise BadInput(f"effect: expected runs, in pairs where asked, got {len(a)} and {len(b)}")
    mean = float(a.mean() - b.mean())
    if min(len(a), len(b)) < 2:
        return Effect(mean, np.inf, np.inf, "within luck")
    if paired:
        differences = a - b
        error = differences.std(ddof=1) / np.sqrt(len(a))
        freedom = len(a) - 1.0
        single = float(differences.std(ddof=1))
    else:
        parts = np.array([a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)])
        error = np.sqrt(parts.sum())
        weights = parts**2 / (np.array([len(a), len(b)]) - 1)
        freedom = parts.sum() ** 2 / weights.sum() if weights.sum() > 0 else 1.0
        single = float(np.sqrt(a.var(ddof=1) + b.var(ddof=1)))
    half = float(student.ppf(0.975, freedom) * error)
    beyond = abs(mean) > max(half, single)
    return Effect(
        mean, half, single, ("rises" if mean > 0 else "falls") if beyond else "within luck"
    )


def against_start(runs, start: float) -> str:
    """Say how a network's runs compare with the score of what they started from.

    Parameters
    ----------
    runs
        The network's errors, shape (runs,).
    start
        The error of its start, scored without the network.

    Returns
    -------
    str
        ``better than its start`` when every run is, ``worse than its start`` when every run is, else
        ``not told apart from its start``, with the count of the better ones.
    """
    better = int((np.asarray(runs) < start).sum())
    if better == len(runs):
        return "better than its start"
    if better == 0:
        return "worse than its start"
    return f"not told apart from its start ({better} of {len(runs)} runs are better)"
