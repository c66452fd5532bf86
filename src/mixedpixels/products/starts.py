"""Choosing the endmembers among several starts of a search, and how far the starts agree."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mixedpixels.errors import BadInput, MixedPixelsError
from mixedpixels.metrics import match_endmembers, spectral_angle
from mixedpixels.products.methods.least_squares import FullyConstrainedLeastSquares
from mixedpixels.products.searches import Search

_COMPARED = 10_000  # pixels: enough for a mean error, and many endmembers cost their square


@dataclass(frozen=True)
class Endmembers:
    """The chosen endmembers, and what the other starts would have given.

    A start is one of VCA, or one independent search by EDAA. In every array over starts, endmembers
    are in the order of the chosen ones, matched by spectral angle (Hungarian). No reference is used.

    Parameters
    ----------
    indices
        int64, shape (endmembers,): the pixels of the sample that they are (VCA) or that are most
        similar to them (EDAA); the most abundant first.
    spectra
        float32, shape (endmembers, bands), in the image's unit, in the same order.
    errors
        float64, shape (starts,): relative RMS error of FCLS over the sample, 0–1.
    chosen
        The position of the start that was chosen.
    means
        float64, shape (starts, endmembers): mean abundances over the sample.
    angles
        float64, shape (starts, endmembers): spectral angles to the chosen endmembers, radians.
    distinct
        How many different sets of endmembers the starts found.
    failed
        How many starts gave linearly dependent endmembers; they are in none of the arrays.
    """

    indices: np.ndarray
    spectra: np.ndarray
    errors: np.ndarray
    chosen: int
    means: np.ndarray
    angles: np.ndarray
    distinct: int
    failed: int


def choose_endmembers(
    pixels: np.ndarray,
    count: int,
    search: Search,
    how: str,
    seed: int,
    starts: int,
    device: str,
    progress: Callable[[str, float], None],
) -> Endmembers:
    """Search for endmembers from several starts, unmix by FCLS with each, and choose one.

    The starts are compared on every k-th pixel, some 10,000 of them.

    Parameters
    ----------
    pixels
        The sample, shape (pixels, bands), not normalised.
    count
        The number of endmembers.
    search
        How they are found.
    how
        The normalisation.
    seed, starts
        As :func:`mixedpixels.products.unmix` explains them.

    Raises
    ------
    BadInput
        When no start gives linearly independent endmembers.
    """
    tried = search.find(pixels, count, how, seed, starts, device, progress)
    fcls = FullyConstrainedLeastSquares()
    compared = pixels[:: max(1, len(pixels) // _COMPARED)]
    solved = {}  # the error and the mean abundances of a start
    distinct = dict.fromkeys(tried)
    for number, start in enumerate(distinct):
        progress("comparing starts", number / len(distinct))
        try:
            solution = fcls.solver(start.spectra, how, device)(compared)
        except MixedPixelsError as error:
            reason = error
            continue
        abundances, residuals, powers = solution
        relative = np.sqrt(residuals.sum() / powers.sum())
        solved[start] = relative, abundances.mean(axis=0, dtype=np.float64)
    if not solved:
        raise BadInput(f"no {count} independent endmembers were found; ask for fewer ({reason})")
    used = [start for start in tried if start in solved]
    errors = np.array([solved[start][0] for start in used])
    chosen = search.choose(used, errors)
    order = np.argsort(-solved[used[chosen]][1], kind="stable")
    spectra = used[chosen].spectra[order]
    means, angles = [], []
    for start in used:
        matched = match_endmembers(start.spectra, spectra, "angle")
        means.append(solved[start][1][matched])
        angles.append(spectral_angle(start.spectra[matched], spectra))
    return Endmembers(
        indices=used[chosen].indices[order],
        spectra=spectra,
        errors=errors,
        chosen=chosen,
        means=np.array(means),
        angles=np.array(angles),
        distinct=len(solved),
        failed=len(tried) - len(used),
    )
