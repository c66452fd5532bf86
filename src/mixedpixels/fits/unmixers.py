"""Fits of unmixing networks and their starting spectra, each computed once and cached."""

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
    """The initial endmembers of a network, and the time to find them.

    Parameters
    ----------
    spectra
        float32, shape (endmembers, bands), in the unit of :func:`mixedpixels.training.unmixer.prepare`.
    seconds
        The time of the search.
    """

    spectra: np.ndarray
    seconds: float


@dataclasses.dataclass(frozen=True)
class Archetypes:
    """The result of EDAA on a scene, and the time it took.

    Parameters
    ----------
    endmembers
        float32, shape (endmembers, bands), in the unit of the normalised pixels.
    abundances
        float32, shape (pixels, endmembers), 0 or more, summing to one.
    seconds
        The time of the search.
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
    """Return the fit of an unmixing network to a scene, computed now or loaded from the cache.

    The key of the cache covers the settings, the seeds, the data, the code (also that of a model
    outside this package), the kind of device, and the versions of NumPy and PyTorch. An interrupted fit
    is resumed from its checkpoint.

    Parameters
    ----------
    scene
        A scene that says how many endmembers there are. It has reference endmembers where the settings
        start from those.
    settings
        The settings of a model, for example from :func:`mixedpixels.models.ssanu.settings`.
    seed
        Seed of the network's first weights and of its dropout.
    start_seed
        Seed of the search for the starting spectra.
    restarts
        The number of EDAA's restarts, where the settings start from archetypes.
    device
        ``auto`` (a GPU when there is one), ``cpu`` or ``cuda``.

    Raises
    ------
    BadInput
        For a set of pixels without positions, a model whose source cannot be read, or a missing
        reference.
    NotFinite
        When the loss becomes NaN or infinite.
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

    # found or loaded in any case, so that the start counts among the fits used
    spectra = start_or_load(scene, settings, **start, device=device).spectra

    def make(checkpoint) -> dict[str, np.ndarray]:
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
    """Return the spectra from which a network starts, found now or loaded from the cache.

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
    """Return the result of EDAA on a scene, computed now or loaded from the cache.

    Parameters
    ----------
    scene
        Only its pixels and the number of its endmembers are used.
    normalisation
        The normalisation of each pixel: ``none``, ``l2`` or ``max``.
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
    """Return the settings that the starting spectra depend on, without those that the start ignores."""
    how = {"start": settings.start, "normalisation": settings.normalisation}
    if settings.start != "reference":
        how["seed"] = seed
    if settings.start == "archetypes":
        how["restarts"] = restarts
    return how


def _data(scene: Scene) -> dict:
    return {"cube": digest(scene.cube), "endmembers": len(scene.endmember_names)}


def _given(scene: Scene, settings) -> dict[str, str]:
    """Return a digest of the reference endmembers where a fit starts from them, else an empty text."""
    if settings.start != "reference":
        return {"reference": ""}
    if scene.endmembers is None:
        raise BadInput(f"{scene.name}: the start is the reference's endmembers, but it has none")
    return {"reference": digest(scene.endmembers)}


def _flat(found: Unmixing) -> dict[str, np.ndarray]:
    """Return the result of a fit as plain arrays."""
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
