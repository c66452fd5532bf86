"""Spectra against wavelength."""

import numpy as np

from mixedpixels.plotting.figure import DASHES, PALETTE, Picture, new, picture

_GAP = 2.5  # a step between bands above this many median steps is a gap


def plot_spectra(
    groups: dict[str, dict[str, np.ndarray]],
    wavelengths: np.ndarray | None,
    ylabel: str,
    alt: str,
    caption: str = "",
) -> Picture:
    """Draw spectra, one panel per group and one line per method.

    Parameters
    ----------
    groups
        Panel title → {line label → spectrum of shape (bands,)}. A label has the same colour and dashes
        in all panels.
    wavelengths
        In nm, shape (bands,), or None for band numbers.
    ylabel
        The quantity, with its unit.
    alt, caption
        See :func:`~mixedpixels.plotting.picture`.
    """
    labels = list(dict.fromkeys(label for lines in groups.values() for label in lines))
    figure, axes = new(min(2.7 * len(groups) + 0.6, 9), 3.0, ncols=len(groups), squeeze=False)
    for ax, (title, lines) in zip(axes[0], groups.items(), strict=True):
        for label, spectrum in lines.items():
            k = labels.index(label)
            ax.plot(
                *broken(wavelengths, spectrum),
                color=PALETTE[k % len(PALETTE)],
                lw=1.6,
                ls=DASHES[k % len(DASHES)],
                label=label,
            )
        ax.set_title(title, fontsize=9)
        ax.set_xlabel("band" if wavelengths is None else "wavelength (nm)")
        ax.grid(alpha=0.3)
    axes[0, 0].set_ylabel(ylabel)
    handles = {h.get_label(): h for ax in axes[0] for h in ax.get_lines()}
    figure.legend(
        handles.values(),
        handles.keys(),
        loc="outside lower center",
        fontsize=8,
        ncols=min(len(handles), 4),
    )
    return picture(figure, alt, caption)


def broken(wavelengths: np.ndarray | None, spectrum: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the x and y values of a line that is interrupted where bands were left out.

    Parameters
    ----------
    wavelengths
        In nm, increasing, shape (bands,), or None for band numbers.
    spectrum
        Shape (bands,).
    """
    if wavelengths is None:
        return np.arange(1, len(spectrum) + 1), spectrum
    steps = np.diff(wavelengths)
    gaps = np.flatnonzero(steps > _GAP * np.median(steps)) + 1
    return np.insert(wavelengths, gaps, np.nan), np.insert(spectrum.astype(float), gaps, np.nan)
