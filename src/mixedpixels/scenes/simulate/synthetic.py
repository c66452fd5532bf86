"""Images made from known spectra and known abundances: Matérn fields, mixed linearly, with noise."""

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

    Two pixels :math:`d` apart have the correlation
    :math:`\frac{2^{1-\nu}}{\Gamma(\nu)} x^\nu K_\nu(x)` with :math:`x = \sqrt{2\nu}\, d/\ell`. White
    noise is filtered with the root of its Fourier transform on a grid twice as large and periodic, so
    that opposite edges of the image do not know each other.

    Parameters
    ----------
    rng
        Draws the noise.
    rows, columns, count
        Of the fields.
    length
        ℓ, pixels, above 0: how far the field remembers.
    smoothness
        ν, above 0; ½ is the exponential covariance.

    Returns
    -------
    numpy.ndarray
        float64, shape (rows, columns, count).
    """
    if length <= 0 or smoothness <= 0:
        raise BadInput(f"length and smoothness must be above 0, got {length} and {smoothness}")
    size = 2 * rows, 2 * columns
    down, across = (n * np.fft.fftfreq(n) for n in size)  # the shorter way round
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
    r"""Return an image of Matérn-field abundances of some spectra, with white noise.

    The abundances are the softmax of ``sharpness`` times one field per endmember. The signal-to-noise
    ratio is :math:`10 \log_{10}` of the mean square of the clean image, over pixels and bands, over the
    variance of the noise, which is the same in all bands. Fields and noise have random numbers of their
    own: the same seed gives the same abundances under every noise.

    Parameters
    ----------
    library
        Holds the spectra, at the bands that the image shall have.
    chosen
        The places of the endmembers in it, 2 or more.
    rows, columns
        Of the image.
    snr
        Decibels; None adds no noise.
    seed
        Of fields and noise.
    length
        Of the fields, pixels; None is a tenth of the rows.
    sharpness
        How pure the patches are; 0 mixes all alike.
    name
        The scene's.

    Returns
    -------
    Scene
        Of origin ``synthetic``, with abundances and endmembers.

    Raises
    ------
    BadInput
        When fewer than two spectra are chosen, or one twice.

    Examples
    --------
    >>> shelf = Library("shelf", np.eye(3, 8) + 0.1, np.arange(400, 1200, 100), ("a", "b", "c"))
    >>> synthetic(shelf, [0, 2], 6, 7, snr=30)
    <Scene synthetic: 6×7 pixels, 8 bands, synthetic>
    """
    if len(chosen) < 2 or len(set(chosen)) < len(chosen):
        raise BadInput(f"chosen: expected two or more different places, got {chosen}")
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
