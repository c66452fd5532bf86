"""The spread of a number over runs, with one dot per run."""

import numpy as np

from mixedpixels.plotting.figure import PALETTE, Picture, new, picture


def spread_words(groups: dict[str, np.ndarray]) -> str:
    """Return the median, the least and the largest value of each group of runs in words."""
    return "; ".join(
        f"{name}: median {np.median(v):.3f}, from {np.min(v):.3f} to {np.max(v):.3f}, n = {len(v)}"
        for name, v in groups.items()
    )


def plot_spread(
    groups: dict[str, np.ndarray],
    xlabel: str,
    alt: str,
    caption: str = "",
    bars: dict[str, float] | None = None,
) -> Picture:
    """Draw one row of dots per group, with one dot per run, and vertical bars at named values.

    Parameters
    ----------
    groups
        Label → values, one per run.
    xlabel
        The quantity, with its unit.
    alt, caption
        See :func:`~mixedpixels.plotting.picture`.
    bars
        Label → value, such as a paper's printed number.
    """
    figure, ax = new(7.0, 0.5 * len(groups) + 1.6)
    for y, values in enumerate(groups.values()):
        # equal values would hide each other, so they are spread a little, with a fixed seed
        offset = np.random.default_rng(y).uniform(-0.18, 0.18, len(values))
        ax.plot([np.median(values)], [y], "|", ms=22, mew=2, color=PALETTE[6])
        ax.plot(values, y + offset, "o", ms=5, alpha=0.6, color=PALETTE[0], mec="none")
    for k, (name, value) in enumerate((bars or {}).items()):
        ax.axvline(value, color=PALETTE[1 + k], ls=("--", ":", "-.")[k % 3], label=name)
    ax.set_yticks(range(len(groups)), list(groups))
    ax.invert_yaxis()
    ax.set_ylim(len(groups) - 0.5, -0.5)
    ax.set_xlabel(xlabel)
    ax.grid(axis="x", alpha=0.3)
    if bars:
        figure.legend(loc="outside upper center", fontsize=8, ncols=2)
    return picture(figure, alt, caption)
