"""Choosing the endmembers among several starts of VCA, and how much the start matters."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mixedpixels.errors import BadInput, MixedPixelsError
from mixedpixels.metrics import match_endmembers, spectral_angle
from mixedpixels.products.methods import Solver
from mixedpixels.unmixing import normalise, vca_starts

_COMPARED = 10_000  # pixels: enough for a mean error, and many endmembers cost their square


@dataclass(frozen=True)
class Endmembers:
    """The chosen endmembers, and what the other starts would have given.

    Every array over starts has its endmembers in the order of the chosen ones, matched by spectral
    angle (Hungarian); no reference is used.

    Parameters
    ----------
    indices
        int64, shape (endmembers,): the pixels of the sample that they are; the most abundant first.
    errors
        float64, shape (starts,): relative RMS error of FCLS over the sample, 0–1.
    means
        float64, shape (starts, endmembers): mean abundances over the sample.
    angles
        float64, shape (starts, endmembers): spectral angles to the chosen endmembers, radians.
    distinct
        How many different sets of pixels the starts found.
    failed
        How many starts gave linearly dependent endmembers; they are in none of the arrays.
    """

    indices: np.ndarray
    errors: np.ndarray
    means: np.ndarray
    angles: np.ndarray
    distinct: int
    failed: int


def choose_endmembers(
    pixels: np.ndarray,
    count: int,
    how: str,
    seeds: range,
    device: str,
    progress: Callable[[str, float], None],
) -> Endmembers:
    """Run VCA once per seed on normalised pixels; keep the start that FCLS reconstructs best.

    VCA sees all pixels; the starts are compared on every k-th, some 10,000 of them.

    The endmembers are the pixels that VCA chose, as they are, not their projections: so the spectra
    a user gets are the very ones that the abundances belong to.

    Parameters
    ----------
    pixels
        Shape (pixels, bands), not normalised.
    count
        The number of endmembers.
    how
        The normalisation.

    Raises
    ------
    BadInput
        When no start gives linearly independent endmembers.
    """
    _, indices = vca_starts(normalise(pixels, how), count, seeds)
    compared = pixels[:: max(1, len(pixels) // _COMPARED)]
    found = {}  # a set of pixels, in ascending order: its error and mean abundances
    distinct = {tuple(sorted(start)) for start in indices.tolist()}
    for number, chosen in enumerate(distinct):
        progress("comparing starts", number / len(distinct))
        try:
            solution = Solver("fcls", pixels[list(chosen)], how, device)(compared)
        except MixedPixelsError as error:
            reason = error
            continue
        abundances, residuals, powers = solution
        relative = np.sqrt(residuals.sum() / powers.sum())
        found[chosen] = relative, abundances.mean(axis=0, dtype=np.float64)
    if not found:
        raise BadInput(
            f"no {count} independent endmembers were found in {len(seeds)} starts; "
            f"ask for fewer ({reason})"
        )
    best = min(found, key=lambda chosen: (found[chosen][0], chosen))
    order = np.argsort(-found[best][1], kind="stable")
    best = np.array(best)[order]
    starts = [s for s in (tuple(sorted(start)) for start in indices.tolist()) if s in found]
    means, angles = [], []
    for start in starts:
        spectra = pixels[list(start)]
        matched = match_endmembers(spectra, pixels[best], "angle")
        means.append(found[start][1][matched])
        angles.append(spectral_angle(spectra[matched], pixels[best]))
    return Endmembers(
        indices=best,
        errors=np.array([found[start][0] for start in starts]),
        means=np.array(means),
        angles=np.array(angles),
        distinct=len(found),
        failed=len(indices) - len(starts),
    )
