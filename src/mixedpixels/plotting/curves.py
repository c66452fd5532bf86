"""Lines of a quantity over another one, such as updates, with the range over runs."""

import numpy as np

from mixedpixels.plotting.figure import DASHES, PALETTE, Picture, new, picture

_FEW = 12  # the most points that are all named below an axis


def plot_curves(
    panels: dict[str, dict[str, tuple[np.ndarray, np.ndarray]]],
    xlabel: str,
    ylabel: str,
    alt: str,
    caption: str = "",
    *,
    logarithmic: tuple[bool, bool] = (False, False),
) -> Picture:
    """Draw lines with a band for the range over runs, in one or more panels.

    Parameters
    ----------
    panels
        Title → {label → (x of shape (n,), y of shape (n, runs))}. The line is the mean of the runs, and
        the band reaches from the least to the largest.
    xlabel, ylabel
        The quantities, with their units.
    alt, caption
        See :func:`~mixedpixels.plotting.picture`.
    logarithmic
        Whether the x axis, and whether the y axis, is logarithmic.
    """
    labels = list(dict.fromkeys(label for lines in panels.values() for label in lines))
    figure, axes = new(min(3.6 * len(panels) + 0.6, 9), 3.2, ncols=len(panels), squeeze=False)
    for ax, (title, lines) in zip(axes[0], panels.items(), strict=True):
        for label, (x, y) in lines.items():
            k, y = labels.index(label), np.asarray(y).reshape(len(x), -1)
            colour = PALETTE[k % len(PALETTE)]
            ax.plot(x, y.mean(1), color=colour, ls=DASHES[k % len(DASHES)], lw=1.6, label=label)
            if y.shape[1] > 1:
                ax.fill_between(x, y.min(1), y.max(1), color=colour, alpha=0.2, lw=0)
        if logarithmic[0]:
            ax.set_xscale("log")
            _name_points(ax, np.unique(np.concatenate([x for x, _ in lines.values()])))
        if logarithmic[1]:
            ax.set_yscale("log")
        ax.set_title(title, fontsize=9)
        ax.set_xlabel(xlabel)
        ax.grid(alpha=0.3)
    axes[0, 0].set_ylabel(ylabel)
    handles = {h.get_label(): h for ax in axes[0] for h in ax.get_lines()}
    figure.legend(handles.values(), handles.keys(), loc="outside lower center", fontsize=8, ncols=3)
    return picture(figure, alt, caption)


def _name_points(ax, places: np.ndarray) -> None:
    """Label the points with plain numbers where they are few and span less than two powers of ten."""
    if len(places) <= _FEW and places[-1] < 100 * places[0]:
        ax.set_xticks(places, [f"{place:g}" for place in places])
        ax.minorticks_off()
