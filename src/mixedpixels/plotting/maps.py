"""Abundance maps side by side, and the scene in approximately natural colours."""

from textwrap import fill

import numpy as np
from matplotlib import colormaps

from mixedpixels.errors import BadInput
from mixedpixels.plotting.figure import CMAP, MASKED, Picture, new, picture

_MAP = colormaps[CMAP].with_extremes(bad=MASKED)
_RED, _GREEN, _BLUE = 640.0, 550.0, 460.0  # nm


def abundance_maps(
    methods: dict[str, np.ndarray], endmembers: list[str], alt: str, caption: str = ""
) -> Picture:
    """Draw abundance maps on the scale 0–1, one row per method and one column per endmember.

    Parameters
    ----------
    methods
        Name → maps, fractions, shape (rows, columns, endmembers); NaN is drawn grey.
    endmembers
        The names of the endmembers.
    alt, caption
        See :func:`~mixedpixels.plotting.picture`.

    Raises
    ------
    BadInput
        When a method has another number of maps than there are endmembers.
    """
    rows, columns = len(methods), len(endmembers)
    figure, axes = new(
        1.75 * columns + 0.5, 1.75 * rows + 0.9, nrows=rows, ncols=columns, squeeze=False
    )
    for line, (name, maps) in zip(axes, methods.items(), strict=True):
        maps = np.asarray(maps, dtype=np.float32)
        if maps.shape[-1] != columns:
            raise BadInput(f"{name}: {maps.shape[-1]} maps for {columns} endmembers")
        for k, ax in enumerate(line):
            image = ax.imshow(maps[..., k], vmin=0, vmax=1, cmap=_MAP, interpolation="nearest")
            ax.set_xticks([])
            ax.set_yticks([])
        line[0].set_ylabel(fill(name, 16), fontsize=8)
    for ax, name in zip(axes[0], endmembers, strict=True):
        ax.set_title(name, fontsize=9)
    figure.colorbar(
        image, ax=axes, location="top", shrink=0.5, aspect=40, label="abundance (fraction)"
    )
    return picture(figure, alt, caption)


def colour_image(cube: np.ndarray, wavelengths: np.ndarray | None) -> np.ndarray:
    """Return a cube as an RGB image, float 0–1, shape (rows, columns, 3).

    The image shows the bands nearest to 640, 550 and 460 nm, each stretched between its 2nd and 98th
    percentile. Where the wavelengths are not known, it shows three evenly spaced bands.

    Parameters
    ----------
    cube
        Shape (rows, columns, bands), in any unit.
    wavelengths
        In nm, shape (bands,), or None.
    """
    bands = cube.shape[2]
    if wavelengths is None:
        chosen = [int(bands * f) for f in (0.8, 0.5, 0.2)]
    else:
        chosen = [int(np.abs(wavelengths - w).argmin()) for w in (_RED, _GREEN, _BLUE)]
    rgb = np.asarray(cube[..., chosen], dtype=np.float64)
    low, high = np.percentile(rgb, (2, 98), axis=(0, 1))
    return np.clip((rgb - low) / np.where(high > low, high - low, 1), 0, 1)
