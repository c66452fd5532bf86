"""Library: a spectral library with its wavelengths and names."""

from dataclasses import dataclass, field, replace

import numpy as np

from mixedpixels.errors import BadInput
from mixedpixels.scenes.arrays import read_only, require_same
from mixedpixels.scenes.scene import Origin


@dataclass(frozen=True, eq=False, repr=False)
class Library:
    """A spectral library.

    Parameters
    ----------
    spectra
        float32, shape (spectra, bands), reflectance from 0 to 1 unless ``units`` says otherwise.
    wavelengths
        float64, shape (bands,), nm, increasing.
    fwhm
        float64, shape (bands,), full width at half maximum in nm; None when it is not known.
    spectrum_names
        One name per spectrum.
    title, units, origin, source, licence, citation, hashes
        As in :class:`~mixedpixels.scenes.scene.Scene`.

    Raises
    ------
    BadInput
        When shapes disagree, a value is NaN, or the wavelengths do not increase.
    """

    name: str
    spectra: np.ndarray
    wavelengths: np.ndarray
    spectrum_names: tuple[str, ...]
    fwhm: np.ndarray | None = None
    title: str = ""
    units: str = "reflectance"
    origin: Origin = "complete"
    source: str = ""
    licence: str = ""
    citation: str = ""
    hashes: dict[str, str] = field(default_factory=dict)

    def __post_init__(self):
        def put(name, ndim, dtype):
            array = read_only(f"{self.name}: {name}", getattr(self, name), ndim, dtype)
            object.__setattr__(self, name, array)

        put("spectra", 2, np.float32)
        put("wavelengths", 1, np.float64)
        if self.fwhm is not None:
            put("fwhm", 1, np.float64)
        object.__setattr__(self, "spectrum_names", tuple(self.spectrum_names))
        require_same(f"{self.name}: wavelengths", self.spectra.shape[1], len(self.wavelengths))
        require_same(f"{self.name}: spectrum names", len(self.spectra), len(self.spectrum_names))
        if (np.diff(self.wavelengths) <= 0).any():
            raise BadInput(f"{self.name}: wavelengths must increase; sort the bands first")

    def __repr__(self) -> str:
        count, bands = self.spectra.shape
        return f"<Library {self.name}: {count} spectra, {bands} bands, {self.origin}>"

    def __len__(self) -> int:
        return len(self.spectra)

    def find(self, word: str) -> list[int]:
        """Return the indices of the spectra whose name contains ``word``; case does not matter."""
        return [i for i, n in enumerate(self.spectrum_names) if word.lower() in n.lower()]

    def at(self, wavelengths) -> "Library":
        """Return the library at other wavelengths, interpolated linearly between its bands.

        Parameters
        ----------
        wavelengths
            nm, shape (bands,), increasing.

        Raises
        ------
        BadInput
            When a wavelength lies outside the range of the library.
        """
        wanted = np.asarray(wavelengths, dtype=np.float64)
        low, high = self.wavelengths[[0, -1]]
        if wanted.min() < low or wanted.max() > high:
            raise BadInput(
                f"{self.name} covers {low:.0f} to {high:.0f} nm, but wavelengths from "
                f"{wanted.min():.0f} to {wanted.max():.0f} nm were requested"
            )
        spectra = np.stack([np.interp(wanted, self.wavelengths, s) for s in self.spectra])
        return replace(self, spectra=spectra, wavelengths=wanted, fwhm=None)

    def pruned(self, angle: float) -> "Library":
        """Return the library without the spectra that resemble an earlier one.

        Parameters
        ----------
        angle
            Radians, 0 to π. A spectrum stays only if its spectral angle to every earlier spectrum that
            stays is larger than this.
        """
        shapes = self.spectra / np.linalg.norm(self.spectra, axis=1, keepdims=True)
        kept: list[int] = []
        for k, shape in enumerate(shapes):
            if not kept or (shapes[kept] @ shape).max() < np.cos(angle):
                kept.append(k)
        names = tuple(self.spectrum_names[k] for k in kept)
        return replace(self, spectra=self.spectra[kept], spectrum_names=names)
