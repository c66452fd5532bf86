"""Fits that several notebooks need are made once and kept in the user's cache."""

import dataclasses
import hashlib
import json
from functools import cache
from pathlib import Path

import numpy as np
import torch

from mixedpixels import paths, training
from mixedpixels.device import choose_device
from mixedpixels.ledger import provenance
from mixedpixels.scenes import Scene
from mixedpixels.training import Checkpoint, Unmixing

# what a fit depends on besides its settings and its data
_CODE = "import mixedpixels.training.unmixer"


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

    The key holds the settings, the seeds, the data's hashes, the hashes of the code, the kind of device
    and PyTorch's version: whatever can change the numbers. A fit that was killed goes on where it was.

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
    """
    start = {"seed": start_seed, "restarts": restarts}
    what = {
        "model": type(settings).__module__,
        "settings": dataclasses.asdict(settings),
        "start": start,
        "seed": seed,
    }
    kept, key = _place(scene, "fit", what, device)
    if not kept.is_file():
        checkpoint = Checkpoint(kept.with_suffix(".state"), key)
        spectra = start_or_load(scene, settings, **start, device=device)
        _, found = training.fit_unmixer(
            scene.cube, spectra, settings, seed=seed, device=device, checkpoint=checkpoint
        )
        with paths.whole(kept) as draft:
            np.savez(draft, **_flat(found))
        checkpoint.path.unlink(missing_ok=True)
    with np.load(kept, allow_pickle=False) as arrays:
        return _unmixing(arrays)


def start_or_load(
    scene: Scene, settings, *, seed: int = 0, restarts: int = 50, device: str = "auto"
) -> np.ndarray:
    """Return the spectra a network starts from, found now or in the cache.

    Parameters
    ----------
    scene, settings, seed, restarts, device
        As in :func:`fit_or_load`; see :func:`mixedpixels.training.starting_spectra`.
    """
    how = {"start": settings.start, "pixels": settings.pixels, "seed": seed, "restarts": restarts}
    kept, _ = _place(scene, "start", how, device)
    if not kept.is_file():
        spectra = training.starting_spectra(
            scene.cube,
            len(scene.endmember_names),
            **how,
            reference=scene.endmembers,
            device=device,
        )
        with paths.whole(kept) as draft:
            np.savez(draft, spectra=spectra)
    with np.load(kept, allow_pickle=False) as arrays:
        return arrays["spectra"]


def _place(scene: Scene, kind: str, what: dict, device: str) -> tuple[Path, str]:
    """Return the file that something is kept in, and the key of what made it."""
    made_from = {
        **what,
        "data": dict(scene.hashes),
        "code": _code(),
        "device": choose_device(device).type,
        "torch": torch.__version__,
    }
    key = hashlib.sha256(json.dumps(made_from, sort_keys=True).encode()).hexdigest()
    return paths.cache() / "fits" / f"{scene.name}-{kind}-{key[:16]}.npz", key


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


@cache
def _code() -> dict[str, str]:
    used = provenance.modules_used(_CODE)
    return {name: digest for name, digest in used.items() if provenance.makes_numbers(name)}
