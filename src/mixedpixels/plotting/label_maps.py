"""Maps of class labels."""

import numpy as np
from matplotlib.colors import ListedColormap, to_rgb
from matplotlib.patches import Patch

from mixedpixels.plotting.figure import MASKED, PALETTE, Picture, new, picture


def _colours(count: int) -> list[tuple[float, float, float]]:
    """Return the colours of the palette, then the same colours mixed with white."""
    base = [np.array(to_rgb(c)) for c in PALETTE]
    rounds = -(-count // len(base))
    shades = [c + (1 - c) * k / (rounds + 0.5) for k in range(rounds) for c in base]
    return [tuple(c) for c in shades[:count]]


def plot_label_maps(
    maps: dict[str, np.ndarray], names: tuple[str, ...], alt: str, caption: str = ""
) -> Picture:
    """Draw label maps side by side, where the label 0 is grey.

    Parameters
    ----------
    maps
        Title → labels, whole numbers from 0, shape (rows, columns).
    names
        The names of the classes from 1.
    alt, caption
        See :func:`~mixedpixels.plotting.picture`.
    """
    rows, columns = next(iter(maps.values())).shape
    width = 2.6
    figure, axes = new(
        width * len(maps), width * rows / columns + 1.2, ncols=len(maps), squeeze=False
    )
    colours = [to_rgb(MASKED), *_colours(len(names))]
    for ax, (title, labels) in zip(axes[0], maps.items(), strict=True):
        ax.imshow(
            labels,
            cmap=ListedColormap(colours),
            vmin=-0.5,
            vmax=len(names) + 0.5,
            interpolation="nearest",
        )
        ax.set_title(title, fontsize=9)
        ax.set_xticks([])
        ax.set_yticks([])
    handles = [Patch(color=c, label=n) for c, n in zip(colours[1:], names, strict=True)]
    figure.legend(handles=handles, loc="outside lower center", fontsize=8, ncols=min(len(names), 4))
    return picture(figure, alt, caption)
