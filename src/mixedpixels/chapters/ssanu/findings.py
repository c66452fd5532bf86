"""What the chapter's prose says of repeated runs: counts, spreads, comparisons, and their words."""

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
from scipy.stats import chi2

from mixedpixels.errors import BadInput
from mixedpixels.ledger.verdicts import ENOUGH
from mixedpixels.metrics import effect


def count(number: int, singular: str, plural: str = "") -> str:
    """Return a number with its noun, singular for one.

    Examples
    --------
    >>> count(1, "run"), count(3, "answer")
    ('1 run', '3 answers')
    """
    return f"{number} {singular if number == 1 else plural or singular + 's'}"


def answers_in_words(runs: Sequence[float], digits: int = 3) -> str:
    """Say how many different answers some runs give, after rounding.

    Parameters
    ----------
    runs
        One score per run, at least one.
    digits
        Decimals that are compared and shown.

    Examples
    --------
    >>> answers_in_words([0.568, 0.532, 0.568])
    '3 runs give 2 different answers, from 0.532 to 0.568'
    >>> answers_in_words([0.568, 0.568, 0.568])
    'all 3 runs give the same answer, 0.568'
    """
    different = sorted({f"{run:.{digits}f}" for run in _values(runs)}, key=float)
    if len(runs) == 1:
        return f"a single run gives {different[0]}"
    if len(different) == 1:
        return f"all {len(runs)} runs give the same answer, {different[0]}"
    return (
        f"{len(runs)} runs give {len(different)} different answers, "
        f"from {different[0]} to {different[-1]}"
    )


def below_in_words(runs: Sequence[float], mark: float) -> str:
    """Say how many runs have a smaller score than a mark; a count, and no claim about further runs.

    Examples
    --------
    >>> below_in_words([0.1, 0.2, 0.3], 0.25)
    '2 of 3 runs lie below it'
    >>> below_in_words([0.1, 0.2], 0.05)
    'none of 2 runs lies below it'
    """
    values = _values(runs)
    below = int((values < mark).sum())
    if len(values) == 1:
        return "its single run lies below it" if below else "its single run does not lie below it"
    if below == len(values):
        return f"all {len(values)} runs lie below it"
    if below == 0:
        return f"none of {len(values)} runs lies below it"
    return f"{below} of {len(values)} runs {'lies' if below == 1 else 'lie'} below it"


def difference_in_words(runs: Sequence[float], others: Sequence[float]) -> str:
    """Say how the error of one method compares with another's, no stronger than the runs allow.

    Parameters
    ----------
    runs, others
        Errors, one per run. The runs of the two methods are not paired.

    Returns
    -------
    str
        ``undecided`` when either has fewer runs than a verdict requires
        (:data:`mixedpixels.ledger.verdicts.ENOUGH`); ``lower`` or ``higher`` when the means differ by
        more than their 95 % interval and more than two single runs usually do
        (:func:`mixedpixels.metrics.effect`); else ``within the spread of the runs``.

    Examples
    --------
    >>> difference_in_words([0.1, 0.2], [0.8, 0.9])
    'undecided'
    """
    if min(len(_values(runs)), len(_values(others))) < ENOUGH:
        return "undecided"
    word = effect(runs, others, paired=False).word
    return {"rises": "higher", "falls": "lower"}.get(word, "within the spread of the runs")


def pairs_in_words(groups: Mapping[str, Sequence[float]]) -> str:
    """Compare the errors of every two methods; see :func:`difference_in_words`.

    Parameters
    ----------
    groups
        Method → errors, one per run; at least two methods.

    Examples
    --------
    >>> pairs_in_words({"a": [0.1, 0.2], "b": [0.8]})
    'no two of these methods can be ranked, because that requires 10 runs of each'
    """
    phrases = {
        "lower": "{} has a lower error than {}",
        "higher": "{} has a higher error than {}",
        "undecided": "{} against {} is undecided",
    }
    pairs = {(a, b): difference_in_words(groups[a], groups[b]) for a, b in combinations(groups, 2)}
    if set(pairs.values()) == {"undecided"}:
        return f"no two of these methods can be ranked, because that requires {ENOUGH} runs of each"
    within = "the difference between {} and {} lies within the spread of the runs"
    return "; ".join(phrases.get(word, within).format(*pair) for pair, word in pairs.items())


def sd_interval(runs: Sequence[float], level: float = 0.95) -> tuple[float, float]:
    """Return a confidence interval of the standard deviation of normally distributed runs.

    With n runs of sample variance s², (n − 1) s² / σ² follows the chi-squared distribution with n − 1
    degrees of freedom.

    Parameters
    ----------
    runs
        One score per run, at least two.
    level
        Between 0 and 1.

    Raises
    ------
    BadInput
        For fewer than two runs.
    """
    values = _values(runs)
    if len(values) < 2:
        raise BadInput("sd_interval: expected at least two runs, got 1; repeat the run")
    freedom = len(values) - 1
    squares = freedom * values.var(ddof=1)
    tails = chi2.ppf([(1 + level) / 2, (1 - level) / 2], freedom)
    low, high = np.sqrt(squares / tails)
    return float(low), float(high)


def one_at_a_time(groups: Mapping[str, Sequence[float]]) -> str:
    """Say what standard deviations measured one source at a time show, and what they do not.

    Parameters
    ----------
    groups
        Name → runs. In the first group everything varies; in each of the others only what its name
        says, while the rest stays at one value.

    Returns
    -------
    str
        Sentences with every standard deviation, its 95 % interval, and the root of the sum of the
        squares of all but the first: what the first would be if the others were independent parts of
        it. When a group has a single run, one sentence that says so.
    """
    if min(len(_values(runs)) for runs in groups.values()) < 2:
        return "A group with a single run shows no spread."
    sds = {name: float(np.std(runs, ddof=1)) for name, runs in groups.items()}
    parts = []
    for name, runs in groups.items():
        low, high = sd_interval(runs)
        parts.append(
            f"{sds[name]:.4f} ({name}, n = {len(runs)}, 95 % interval {low:.4f} to {high:.4f})"
        )
    first, *rest = sds
    together = np.sqrt(sum(sds[name] ** 2 for name in rest))
    return (
        f"The standard deviations are {'; '.join(parts)}. They are not parts of a whole: the squares "
        f"of the other {len(rest)} add up to that of {together:.4f}, where {first} together have "
        f"{sds[first]:.4f}."
    )


def agree(ours: Sequence[float], theirs: Sequence[float], digits: int = 3) -> bool:
    """Return whether two lists of scores cannot be distinguished at the digits that are shown.

    Parameters
    ----------
    ours, theirs
        One score per run, in the same order.
    digits
        Two scores agree when they differ by at most half a unit of this decimal.

    Examples
    --------
    >>> agree([0.1234], [0.1235]), agree([0.12], [0.13]), agree([0.1], [0.1, 0.1])
    (True, False, False)
    """
    a, b = _values(ours), _values(theirs)
    return len(a) == len(b) and bool((np.abs(a - b) <= 0.5 * 10.0**-digits).all())


def _values(runs: Sequence[float]) -> np.ndarray:
    values = np.asarray(runs, dtype=float)
    if values.ndim != 1 or not len(values) or not np.isfinite(values).all():
        raise BadInput(f"expected finite scores, one per run, got an array of shape {values.shape}")
    return values
