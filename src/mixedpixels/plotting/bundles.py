"""Many spectra of a few classes in one figure, which shows the variation within each class."""

import numpy as np

from mixedpixels.plotting.figure import PALETTE, Picture, new, picture

_MOST = 60  # the most lines per class; more would add nothing


def plot_bundles(
    panels: dict[str, dict[str, np.ndarray]],
    ylabel: str,
    alt: str,
    caption: str = "",
    *,
    bold: tuple[str, ...] = (),
    wavelengths: np.ndarray | None = None,
) -> Picture:
    """Draw bundles of spectra on one scale, one panel per stage and one colour per class.

    Parameters
    ----------
    panels
        Title → {class → spectra (n, bands), or one spectrum (bands,)}. Of more than 60 spectra, at most
        60 evenly spaced ones are drawn.
    ylabel
        The quantity, with its unit.
    alt, caption
        See :func:`~mixedpixels.plotting.picture`.
    bold
        Classes that are drawn as thick lines above the others, such as a reference pixel.
    wavelengths
        The band centres in nm, shape (bands,). None draws over the numbers of the bands.
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
                np.arange(1, spectra.shape[1] + 1) if wavelengths is None else wavelengths,
                chosen.T,
                color=PALETTE[names.index(name) % len(PALETTE)],
                lw=2.0 if thick else 0.6,
                alpha=1.0 if thick else min(1.0, 0.15 + 4 / len(chosen)),
                zorder=3 if thick else 2,
            )
        ax.set_title(title, fontsize=9)
        ax.set_xlabel("band" if wavelengths is None else "wavelength (nm)")
        ax.grid(alpha=0.3)
    axes[0, 0].set_ylabel(ylabel)
    handles = [
        axes[0, 0].plot([], [], color=PALETTE[k % len(PALETTE)], lw=2, label=name)[0]
        for k, name in enumerate(names)
    ]
    figure.legend(handles, names, loc="outside lower center", fontsize=8, ncols=min(len(names), 4))
    return picture(figure, alt, caption)
