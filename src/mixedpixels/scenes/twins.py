"""The twin simulator: a scene of the same size and kind, for machines without data or network.

A twin shows that a page runs; its numbers say nothing about a paper. Spectra are a smooth continuum
through a few points less Gaussian absorption features; abundances are a softmax of smooth random
fields, sharp enough that pure pixels exist; the image is their mixture under an uneven light and an
atmosphere with absorption bands, plus noise.
"""

import hashlib
import json

import numpy as np
from scipy.interpolate import PchipInterpolator
from scipy.ndimage import gaussian_filter, gaussian_filter1d

from mixedpixels.errors import BadInput
from mixedpixels.scenes.registry import Entry
from mixedpixels.scenes.scene import Library, Scene

# Water vapour and oxygen: centre and width in nm, depth as a fraction of the light.
_ATMOSPHERE = ((760, 6, 0.10), (940, 18, 0.25), (1135, 22, 0.3), (1390, 40, 0.7), (1880, 50, 0.8))


def simulate(entry: Entry) -> Scene | Library:
    """Return the twin of a registered scene or library; the same entry gives the same twin.

    Raises
    ------
    BadInput
        When the entry has no ``[twin]`` table.
    """
    settings = entry.get("twin")
    if settings is None:
        raise BadInput(f"{entry.path.name} has no [twin] table, so {entry.name} has no twin")
    rng = np.random.default_rng(settings["seed"])
    about = {
        "name": entry.name,
        "title": f"{entry['title']} (twin)",
        "units": "reflectance",
        "origin": "twin",
        "source": f"simulated in the likeness of {entry['title']}",
        "licence": "simulated; no rights of others",
        "citation": "",
        "hashes": {f"twin of {entry.name}": _digest(entry)},
    }
    wavelengths = entry.wavelengths
    materials = settings["materials"]
    spectra = np.stack([spectrum(wavelengths, m["continuum"], m["features"]) for m in materials])
    if entry["kind"] == "library":
        return _library(entry, rng, wavelengths, spectra, about)

    rows, columns = entry["shape"]["rows"], entry["shape"]["columns"]
    fields = smooth_fields(rng, rows, columns, len(materials), settings["patch"])
    abundances = np.exp(settings["sharpness"] * fields)
    abundances /= abundances.sum(axis=2, keepdims=True)
    light = 1 + settings["light"] * smooth_fields(rng, rows, columns, 1, settings["patch"] / 2)
    clean = np.clip(light, 0.2, None) * (abundances @ (spectra * atmosphere(wavelengths)))
    noise = rng.standard_normal(clean.shape) * np.sqrt((clean**2).mean())
    # As Samson's public reference does: each spectrum in its own scale, its largest value 1, and the
    # abundances as shares of these scaled spectra. (Jasper Ridge's shares are such too, though its
    # spectra stand in the cube's scale.)
    largest = spectra.max(axis=1)
    shares = abundances * largest
    return Scene(
        cube=np.clip(clean + noise * 10 ** (-settings["snr_db"] / 20), 0, None),
        wavelengths=wavelengths,
        abundances=shares / shares.sum(axis=2, keepdims=True),
        endmembers=spectra / largest[:, None],
        endmember_names=tuple(m["name"] for m in materials),
        **about,
    )


def spectrum(wavelengths: np.ndarray, continuum: list, features: list) -> np.ndarray:
    """Return a reflectance spectrum: a monotone curve through points, less absorption features.

    Parameters
    ----------
    wavelengths
        nm, shape (bands,).
    continuum
        Pairs (nm, reflectance); flat beyond the first and the last.
    features
        Triples (centre in nm, width in nm, depth 0–1).
    """
    at, value = np.array(continuum, float).T
    curve = PchipInterpolator(at, value)(np.clip(wavelengths, at[0], at[-1]))
    return curve * _transmission(wavelengths, features)


def atmosphere(wavelengths: np.ndarray) -> np.ndarray:
    """Return the light that a clear atmosphere lets through, 0–1, shape (bands,)."""
    scattering = 1 - 0.1 * (450 / wavelengths) ** 4
    return scattering * _transmission(wavelengths, _ATMOSPHERE)


def smooth_fields(rng, rows: int, columns: int, count: int, patch: float) -> np.ndarray:
    """Return Gaussian random fields of unit variance, shape (rows, columns, count).

    ``patch`` is the standard deviation of the smoothing, in pixels.
    """
    raw = rng.standard_normal((rows, columns, count))
    smooth = gaussian_filter(raw, (patch, patch, 0), mode="reflect")
    smooth -= smooth.mean(axis=(0, 1))
    return smooth / smooth.std(axis=(0, 1))


def _transmission(wavelengths: np.ndarray, features) -> np.ndarray:
    through = np.ones_like(wavelengths)
    for centre, width, depth in features:
        through *= 1 - depth * np.exp(-0.5 * ((wavelengths - centre) / width) ** 2)
    return through


def _library(entry: Entry, rng, wavelengths, spectra, about) -> Library:
    """Return a library of mixtures of the materials: many spectra of which some are close kin.

    Each has a ripple of its own, as no two real spectra are mixtures of a few others.
    """
    count = entry["shape"]["spectra"]
    mixing = rng.dirichlet(np.full(len(spectra), 0.3), size=count)
    names = [f"{entry['twin']['materials'][k]['name']} {i}" for i, k in enumerate(mixing.argmax(1))]
    ripple = gaussian_filter1d(rng.standard_normal((count, len(wavelengths))), 6, axis=1)
    ripple *= 0.03 / ripple.std(axis=1, keepdims=True)
    return Library(
        spectra=np.clip(mixing @ spectra * (1 + ripple), 0, None),
        wavelengths=wavelengths,
        spectrum_names=tuple(names),
        **about,
    )


def _digest(entry: Entry) -> str:
    """Hash what the twin is made from, so that a record can say which twin it saw."""
    parts = [entry["shape"], entry["wavelengths"], entry["twin"]]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
