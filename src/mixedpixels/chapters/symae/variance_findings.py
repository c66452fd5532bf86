"""How a table of variances within classes compares with the printed one."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mixedpixels.errors import BadInput


@dataclass(frozen=True)
class ResidualSummary:
    """The residual variances of some classes, ours beside the printed ones.

    Parameters
    ----------
    least, most
        The classes with the smallest and the largest residual variance of ours.
    median, printed_median
        Medians over the classes, ours and printed, in the unit of the input.
    above
        The classes in which ours is larger than the printed one, in the order of the input.
    """

    least: str
    most: str
    median: float
    printed_median: float
    above: tuple[str, ...]


def summarise_residuals(ours: Mapping[str, float], printed: Mapping[str, float]) -> ResidualSummary:
    """Summarise residual variances over classes.

    Parameters
    ----------
    ours
        Class → residual variance.
    printed
        The same of the paper; classes that ``ours`` lacks are left out.

    Raises
    ------
    BadInput
        When there is no class, or the paper prints no number for one.
    """
    _check(ours, printed)
    return ResidualSummary(
        least=min(ours, key=ours.get),
        most=max(ours, key=ours.get),
        median=float(np.median(list(ours.values()))),
        printed_median=float(np.median([printed[name] for name in ours])),
        above=tuple(name for name in ours if ours[name] > printed[name]),
    )


@dataclass(frozen=True)
class Deviations:
    """How far our numbers lie from the printed ones, in percent of the printed ones.

    Parameters
    ----------
    median
        The median of the absolute deviations.
    largest
        The largest absolute deviation.
    farthest
        The class it belongs to.
    """

    median: float
    largest: float
    farthest: str


def deviations(ours: Mapping[str, float], printed: Mapping[str, float]) -> Deviations:
    """Return how far numbers lie from printed ones.

    Parameters
    ----------
    ours
        Class → number.
    printed
        The same of the paper, other than 0; classes that ``ours`` lacks are left out.

    Raises
    ------
    BadInput
        When there is no class, or the paper prints no number for one.
    """
    _check(ours, printed)
    off = {name: abs(100 * (value / printed[name] - 1)) for name, value in ours.items()}
    farthest = max(off, key=off.get)
    return Deviations(float(np.median(list(off.values()))), float(off[farthest]), farthest)


def ratios_and_factors(
    arrays: Mapping[str, np.ndarray],
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Return Fisher's ratios that a record stores, and what they are as multiples of the raw ones.

    Parameters
    ----------
    arrays
        The arrays of a record. Those named ``apart/<method>`` have shape (splits, scopes), and one of
        them is ``apart/raw``; others are left out.

    Raises
    ------
    BadInput
        When ``apart/raw`` is missing.
    """
    if "apart/raw" not in arrays:
        raise BadInput(f"expected an array apart/raw to compare with, got {', '.join(arrays)}")
    ratios = {
        name.removeprefix("apart/"): np.asarray(values)
        for name, values in arrays.items()
        if name.startswith("apart/")
    }
    return ratios, {name: values / ratios["raw"] for name, values in ratios.items()}


def _check(ours: Mapping[str, float], printed: Mapping[str, float]) -> None:
    missing = [name for name in ours if name not in printed]
    if not ours or missing:
        raise BadInput(
            f"expected classes with a printed number each, got none for {missing or 'any'}"
        )
