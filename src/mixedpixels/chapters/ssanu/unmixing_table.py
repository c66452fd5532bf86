"""Tables that score unmixings as SSANU-Net does: an angle per material, their mean, an RMSE."""

import time
from collections.abc import Callable, Iterable

import numpy as np

from mixedpixels.ledger.claims import names as names_of
from mixedpixels.ledger.records import Cell, cells
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
        The method.
    scores
        One :class:`~mixedpixels.metrics.UnmixingScores` per seed.
    endmember_names
        Of the scene's reference, in its order.
    names
        The paper's name of each material → the scene's (:func:`mixedpixels.ledger.names`).
    only
        The rows to keep, for a method that has no answer to the others; all when empty.
    common
        ``deterministic``, ``control``, ``note``.
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
    """The scores of unmixings of one scene, gathered method by method.

    Parameters
    ----------
    scene
        With its reference abundances.
    paper
        Whose names the materials get, as ``ssanu``.

    Attributes
    ----------
    cells : list of Cell
        What :func:`mixedpixels.ledger.record` takes.
    seconds : dict
        Per method, the seconds of each run.
    estimates : dict
        Per method, the abundances of its first run, shape (pixels, endmembers), in the reference's
        order.
    """

    def __init__(self, scene, paper: str):
        self._scene = scene
        self._names = names_of(paper, scene.name)
        self.cells: list[Cell] = []
        self.seconds: dict[str, list[float]] = {}
        self.estimates: dict[str, np.ndarray] = {}

    def add(
        self, method: str, one_run: Callable, seeds: Iterable[int] = (0,), **about
    ) -> list[UnmixingScores]:
        """Run a method once per seed and score it.

        Parameters
        ----------
        method
            Its name: the column.
        one_run
            Takes a seed; returns abundances (pixels, endmembers), or a fit that has ``abundances``
            and ``seconds``, which may have been made earlier.
        seeds
            One run each.
        about
            See :func:`unmixing_cells`: ``only``, ``control``, ``deterministic``, ``note``.
        """
        scores, self.seconds[method] = [], []
        for seed in seeds:
            began = time.perf_counter()
            found = one_run(seed)
            took = time.perf_counter() - began
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
