"""Scenes of labelled surfaces whose conditions are known in every pixel, which no real image offers.

Each pixel shows the surface of its class under conditions of its own: the amount of light, the amount
of water vapour above it, the strength of the haze, and the fraction of another surface that is mixed
in. Because all of these are known, the spectrum of any pixel under the conditions of any other pixel
can be computed exactly.
"""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d

from mixedpixels.errors import BadInput
from mixedpixels.scenes.scene import Scene
from mixedpixels.scenes.simulate.forward import Conditions, at_sensor, draw_conditions
from mixedpixels.scenes.simulate.shapes import smooth_fields, spectrum

# Points (nm, reflectance) and features (centre and width in nm, depth) of four kinds of surface.
_KINDS = {
    "leaves": (
        [
            (400, 0.03),
            (550, 0.09),
            (670, 0.04),
            (760, 0.42),
            (1300, 0.44),
            (1650, 0.28),
            (2500, 0.1),
        ],
        [(1200, 40, 0.12), (1450, 60, 0.5), (1940, 70, 0.6)],
    ),
    "straw": (
        [(400, 0.08), (700, 0.25), (1100, 0.4), (1700, 0.45), (2500, 0.25)],
        [(1450, 60, 0.25), (1940, 70, 0.35), (2100, 80, 0.15), (2300, 40, 0.12)],
    ),
    "soil": (
        [(400, 0.06), (800, 0.22), (1600, 0.38), (2500, 0.32)],
        [(900, 90, 0.08), (1930, 50, 0.15), (2200, 25, 0.1)],
    ),
    "water": ([(400, 0.05), (560, 0.06), (700, 0.02), (900, 0.008), (2500, 0.004)], []),
}


@dataclass(frozen=True, eq=False)
class KnownScene:
    """A simulated scene with everything that it was made from.

    Parameters
    ----------
    scene
        The simulated scene, with labels.
    surfaces
        The reflectance of each class, float64, shape (classes, bands).
    shown
        The index of each pixel's surface, from 0, int64, shape (pixels,).
    other
        The reflectance of the surface that is mixed in, shape (bands,).
    conditions
        The conditions of each pixel.
    wavelengths
        nm, shape (bands,).
    """

    scene: Scene
    surfaces: np.ndarray
    shown: np.ndarray
    other: np.ndarray
    conditions: Conditions
    wavelengths: np.ndarray

    def under(self, pixels, reference: int) -> np.ndarray:
        """Return the spectra of pixels under the conditions of another pixel, without noise.

        Parameters
        ----------
        pixels
            Their indices, shape (n,).
        reference
            The index of the pixel whose conditions they get.

        Returns
        -------
        numpy.ndarray
            float64, shape (n, bands).
        """
        pixels = np.atleast_1d(pixels)
        surfaces = self.surfaces[self.shown[pixels]]
        there = self.conditions.of(np.full(len(pixels), reference))
        return at_sensor(self.wavelengths, surfaces, self.other, there)


def class_surfaces(rng, wavelengths, classes: int, likeness: float = 0.08) -> np.ndarray:
    """Return the reflectances of classes, shape (classes, bands): a few kinds, and variants of each.

    Parameters
    ----------
    likeness
        How much the variants of a kind differ: the standard deviation of a smooth relative ripple.
    """
    kinds = [spectrum(wavelengths, *kind) for kind in _KINDS.values()]
    base = np.stack([kinds[k % len(kinds)] for k in range(classes)])
    ripple = gaussian_filter1d(
        rng.standard_normal(base.shape), max(2, len(wavelengths) / 20), axis=1
    )
    return np.clip(base * (1 + likeness * ripple / ripple.std()), 0.001, 1)


def known_scene(
    labels: np.ndarray,
    class_names: tuple[str, ...],
    bands: int,
    seed: int,
    *,
    strength: float = 1.0,
    noise: float = 0.002,
    first: float = 400.0,
    last: float = 2500.0,
    spatial: bool = True,
    name: str = "known",
) -> KnownScene:
    """Simulate a scene of labelled surfaces under known conditions.

    Parameters
    ----------
    labels
        Shape (rows, columns); a pixel with label 0 gets the surface of a random class.
    class_names
        One per class.
    bands
        Evenly spaced from ``first`` to ``last`` nm.
    seed
        Of the surfaces, the conditions and the noise.
    strength
        Of the conditions, from 0 up to but not including 2; see :func:`draw_conditions`.
    noise
        The standard deviation of the noise, in units of reflectance.
    spatial
        Whether neighbours in the scene are neighbours on the ground.

    Raises
    ------
    BadInput
        When labels and class names do not match, or a number is out of its range.

    Examples
    --------
    >>> made = known_scene(np.repeat([1, 2], 50)[:, None], ("reed", "sand"), 60, seed=0, spatial=False)
    >>> made.scene.shape, made.under([0, 60], reference=3).shape
    ((100, 1, 60), (2, 60))
    """
    labels = np.asarray(labels)
    if bands < 2 or not 0 <= strength < 2 or noise < 0 or not 0 < first < last:
        raise BadInput(
            "known_scene: expected 2 bands or more, strength from 0 up to but not 2, noise 0 or more, "
            "first below last; "
            f"got {bands} bands, strength {strength}, noise {noise}, {first} to {last} nm"
        )
    rng = np.random.default_rng(seed)
    wavelengths = np.linspace(first, last, bands)
    surfaces = class_surfaces(rng, wavelengths, len(class_names))
    other = spectrum(wavelengths, *_KINDS["soil"])
    conditions = draw_conditions(rng, labels.size, strength)
    cube = np.empty((labels.size, bands), np.float32)
    flat = labels.ravel()
    shown = np.where(flat > 0, flat, rng.integers(1, len(class_names) + 1, flat.size)) - 1
    for begin in range(0, len(flat), 65536):  # in pieces, to limit the memory for a large image
        part = slice(begin, begin + 65536)
        clean = at_sensor(wavelengths, surfaces[shown[part]], other, conditions.of(part))
        cube[part] = clean + noise * rng.standard_normal(clean.shape)
    scene = Scene(
        name=name,
        cube=cube.reshape(*labels.shape, bands),
        labels=labels,
        class_names=class_names,
        spatial=spatial,
        title="Labelled surfaces under known conditions",
        units="reflectance",
        origin="synthetic",
        source="simulated",
        licence="simulated; no rights of others",
    )
    return KnownScene(scene, surfaces, shown, other, conditions, wavelengths)


def labelled_fields(rng, rows: int, columns: int, counts: list[int], patch: float) -> np.ndarray:
    """Return a label map of smooth regions among unlabelled pixels, int16, shape (rows, columns).

    Parameters
    ----------
    counts
        The number of labelled pixels of each class. A class gets the pixels in which its random field
        exceeds the others most; rarer classes choose first.
    patch
        The approximate size of a region in pixels.

    Raises
    ------
    BadInput
        When more labelled pixels are requested than there are pixels.
    """
    if sum(counts) > rows * columns:
        raise BadInput(
            f"counts: expected at most {rows * columns} labelled pixels in all, got {sum(counts)}"
        )
    fields = smooth_fields(rng, rows, columns, len(counts), patch).reshape(rows * columns, -1)
    labels = np.zeros(len(fields), np.int16)
    for k in np.argsort(counts, kind="stable"):
        free = np.flatnonzero(labels == 0)
        others = np.delete(fields[free], k, axis=1)
        ahead = fields[free, k] - others.max(axis=1, initial=-np.inf)
        labels[free[np.argsort(-ahead, kind="stable")[: counts[k]]]] = k + 1
    return labels.reshape(rows, columns)
