"""An unmixing network from image to abundances: its start, its fit, its answer."""

from dataclasses import dataclass
from typing import get_args

import numpy as np
import torch
from torch import nn

from mixedpixels.device import choose_device
from mixedpixels.errors import BadInput
from mixedpixels.models.config import Start
from mixedpixels.models.layers import Image
from mixedpixels.training.checkpoint import Checkpoint
from mixedpixels.training.loop import seeded, train
from mixedpixels.training.step import Step
from mixedpixels.unmixing import EDAA, normalise, vca_starts
from mixedpixels.unmixing.normalise import Normalisation
from mixedpixels.unmixing.pixels import check_pixels


@dataclass(frozen=True)
class Unmixing:
    """What a fitted network says about its image.

    Parameters
    ----------
    abundances
        float32, shape (pixels, endmembers), row by row.
    endmembers
        float32, shape (endmembers, bands), in the normalised unit of the fit.
    balance
        The learnt fusion weights by name, each in [0, 1].
    losses
        Each term of the loss after every update, float64, shape (updates,).
    seconds
        Of the fit, without the search for the starting spectra.
    """

    abundances: np.ndarray
    endmembers: np.ndarray
    balance: dict[str, float]
    losses: dict[str, np.ndarray]
    seconds: float


def prepare(cube, normalisation: Normalisation) -> np.ndarray:
    """Return a cube as a network sees it: float32, normalised.

    Parameters
    ----------
    cube
        Shape (rows, columns, bands).
    normalisation
        ``none``, ``l2`` or ``max``. ``l2`` is times √bands, so that a pixel's mean square is one;
        ``none`` leaves the values as they are.

    Raises
    ------
    BadInput
        When there are not three axes, or a value is not finite.
    """
    cube = np.asarray(cube)
    if cube.ndim != 3:
        raise BadInput(f"cube: expected an array (rows, columns, bands), got shape {cube.shape}")
    flat = normalise(check_pixels(cube.reshape(-1, cube.shape[2])), normalisation)
    if normalisation == "l2":
        flat = flat * np.sqrt(cube.shape[2])
    return flat.reshape(cube.shape).astype(np.float32)


def starting_spectra(
    cube,
    n_endmembers: int,
    start: Start,
    normalisation: Normalisation,
    *,
    seed: int = 0,
    restarts: int = 50,
    reference=None,
    device: str = "auto",
) -> np.ndarray:
    """Return the endmembers that a network's decoder starts from.

    Parameters
    ----------
    cube
        Shape (rows, columns, bands), as the scene holds it.
    n_endmembers
        How many endmembers.
    start
        ``vca``, ``archetypes`` (EDAA), or ``reference``.
    normalisation
        Of each pixel: ``none``, ``l2`` or ``max``.
    seed
        Of the random part of VCA and of EDAA.
    restarts
        Of EDAA.
    reference
        Shape (endmembers, bands): for the start ``reference`` only.
    device
        ``auto`` (a GPU when there is one), ``cpu`` or ``cuda``.

    Returns
    -------
    numpy.ndarray
        float32, shape (endmembers, bands), in the unit of :func:`prepare`.

    Raises
    ------
    BadInput
        When the image cannot hold that many endmembers, or the reference is wanted but not given.
    """
    if start == "reference":
        return _given(reference, n_endmembers, np.shape(cube)[-1], normalisation)
    how = {"seed": seed, "restarts": restarts, "device": device}
    if start == "archetypes":
        return archetypes(cube, n_endmembers, normalisation, **how)[0]
    if start == "vca":
        flat = prepare(cube, normalisation).reshape(-1, np.shape(cube)[2])
        return vca_starts(flat, n_endmembers, [seed])[0][0].astype(np.float32)
    raise BadInput(f"start must be one of {', '.join(get_args(Start))}; got {start!r}")


def archetypes(
    cube,
    n_endmembers: int,
    normalisation: Normalisation,
    *,
    seed: int = 0,
    restarts: int = 50,
    device: str = "auto",
) -> tuple[np.ndarray, np.ndarray]:
    """Return what EDAA finds in a cube.

    Parameters
    ----------
    cube, n_endmembers, normalisation, seed, restarts, device
        As in :func:`starting_spectra`.

    Returns
    -------
    endmembers : numpy.ndarray
        float32, shape (endmembers, bands), in the unit of :func:`prepare`.
    abundances : numpy.ndarray
        float32, shape (pixels, endmembers).
    """
    flat = prepare(cube, normalisation).reshape(-1, np.shape(cube)[2])
    model = EDAA(n_endmembers, restarts=restarts, random_state=seed, device=device).fit(flat)
    return model.endmembers_.astype(np.float32), model.abundances_.astype(np.float32)


def _given(reference, count: int, bands: int, normalisation: Normalisation) -> np.ndarray:
    if reference is None:
        raise BadInput("the start is the reference's endmembers, but none were given")
    spectra = prepare(np.asarray(reference)[None], normalisation)[0]
    if spectra.shape != (count, bands):
        raise BadInput(
            f"reference: expected {count} endmembers of {bands} bands, got shape {spectra.shape}"
        )
    return spectra


def fit_unmixer(
    cube,
    spectra,
    settings,
    *,
    seed: int = 0,
    device: str = "auto",
    checkpoint: Checkpoint | None = None,
) -> tuple[nn.Module, Unmixing]:
    """Fit an unmixing network to an image, from the first random weight to the abundances.

    Parameters
    ----------
    cube
        Shape (rows, columns, bands), as the scene holds it.
    spectra
        From :func:`starting_spectra`, shape (endmembers, bands). A network that keeps them as they
        are may be given a whole library, of more spectra than bands.
    settings
        A model's, as :func:`mixedpixels.models.ssanu.settings` gives them.
    seed
        Of the weights and of the dropout.
    device
        ``auto`` (a GPU when there is one), ``cpu`` or ``cuda``.
    checkpoint
        Lets a killed fit go on.

    Returns
    -------
    network : torch.nn.Module
        The fitted network, in evaluation mode.
    unmixing : Unmixing

    Raises
    ------
    BadInput
        When cube and spectra do not fit together, a value is not finite, or the seed is no whole
        number.
    NotFinite
        When the loss became NaN or infinite.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from mixedpixels.models import TrainingConfig, ssanu
    >>> cube = np.random.default_rng(0).random((6, 6, 8))
    >>> settings = replace(ssanu.settings("samson"), training=TrainingConfig(2, 1e-3))
    >>> spectra = starting_spectra(cube, 3, "vca", "none")
    >>> fit_unmixer(cube, spectra, settings, device="cpu")[1].abundances.shape
    (36, 3)
    """
    place = choose_device(device)
    image = prepare(cube, settings.normalisation)
    spectra = np.asarray(spectra)
    if spectra.ndim != 2 or len(spectra) < 2 or spectra.shape[1] != image.shape[2]:
        raise BadInput(
            f"spectra: expected 2 or more of {image.shape[2]} bands, as the cube has; got shape "
            f"{spectra.shape}"
        )
    spectra = check_pixels(spectra).astype(np.float32)
    with seeded(seed, place):
        # drawn on the CPU, so that a seed means the same weights on every device
        network = settings.network(torch.tensor(spectra)).to(place)
        data = Image(torch.tensor(image, device=place))
        step = Step(network, lambda: (data,), settings.training)
        history = train(step, checkpoint=checkpoint, title=type(network).__name__)
    abundances = network.abundances(data)
    return network, Unmixing(
        abundances.cpu().numpy(),
        network.spectra().cpu().numpy(),
        network.balance(),
        history.losses,
        history.seconds,
    )
