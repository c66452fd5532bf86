"""Naming of spectra by the materials of a spectral library."""

import numpy as np
from scipy.optimize import linear_sum_assignment

from mixedpixels.errors import BadInput
from mixedpixels.metrics.spectral import spectral_angle_matrix


def name_spectra(spectra, materials) -> tuple[np.ndarray, np.ndarray]:
    """Assign one spectrum to each material of a library, so that the sum of the angles is least.

    The angle between a spectrum and a material is the angle to the nearest library record of that
    material. This is a lenient measure, because even unrelated spectra are near some of the records.
    Compare its result with that of pixels drawn at random.

    Parameters
    ----------
    spectra
        Shape (materials, bands).
    materials
        One array per material, shape (records, bands): the spectra that the library holds of it.

    Returns
    -------
    order : numpy.ndarray
        int, shape (materials,): the row of ``spectra`` that is assigned to each material.
    angles : numpy.ndarray
        float64, shape (materials,): the angle of that spectrum to the material's nearest record, in
        radians.

    Raises
    ------
    BadInput
        When the numbers of spectra and materials differ, or a material has no record.

    Examples
    --------
    >>> library = [np.eye(3)[[0]], np.eye(3)[[1, 2]]]
    >>> name_spectra(np.array([[0.0, 0.1, 2.0], [3.0, 0.0, 0.0]]), library)[0]
    array([1, 0])
    """
    spectra = np.asarray(spectra, dtype=float)
    if len(spectra) != len(materials):
        raise BadInput(
            f"expected one spectrum a material, got {len(spectra)} for {len(materials)} materials"
        )
    if empty := [k for k, records in enumerate(materials) if not len(records)]:
        raise BadInput(f"materials {', '.join(map(str, empty))} (counted from 0) have no record")
    near = np.stack(
        [spectral_angle_matrix(spectra, records).min(axis=1) for records in materials], axis=1
    )
    rows, columns = linear_sum_assignment(near)
    order = rows[np.argsort(columns)]
    return order, near[order, range(len(materials))]
