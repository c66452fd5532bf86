"""Single fits of many variants, held against the spread of repeated fits of one of them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mixedpixels.errors import BadInput


@dataclass(frozen=True)
class AgainstSpread:
    """The variants whose error lies below, above and within the interval of the repeated one.

    Each is a dictionary of variant → error, sorted from the lowest error to the highest.
    """

    below: dict[str, float]
    above: dict[str, float]
    within: dict[str, float]


def against_spread(errors: Mapping[str, float], low: float, high: float) -> AgainstSpread:
    """Sort variants by where their error lies relative to an interval for one more fit.

    Parameters
    ----------
    errors
        Variant → error.
    low, high
        Ends of the prediction interval (:func:`mixedpixels.ledger.verdicts.interval`) of the fit that
        was repeated.

    Raises
    ------
    BadInput
        When the interval is empty or not a number.

    Examples
    --------
    >>> against_spread({"no dropout": 0.05, "raw pixels": 0.26, "clamped": 0.1}, 0.06, 0.15).above
    {'raw pixels': 0.26}
    """
    if not low <= high:
        raise BadInput(f"against_spread: expected low <= high, got {low} and {high}")
    ordered = sorted(errors.items(), key=lambda item: item[1])
    return AgainstSpread(
        below={v: e for v, e in ordered if e < low},
        above={v: e for v, e in ordered if e > high},
        within={v: e for v, e in ordered if low <= e <= high},
    )


def lowest_median(scores: Mapping[str, np.ndarray]) -> str:
    """Return the name whose scores have the lowest median; the first of several.

    Examples
    --------
    >>> lowest_median({"a": [0.3, 0.1], "b": [0.1, 0.2]})
    'b'
    """
    return min(scores, key=lambda name: np.median(scores[name]))
