"""Synthetic images: linear mixtures of known spectra by Matérn fields, with noise."""

import hashlib

import numpy as np
from scipy.special import gamma, kv

from mixedpixels.errors import BadInput
from mixedpixels.scenes.library import Library
from mixedpixels.scenes.scene import Scene
from mixedpixels.scenes.simulate.forward import softmax_abundances


def matern_fields(
    rng: np.random.Generator,
    rows: int,
    columns: int,
    count: int,
    length: float,
    smoothness: float = 1.5,
) -> np.ndarray:
    r"""Return Gaussian random fields with a Matérn covariance, mean zero and variance one.

    Two pixels at a distance :math:`d` have the correlation
    :math:`\frac{2^{1-\nu}}{\Gamma(\nu)} x^\nu K_\nu(x)` with :math:`x = \sqrt{2\nu}\, d/\ell`. White
    noise is filtered with the square root of the Fourier transform of this correlation. The grid is
    periodic and twice as large as the image, so that opposite edges of the image are not correlated.

    Parameters
    ----------
    rng
        The random generator of the noise.
    rows, columns, count
        The shape of a field, and the number of fields.
    length
        ℓ, the correlation length in pixels, above 0.
    smoothness
        ν, above 0; ½ gives the exponential covariance.

    Returns
    -------
    numpy.ndarray
        float64, shape (rows, columns, count).
    """
    if length <= 0 or smoothness <= 0:
        raise BadInput(f"length and smoothness must be above 0, got {length} and {smoothness}")
    size = 2 * rows, 2 * columns
    down, across = (n * np.fft.fftfreq(n) for n in size)  # the shorter way around the periodic grid
    x = np.sqrt(2 * smoothness) * np.hypot(down[:, None], across) / length
    with np.errstate(invalid="ignore"):  # 0 · ∞ at distance 0, where the correlation is 1
        covariance = 2 ** (1 - smoothness) / gamma(smoothness) * x**smoothness * kv(smoothness, x)
    covariance[0, 0] = 1
    root = np.sqrt(np.fft.fft2(covariance).real.clip(0))
    noise = np.fft.fft2(rng.standard_normal((count, *size)))
    fields = np.fft.ifft2(root * noise).real
    return fields[:, :rows, :columns].transpose(1, 2, 0)


def synthetic(
    library: Library,
    chosen: list[int],
    rows: int,
    columns: int,
    *,
    snr: float | None = None,
    seed: int = 0,
    length: float | None = None,
    sharpness: float = 2.5,
    name: str = "synthetic",
) -> Scene:
    r"""Return an image whose abundances are Matérn fields, with white noise.

    The abundances are the softmax of ``sharpness`` times one field per endmember. The signal-to-noise
    ratio is :math:`10 \log_{10}` of a quotient: the mean square of the clean image over all pixels and
    bands, divided by the variance of the noise, which is the same in all bands. Fields and noise have
    separate random generators, so one seed gives the same abundances at every noise level.

    Parameters
    ----------
    library
        The spectra, at the bands of the image.
    chosen
        The indices of the endmembers in the library, 2 or more.
    rows, columns
        The size of the image.
    snr
        The signal-to-noise ratio in decibels; None adds no noise.
    seed
        Of the fields and the noise.
    length
        The correlation length of the fields in pixels; None is a tenth of the rows.
    sharpness
        How pure the patches are; at 0 all abundances are equal.
    name
        The name of the scene.

    Returns
    -------
    Scene
        With abundances and endmembers. Its origin is ``synthetic``, or ``twin`` when the library is a
        twin.

    Raises
    ------
    BadInput
        When fewer than two spectra are chosen, or one of them twice.

    Examples
    --------
    >>> shelf = Library("shelf", np.eye(3, 8) + 0.1, np.arange(400, 1200, 100), ("a", "b", "c"))
    >>> synthetic(shelf, [0, 2], 6, 7, snr=30)
    <Scene synthetic: 6×7 pixels, 8 bands, synthetic>
    """
    if len(chosen) < 2 or len(set(chosen)) < len(chosen):
        raise BadInput(f"chosen: expected two or more different indices, got {chosen}")
    fields_rng, noise_rng = np.random.default_rng(seed).spawn(2)
    length = rows / 10 if length is None else length
    fields = matern_fields(fields_rng, rows, columns, len(chosen), length)
    abundances = softmax_abundances(fields, sharpness)
    spectra = library.spectra[list(chosen)].astype(np.float64)
    cube = abundances @ spectra
    if snr is not None:
        level = np.sqrt((cube**2).mean() / 10 ** (snr / 10))
        cube = cube + level * noise_rng.standard_normal(cube.shape)
    names = tuple(library.spectrum_names[k] for k in chosen)
    made_from = repr((names, rows, columns, snr, seed, length, sharpness)).encode()
    return Scene(
        name=name,
        title="Matérn fields" + ("" if snr is None else f" at {snr:g} dB"),
        cube=cube,
        wavelengths=library.wavelengths,
        abundances=abundances,
        endmembers=spectra,
        endmember_names=names,
        units=library.units,
        origin="twin" if library.origin == "twin" else "synthetic",
        source=f"simulated from {library.title or library.name}",
        licence=library.licence,
        citation=library.citation,
        hashes=library.hashes | {"settings": hashlib.sha256(made_from).hexdigest()},
    )
