"""Band centres of a user's file, converted to nanometres."""

from collections.abc import Sequence

import numpy as np

from mixedpixels.errors import BadInput

_NANOMETRES = ("nm", "nanometer", "nanometers", "nanometre", "nanometres")
_MICROMETRES = ("um", "µm", "μm", "micron", "microns", "micrometer", "micrometers")
_MICROMETRES += ("micrometre", "micrometres")
_UNSTATED = ("", "unknown")
_MICROMETRES_BELOW = 100.0  # no imaging spectrometer has a band at 100 nm, nor one at 100 µm


def band_centres(
    values: Sequence, unit: str, bands: int, where: str
) -> tuple[np.ndarray | None, str]:
    """Return band centres in nm and a remark on how they were read.

    Parameters
    ----------
    values
        One number per band, or text that is a number; empty when the file states none.
    unit
        As the file writes it. A unit that is not stated is inferred from the size of the numbers.
    bands
        The number of bands.
    where
        The name of the file, for messages.

    Returns
    -------
    centres : numpy.ndarray or None
        float64, shape (bands,), nm; None when the file states none, or states another quantity
        (a wavenumber, a frequency, an index).
    remark : str
        Empty when there is nothing to remark.

    Raises
    ------
    BadInput
        When there is not one value per band, or a value is not a positive number.
    """
    if not len(values):
        return None, ""
    if len(values) != bands:
        raise BadInput(
            f"{where}: expected one wavelength for each of {bands} bands, got {len(values)}"
        )
    try:
        centres = np.array([float(v) for v in values])
    except ValueError as error:
        raise BadInput(f"{where}: expected wavelengths that are numbers ({error})") from error
    if not (np.isfinite(centres).all() and (centres > 0).all()):
        raise BadInput(f"{where}: expected positive wavelengths, got {centres.min()}")
    word = unit.strip().lower()
    if word in _NANOMETRES:
        return centres, ""
    if word in _MICROMETRES:
        return centres * 1000, ""
    if word not in _UNSTATED:
        return None, f"The wavelengths are in {unit.strip()}, not in nm or µm, and are not used."
    micrometres = centres.max() < _MICROMETRES_BELOW
    return centres * (1000 if micrometres else 1), (
        "The file states no unit of its wavelengths; from their size they were taken to be in "
        f"{'micrometres' if micrometres else 'nanometres'}."
    )
