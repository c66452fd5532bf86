"""Fits of unmixing networks and their starting spectra, each made once and cached."""

import dataclasses

import numpy as np

from mixedpixels import training
from mixedpixels.errors import BadInput
from mixedpixels.fits.cache import cached, digest
from mixedpixels.provenance import code_of_class, definitions_of
from mixedpixels.scenes import Scene
from mixedpixels.training import Unmixing
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
    """Return an unmixing network's answer for a scene, fitted now or loaded from the cache.

    The key holds the settings, the seeds, the data, the code (of a model outside this package too), the
    kind of device and the versions of NumPy and PyTorch. A fit that was killed goes on where it was.

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
        For a set of pixels without places, or a model whose source cannot be read.
    """
    start = {"seed": start_seed, "restarts": restarts}
    image = scene.neighbourhood()
    made_from = {
        "model": f"{type(settings).__module__}.{type(settings).__qualname__}",
        "settings": dataclasses.asdict(settings),
        "start": _start(settings, **start),
        "seed": seed,
        **_data(image),
        **_given(scene, settings),
    }
    code = definitions_of(
        "mixedpixels.training.fit_unmixer", "mixedpixels.training.starting_spectra"
    )

    def make(checkpoint) -> dict[str, np.ndarray]:
        spectra = start_or_load(scene, settings, **start, device=device).spectra
        _, found = training.fit_unmixer(
            scene.cube, spectra, settings, seed=seed, device=device, checkpoint=checkpoint
        )
        return _flat(found)

    return _unmixing(
        cached(
            f"{scene.name}-fit",
            make,
            made_from=made_from,
            code=code | code_of_class(type(settings)),
            device=device,
        )
    )


def start_or_load(
    scene: Scene, settings, *, seed: int = 0, restarts: int = 50, device: str = "auto"
) -> Start:
    """Return the spectra a network starts from, found now or loaded from the cache.

    Parameters
    ----------
    scene, settings, seed, restarts, device
        As in :func:`fit_or_load`; see :func:`mixedpixels.training.starting_spectra`.
    """
    if settings.start == "archetypes":
        found = archetypes_or_load(
            scene, settings.normalisation, seed=seed, restarts=restarts, device=device
        )
        return Start(found.endmembers, found.seconds)
    how = _start(settings, seed, restarts)

    def make(_) -> dict[str, np.ndarray]:
        count = len(scene.endmember_names)
        reference = scene.endmembers
        spectra = training.starting_spectra(
            scene.cube, count, **how, reference=reference, device=device
        )
        return {"spectra": spectra}

    found = cached(
        f"{scene.name}-start",
        make,
        made_from={**how, **_data(scene), **_given(scene, settings)},
        code=definitions_of("mixedpixels.training.starting_spectra"),
        device=device,
    )
    return Start(found["spectra"], float(found["seconds"]))


def archetypes_or_load(
    scene: Scene,
    normalisation: Normalisation = "l2",
    *,
    seed: int = 0,
    restarts: int = 50,
    device: str = "auto",
) -> Archetypes:
    """Return what EDAA finds in a scene, now or from the cache.

    Parameters
    ----------
    scene
        Its reference says how many endmembers, and nothing else.
    normalisation
        Of its pixels.
    seed, restarts, device
        See :class:`mixedpixels.unmixing.EDAA`.
    """
    how = {"normalisation": normalisation, "seed": seed, "restarts": restarts}

    def make(_) -> dict[str, np.ndarray]:
        endmembers, abundances = training.archetypes(
            scene.cube, len(scene.endmember_names), **how, device=device
        )
        return {"endmembers": endmembers, "abundances": abundances}

    found = cached(
        f"{scene.name}-archetypes",
        make,
        made_from={**how, **_data(scene)},
        code=definitions_of("mixedpixels.training.archetypes"),
        device=device,
    )
    return Archetypes(found["endmembers"], found["abundances"], float(found["seconds"]))


def _start(settings, seed: int, restarts: int) -> dict:
    """Return what the starting spectra depend on: a setting that the start ignores is left out."""
    how = {"start": settings.start, "normalisation": settings.normalisation}
    if settings.start != "reference":
        how["seed"] = seed
    if settings.start == "archetypes":
        how["restarts"] = restarts
    return how


def _data(scene: Scene) -> dict:
    return {"cube": digest(scene.cube), "endmembers": len(scene.endmember_names)}


def _given(scene: Scene, settings) -> dict[str, str]:
    """Return what of the reference a fit depends on: its spectra, where it starts from them."""
    if settings.start != "reference":
        return {"reference": ""}
    if scene.endmembers is None:
        raise BadInput(f"{scene.name}: the start is the reference's endmembers, but it has none")
    return {"reference": digest(scene.endmembers)}


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


def _unmixing(arrays: dict[str, np.ndarray]) -> Unmixing:
    return Unmixing(
        arrays["abundances"],
        arrays["endmembers"],
        dict(zip(arrays["streams"].tolist(), arrays["balance"].tolist(), strict=True)),
        dict(zip(arrays["terms"].tolist(), arrays["losses"], strict=True)),
        float(arrays["seconds"]),
    )
