"""The terms of the loss of a fit over the epochs."""

import numpy as np

from mixedpixels.plotting.figure import DASHES, PALETTE, Picture, new, picture


def plot_losses(fits: dict[str, dict[str, np.ndarray]], caption: str) -> Picture:
    """Draw one panel per fit and one line per term, on a logarithmic axis.

    Parameters
    ----------
    fits
        Panel title → {term → one value per epoch}.
    caption
        The caption below the figure. The alternative text states the last values.
    """
    figure, axes = new(3.4 * len(fits) + 0.4, 2.7, ncols=len(fits), squeeze=False)
    for ax, (title, terms) in zip(axes[0], fits.items(), strict=True):
        for k, (term, curve) in enumerate(terms.items()):
            epochs = np.arange(1, len(curve) + 1)
            ax.plot(epochs, curve, color=PALETTE[k], ls=DASHES[k % len(DASHES)], label=term)
        ax.set_yscale("log")
        ax.set_xlabel("epoch")
        ax.set_title(title, fontsize=9)
    axes[0, 0].set_ylabel("term of the loss")
    figure.legend(
        *axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=3, fontsize=8
    )
    last = "; ".join(
        f"{title}: " + ", ".join(f"{term} {curve[-1]:.2g}" for term, curve in terms.items())
        for title, terms in fits.items()
    )
    return picture(
        figure,
        f"Terms of the loss over the epochs, one panel per fit, logarithmic. Last epoch: {last}.",
        caption,
    )
