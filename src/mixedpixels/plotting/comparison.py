"""Comparison of methods by their abundance maps and the mean spectra of their pure pixels."""

from mixedpixels import metrics
from mixedpixels.plotting.figure import Picture
from mixedpixels.plotting.maps import abundance_maps
from mixedpixels.plotting.spectra import plot_spectra


def compared_maps(drawings, endmembers: list[str], title: str, not_run: str = "") -> list[Picture]:
    """Draw recorded abundance maps, one picture per record and one row per method.

    Parameters
    ----------
    drawings
        Pairs (label, maps) from :attr:`mixedpixels.ledger.Shown.drawings`, where the maps come from
        :func:`mixedpixels.chapters.figure_arrays.stored_maps`.
    endmembers
        The names of the endmembers.
    title
        The name of the figure, such as ``Fig. 5``.
    not_run
        The methods that the paper prints and that have no row, in words.
    """
    pictures = []
    for label, arrays in drawings:
        means = (
            f"{name} {' '.join(f'{m:.2f}' for m in maps.mean((0, 1)) / 255)}"
            for name, maps in arrays.items()
        )
        pictures.append(
            abundance_maps(
                {name: maps / 255 for name, maps in arrays.items()},
                endmembers,
                f"Abundance maps of {', '.join(endmembers)}, one row per method. Mean abundances: "
                + "; ".join(means),
                f"{title} ({label}). Yellow is an abundance of 1, dark blue of 0.{_rest(not_run)}",
            )
        )
    return pictures


def compared_spectra(drawings, scene, title: str, not_run: str = "") -> list[Picture]:
    """Draw recorded spectra, one picture per record, one panel per material and one line per method.

    Parameters
    ----------
    drawings
        Pairs (label, spectra), where the spectra come from
        :func:`mixedpixels.chapters.figure_arrays.stored_spectra`.
    scene
        The scene with the wavelengths, the unit and the names of the endmembers.
    title, not_run
        As in :func:`compared_maps`.
    """
    pictures = []
    for label, arrays in drawings:
        angles = (
            f"{name} {' '.join(f'{a:.3f}' for a in metrics.spectral_angle(s, arrays['reference']))}"
            for name, s in arrays.items()
            if name != "reference"
        )
        pictures.append(
            plot_spectra(
                {
                    material: {name: s[k] for name, s in arrays.items()}
                    for k, material in enumerate(scene.endmember_names)
                },
                scene.wavelengths,
                scene.units,
                f"Mean spectra of {', '.join(scene.endmember_names)}, one line per method. Angles to "
                "the "
                "reference in radians: " + "; ".join(angles),
                f"{title} ({label}): means of pixels with abundances above 0.9.{_rest(not_run)}",
            )
        )
    return pictures


def _rest(not_run: str) -> str:
    return f" Not run: {not_run}." if not_run else ""
