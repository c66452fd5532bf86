"""Arithmetic with printed percentages and counts, to look for misprints."""

import math
from collections.abc import Mapping

from mixedpixels.errors import BadInput


def overall_accuracy(
    counts: Mapping[str, float],
    percentages: Mapping[str, float],
    corrected: Mapping[str, float] | None = None,
) -> float:
    """Return the overall accuracy, in %, that follows from the accuracies of the classes.

    Parameters
    ----------
    counts
        Class → number of its test pixels.
    percentages
        Class → share of these that are classified correctly, in %.
    corrected
        Class → number of correct pixels, used instead of the percentage.

    Raises
    ------
    BadInput
        When there are no pixels, or a class has no percentage and no corrected number.

    Examples
    --------
    >>> overall_accuracy({"reed": 10, "sand": 30}, {"reed": 50.0, "sand": 100.0})
    87.5
    """
    corrected = corrected or {}
    missing = [name for name in counts if name not in percentages and name not in corrected]
    if missing or not sum(counts.values()):
        raise BadInput(
            f"overall_accuracy: expected pixels and a percentage for each class, missing {missing}"
        )
    right = (
        corrected[name] if name in corrected else percentages[name] / 100 * count
        for name, count in counts.items()
    )
    return 100 * sum(right) / sum(counts.values())


def agreement(value: float, printed: float, decimals: int = 2) -> str:
    """Say how a value agrees with a printed number.

    Parameters
    ----------
    value
        Computed, 0 or more.
    printed
        The number in print.
    decimals
        How many decimals are printed.

    Returns
    -------
    str
        ``rounded``, when the value rounds to the printed number; ``cut off``, when only its further
        decimals have to be dropped; ``different`` otherwise.

    Examples
    --------
    >>> agreement(99.486, 99.48), agreement(99.486, 99.49), agreement(99.486, 99.5)
    ('cut off', 'rounded', 'different')
    """
    unit = 10.0**decimals
    target = round(printed * unit)
    if round(value * unit) == target:
        return "rounded"
    return "cut off" if math.floor(value * unit) == target else "different"
