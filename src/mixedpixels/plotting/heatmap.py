"""Heat maps of numbers that belong to pairs of classes."""

import numpy as np
from matplotlib import colormaps

from mixedpixels.plotting.figure import MASKED, Picture, new, picture

_MAP = colormaps["PuOr_r"].with_extremes(bad=MASKED)  # distinct for every common colour vision


def plot_heatmap(
    squares: dict[str, np.ndarray],
    names: tuple[str, ...],
    label: str,
    alt: str,
    caption: str = "",
) -> Picture:
    """Draw heat maps side by side, on one colour scale that is symmetric about zero.

    Parameters
    ----------
    squares
        Title → values of shape (classes, classes); NaN is grey. Each number is written, rounded, in its
        field.
    names
        The names of the classes.
    label
        The quantity, with its unit.
    alt, caption
        See :func:`~mixedpixels.plotting.picture`.
    """
    side = 0.36 * len(names) + 1.9
    figure, axes = new(side * len(squares) + 0.8, side + 0.4, ncols=len(squares), squeeze=False)
    largest = max(float(np.nanmax(np.abs(values))) for values in squares.values()) or 1.0
    for ax, (title, values) in zip(axes[0], squares.items(), strict=True):
        image = ax.imshow(values, cmap=_MAP, vmin=-largest, vmax=largest)
        for (row, column), value in np.ndenumerate(values):
            if np.isfinite(value):
                colour = "white" if abs(value) > 0.6 * largest else "black"
                ax.text(
                    column,
                    row,
                    f"{round(value)}",
                    ha="center",
                    va="center",
                    fontsize=7,
                    color=colour,
                )
        ax.set_xticks(range(len(names)), names, rotation=90, fontsize=8)
        ax.set_yticks(range(len(names)), names, fontsize=8)
        ax.set_title(title, fontsize=9)
    figure.colorbar(image, ax=axes, shrink=0.8, label=label)
    return picture(figure, alt, caption)
