"""Pictures of abundances, residuals and spectra."""

import io

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from matplotlib.image import imsave

from mixedpixels.plotting.figure import CMAP, DASHES, MASKED, PALETTE

_MAP = matplotlib.colormaps[CMAP].with_extremes(bad=MASKED)
_LINES = PALETTE[:7]  # those that stand out on white; line styles tell the rest apart
_MOST_ACROSS = 4
_LONGEST = 4  # times as long as wide: a map beyond this is stretched
_LEGEND_UP_TO = 12


def png(figure: Figure) -> bytes:
    """Return a figure as a PNG."""
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=150, bbox_inches="tight")
    return stream.getvalue()


def map_png(values: np.ndarray, top: float) -> bytes:
    """Return a map (rows, columns) as a bare PNG, one image pixel per pixel; NaN is grey.

    ``top`` is the value of the brightest colour; the darkest is 0.
    """
    stream = io.BytesIO()
    imsave(stream, _MAP(np.ma.masked_invalid(values / top)), format="png")
    return stream.getvalue()


def gradient() -> str:
    """Return the colours of the maps, dark to bright, as a CSS gradient."""
    stops = (matplotlib.colors.to_hex(_MAP(x)) for x in np.linspace(0, 1, 9))
    return f"linear-gradient(to right, {', '.join(stops)})"


def maps_figure(maps: np.ndarray) -> Figure:
    """Draw abundance maps (rows, columns, endmembers) side by side with one colour bar."""
    rows, columns, count = maps.shape
    across = min(count, _MOST_ACROSS)
    down = -(-count // across)
    shape = np.clip(rows / columns, 1 / _LONGEST, _LONGEST)
    width, height = (3.0, 3.0 * shape) if shape <= 1 else (3.0 / shape, 3.0)
    width, height = max(width, 1.6), max(height, 0.8)
    size = (across * (width + 0.15) + 1.0, down * (height + 0.4) + 0.2)
    figure = Figure(figsize=size, layout="constrained")
    axes = figure.subplots(down, across, squeeze=False)
    for k, axis in enumerate(axes.flat):
        axis.axis("off")
        if k < count:
            aspect = "equal" if shape == rows / columns else "auto"
            image = axis.imshow(
                np.ma.masked_invalid(maps[..., k]), cmap=_MAP, vmin=0, vmax=1, aspect=aspect
            )
            image.set_interpolation("nearest")
            axis.set_title(f"endmember {k + 1}", fontsize=11)
    bar = figure.colorbar(image, ax=axes, shrink=0.9, pad=0.02)
    bar.set_label("abundance (0 to 1)")
    return figure


def spectra_figure(
    spectra: np.ndarray, bands: np.ndarray, wavelengths: np.ndarray | None, unit: str
) -> Figure:
    """Draw endmember spectra (endmembers, bands).

    Parameters
    ----------
    bands
        int, shape (bands,): their numbers in the file; a line is broken where bands are left out.
    wavelengths
        nm, shape (bands,); None draws against the band numbers.
    unit
        The label of the vertical axis.
    """
    figure = Figure(figsize=(5.6, 4.0), layout="constrained")
    axis = figure.subplots()
    places = bands if wavelengths is None else wavelengths
    gaps = np.flatnonzero(np.diff(bands) > 1) + 1
    at = np.insert(places.astype(float), gaps, np.nan)
    for k, spectrum in enumerate(spectra):
        axis.plot(
            at,
            np.insert(spectrum.astype(float), gaps, np.nan),
            color=_LINES[k % len(_LINES)],
            linestyle=DASHES[k // len(_LINES) % len(DASHES)],
            marker="." if len(bands) < 20 else None,
            label=f"endmember {k + 1}",
        )
    axis.set_xlabel("band number" if wavelengths is None else "wavelength (nm)", fontsize=12)
    axis.set_ylabel(unit, fontsize=12)
    axis.tick_params(labelsize=11)
    axis.grid(alpha=0.3)
    axis.spines[["top", "right"]].set_visible(False)
    across = min(len(spectra), 3) if len(spectra) <= _LEGEND_UP_TO else 4
    figure.legend(loc="outside upper center", ncols=across, frameon=False, fontsize=11)
    return figure
