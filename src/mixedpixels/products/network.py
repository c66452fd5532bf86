"""Abundances by a network: fitted to the image, or to a window of it, then applied to all of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch

from mixedpixels.models import Image
from mixedpixels.products.blocks import Block
from mixedpixels.products.methods import Network
from mixedpixels.products.window import Window, filled, place_window, read_window
from mixedpixels.scenes.readers.raster import Raster
from mixedpixels.training import fit_unmixer
from mixedpixels.training.unmixer import prepare

FITTING = "fitting the network"
_PIXELS = 2**16  # in the window, 256 × 256: memory and time of a fit grow with them
_SIDE = 128  # rows and columns that the fitted network is applied to at once


@dataclass(frozen=True)
class Fitted:
    """What a fit was and what it ended with.

    Parameters
    ----------
    settings
        The model's settings.
    window, valid
        Where in the image, and how many of the pixels there are valid.
    losses
        Each term of the loss, in the last epoch.
    balance
        The learnt fusion weights by name, 0–1.
    seconds
        Of the fit.
    """

    settings: object
    window: Window
    valid: int
    losses: dict[str, float]
    balance: dict[str, float]
    seconds: float


class NetworkSolver:
    """Abundances and residuals by a fitted network.

    Parameters
    ----------
    network
        In evaluation mode.
    reach
        See :class:`mixedpixels.products.methods.Network`.
    how
        The normalisation.
    scale
        Every value is divided by it first.
    fitted
        The fit.
    """

    def __init__(
        self, network: torch.nn.Module, reach: int, how: str, scale: float, fitted: Fitted
    ):
        self.fitted = fitted
        learnt = network.spectra().cpu().numpy()
        self.spectra = prepare(learnt[None], how)[0] * np.float32(scale)
        # A spectrum twice as high with half the abundances mixes to the same pixels. The shares are
        # those of spectra normalised as the pixels are, so that this does not move them.
        top = np.abs(self.spectra).max(axis=1) / scale
        self._heights = np.abs(learnt).max(axis=1) / np.where(top > 0, top, 1)
        # A masked pixel that a valid one sees lies within reach of it, and so its nearest valid pixel
        # is no farther from it than that: with these rows the filling does not depend on the blocks.
        self.context = reach + int(reach * 2**0.5)
        self._network, self._reach = network, reach
        self._how, self._scale = how, scale
        self._device = next(network.parameters()).device

    def solve(self, block: Block) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Solve for a block's own valid pixels, at least one.

        Returns
        -------
        abundances : numpy.ndarray
            float32, shape (pixels, endmembers), divided by their sum; zero where the network gives
            nothing of any endmember.
        residuals, powers : numpy.ndarray
            float64, shape (pixels,): the squared norms of residual and pixel, both normalised. The
            residual is the network's own, before the division by the sum.
        """
        mask, whole = block.mask, filled(block.values, block.valid)
        abundances = np.zeros((*mask.shape, len(self.spectra)), dtype=np.float32)
        residuals, powers = np.zeros(mask.shape), np.zeros(mask.shape)
        for rows, columns in _pieces(mask.shape):
            if not mask[rows, columns].any():
                continue
            down, inner_rows = _around(rows, self._reach, block.rows.start, len(whole))
            across, inner_columns = _around(columns, self._reach, 0, whole.shape[1])
            part = self._apply(whole[down, across])
            for target, found in zip((abundances, residuals, powers), part, strict=True):
                target[rows, columns] = found[inner_rows, inner_columns]
        return abundances[mask], residuals[mask], powers[mask]

    @torch.no_grad()
    def _apply(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        shown = torch.tensor(prepare(values / self._scale, self._how), device=self._device)
        image = Image(shown)
        found = self._network.abundances(image)
        left = (image.pixels - self._network.decode(found)).double().square().sum(1)
        power = image.pixels.double().square().sum(1)
        weights = found * torch.tensor(self._heights, device=self._device, dtype=found.dtype)
        total = weights.sum(1, keepdim=True)
        shares = weights / torch.where(total > 0, total, 1)
        size = values.shape[:2]
        return tuple(x.cpu().numpy().reshape(*size, *x.shape[1:]) for x in (shares, left, power))


def fit_network(
    method: Network,
    raster: Raster,
    pixels: np.ndarray,
    endmembers: np.ndarray,
    start: str,
    how: str,
    seed: int,
    device: str,
    progress: Callable[[str, float], None],
) -> NetworkSolver:
    """Fit a network to an image of at most 65,536 pixels, or to a window of about as many.

    Parameters
    ----------
    method
        Which network.
    pixels
        The sample, shape (pixels, bands): it sets the scale of an image that is not normalised.
    endmembers
        What the decoder starts from, shape (endmembers, bands), in the image's unit.
    start
        What the model's settings call such a start.
    how
        The normalisation.
    seed
        Of the network's weights.

    Raises
    ------
    NotFinite
        When the loss became NaN or infinite.
    """
    window = place_window(raster, _PIXELS, progress)
    values, valid = read_window(raster, window)
    # a network wants values about one; under l2 and max they are, whatever the scale
    scale = float(np.sqrt(np.square(pixels, dtype=np.float64).mean())) if how == "none" else 1.0
    # as they come: the residual needs them so, and the division comes after it
    settings = replace(method.settings(), start=start, pixels=how, abundance_scaling="none")
    progress(FITTING, 0.0)
    network, unmixing = fit_unmixer(
        filled(values, valid) / scale,
        prepare(endmembers[None] / scale, how)[0],
        settings,
        seed=seed,
        device=device,
    )
    fitted = Fitted(
        settings=settings,
        window=window,
        valid=int(valid.sum()),
        losses={name: float(curve[-1]) for name, curve in unmixing.losses.items()},
        balance=unmixing.balance,
        seconds=unmixing.seconds,
    )
    return NetworkSolver(network, method.reach, how, scale, fitted)


def _pieces(shape: tuple[int, int]) -> Iterator[tuple[slice, slice]]:
    for row in range(0, shape[0], _SIDE):
        for column in range(0, shape[1], _SIDE):
            yield (
                slice(row, min(row + _SIDE, shape[0])),
                slice(column, min(column + _SIDE, shape[1])),
            )


def _around(part: slice, reach: int, offset: int, length: int) -> tuple[slice, slice]:
    """Return a part with what it sees around it, and where in that it lies, along one axis.

    ``part`` counts from ``offset`` of an axis with ``length`` pixels.
    """
    start, stop = part.start + offset, part.stop + offset
    first = max(0, start - reach)
    return slice(first, min(length, stop + reach)), slice(start - first, stop - first)
