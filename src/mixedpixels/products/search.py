"""Finding endmembers in a sample of pixels: the searches a user can choose."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mixedpixels.models.config import Start as NetworkStart
from mixedpixels.unmixing import EDAA, normalise, vca_starts

_SEARCHES = 3  # of EDAA: enough to see whether chance matters, and each takes seconds
_SEEN = 5_000  # pixels that EDAA sees: its time and memory grow with them
_TOLERANCE = 1.05  # residuals this near the best count as equally good, as among EDAA's restarts


@dataclass(frozen=True, eq=False)
class Start:
    """The endmembers that one start of a search found; the same find is the same object.

    Parameters
    ----------
    indices
        int64, shape (endmembers,): the pixels of the sample that they are, or that are most like
        them.
    spectra
        float32, shape (endmembers, bands), in the image's unit.
    residual, likeness
        Of EDAA, for the restart it kept: the mean absolute residual of the normalised pixels, and the
        largest correlation between two endmembers.
    """

    indices: np.ndarray
    spectra: np.ndarray
    residual: float = 0.0
    likeness: float = 0.0


@dataclass(frozen=True)
class Search:
    """One way to find endmembers.

    Parameters
    ----------
    find
        ``find(pixels, count, how, seed, starts, device, progress)`` returns a list of ``Start``.
    choose
        ``choose(starts, errors)`` returns the position of the one to keep; the errors are those of
        FCLS.
    gives_pixels
        Whether the endmembers are pixels of the image as they are.
    network_start
        What a network's settings call a start from them.
    """

    find: Callable[..., list[Start]]
    choose: Callable[[list[Start], np.ndarray], int]
    gives_pixels: bool
    network_start: NetworkStart


def edaa_plan(seed: int, starts: int) -> tuple[range, int]:
    """Return the seeds of EDAA's independent searches, and the restarts of each.

    Examples
    --------
    >>> edaa_plan(4, 30), edaa_plan(4, 2)
    ((range(4, 7), 10), (range(4, 5), 1))
    """
    searches = _SEARCHES if starts >= _SEARCHES else 1
    return range(seed, seed + searches), max(1, starts // _SEARCHES)


def edaa_part(pixels: np.ndarray) -> np.ndarray:
    """Return the pixels (pixels, bands) that EDAA sees: every k-th, at most 5,000."""
    return pixels[:: -(-len(pixels) // _SEEN)]


def _find_by_edaa(
    pixels: np.ndarray,
    count: int,
    how: str,
    seed: int,
    starts: int,
    device: str,
    progress: Callable[[str, float], None],
) -> list[Start]:
    """Search for archetypes of normalised pixels, a few times independently.

    Source: Zouaoui, Muhawenayo, Rasti, Chanussot and Mairal, IEEE Trans. Image Process. 32, 2023.
    """
    seeds, restarts = edaa_plan(seed, starts)
    part = normalise(edaa_part(pixels), how)
    directions = normalise(pixels, "l2")
    found = []
    for number, one in enumerate(seeds):
        progress("searching for endmembers", number / len(seeds))
        model = EDAA(count, restarts=restarts, random_state=one, device=device).fit(part)
        cosines = directions @ normalise(model.endmembers_, "l2").T
        alike = cosines.argmax(axis=0)
        found.append(
            Start(
                alike,
                _at_the_height_of(pixels[alike], model.endmembers_, how).astype(np.float32),
                float(model.residuals_[model.chosen_]),
                float(model.likeness_[model.chosen_]),
            )
        )
    progress("searching for endmembers", 1.0)
    return found


def _at_the_height_of(pixels: np.ndarray, spectra: np.ndarray, how: str) -> np.ndarray:
    """Return normalised spectra as high as pixels, both (endmembers, bands)."""
    if how == "none":
        return spectra
    order = 2 if how == "l2" else np.inf
    return normalise(spectra, how) * np.linalg.norm(pixels, ord=order, axis=1, keepdims=True)


def _choose_by_likeness(starts: list[Start], errors: np.ndarray) -> int:
    """Keep the least alike endmembers of the searches whose residual is near the smallest."""
    residuals = np.array([start.residual for start in starts])
    likeness = np.array([start.likeness for start in starts])
    good = residuals <= _TOLERANCE * residuals.min()
    return int(np.where(good, likeness, np.inf).argmin())


def _find_by_vca(
    pixels: np.ndarray,
    count: int,
    how: str,
    seed: int,
    starts: int,
    device: str,
    progress: Callable[[str, float], None],
) -> list[Start]:
    """Run VCA once per seed on normalised pixels.

    The endmembers are the pixels that VCA chose, as they are, not their projections: so the spectra
    a user gets are the very ones that the abundances belong to.
    """
    progress("searching for endmembers", 0.0)
    _, indices = vca_starts(normalise(pixels, how), count, range(seed, seed + starts))
    sets = [tuple(sorted(start)) for start in indices.tolist()]
    made = {s: Start(np.array(s), pixels[list(s)].astype(np.float32)) for s in set(sets)}
    return [made[s] for s in sets]


def _choose_by_error(starts: list[Start], errors: np.ndarray) -> int:
    """Keep the start that FCLS reconstructs best; of equal ones the first pixels."""
    return min(range(len(starts)), key=lambda k: (errors[k], tuple(starts[k].indices)))


SEARCHES = {
    "edaa": Search(_find_by_edaa, _choose_by_likeness, False, "archetypes"),
    "vca": Search(_find_by_vca, _choose_by_error, True, "vca"),
}
