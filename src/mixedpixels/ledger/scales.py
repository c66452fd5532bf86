"""The scale on which the runs of each metric are compared, and the bounds of its values."""

from dataclasses import dataclass
from math import inf, pi
from typing import Literal

import numpy as np
from scipy.special import expit, logit
from scipy.stats import t as student

from mixedpixels.errors import BadInput


@dataclass(frozen=True)
class Scale:
    """A scale on which the runs of a metric are assumed to be normally distributed.

    Parameters
    ----------
    kind
        ``plain``: the values themselves. ``log``: their logarithms, for positive quantities.
        ``logit``: the logarithm of (x − low) / (high − x), for quantities between two bounds.
    low, high
        The bounds of the values, in their unit. ``log`` needs low = 0, and ``logit`` needs both.
    """

    kind: Literal["plain", "log", "logit"]
    low: float = -inf
    high: float = inf

    def forward(self, values: np.ndarray) -> np.ndarray:
        """Return values of the metric on this scale; infinite at a bound."""
        if self.kind == "log":
            return np.log(values)
        if self.kind == "logit":
            return logit((values - self.low) / (self.high - self.low))
        return values

    def back(self, values: np.ndarray) -> np.ndarray:
        """Return values on this scale in the unit of the metric."""
        if self.kind == "log":
            return np.exp(values)
        if self.kind == "logit":
            return self.low + (self.high - self.low) * expit(values)
        return values

    def interval(self, runs, level: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
        """Return the prediction interval of one more run.

        It is mean ± t · sd · √(1 + 1/n) on this scale, clipped to the bounds, and widened where needed
        to contain every run, because a value that occurred once can occur again. For any continuous
        distribution, the range of n runs contains one more run with probability (n − 1) / (n + 1).

        The logarithm or logit of a run at a bound is infinite. The interval is then that of the plain
        scale. The alternative, adding a small constant to the runs, would let that constant decide the
        width.

        Parameters
        ----------
        runs
            Values of the metric, shape (…, n) with n ≥ 2; each row has its own interval.
        level
            The nominal coverage, between 0 and 1.

        Returns
        -------
        tuple of numpy.ndarray
            The lower and the upper ends, float64, shape (…).

        Raises
        ------
        BadInput
            When there are fewer than two runs, or the level is not between 0 and 1.

        References
        ----------
        Hahn and Meeker, Statistical Intervals, Wiley 1991, chapter 4.

        Examples
        --------
        >>> low, high = Scale("log", 0).interval([1, 10, 100])
        >>> f"{low * high:.0f}"  # symmetric about the geometric mean, 10
        '100'
        """
        runs = np.asarray(runs, dtype=float)
        if not runs.ndim or runs.shape[-1] < 2 or not 0 < level < 1:
            raise BadInput(
                "interval: expected at least two runs and a level between 0 and 1, got runs of shape "
                f"{runs.shape} and {level}"
            )
        ends = _student(runs, level)
        if self.kind != "plain":
            inside = ((runs > self.low) & (runs < self.high)).all(axis=-1)
            # a run at a bound gives infinities here, which `inside` excludes
            with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
                scaled = [self.back(end) for end in _student(self.forward(runs), level)]
            ends = [np.where(inside, a, b) for a, b in zip(scaled, ends, strict=True)]
        low, high = (np.clip(end, self.low, self.high) for end in ends)
        return np.minimum(low, runs.min(axis=-1)), np.maximum(high, runs.max(axis=-1))


def _student(values: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    n = values.shape[-1]
    mean = values.mean(axis=-1)
    factor = student.ppf((1 + level) / 2, n - 1) * np.sqrt(1 + 1 / n)
    half = factor * values.std(axis=-1, ddof=1)
    return mean - half, mean + half


_POSITIVE = Scale("log", 0)
_ANGLE = Scale("log", 0, pi)  # radians
_PERCENT = Scale("logit", 0, 100)
# Keyed by the id of a metric, or by the part of the id before its first colon.
_SCALES = {
    "accuracy": _PERCENT,
    "count": _POSITIVE,
    "error": _POSITIVE,
    "fisher": _POSITIVE,  # a ratio of variances
    "gain": Scale("plain", -100, 100),  # a difference of two accuracies, in percentage points
    "kappa": Scale("logit", -100, 100),  # times 100; Fisher's z, for kappa may fall below 0
    "kernel": _POSITIVE,
    "leak": Scale("plain", high=100),  # explained variance, in %: below 0 when worse than the mean
    "macs": _POSITIVE,
    "residual-angle": _ANGLE,
    "rmse": _POSITIVE,
    "sad": _ANGLE,
    "setting": Scale("plain"),  # of any unit, such as decibels
    "time": _POSITIVE,
    "variance": _POSITIVE,  # also a ratio of two, in %, which may pass 100
    "width": _POSITIVE,
}


def scale_of(metric: str) -> Scale:
    """Return the scale of a metric by its id, such as ``sad:pure-pixels``.

    Raises
    ------
    BadInput
        When the metric has no scale yet; its bounds cannot be guessed.

    Examples
    --------
    >>> scale_of("accuracy:overall")
    Scale(kind='logit', low=0, high=100)
    """
    family = metric.partition(":")[0]
    if metric not in _SCALES and family not in _SCALES:
        raise BadInput(
            f"metric {metric!r} has no scale; say in ledger/scales.py whether it is positive, lies "
            f"between two bounds, or is neither (known: {', '.join(_SCALES)})"
        )
    return _SCALES.get(metric, _SCALES.get(family))
