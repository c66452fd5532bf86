"""The spectral angle."""

from math import pi

from mixedpixels.errors import BadInput
from mixedpixels.metrics.arrays import as_pair, same_shape


def spectral_angle(estimate, reference):
    r"""Return the angle between spectra, in radians.

    .. math:: \theta(\mathbf{x}, \mathbf{y}) = 2\,\mathrm{atan2}\left(
        \left\|\frac{\mathbf{x}}{\|\mathbf{x}\|} - \frac{\mathbf{y}}{\|\mathbf{y}\|}\right\|,
        \left\|\frac{\mathbf{x}}{\|\mathbf{x}\|} + \frac{\mathbf{y}}{\|\mathbf{y}\|}\right\|\right)

    This equals :math:`\cos^{-1}(\mathbf{x}^\top\mathbf{y} / \|\mathbf{x}\|\|\mathbf{y}\|)`
    (SSANU-Net, eq. 17). It stays accurate at small angles, where the arc cosine loses half of its
    digits.

    Parameters
    ----------
    estimate, reference
        Arrays of shape (..., bands) in any unit; the angle does not depend on the scale.

    Returns
    -------
    array, shape (...)
        float64, 0 to π. The angle between two zero spectra is 0; between a zero spectrum and another
        one it is π/2.

    Raises
    ------
    BadInput
        When the shapes differ or a value is not finite.

    Examples
    --------
    >>> import numpy as np
    >>> spectral_angle(np.array([1.0, 0.0]), np.array([3.0, 3.0])).round(4)
    np.float64(0.7854)
    """
    xp, estimate, reference = as_pair(estimate, reference)
    same_shape(estimate, reference)
    return _angle(xp, estimate, reference)


def spectral_angle_matrix(estimate, reference):
    """Return the angle between every spectrum of one set and every spectrum of another, in radians.

    Parameters
    ----------
    estimate, reference
        Arrays of shape (n, bands) and (m, bands), in any unit.

    Returns
    -------
    array, shape (n, m)
        float64, 0 to π, as in :func:`spectral_angle`.

    Raises
    ------
    BadInput
        When an argument is not a table, the numbers of bands differ, or a value is not finite.
    """
    xp, estimate, reference = as_pair(estimate, reference)
    shapes = tuple(estimate.shape), tuple(reference.shape)
    if len(shapes[0]) != 2 or len(shapes[1]) != 2 or shapes[0][1] != shapes[1][1]:
        raise BadInput(
            f"expected spectra (n, bands) and (m, bands), got {shapes[0]} and {shapes[1]}"
        )
    return _angle(xp, estimate[:, None, :], reference[None, :, :])


def _angle(xp, x, y):
    norm = xp.linalg.vector_norm
    length_x, length_y = norm(x, axis=-1, keepdims=True), norm(y, axis=-1, keepdims=True)
    unit_x = x / xp.where(length_x > 0, length_x, xp.ones_like(length_x))
    unit_y = y / xp.where(length_y > 0, length_y, xp.ones_like(length_y))
    angle = 2 * xp.atan2(norm(unit_x - unit_y, axis=-1), norm(unit_x + unit_y, axis=-1))
    zeros = xp.astype(length_x == 0, xp.int8) + xp.astype(length_y == 0, xp.int8)
    zeros = zeros[..., 0]
    angle = xp.where(zeros == 1, xp.full_like(angle, pi / 2), angle)
    return xp.where(zeros == 2, xp.zeros_like(angle), angle)
