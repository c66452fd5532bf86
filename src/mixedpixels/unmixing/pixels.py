"""What every unmixing estimator asks of its pixels."""

import numpy as np

from mixedpixels.errors import BadInput


def check_pixels(pixels, bands: int | None = None) -> np.ndarray:
    """Return pixels as an array (pixels, bands) of finite floats.

    Raises
    ------
    BadInput
        When there are not two axes, a value is not finite, or the bands differ from ``bands``.
    """
    pixels = np.asarray(pixels)
    if pixels.ndim != 2 or pixels.size == 0:
        raise BadInput(f"pixels: expected an array (pixels, bands), got shape {pixels.shape}")
    if pixels.dtype.kind not in "fiu":
        raise BadInput(f"pixels: expected numbers, got {pixels.dtype}")
    if pixels.dtype.kind == "f" and not np.isfinite(pixels).all():
        raise BadInput(
            "pixels: expected finite values, got NaN or infinity; mask those pixels first"
        )
    if bands is not None and pixels.shape[1] != bands:
        raise BadInput(
            f"pixels: expected {bands} bands as in the endmembers, got {pixels.shape[1]}"
        )
    return pixels


def check_count(n_endmembers: int, pixels: np.ndarray) -> int:
    """Return the number of endmembers when these pixels can hold that many.

    Raises
    ------
    BadInput
        When it is no whole number, below 2, or above the number of bands or pixels; or when there
        are fewer than two of either.
    """
    if isinstance(n_endmembers, bool) or not isinstance(n_endmembers, int | np.integer):
        raise BadInput(f"n_endmembers: expected a whole number, got {n_endmembers!r}")
    most = min(pixels.shape)
    if most < 2:
        raise BadInput(
            f"pixels: expected at least 2 pixels of at least 2 bands to find endmembers in, got shape "
            f"{pixels.shape}"
        )
    if not 2 <= n_endmembers <= most:
        raise BadInput(
            f"n_endmembers: expected 2 to {most} for {pixels.shape[0]} pixels of "
            f"{pixels.shape[1]} bands, got {n_endmembers}"
        )
    return n_endmembers
