"""Baselines of the unmixing tables: methods without a network, which the papers do not print."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np

from mixedpixels.unmixing.constant import ConstantPrediction
from mixedpixels.unmixing.least_squares import FCLS, NNLS
from mixedpixels.unmixing.normalise import normalise
from mixedpixels.unmixing.smacc import SMACC
from mixedpixels.unmixing.vca import VCA

SHAKEN = "noise of 1e-12: rounding decides, so it is run from seeds"
_LABELS = {"none": "raw pixels", "l2": "L2 pixels", "max": "max pixels"}
BLIND = tuple(f"VCA + FCLS, {label}" for label in _LABELS.values())
START_ALONE = "EDAA + NNLS / sum, scaled spectra"


@dataclass(frozen=True)
class Baseline:
    """One baseline of a table.

    Parameters
    ----------
    name
        Its column in the table.
    run
        Takes a seed; returns abundances, float, shape (pixels, endmembers), or an object with the
        attributes ``abundances`` and ``seconds``.
    seeds
        The seeds of its runs.
    about
        Further properties of its cells: ``deterministic``, ``only``, ``note``.
    """

    name: str
    run: Callable[[int], object]
    seeds: range = range(1)
    about: dict = field(default_factory=dict)


def smacc(pixels, count: int, seeds: range, how: str = "none") -> Baseline:
    """Return SMACC on pixels with relative noise of 1e-12.

    SMACC's result depends on rounding. The noise makes this dependence visible as a spread over seeds.

    Parameters
    ----------
    pixels
        Shape (pixels, bands).
    count
        The number of endmembers.
    seeds
        The seeds of the noise.
    how
        The normalisation: ``none``, ``l2`` or ``max``.
    """
    shaped = normalise(np.asarray(pixels, dtype=float), how)

    def run(seed: int) -> np.ndarray:
        noise = np.random.default_rng(seed).standard_normal(shaped.shape)
        return SMACC(count).fit_transform(shaped * (1 + 1e-12 * noise))

    name = "SMACC" if how == "none" else f"SMACC, {_LABELS[how]}"
    return Baseline(name, run, seeds, {"note": SHAKEN})


def blind(pixels, count: int, seeds: range, device: str = "auto") -> list[Baseline]:
    """Return VCA with fully constrained least squares on raw, L2- and max-normalised pixels.

    Parameters
    ----------
    pixels, count
        As in :func:`smacc`.
    seeds
        The seeds of VCA.
    device
        The device of the least squares.
    """
    FCLS(VCA(count), device=device).fit_transform(pixels)  # the first call is slow

    def row(how: str) -> Baseline:
        return Baseline(
            f"VCA + FCLS, {_LABELS[how]}",
            lambda seed: FCLS(VCA(count, seed), how, device).fit_transform(pixels),
            seeds,
        )

    return [row(how) for how in _LABELS]


def archetypal(pixels, search: Callable, seeds: range, device: str = "auto") -> list[Baseline]:
    """Return EDAA, and non-negative least squares on EDAA's endmembers scaled to equal height.

    Parameters
    ----------
    pixels
        Shape (pixels, bands).
    search
        Takes a seed; returns an object with ``abundances`` (pixels, endmembers), ``endmembers``
        (endmembers, bands) and ``seconds``, found by EDAA on L2-normalised pixels.
    seeds
        The seeds of the search.
    device
        The device of the least squares.
    """

    def scaled(seed: int) -> SimpleNamespace:
        began, found = time.perf_counter(), search(seed)
        searched = time.perf_counter()
        spectra = normalise(found.endmembers, "max")
        abundances = NNLS(spectra, renormalise=True, device=device).fit_transform(pixels)
        # a search that is loaded from the cache counts with the time that it took to compute
        seconds = max(found.seconds, searched - began) + time.perf_counter() - searched
        return SimpleNamespace(abundances=abundances, seconds=seconds)

    return [
        Baseline("EDAA", search, seeds, {"note": "on L2-normalised pixels; one search per seed"}),
        Baseline(START_ALONE, scaled, seeds, {"note": "the start of the reading best, no network"}),
    ]


def given(pixels, endmembers, reference, device: str = "auto") -> list[Baseline]:
    """Return the baselines that use the reference: least squares and the constant prediction.

    Parameters
    ----------
    pixels
        Shape (pixels, bands).
    endmembers
        The reference endmembers, shape (endmembers, bands).
    reference
        The reference abundances, shape (pixels, endmembers).
    device
        The device of the least squares.
    """
    scaled = normalise(endmembers, "max")
    rows = {
        "FCLS, raw pixels": FCLS(endmembers, "none", device),
        "FCLS, L2 pixels": FCLS(endmembers, "l2", device),
        "NNLS / sum": NNLS(endmembers, renormalise=True, device=device),
        "NNLS / sum, scaled": NNLS(scaled, renormalise=True, device=device),
    }
    spectra = {"deterministic": True, "note": "uses the reference's endmembers"}
    constant = {
        "deterministic": True,
        "only": ("RMSE",),  # it has no pure pixels, so there is no angle
        "note": "uses the reference's mean abundances",
    }
    return [
        *(
            Baseline(
                f"{name}, reference endmembers",
                lambda seed, model=model: model.fit_transform(pixels),
                about=spectra,
            )
            for name, model in rows.items()
        ),
        Baseline(
            "constant prediction",
            lambda seed: ConstantPrediction().fit(pixels, reference).transform(pixels),
            about=constant,
        ),
    ]
