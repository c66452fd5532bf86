"""What a run was asked for and what it found: all that the page and the record say."""

from dataclasses import dataclass

import numpy as np

from mixedpixels.errors import BadInput
from mixedpixels.products.maps import Maps
from mixedpixels.products.methods import METHODS
from mixedpixels.products.network import Fitted
from mixedpixels.products.sampling import Sample
from mixedpixels.products.search import SEARCHES
from mixedpixels.products.starts import Endmembers
from mixedpixels.scenes.readers.raster import Raster
from mixedpixels.unmixing import NORMALISATIONS


@dataclass(frozen=True)
class Settings:
    """The parameters of a run, as :func:`mixedpixels.products.unmix` explains them.

    Raises
    ------
    BadInput
        When one is not what it must be, whatever the image.
    """

    image: str
    endmembers: int
    search: str
    method: str
    normalise: str
    seed: int
    starts: int
    variable: str
    wavelengths: tuple[float, ...] | None
    device: str

    def __post_init__(self):
        if self.search not in SEARCHES:
            raise BadInput(f"search must be one of {', '.join(SEARCHES)}, got {self.search!r}")
        if self.method not in METHODS:
            raise BadInput(f"method must be one of {', '.join(METHODS)}, got {self.method!r}")
        if self.normalise not in NORMALISATIONS:
            raise BadInput(
                f"normalise must be one of {', '.join(NORMALISATIONS)}, got {self.normalise!r}"
            )
        for name, least in (("endmembers", 2), ("starts", 1), ("seed", 0)):
            value = getattr(self, name)
            if not isinstance(value, int) or value < least:
                raise BadInput(f"{name}: expected a whole number, {least} or more, got {value!r}")


@dataclass(frozen=True)
class Findings:
    """The results of a run.

    Parameters
    ----------
    spectra
        float32, shape (endmembers, good bands), in the image's unit; of a network, those it learnt,
        normalised.
    fitted
        The fit of a network; None for a method that has none.
    error_median, error_95
        Median and 95th percentile of the relative RMS of the residual over the sample, 0–1.
    hashes
        sha256 of each file read, by name.
    """

    raster: Raster
    settings: Settings
    sample: Sample
    chosen: Endmembers
    spectra: np.ndarray
    fitted: Fitted | None
    maps: Maps
    error_median: float
    error_95: float
    hashes: dict[str, str]
    seconds: float

    @property
    def valid(self) -> int:
        """Pixels that were unmixed."""
        return self.sample.valid

    @property
    def masked(self) -> int:
        """Pixels that were left out."""
        return self.raster.rows * self.raster.columns - self.valid

    @property
    def bands(self) -> np.ndarray:
        """The good bands by number, counted from 1."""
        return np.flatnonzero(self.raster.good_bands) + 1

    @property
    def places(self) -> list[tuple[int, int]]:
        """Row and column, counted from 0, of the pixels that ``chosen.indices`` names."""
        at = self.chosen.indices
        rows, columns = self.sample.rows[at], self.sample.columns[at]
        return list(zip(rows.tolist(), columns.tolist(), strict=True))

    @property
    def spread(self) -> float:
        """The largest difference between two starts' mean abundances, over the endmembers."""
        return float(np.ptp(self.chosen.means, axis=0).max())
