"""What the chapter measures of a scene's reference: its light, its spectra, its unit of abundance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mixedpixels.errors import BadInput
from mixedpixels.metrics import spectral_angle_matrix

PURE = 0.9  # the abundance above which eq. 17 of the paper counts a pixel as pure


def brightness_ratios(pixels: np.ndarray, abundances: np.ndarray) -> np.ndarray:
    """Return, per material, how many times brighter the bright pure pixels are than the dark ones.

    Parameters
    ----------
    pixels
        Spectra, shape (pixels, bands).
    abundances
        Fractions, shape (pixels, materials).

    Returns
    -------
    numpy.ndarray
        Shape (materials,): the 95th percentile of the length of the spectra above :data:`PURE`,
        divided by the 5th; NaN for a material with fewer than two such pixels.
    """
    lengths = np.linalg.norm(pixels, axis=1)
    ratios = np.full(abundances.shape[1], np.nan)
    for k, fractions in enumerate(abundances.T):
        pure = lengths[fractions > PURE]
        if len(pure) > 1:
            low, high = np.percentile(pure, (5, 95))
            ratios[k] = high / low
    return ratios


def nearest_pair(spectra: np.ndarray) -> tuple[int, int, float]:
    """Return the two spectra with the smallest angle between them, and that angle in radians.

    Parameters
    ----------
    spectra
        Shape (spectra, bands), at least two.

    Raises
    ------
    BadInput
        For fewer than two spectra.
    """
    if len(spectra) < 2:
        raise BadInput(f"nearest_pair: expected at least two spectra, got {len(spectra)}")
    angles = np.asarray(spectral_angle_matrix(spectra, spectra), dtype=float)
    np.fill_diagonal(angles, np.inf)
    first, second = np.unravel_index(angles.argmin(), angles.shape)
    return int(first), int(second), float(angles[first, second])


def largest_error(estimate: np.ndarray, reference: np.ndarray) -> tuple[int, float]:
    """Return the material with the largest root mean squared error, and that error.

    Parameters
    ----------
    estimate, reference
        Fractions, shape (pixels, materials), in the same order.
    """
    errors = np.sqrt(((np.asarray(estimate) - reference) ** 2).mean(axis=0))
    worst = int(errors.argmax())
    return worst, float(errors[worst])


@dataclass(frozen=True)
class UnitGap:
    """How near a reference is to least squares in one unit of abundance, and what another unit says.

    Parameters
    ----------
    agreeing
        The part of the pixels, 0 to 1, whose abundances agree within the tolerance.
    farthest
        The largest difference of any abundance.
    reference, other
        The mean abundance of one material in the reference and in the other unit, over the pixels
        where the reference lies in the asked range.
    """

    agreeing: float
    farthest: float
    reference: float
    other: float


def unit_gap(
    reference: np.ndarray,
    same_unit: np.ndarray,
    other_unit: np.ndarray,
    material: int,
    between: tuple[float, float] = (0.05, 0.2),
    tolerance: float = 1e-5,
) -> UnitGap:
    """Compare a reference with two computations that differ in what one abundance is a fraction of.

    Parameters
    ----------
    reference, same_unit, other_unit
        Fractions, shape (pixels, materials).
    material
        Column of the material whose means are compared.
    between
        Only pixels whose reference abundance of it lies strictly between these enter the means.
    tolerance
        Of the agreement.

    Raises
    ------
    BadInput
        When no pixel lies in the range.
    """
    differences = np.abs(same_unit - reference).max(axis=1)
    low, high = between
    some = (reference[:, material] > low) & (reference[:, material] < high)
    if not some.any():
        raise BadInput(f"unit_gap: no pixel has between {low} and {high} of material {material}")
    return UnitGap(
        float((differences < tolerance).mean()),
        float(differences.max()),
        float(reference[some, material].mean()),
        float(other_unit[some, material].mean()),
    )


def nearest_rows(
    rows: Mapping[str, Mapping[str, float]], score: str, printed: float
) -> list[tuple[str, float]]:
    """Return the rows of a table by the distance of one score to a printed number.

    Parameters
    ----------
    rows
        Row → score → value.
    score
        The one that is compared. Rows without it are left out.
    printed
        The number in the paper.

    Returns
    -------
    list of (str, float)
        Row and distance, the nearest first.
    """
    found = [(name, abs(row[score] - printed)) for name, row in rows.items() if score in row]
    return sorted(found, key=lambda pair: pair[1])


@dataclass(frozen=True)
class Level:
    """The methods at one level of noise, by their median error.

    Parameters
    ----------
    medians
        Method → median over its runs.
    lowest
        The blind method with the lowest median.
    below, worse
        Blind methods whose median lies below that of the informed method, and above that of the
        constant prediction.
    """

    medians: dict[str, float]
    lowest: str
    below: tuple[str, ...]
    worse: tuple[str, ...]


def at_level(runs: Mapping[str, Sequence[float]], informed: Sequence[str], constant: str) -> Level:
    """Compare methods at one level of noise.

    Parameters
    ----------
    runs
        Method → errors; NaN stands for a run that was not made.
    informed
        The methods that know the true spectra; the first is the one to compare with.
    constant
        The name of the constant prediction.
    """
    medians = {name: float(np.nanmedian(values)) for name, values in runs.items()}
    blind = {n: m for n, m in medians.items() if n not in (*informed, constant)}
    return Level(
        medians,
        min(blind, key=blind.get),
        tuple(n for n, m in blind.items() if m < medians[informed[0]]),
        tuple(n for n, m in blind.items() if m > medians[constant]),
    )
