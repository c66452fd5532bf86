"""The simulator of twins: scenes of the same size and kind, for machines without data or network.

A twin shows that a page runs; its numbers say nothing about a paper. A spectrum is a smooth curve
through a few points, multiplied by Gaussian absorption features. The abundances are the softmax of
smooth random fields, sharp enough that pure pixels exist. The image is their mixture under uneven
light and an atmosphere with absorption bands, plus noise. The twin of a scene with labels shows as
many classes of surfaces, under conditions that vary from pixel to pixel.
"""

import hashlib
import json

import numpy as np
from scipy.ndimage import gaussian_filter1d

from mixedpixels.errors import BadInput
from mixedpixels.scenes.library import Library
from mixedpixels.scenes.registry import Entry
from mixedpixels.scenes.scene import Scene
from mixedpixels.scenes.simulate.forward import softmax_abundances
from mixedpixels.scenes.simulate.known import known_scene, labelled_fields
from mixedpixels.scenes.simulate.shapes import atmosphere, smooth_fields, spectrum


def simulate(entry: Entry) -> Scene | Library:
    """Return the twin of a registered scene or library; an entry always gives the same twin.

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
    if entry["kind"] == "scene":
        about |= {"scale": entry.get("scale"), "saturation": entry.get("saturation")}
    if "classes" in settings:
        return _labelled(entry, rng, settings, about)
    wavelengths = entry.wavelengths
    materials = settings["materials"]
    spectra = np.stack([spectrum(wavelengths, m["continuum"], m["features"]) for m in materials])
    if entry["kind"] == "library":
        return _library(entry, rng, wavelengths, spectra, about)

    rows, columns = entry["shape"]["rows"], entry["shape"]["columns"]
    fields = smooth_fields(rng, rows, columns, len(materials), settings["patch"])
    abundances = softmax_abundances(fields, settings["sharpness"])
    light = 1 + settings["light"] * smooth_fields(rng, rows, columns, 1, settings["patch"] / 2)
    clean = np.clip(light, 0.2, None) * (abundances @ (spectra * atmosphere(wavelengths)))
    noise = rng.standard_normal(clean.shape) * np.sqrt((clean**2).mean())
    # As in Samson's public reference, each spectrum has its own scale with a largest value of 1, and
    # the abundances are those of the scaled spectra. (The abundances of Jasper Ridge are such too,
    # although its spectra are in the scale of the cube.)
    largest = spectra.max(axis=1)
    scaled = abundances * largest
    return Scene(
        cube=np.clip(clean + noise * 10 ** (-settings["snr_db"] / 20), 0, None),
        wavelengths=wavelengths,
        abundances=scaled / scaled.sum(axis=2, keepdims=True),
        endmembers=spectra / largest[:, None],
        endmember_names=tuple(m["name"] for m in materials),
        **about,
    )


def _library(entry: Entry, rng, wavelengths, spectra, about) -> Library:
    """Return a library of mixtures of the materials: many spectra, some of them very similar.

    A random ripple on each spectrum keeps it from being an exact mixture of a few others.
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


def _labelled(entry: Entry, rng, settings: dict, about: dict) -> Scene:
    """Return labelled surfaces under varying conditions, in the units of the entry."""
    shape, names = entry["shape"], tuple(entry["class_names"])
    if entry.get("spatial", True):
        labels = labelled_fields(
            rng, shape["rows"], shape["columns"], settings["classes"], settings["patch"]
        )
    else:
        labels = np.repeat(np.arange(1, len(names) + 1), settings["classes"])
        labels = rng.permutation(labels)[:, None]
    made = known_scene(
        labels,
        names,
        shape["bands"],
        settings["seed"],
        noise=settings["noise"],
        first=settings["first"],
        last=settings["last"],
    ).scene
    return Scene(
        cube=made.cube * settings["scale"],
        labels=labels,
        class_names=names,
        spatial=entry.get("spatial", True),
        wavelengths=entry.wavelengths,
        **about | {"units": entry.get("units", "")},
    )


def _digest(entry: Entry) -> str:
    """Hash the settings of the twin, so that a record can state which twin it saw."""
    parts = [entry["shape"], entry.get("wavelengths"), entry["twin"]]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
