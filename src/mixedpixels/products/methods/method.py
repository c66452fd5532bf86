"""What every method for abundances provides."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np

from mixedpixels.errors import BadInput
from mixedpixels.products.blocks import Block
from mixedpixels.products.window import Window
from mixedpixels.scenes.readers.raster import Raster


@dataclass(frozen=True)
class MethodWords:
    """What the report says about a method: pieces of Jinja2 source that see ``report``.

    Parameters
    ----------
    title
        Its name, and in a few words what it does.
    residual
        What a large residual may mean; continues the sentence "Where it is large, …".
    model
        How the method describes a pixel; continues "The reconstruction error says how well …".
    spectra
        What the endmember spectra are, where the method learns its own.
    facts
        Names and texts for the list "What was done".
    limits
        More paragraphs for "What this does not tell you".
    """

    title: str
    residual: str
    model: str
    spectra: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    limits: tuple[str, ...] = ()


@dataclass(frozen=True)
class Task:
    """What a method needs to start.

    Parameters
    ----------
    raster
        The open image.
    pixels
        The sample, float32, shape (pixels, bands), not normalised.
    endmembers
        float32, shape (endmembers, bands), in the image's unit.
    network_start
        What a network's settings call a start from these endmembers.
    normalise
        ``none``, ``l2`` or ``max``.
    seed, device, progress
        As :func:`mixedpixels.products.unmix` explains them.
    """

    raster: Raster
    pixels: np.ndarray
    endmembers: np.ndarray
    network_start: str
    normalise: str
    seed: int
    device: str
    progress: Callable[[str, float], None]


@dataclass(frozen=True)
class Fit:
    """How a network was fitted, and what it ended with.

    Parameters
    ----------
    settings
        The model's settings, as a dictionary.
    reach
        The abundances of a pixel depend on pixels up to this many rows and columns away.
    window, valid
        Where in the image, and how many of the pixels there are valid.
    epochs
        How many.
    losses
        Each term of the loss, in the last epoch.
    balance
        The learned fusion weights by name, 0–1.
    seconds
        Of the fit.
    """

    settings: dict
    reach: int
    window: Window
    valid: int
    epochs: int
    losses: dict[str, float]
    balance: dict[str, float]
    seconds: float


class Solver(Protocol):
    """A method that is ready to unmix.

    Attributes
    ----------
    context
        Rows above and below a block that it needs to see.
    spectra
        float32, shape (endmembers, bands): the endmembers that the abundances belong to.
    fit
        How a network was fitted; None for a method that is not fitted.
    """

    context: int
    spectra: np.ndarray
    fit: Fit | None

    def solve(self, block: Block) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Solve for the block's own valid pixels, row by row, at least one.

        Returns
        -------
        abundances : numpy.ndarray
            float32, shape (pixels, endmembers), divided by their sum where it is not zero.
        residuals, powers : numpy.ndarray
            float64, shape (pixels,): the squared norms of residual and pixel, both normalised. The
            residual is that of the fit itself, before any division by the sum.
        """


class Method(ABC):
    """One way from pixels and endmembers to abundances.

    Attributes
    ----------
    name
        What the user types.
    words
        What the report says about it.
    """

    name: ClassVar[str]
    words: ClassVar[MethodWords]

    def check(self, raster: Raster, n_endmembers: int) -> None:
        """Refuse an image that this method cannot unmix.

        Raises
        ------
        BadInput
            When there are fewer good bands than endmembers.
        """
        good = int(raster.good_bands.sum())
        if good < n_endmembers:
            raise BadInput(
                f"{raster.path}: {good} good bands cannot tell {n_endmembers} endmembers apart; "
                "expected at least as many bands, as a hyperspectral image has; ask for fewer "
                "endmembers"
            )

    @abstractmethod
    def start(self, task: Task) -> Solver:
        """Prepare, and fit where something is fitted."""
