"""SymAE for NumPy arrays: training on groups of pixels, codes, and virtual images."""

from dataclasses import dataclass

import numpy as np
import torch

from mixedpixels.device import choose_device
from mixedpixels.errors import BadInput
from mixedpixels.models.config import TrainingConfig
from mixedpixels.models.symae import Settings, SymAE
from mixedpixels.training.checkpoint import Checkpoint
from mixedpixels.training.groups import Groups
from mixedpixels.training.loop import History, seeded, train
from mixedpixels.training.step import StackStep

_BATCH = 65536  # pixels; a virtual image of any size takes no more memory than this many


@dataclass(frozen=True)
class Grouping:
    """How datapoints are drawn.

    Parameters
    ----------
    datapoints
        The number of datapoints per update, 1 or more.
    n_tau
        The number of pixels per datapoint, all of one group, 1 or more.

    Raises
    ------
    BadInput
        When a number is not a whole number, or is below 1.
    """

    datapoints: int = 256
    n_tau: int = 8

    def __post_init__(self):
        for name, value in vars(self).items():
            if not isinstance(value, int) or value < 1:
                raise BadInput(f"{name}: expected a whole number above 0, got {value}")


@dataclass(frozen=True, eq=False)
class Disentangler:
    """A stack of trained SymAEs that takes and returns NumPy arrays.

    Parameters
    ----------
    stack
        The networks, in evaluation mode, on their device.
    scale
        The number by which pixels are divided before they enter a network, and by which virtual spectra
        are multiplied.
    history
        The history of the training.
    """

    stack: SymAE
    scale: float
    history: History

    @property
    def networks(self) -> int:
        """The number of networks."""
        return len(next(self.stack.parameters()))

    @property
    def bands(self) -> int:
        """The number of bands of a pixel."""
        return self.stack.decoder[-1].weight.shape[2]

    def at(self, updates: int) -> "Disentangler":
        """Return the networks as they were after a number of updates.

        Parameters
        ----------
        updates
            One of the history's snapshots.

        Raises
        ------
        BadInput
            When the history holds no snapshot after so many updates.
        """
        snapshots = self.history.snapshots
        if updates not in snapshots:
            known = ", ".join(map(str, snapshots)) or "none"
            raise BadInput(f"updates: expected those of a snapshot ({known}), got {updates}")
        stack = self.stack.settings.network(self.bands, self.networks)
        stack.load_state_dict(snapshots[updates])
        device = next(self.stack.parameters()).device
        return Disentangler(stack.to(device).eval(), self.scale, self.history)

    def reflectance_code(self, pixels, network: int = 0) -> np.ndarray:
        """Return the reflectance codes (REnc₁) of pixels (n, bands), float32, shape (n, code)."""
        return self._through(self.stack.reflectance, pixels, network)

    def nuisance_code(self, pixels, network: int = 0) -> np.ndarray:
        """Return the nuisance codes (NEnc) of pixels (n, bands), float32, shape (n, code)."""
        return self._through(self.stack.nuisance, pixels, network)

    def redatum(self, pixels, reference, network: int = 0) -> np.ndarray:
        """Return the virtual spectra of pixels under the conditions of another pixel: eq. 6.

        Parameters
        ----------
        pixels
            Shape (n, bands): one pixel, or a whole image (``scene.pixels``).
        reference
            The spectrum whose nuisance code they get, shape (bands,), in the unit of the pixels.
        network
            The number of the network in the stack, from 0.

        Returns
        -------
        numpy.ndarray
            float32, shape (n, bands), in the unit of the pixels.

        Raises
        ------
        BadInput
            When a value is not finite, the number of bands is not that of the training, or there is no
            such network.
        """
        there = self._tensor(np.atleast_2d(reference), network)[:, 0]

        def virtual(batch):
            return self.stack.redatum(batch, there)

        return self._through(virtual, pixels, network) * np.float32(self.scale)

    @torch.no_grad()
    def _through(self, function, pixels, network: int) -> np.ndarray:
        pixels = np.atleast_2d(pixels)
        parts = [
            function(self._tensor(pixels[begin : begin + _BATCH], network))[network].cpu().numpy()
            for begin in range(0, len(pixels), _BATCH)
        ]
        return np.concatenate(parts)

    def _tensor(self, pixels: np.ndarray, network: int) -> torch.Tensor:
        if not 0 <= network < self.networks:
            raise BadInput(f"network: expected 0 to {self.networks - 1}, got {network}")
        scaled = _scaled(pixels, self.scale, self.bands)
        device = next(self.stack.parameters()).device
        # all networks of the stack process the pixels, because a stacked product costs little more
        return scaled.to(device).expand(self.networks, -1, -1)


