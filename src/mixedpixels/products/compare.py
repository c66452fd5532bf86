"""Both searches on one image whose abundances are known."""

from pathlib import Path

import numpy as np
import pandas as pd

from mixedpixels.metrics import unmixing_scores
from mixedpixels.products.searches import SEARCHES
from mixedpixels.products.unmix import unmix


def compare_searches(
    file: Path, cube: np.ndarray, abundances: np.ndarray, *, starts: int = 30, device: str = "auto"
) -> pd.DataFrame:
    """Unmix a file by FCLS after each search, and compare with known abundances.

    Parameters
    ----------
    file
        The image, as :func:`mixedpixels.products.unmix` takes it. The results are written to a folder
        beside it, one for each search.
    cube
        The same image, shape (rows, columns, bands).
    abundances
        Its reference, shape (rows, columns, endmembers); it sets the number of endmembers.
    starts, device
        As :func:`mixedpixels.products.unmix` explains them.

    Returns
    -------
    pandas.DataFrame
        One row per search. ``RMSE, per pixel`` and ``RMSE, pooled`` need the reference; ``median
        residual`` (relative), ``spread`` (between starts or searches) and ``seconds`` do not.
    """
    rows = {}
    for search in SEARCHES:
        report = unmix(
            file,
            file.parent / f"{file.stem}-{search}",
            n_endmembers=abundances.shape[2],
            search=search,
            starts=starts,
            device=device,
        )
        maps = report.maps()
        valid = np.isfinite(maps).all(axis=2)
        rmse = unmixing_scores(cube[valid], maps[valid], abundances[valid]).rmse
        rows[search] = {
            "RMSE, per pixel": rmse["per_pixel"],
            "RMSE, pooled": rmse["pooled"],
            "median residual": report.error_median,
            "spread": report.spread,
            "seconds": report.seconds,
        }
    return pd.DataFrame.from_dict(rows, orient="index", dtype=float)
