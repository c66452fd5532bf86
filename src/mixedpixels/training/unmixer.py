"""Fits of unmixing networks to images: starting spectra, training and resulting abundances."""

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
    """The result of a fit of an unmixing network to an image.

    Parameters
    ----------
    abundances
        float32, shape (pixels, endmembers), row by row.
    endmembers
        float32, shape (endmembers, bands), in the unit of :func:`prepare`.
    balance
        Name of a stream → its learnt weight, in [0, 1]; empty for a network without streams.
    losses
        Name of a term of the loss → its value at each entry of the history, float64, shape (entries,).
        With ``eval_every`` 1, the default, there is one entry per update.
    seconds
        The time of the fit, without the search for the starting spectra.
    """

    abundances: np.ndarray
    endmembers: np.ndarray
    balance: dict[str, float]
    losses: dict[str, np.ndarray]
    seconds: float


def prepare(cube, normalisation: Normalisation) -> np.ndarray:
    """Return a cube in the form that networks take: float32, normalised.

    Parameters
    ----------
    cube
        Shape (rows, columns, bands), in any unit.
    normalisation
        ``none``: the values are not scaled. ``max``: each pixel is divided by its largest absolute
        value. ``l2``: each pixel is divided by its Euclidean norm and multiplied by √bands, so that its
        mean square over the bands is one.

    Returns
    -------
    numpy.ndarray
        float32, shape (rows, columns, bands).

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
        Shape (rows, columns, bands), in the unit of the scene, before any normalisation.
    n_endmembers
        The number of endmembers, from 2 up to the number of bands.
    start
        ``vca``, ``archetypes`` (EDAA), or ``reference``.
    normalisation
        The normalisation of each pixel: ``none``, ``l2`` or ``max``.
    seed
        Seed of VCA's random directions or of EDAA's random starts.
    restarts
        The number of EDAA's restarts.
    reference
        The reference endmembers, shape (endmembers, bands), which only the start ``reference`` uses.
    device
        ``auto`` (a GPU when there is one), ``cpu`` or ``cuda``.

    Returns
    -------
    numpy.ndarray
        float32, shape (endmembers, bands), in the unit of :func:`prepare`.

    Raises
    ------
    BadInput
        When the image cannot hold that many endmembers, the start is unknown, or the start
        ``reference`` is asked for without a reference.
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
    """Return the endmembers and abundances that EDAA finds in a cube.

    Parameters
    ----------
    cube, n_endmembers, normalisation, seed, restarts, device
        As in :func:`starting_spectra`.

    Returns
    -------
    endmembers : numpy.ndarray
        float32, shape (endmembers, bands), in the unit of :func:`prepare`.
    abundances : numpy.ndarray
        float32, shape (pixels, endmembers), 0 or more, summing to one.
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
    """Build an unmixing network, fit it to an image, and compute the abundances of the image.

    Parameters
    ----------
    cube
        Shape (rows, columns, bands), in the unit of the scene, before any normalisation.
    spectra
        The initial endmembers from :func:`starting_spectra`, shape (endmembers, bands). A network that
        does not learn them may be given a whole library, with more spectra than bands.
    settings
        The settings of a model, for example from :func:`mixedpixels.models.ssanu.settings`.
    seed
        Seed of the network's first weights and of its dropout.
    device
        ``auto`` (a GPU when there is one), ``cpu`` or ``cuda``.
    checkpoint
        Where the state is stored, so that an interrupted fit can be resumed; None stores nothing.

    Returns
    -------
    network : torch.nn.Module
        The fitted network, in evaluation mode.
    unmixing : Unmixing
        The abundances, the endmembers and the history of the fit.

    Raises
    ------
    BadInput
        When the bands of cube and spectra differ, a value is not finite, or the seed is not a whole
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
