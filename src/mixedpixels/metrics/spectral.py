"""The spectral angle."""

from math import pi

from mixedpixels.errors import BadInput
from mixedpixels.metrics.arrays import as_pair, same_shape


def spectral_angle(estimate, reference):
    r"""Return the angle between spectra, in radians.

    .. math:: \theta(\mathbf{x}, \mathbf{y}) = 2\,\mathrm{atan2}\left(
        \left\|\frac{\mathbf{x}}{\|\mathbf{x}\|} - \frac{\mathbf{y}}{\|\mathbf{y}\|}\right\|,
        \left\|\frac{\mathbf{x}}{\|\mathbf{x}\|} + \frac{\mathbf{y}}{\|\mathbf{y}\|}\right\|\right)

    which equals :math:`\cos^{-1}(\mathbf{x}^\top\mathbf{y} / \|\mathbf{x}\|\|\mathbf{y}\|)`
    (SSANU-Net, eq. 17) and keeps its digits where the arc cosine loses half of them: at small angles.

    Parameters
    ----------
    estimate, reference
        Arrays of shape (..., bands) in any unit; the angle does not see a scale.

    Returns
    -------
    array, shape (...)
        0 to π. Two zero spectra are at angle 0; a zero spectrum and another one at π/2.

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
    """Return the angles between every spectrum of one set and every one of another, in radians.

    Parameters
    ----------
    estimate, reference
        Arrays of shape (n, bands) and (m, bands).

    Returns
    -------
    array, shape (n, m)

    Raises
    ------
    BadInput
        When the sets are not tables, or differ in bands.
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
