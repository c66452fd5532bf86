"""Tables with the scores of the SSANU-Net paper: an angle per material, their mean, and an RMSE."""

import time
from collections.abc import Callable, Iterable

import numpy as np

from mixedpixels.fits import noting_fits
from mixedpixels.ledger.claims import names as names_of
from mixedpixels.ledger.records import Cell, Fit, cells
from mixedpixels.metrics import UnmixingScores, unmixing_scores

METRICS = {
    "sad:pure-pixels": (
        "spectral angle in radians between the mean spectra of the pixels whose estimated and whose "
        "reference abundance exceeds 0.9 (eq. 17); the pixel of largest abundance where none does"
    ),
    "sad:pure-pixels:mean": "mean of those angles over the endmembers, radians",
    "rmse:per_pixel": (
        "root of the mean over pixels of the squared norm of the abundance error (eq. 18), a fraction"
    ),
}


def unmixing_cells(
    column: str,
    scores: list,
    endmember_names: tuple[str, ...],
    names: dict[str, str],
    only: tuple[str, ...] = (),
    **common,
) -> list[Cell]:
    """Return one column of such a table.

    Parameters
    ----------
    column
        The name of the method.
    scores
        One :class:`~mixedpixels.metrics.UnmixingScores` per seed.
    endmember_names
        The endmembers of the scene's reference, in its order.
    names
        The paper's name of each material → the scene's name (:func:`mixedpixels.ledger.names`).
    only
        The rows to return, for a method to which the other rows do not apply; empty for all.
    common
        Properties of all cells: ``deterministic``, ``control``, ``note``.
    """
    rows = {
        printed: [s.angles[endmember_names.index(ours)] for s in scores]
        for printed, ours in names.items()
    }
    metrics = dict.fromkeys(rows, "sad:pure-pixels")
    rows["Mean SAD"] = [s.angles.mean() for s in scores]
    metrics["Mean SAD"] = "sad:pure-pixels:mean"
    rows["RMSE"] = [s.rmse["per_pixel"] for s in scores]
    metrics["RMSE"] = "rmse:per_pixel"
    rows = {row: values for row, values in rows.items() if not only or row in only}
    return cells(column, rows, metrics, permutations=[s.order for s in scores], **common)


class UnmixingTable:
    """The scores of several methods on one scene, collected method by method.

    Parameters
    ----------
    scene
        A scene with reference abundances.
    paper
        The paper whose names the materials get, such as ``ssanu``.

    Attributes
    ----------
    cells : list of Cell
        The cells of the table, as :func:`mixedpixels.ledger.record` takes them.
    seconds : dict
        Method → the seconds of each run.
    estimates : dict
        Method → the abundances of its first run, shape (pixels, endmembers), in the order of the
        reference.
    fits : dict
        Method → for each run, the cached fits that it used.
    """

    def __init__(self, scene, paper: str):
        self._scene = scene
        self._names = names_of(paper, scene.name)
        self.cells: list[Cell] = []
        self.seconds: dict[str, list[float]] = {}
        self.estimates: dict[str, np.ndarray] = {}
        self.fits: dict[str, list[list[Fit]]] = {}

    def add(
        self, method: str, one_run: Callable, seeds: Iterable[int] = (0,), **about
    ) -> list[UnmixingScores]:
        """Run a method once per seed, score each run, and return the scores.

        Parameters
        ----------
        method
            The name of the method, which is its column.
        one_run
            Takes a seed; returns abundances (pixels, endmembers), or a fit with the attributes
            ``abundances`` and ``seconds``. The fit may have been computed earlier.
        seeds
            The seeds, one run each.
        about
            See :func:`unmixing_cells`: ``only``, ``control``, ``deterministic``, ``note``.
        """
        scores, self.seconds[method], self.fits[method] = [], [], []
        for seed in seeds:
            began = time.perf_counter()
            with noting_fits() as used:
                found = one_run(seed)
            took = time.perf_counter() - began
            self.fits[method].append([Fit(f.name, f.seconds, f.key) for f in used.values()])
            self.seconds[method].append(getattr(found, "seconds", took))
            abundances = getattr(found, "abundances", found)
            scores.append(
                unmixing_scores(self._scene.pixels, abundances, self._scene.pixel_abundances)
            )
            self.estimates.setdefault(method, abundances[:, scores[0].order])
        self.cells += unmixing_cells(
            method, scores, self._scene.endmember_names, self._names, **about
        )
        return scores
