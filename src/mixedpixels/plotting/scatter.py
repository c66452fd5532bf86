"""Pixels as points of a plane, coloured by class."""

import numpy as np

from mixedpixels.plotting.figure import PALETTE, Picture, new, picture

_MARKERS = "o^sDvP*X"


def plot_scatter(
    panels: dict[str, tuple[np.ndarray, np.ndarray]],
    names: tuple[str, ...],
    axes_labels: tuple[str, str],
    alt: str,
    caption: str = "",
) -> Picture:
    """Draw points by class, one panel per feature space, each with its own scale.

    Parameters
    ----------
    panels
        Title → (points of shape (n, 2), labels from 1 of shape (n,)).
    names
        The names of the classes. Each class has the same colour and marker in all panels.
    axes_labels
        The labels of the two axes.
    alt, caption
        See :func:`~mixedpixels.plotting.picture`.
    """
    figure, axes = new(min(3.2 * len(panels) + 0.6, 9), 3.2, ncols=len(panels), squeeze=False)
    for ax, (title, (points, labels)) in zip(axes[0], panels.items(), strict=True):
        for k, name in enumerate(names, start=1):
            here = labels == k
            ax.plot(
                *points[here].T,
                _MARKERS[(k - 1) % len(_MARKERS)],
                ms=4,
                alpha=0.6,
                mec="none",
                color=PALETTE[(k - 1) % len(PALETTE)],
                label=name,
            )
        ax.set_title(title, fontsize=9)
        ax.set_xlabel(axes_labels[0])
        ax.grid(alpha=0.3)
    axes[0, 0].set_ylabel(axes_labels[1])
    figure.legend(
        *axes[0, 0].get_legend_handles_labels(),
        loc="outside lower center",
        fontsize=8,
        ncols=min(len(names), 4),
    )
    return picture(figure, alt, caption)
