"""Differences between sets of runs, compared with the random variation from run to run."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.stats import chi2
from scipy.stats import f as fisher
from scipy.stats import t as student

from mixedpixels.errors import BadInput


@dataclass(frozen=True)
class Effect:
    """The mean difference between two sets of runs, and two measures of its random variation.

    All three numbers are in the unit of the score.

    Parameters
    ----------
    mean
        The mean of the changed runs minus the mean of the others.
    half
        Half the width of the 95 % confidence interval of ``mean``; infinite when either set has one
        run.
    single
        The standard deviation of the difference between one run of each set; infinite when either set
        has one run. A comparison of single runs cannot resolve a smaller difference.
    word
        ``rises`` or ``falls`` where ``mean`` exceeds both ``half`` and ``single`` in size, else
        ``within luck``.
    """

    mean: float
    half: float
    single: float
    word: Literal["rises", "falls", "within luck"]


def effect(changed, others, *, paired: bool) -> Effect:
    """Return how much a score changes between two sets of runs.

    Parameters
    ----------
    changed, others
        One score per run, shape (runs,).
    paired
        Whether the k-th runs of both sets share something random, such as their start. The interval is
        then Student's for the mean of the differences; else it is Welch's for the difference of means.

    Raises
    ------
    BadInput
        When a set has no runs, or the sets are paired and differ in their number of runs.

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
    """Compare the errors of a network's runs with the error of the start, in words.

    Parameters
    ----------
    runs
        The network's errors, one per run, shape (runs,).
    start
        The error of its start, scored without the network.

    Returns
    -------
    str
        ``better than its start`` when every run has a smaller error, ``worse than its start`` when none
        has, else ``not told apart from its start`` with the number of better runs.
    """
    better = int((np.asarray(runs) < start).sum())
    if better == len(runs):
        return "better than its start"
    if better == 0:
        return "worse than its start"
    return f"not told apart from its start ({better} of {len(runs)} runs are better)"


@dataclass(frozen=True)
class Component:
    """One part of a variance, with its 95 % confidence interval.

    Parameters
    ----------
    variance
        The estimate, at least 0, in the squared unit of the score.
    low, high
        The ends of the interval of the variance, in the same unit.
    clipped
        Whether the estimate was negative and was replaced by 0. The component is then too small to be
        distinguished from the rest with so few levels, which does not mean that it is absent. The
        replacement makes the total slightly too large on average.
    """

    variance: float
    low: float
    high: float
    clipped: bool = False

    @property
    def sd(self) -> float:
        """The standard deviation of the component, in the unit of the score."""
        return float(np.sqrt(self.variance))


@dataclass(frozen=True)
class VarianceComponents:
    """The variance of a score over seeds and starts, split by its source.

    Parameters
    ----------
    mean
        The mean over all runs, in the unit of the score.
    seed
        The variance of the effect of the network's seed, which is the same from every start.
    start
        The variance of the effect of the start, which is the same for every seed.
    interaction_and_rest
        The variance that neither explains alone. It comes from seeds that do well only from some
        starts, and from everything that differs between two runs of the same seed and start. One run
        of each pair cannot separate these two.
    total
        The sum of the three: the variance of a run with a new seed and a new start.
    """

    mean: float
    seed: Component
    start: Component
    interaction_and_rest: Component
    total: Component


def variance_components(table) -> VarianceComponents:
    """Split the variance of a crossed design, in which every seed is run once from every start.

    The model is y = mean + seed + start + rest with independent random parts. The estimates are those
    of the analysis of variance, which sets each mean square equal to its expected value. The variances
    add up; standard deviations do not. The spread of one seed over several starts, and that of several
    seeds from one start, each include the rest too.

    Parameters
    ----------
    table
        One score per run, shape (seeds, starts), at least 2 × 2.

    Returns
    -------
    VarianceComponents
        The 95 % intervals assume normally distributed parts. They are exact for the rest, after
        Williams (1962) for seed and start, and after Graybill and Wang (1980) for the total. Those of
        seed and start are wide: with six levels each, the upper end is several times the estimate.

    Raises
    ------
    BadInput
        When the table is not two-dimensional, smaller than 2 × 2, or not finite.

    References
    ----------
    Searle, Casella and McCulloch, Variance Components, Wiley 1992, chapter 4.
    Williams, A confidence interval for variance components, Biometrika 49 (1962) 278–281.
    Graybill and Wang, Confidence intervals on nonnegative linear combinations of variances, Journal of
    the American Statistical Association 75 (1980) 869–873.

    Examples
    --------
    >>> parts = variance_components([[1, 2, 3], [5, 6, 7]])  # seeds 4 apart, starts 1 apart
    >>> parts.seed.variance, parts.start.variance, parts.interaction_and_rest.variance
    (8.0, 1.0, 0.0)
    """
    y = np.asarray(table, dtype=float)
    if y.ndim != 2 or min(y.shape) < 2 or not np.isfinite(y).all():
        raise BadInput(
            "variance_components: expected finite scores of shape (seeds, starts), at least 2 × 2, got "
            f"shape {y.shape}"
            + ("" if np.isfinite(y).all() else " with values that are not finite")
        )
    seeds, starts = y.shape
    mean = y.mean()
    rows, columns = y.mean(axis=1), y.mean(axis=0)
    rest = y - rows[:, np.newaxis] - columns + mean
    freedom = np.array([seeds - 1, starts - 1, (seeds - 1) * (starts - 1)])
    squares = np.array(
        [
            starts * ((rows - mean) ** 2).sum(),
            seeds * ((columns - mean) ** 2).sum(),
            (rest**2).sum(),
        ]
    )
    squares = squares / freedom
    seed = _between(squares[0], squares[2], freedom[0], freedom[2], starts)
    start = _between(squares[1], squares[2], freedom[1], freedom[2], seeds)
    high, low = freedom[2] * squares[2] / chi2.ppf([0.025, 0.975], freedom[2])
    noise = Component(float(squares[2]), float(low), float(high))
    total = seed.variance + start.variance + noise.variance
    # the total as a sum of mean squares with positive weights
    terms = squares * np.array([1 / starts, 1 / seeds, 1 - 1 / seeds - 1 / starts])
    below = np.sqrt((((1 - freedom / chi2.ppf(0.975, freedom)) * terms) ** 2).sum())
    above = np.sqrt((((freedom / chi2.ppf(0.025, freedom) - 1) * terms) ** 2).sum())
    low, high = terms.sum() - below, max(terms.sum() + above, total)
    return VarianceComponents(
        float(mean), seed, start, noise, Component(float(total), float(low), float(high))
    )


def _between(square, noise, freedom, freedom_noise, levels) -> Component:
    """Return the variance between levels from its mean square and that of the rest."""
    variance = float(square - noise) / levels
    low = high = 0.0
    if square > 0:  # otherwise the levels do not differ at all
        high, low = (
            max(0.0, freedom * (square - fisher.ppf(p, freedom, freedom_noise) * noise))
            / (levels * chi2.ppf(p, freedom))
            for p in (0.025, 0.975)
        )
    return Component(max(0.0, variance), float(low), float(high), variance < 0)
