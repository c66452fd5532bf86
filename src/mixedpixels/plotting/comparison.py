"""Methods side by side: their abundance maps, and the mean spectra of their pure pixels."""

import numpy as np

from mixedpixels import metrics
from mixedpixels.plotting.figure import Picture
from mixedpixels.plotting.maps import abundance_maps
from mixedpixels.plotting.spectra import plot_spectra


def stored_maps(scene, estimates: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the reference's and the methods' maps as they are kept with a record.

    Parameters
    ----------
    scene
        With its reference abundances.
    estimates
        Method → abundances, shape (pixels, endmembers), in the reference's order.

    Returns
    -------
    dict
        Name → uint8, shape (rows, columns, endmembers), 255 for an abundance of one.
    """
    every = {"reference": scene.pixel_abundances, **estimates}
    return {
        name: np.round(255 * np.clip(scene.grid(shares), 0, 1)).astype(np.uint8)
        for name, shares in every.items()
    }


def compared_maps(drawings, endmembers: list[str], title: str, not_run: str = "") -> list[Picture]:
    """Draw recorded abundance maps, one picture a record, one row a method.

    Parameters
    ----------
    drawings
        (label, maps) as :attr:`mixedpixels.ledger.Shown.drawings` has them, the maps from
        :func:`stored_maps`.
    endmembers
        Their names.
    title
        What the figure is called, as ``Fig. 5``.
    not_run
        The printed methods that have no row.
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
                f"Abundance maps of {', '.join(endmembers)}, one row a method. Mean abundances: "
                + "; ".join(means),
                f"{title} ({label}). Yellow is all, dark blue is none of a material.{_rest(not_run)}",
            )
        )
    return pictures


def stored_spectra(scene, estimates: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the mean spectra of the pixels above 0.9 (eq. 17 of SSANU-Net), the reference's first.

    Parameters
    ----------
    scene, estimates
        As in :func:`stored_maps`.

    Returns
    -------
    dict
        Name → float32, shape (endmembers, bands).
    """
    every = {"reference": scene.pixel_abundances, **estimates}
    return {
        name: metrics.pure_pixel_spectra(scene.pixels, shares)[0].astype(np.float32)
        for name, shares in every.items()
    }


def compared_spectra(drawings, scene, title: str, not_run: str = "") -> list[Picture]:
    """Draw recorded spectra, one picture a record, one panel a material, one line a method.

    Parameters
    ----------
    drawings
        (label, spectra), the spectra from :func:`stored_spectra`.
    scene
        Whose wavelengths, units and names they have.
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
                f"Mean spectra of {', '.join(scene.endmember_names)}, one line a method. Angles to the "
                "reference in radians: " + "; ".join(angles),
                f"{title} ({label}): means of the pixels above 0.9.{_rest(not_run)}",
            )
        )
    return pictures


def _rest(not_run: str) -> str:
    return f" Not run: {not_run}." if not_run else ""
