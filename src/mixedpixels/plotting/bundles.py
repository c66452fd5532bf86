"""Many spectra of a few classes at once: how far a class spreads."""

import numpy as np

from mixedpixels.plotting.figure import PALETTE, Picture, new, picture

_MOST = 60  # lines of a class; more say no more


def plot_bundles(
    panels: dict[str, dict[str, np.ndarray]],
    ylabel: str,
    alt: str,
    caption: str = "",
    *,
    bold: tuple[str, ...] = (),
) -> Picture:
    """Draw bundles of spectra, one panel a stage, one colour a class, all on one scale.

    Parameters
    ----------
    panels
        Title → {class → spectra (n, bands), or one (bands,)}. Of more than 60 spectra,
        60 evenly spaced ones are drawn.
    ylabel
        With its unit.
    bold
        Classes drawn as thick lines above the others, as a reference pixel.
    """
    names = list(dict.fromkeys(name for bundle in panels.values() for name in bundle))
    figure, axes = new(
        min(2.9 * len(panels) + 0.6, 9), 3.1, ncols=len(panels), squeeze=False, sharey=True
    )
    for ax, (title, bundle) in zip(axes[0], panels.items(), strict=True):
        for name, spectra in bundle.items():
            spectra = np.atleast_2d(spectra)
            thick = name in bold
            chosen = spectra[:: max(1, -(-len(spectra) // _MOST))]
            ax.plot(
                np.arange(1, spectra.shape[1] + 1),
                chosen.T,
                color=PALETTE[names.index(name) % len(PALETTE)],
                lw=2.0 if thick else 0.6,
                alpha=1.0 if thick else min(1.0, 0.15 + 4 / len(chosen)),
                zorder=3 if thick else 2,
            )
        ax.set_title(title, fontsize=9)
        ax.set_xlabel("band")
        ax.grid(alpha=0.3)
    axes[0, 0].set_ylabel(ylabel)
    handles = [
        axes[0, 0].plot([], [], color=PALETTE[k % len(PALETTE)], lw=2, label=name)[0]
        for k, name in enumerate(names)
    ]
    figure.legend(handles, names, loc="outside lower center", fontsize=8, ncols=min(len(names), 4))
    return picture(figure, alt, caption)