def fit_symae(
    pixels,
    groups,
    *,
    scale: float,
    settings: Settings,
    grouping: Grouping,
    config: TrainingConfig,
    seed: int = 0,
    device: str = "auto",
    checkpoint: Checkpoint | None = None,
    title: str = "SymAE",
) -> Disentangler:
    """Train a stack of SymAEs, each on its own pixels.

    Parameters
    ----------
    pixels
        The training pixels of each network, shape (networks, n, bands), in any unit.
    groups
        The group of each pixel, whole numbers, shape (networks, n).
    scale
        The number by which all pixels are divided, above 0. It is the same for all bands, because their
        relative heights carry information.
    settings, grouping, config
        The settings of the networks, of the datapoints and of the training.
    seed
        Seed of the networks' first weights, of the drawn datapoints and of the dropout.
    device
        ``auto`` (a GPU when there is one), ``cpu``, ``cuda`` or ``cuda:1``.
    checkpoint, title
        As in :func:`mixedpixels.training.train`.

    Returns
    -------
    Disentangler
        The trained networks and their history.

    Raises
    ------
    BadInput
        When the shapes do not fit, a value is not finite, or the scale is not above 0.
    NotFinite
        When a loss becomes NaN or infinite.
    """
    device = choose_device(device)
    with seeded(seed, device):
        stack, draw = symae_and_draw(
            pixels, groups, scale=scale, settings=settings, grouping=grouping, device=device
        )
        history = train(StackStep(stack, draw, config), checkpoint=checkpoint, title=title)
    return Disentangler(stack, float(scale), history)


def symae_and_draw(
    pixels, groups, *, scale: float, settings: Settings, grouping: Grouping, device: torch.device
) -> tuple[SymAE, Groups]:
    """Return new networks and the source of their datapoints; see :func:`fit_symae`."""
    pixels = np.asarray(pixels)
    if pixels.ndim != 3:
        raise BadInput(f"pixels: expected (networks, n, bands), got shape {pixels.shape}")
    table = _scaled(pixels.reshape(-1, pixels.shape[2]), scale, pixels.shape[2])
    table = table.reshape(pixels.shape).to(device)
    groups = torch.as_tensor(np.asarray(groups), dtype=torch.int64).to(device)
    stack = settings.network(pixels.shape[2], len(pixels)).to(device)
    return stack, Groups(table, groups, grouping.datapoints, grouping.n_tau)


def _scaled(pixels: np.ndarray, scale: float, bands: int) -> torch.Tensor:
    if not 0 < scale < float("inf"):
        raise BadInput(f"scale: expected above 0, got {scale}")
    if pixels.ndim != 2 or pixels.shape[1] != bands:
        raise BadInput(f"pixels: expected (n, {bands}), as in training; got shape {pixels.shape}")
    if not np.isfinite(pixels).all():
        bad = np.flatnonzero(~np.isfinite(pixels).all(axis=0)) + 1
        raise BadInput(
            f"pixels: NaN or infinite values in bands {', '.join(map(str, bad[:5]))}; mask or fill "
            "them first"
        )
    return torch.from_numpy(np.ascontiguousarray(pixels, np.float32) / np.float32(scale))
