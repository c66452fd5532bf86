"""Fits that several notebooks need are made once and kept in the user's cache."""

import dataclasses
import time
from pathlib import Path

import numpy as np

from mixedpixels import training
from mixedpixels.pipeline import kept
from mixedpixels.scenes import Scene
from mixedpixels.training import Checkpoint, Unmixing
from mixedpixels.unmixing.normalise import Normalisation


@dataclasses.dataclass(frozen=True)
class Start:
    """The spectra a network starts from, float32 (endmembers, bands), and the seconds to find them."""

    spectra: np.ndarray
    seconds: float


@dataclasses.dataclass(frozen=True)
class Archetypes:
    """What EDAA finds in a scene, and the seconds it took.

    ``endmembers`` are float32 (endmembers, bands) in the unit of the normalised pixels,
    ``abundances`` float32 (pixels, endmembers).
    """

    endmembers: np.ndarray
    abundances: np.ndarray
    seconds: float


def fit_or_load(
    scene: Scene,
    settings,
    *,
    seed: int = 0,
    start_seed: int = 0,
    restarts: int = 50,
    device: str = "auto",
) -> Unmixing:
    """Return an unmixing network's answer for a scene, fitted now or found in the cache.

    The key holds the settings, the seeds, the data, the code, the kind of device and the versions of
    NumPy and PyTorch. A fit that was killed goes on where it was; two processes that want the same fit
    make it once.

    Parameters
    ----------
    scene
        With its reference where the settings start from it.
    settings
        A model's, as :func:`mixedpixels.models.ssanu.settings` gives them.
    seed
        Of the network.
    start_seed
        Of the search for the starting spectra.
    restarts
        Of EDAA, where the settings start from archetypes.
    device
        ``auto`` (a GPU when there is one), ``cpu`` or ``cuda``.

    Raises
    ------
    BadInput
        For a set of pixels without places.
    """
    start = {"seed": start_seed, "restarts": restarts}
    what = {
        "model": type(settings).__module__,
        "settings": dataclasses.asdict(settings),
        "start": _start(settings, **start),
        "seed": seed,
    }
    code = _code(type(settings).__module__)
    path, key = _place(scene.neighbourhood(), "fit", what | _given(scene, settings), code, device)
    with kept.alone(path):
        if not path.is_file():
            checkpoint = Checkpoint(path.with_suffix(".state"), key)
            spectra = start_or_load(scene, settings, **start, device=device).spectra
            _, found = training.fit_unmixer(
                scene.cube, spectra, settings, seed=seed, device=device, checkpoint=checkpoint
            )
            kept.keep(path, _flat(found))
            checkpoint.path.unlink(missing_ok=True)
    with np.load(path, allow_pickle=False) as arrays:
        return _unmixing(arrays)


def start_or_load(
    scene: Scene, settings, *, seed: int = 0, restarts: int = 50, device: str = "auto"
) -> Start:
    """Return the spectra a network starts from, found now or in the cache.

    Parameters
    ----------
    scene, settings, seed, restarts, device
        As in :func:`fit_or_load`; see :func:`mixedpixels.training.starting_spectra`.
    """
    if settings.start == "archetypes":
        found = archetypes_or_load(
            scene, settings.pixels, seed=seed, restarts=restarts, device=device
        )
        return Start(found.endmembers, found.seconds)
    how = _start(settings, seed, restarts)
    code = _code("mixedpixels.training.unmixer")
    path, _ = _place(scene, "start", how | _given(scene, settings), code, device)
    with kept.alone(path):
        if not path.is_file():
            began = time.perf_counter()
            spectra = training.starting_spectra(
                scene.cube,
                len(scene.endmember_names),
                **how,
                reference=scene.endmembers,
                device=device,
            )
            kept.keep(path, {"spectra": spectra, "seconds": np.array(time.perf_counter() - began)})
    with np.load(path, allow_pickle=False) as arrays:
        return Start(arrays["spectra"], float(arrays["seconds"]))


def archetypes_or_load(
    scene: Scene,
    pixels: Normalisation = "l2",
    *,
    seed: int = 0,
    restarts: int = 50,
    device: str = "auto",
) -> Archetypes:
    """Return what EDAA finds in a scene, now or in the cache.

    Parameters
    ----------
    scene
        Its reference says how many endmembers, and nothing else.
    pixels
        The normalisation of its pixels.
    seed, restarts, device
        See :class:`mixedpixels.unmixing.EDAA`.
    """
    how = {"pixels": pixels, "seed": seed, "restarts": restarts}
    code = _code("mixedpixels.training.unmixer")
    path, _ = _place(scene, "archetypes", how, code, device)
    with kept.alone(path):
        if not path.is_file():
            began = time.perf_counter()
            endmembers, abundances = training.archetypes(
                scene.cube, len(scene.endmember_names), **how, device=device
            )
            found = {"endmembers": endmembers, "abundances": abundances}
            kept.keep(path, found | {"seconds": np.array(time.perf_counter() - began)})
    with np.load(path, allow_pickle=False) as arrays:
        return Archetypes(arrays["endmembers"], arrays["abundances"], float(arrays["seconds"]))


def _start(settings, seed: int, restarts: int) -> dict:
    """Return what the starting spectra depend on: a setting that the start ignores is left out."""
    how = {"start": settings.start, "pixels": settings.pixels}
    if settings.start != "reference":
        how["seed"] = seed
    if settings.start == "archetypes":
        how["restarts"] = restarts
    return how


def _given(scene: Scene, settings) -> dict[str, str]:
    """Return what of the reference a fit depends on: its spectra, where it starts from them."""
    return {"reference": kept.digest(scene.endmembers) if settings.start == "reference" else ""}


def _place(
    scene: Scene, kind: str, what: dict, code: dict[str, str], device: str
) -> tuple[Path, str]:
    """Return the file that something is kept in, and the key of what made it."""
    made_from = {
        **what,
        "cube": kept.digest(scene.cube),
        "endmembers": len(scene.endmember_names),
    }
    return kept.place(f"{scene.name}-{kind}", made_from, code, device)


def _flat(found: Unmixing) -> dict[str, np.ndarray]:
    """Return an answer as plain arrays."""
    return {
        "abundances": found.abundances,
        "endmembers": found.endmembers,
        "balance": np.array(list(found.balance.values())),
        "streams": np.array(list(found.balance)),
        "losses": np.array(list(found.losses.values())),
        "terms": np.array(list(found.losses)),
        "seconds": np.array(found.seconds),
    }


def _unmixing(arrays) -> Unmixing:
    return Unmixing(
        arrays["abundances"],
        arrays["endmembers"],
        dict(zip(arrays["streams"].tolist(), arrays["balance"].tolist(), strict=True)),
        dict(zip(arrays["terms"].tolist(), arrays["losses"], strict=True)),
        float(arrays["seconds"]),
    )


def _code(model: str) -> dict[str, str]:
    return kept.code(f"import mixedpixels.training.unmixer, {model}")
