"""Networks as methods: fitted to the image or to a window of it, then applied to all of it."""

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import ClassVar

import numpy as np
import torch

from mixedpixels.models import Image
from mixedpixels.products.blocks import Block
from mixedpixels.products.methods.method import Fit, Method, Task
from mixedpixels.products.window import filled, place_window, read_window
from mixedpixels.training import fit_unmixer
from mixedpixels.training.unmixer import prepare

FITTING = "fitting the network"
_PIXELS = 2**16  # in the window, 256 × 256: memory and time of a fit grow with them
_SIDE = 128  # rows and columns that the fitted network is applied to at once


class NetworkMethod(Method):
    """A network that :func:`mixedpixels.training.fit_unmixer` fits to the image.

    It is fitted to an image of at most 65,536 pixels, or to a window of about as many.

    Attributes
    ----------
    reach
        The abundances of a pixel depend on pixels up to this many rows and columns away.
    """

    reach: ClassVar[int]

    @abstractmethod
    def settings(self):
        """Return the model's settings, as :func:`mixedpixels.training.fit_unmixer` takes them."""

    def start(self, task: Task) -> "NetworkSolver":
        """Fit the network.

        Raises
        ------
        NotFinite
            When the loss became NaN or infinite.
        """
        how = task.normalise
        window = place_window(task.raster, _PIXELS, task.progress)
        values, valid = read_window(task.raster, window)
        # a network needs values near one; under l2 and max they are, whatever the scale
        scale = 1.0
        if how == "none":
            scale = float(np.sqrt(np.square(task.pixels, dtype=np.float64).mean()))
        # abundances are left as they come: the residual needs them so, and the division comes after
        settings = replace(
            self.settings(), start=task.network_start, normalisation=how, abundance_scaling="none"
        )
        task.progress(FITTING, 0.0)
        network, unmixing = fit_unmixer(
            filled(values, valid) / scale,
            prepare(task.endmembers[None] / scale, how)[0],
            settings,
            seed=task.seed,
            device=task.device,
        )
        fit = Fit(
            settings=asdict(settings),
            reach=self.reach,
            window=window,
            valid=int(valid.sum()),
            epochs=max(map(len, unmixing.losses.values())),
            losses={name: float(curve[-1]) for name, curve in unmixing.losses.items()},
            balance=dict(unmixing.balance),
            seconds=unmixing.seconds,
        )
        return NetworkSolver(network, self.reach, how, scale, fit)


class NetworkSolver:
    """Abundances and residuals by a fitted network.

    Parameters
    ----------
    network
        In evaluation mode.
    reach
        See :class:`NetworkMethod`.
    how
        The normalisation.
    scale
        Every value is divided by it first.
    fit
        How it was fitted.
    """

    def __init__(self, network: torch.nn.Module, reach: int, how: str, scale: float, fit: Fit):
        self.fit = fit
        learned = network.spectra().cpu().numpy()
        self.spectra = prepare(learned[None], how)[0] * np.float32(scale)
        # A spectrum twice as high with half the abundances mixes to the same pixels. Abundances are
        # reported for spectra normalised as the pixels are, so that this does not change them.
        top = np.abs(self.spectra).max(axis=1) / scale
        self._heights = np.abs(learned).max(axis=1) / np.where(top > 0, top, 1)
        # A masked pixel that a valid one sees lies within reach of it. Its nearest valid pixel is then
        # no farther away than that: with these rows the filling does not depend on the blocks.
        self.context = reach + int(reach * 2**0.5)
        self._network, self._reach = network, reach
        self._how, self._scale = how, scale
        self._device = next(network.parameters()).device

    def solve(self, block: Block) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Solve for a block's own valid pixels; see :meth:`Solver.solve`.

        Abundances are all zero where the network found no endmember.
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
        divided = weights / torch.where(total > 0, total, 1)
        size = values.shape[:2]
        return tuple(x.cpu().numpy().reshape(*size, *x.shape[1:]) for x in (divided, left, power))


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
