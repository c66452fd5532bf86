"""Tables that score unmixings as SSANU-Net does: an angle per material, their mean, an RMSE."""

from mixedpixels.ledger.records import Cell, cells

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
