"""What every search for endmembers provides."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from mixedpixels.models.config import Start as NetworkStart


@dataclass(frozen=True, eq=False)
class Start:
    """The endmembers that one start of a search found; equal finds are the same object.

    Parameters
    ----------
    indices
        int64, shape (endmembers,): the pixels of the sample that are the endmembers, or that are
        most similar to them.
    spectra
        float32, shape (endmembers, bands), in the image's unit.
    residual, likeness
        Only EDAA sets these, for the restart that it chose: the mean absolute residual of the
        normalised pixels, and the largest correlation between two endmembers.
    """

    indices: np.ndarray
    spectra: np.ndarray
    residual: float = 0.0
    likeness: float = 0.0


@dataclass(frozen=True)
class SearchWords:
    """What the report says about a search: pieces of Jinja2 source that see ``report``.

    Parameters
    ----------
    title
        Its short name.
    run, runs
        What the report compares, in the singular and the plural: starts, or searches.
    found
        What the endmembers are and what found them.
    sample
        What the sample was used for.
    starts
        How many starts there were, and how one was chosen.
    agreement
        How far several starts agree.
    spectra
        What an endmember spectrum is.
    pixel
        The caption of the pixels listed in the table; ``{}`` stands for the endmember.
    place
        The heading of the column with their rows and columns.
    pixels
        A name for these pixels in a sentence, in the plural.
    """

    title: str
    run: str
    runs: str
    found: str
    sample: str
    starts: str
    agreement: str
    spectra: str
    pixel: str
    place: str
    pixels: str


class Search(ABC):
    """One way to find endmembers.

    Attributes
    ----------
    name
        What the user types.
    words
        What the report says about it.
    gives_pixels
        Whether the endmembers are unchanged pixels of the image.
    network_start
        What a network's settings call a start from these endmembers.
    """

    name: ClassVar[str]
    words: ClassVar[SearchWords]
    gives_pixels: ClassVar[bool]
    network_start: ClassVar[NetworkStart]

    @abstractmethod
    def find(
        self,
        pixels: np.ndarray,
        count: int,
        how: str,
        seed: int,
        starts: int,
        device: str,
        progress: Callable[[str, float], None],
    ) -> list[Start]:
        """Search from several starts.

        Parameters
        ----------
        pixels
            The sample, shape (pixels, bands), not normalised.
        count
            The number of endmembers.
        how
            The normalisation: ``none``, ``l2`` or ``max``.
        seed, starts, device, progress
            As :func:`mixedpixels.products.unmix` explains them.
        """

    @abstractmethod
    def choose(self, starts: Sequence[Start], errors: np.ndarray) -> int:
        """Return the position of the start to use; ``errors`` are the relative errors of FCLS."""

    def facts(self, drawn: int, seed: int, starts: int) -> dict[str, int]:
        """Return numbers that only this search has and its words need.

        Parameters
        ----------
        drawn
            The number of pixels in the sample.
        seed, starts
            As in :meth:`find`.
        """
        return {}
