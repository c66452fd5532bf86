"""What a run read, did and found: plain numbers, without any words about them."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import rasterio

from mixedpixels.products.methods.method import Fit
from mixedpixels.products.settings import Settings
from mixedpixels.scenes.readers.gdal_pixels import unplaced_allowed

FILES = ("abundances.tif", "abundances.png", "endmembers.csv", "report.html", "run.json")


@dataclass(frozen=True)
class FileRead:
    """A file that was read: its name, its size in bytes and its SHA-256."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class ImageRead:
    """What was read.

    Parameters
    ----------
    name
        The file that the user named.
    files
        All files that were read.
    format
        ``ENVI``, ``GeoTIFF`` or ``MATLAB``.
    rows, columns, bands
        The size of the image, bad bands included.
    good_bands
        The numbers of the bands that were used, counted from 1.
    wavelengths
        Centres of the good bands in nm, or None.
    valid
        How many pixels were unmixed; the others are masked.
    wavelength_note, value_note
        Sentences on how wavelengths and values were read; empty when there is nothing to say.
    epsg
        The EPSG code of the coordinate reference system; None when it has none.
    has_crs
        Whether the file states a coordinate reference system.
    origin
        Map coordinates of the centre of the first pixel, or None.
    """

    name: str
    files: tuple[FileRead, ...]
    format: str
    rows: int
    columns: int
    bands: int
    good_bands: tuple[int, ...]
    wavelengths: tuple[float, ...] | None
    valid: int
    wavelength_note: str = ""
    value_note: str = ""
    epsg: int | None = None
    has_crs: bool = False
    origin: tuple[float, float] | None = None

    @property
    def pixels(self) -> int:
        """How many pixels the image has."""
        return self.rows * self.columns

    @property
    def masked(self) -> int:
        """How many pixels were left out."""
        return self.pixels - self.valid

    @property
    def bad_bands(self) -> list[int]:
        """The numbers of the bands that were left out, counted from 1."""
        good = set(self.good_bands)
        return [band for band in range(1, self.bands + 1) if band not in good]


@dataclass(frozen=True)
class EndmemberFound:
    """An endmember: where it comes from, and how much of the image it covers.

    Parameters
    ----------
    row, column
        The pixel that it is or is most similar to, counted from 0. If a network learned the endmember,
        this is about the endmember that the network started from.
    map_xy
        Map coordinates of this pixel's centre, or None.
    mean
        Mean abundance over the image, 0–1.
    pure
        The fraction of pixels with an abundance above 0.9, 0–1.
    """

    row: int
    column: int
    map_xy: tuple[float, float] | None
    mean: float
    pure: float


@dataclass(frozen=True)
class StartsCompared:
    """How far the starts of the search agree.

    Parameters
    ----------
    distinct
        How many different sets of endmembers the starts found.
    failed
        How many starts gave linearly dependent endmembers; they are in none of the lists.
    chosen
        The position of the start that was used.
    errors
        Relative RMS error of FCLS of each start, 0–1.
    means
        Mean abundances of each start.
    angles
        Spectral angles between the endmembers of each start and the chosen ones, radians.
    """

    distinct: int
    failed: int
    chosen: int
    errors: tuple[float, ...]
    means: tuple[tuple[float, ...], ...]
    angles: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Report:
    """What a run read, did and found.

    Parameters
    ----------
    folder
        Where the results are.
    settings
        What was asked for.
    image
        What was read.
    sample_pixels
        How many pixels the endmembers were searched in.
    search_facts
        Numbers that only the search that was used has.
    found
        The endmembers, in the order of the maps.
    starts
        How far the starts of the search agree.
    error_median, error_95
        Relative RMS of the residual over the sample, 0–1: median and 95th percentile.
    fit
        How a network was fitted; None for a method that is not fitted.
    seconds
        How long the run took.
    version
        Of this package.
    """

    folder: Path
    settings: Settings
    image: ImageRead
    sample_pixels: int
    search_facts: dict[str, int]
    found: tuple[EndmemberFound, ...]
    starts: StartsCompared
    error_median: float
    error_95: float
    fit: Fit | None
    seconds: float
    version: str

    @property
    def abundances(self) -> Path:
        """The GeoTIFF with one map per endmember."""
        return self.folder / FILES[0]

    @property
    def picture(self) -> Path:
        """A picture of the maps."""
        return self.folder / FILES[1]

    @property
    def endmembers(self) -> Path:
        """The table of endmember spectra."""
        return self.folder / FILES[2]

    @property
    def page(self) -> Path:
        """The report for people."""
        return self.folder / FILES[3]

    @property
    def record(self) -> Path:
        """The report for programs."""
        return self.folder / FILES[4]

    @property
    def means(self) -> tuple[float, ...]:
        """Mean abundance of each endmember over the image, 0–1."""
        return tuple(endmember.mean for endmember in self.found)

    @property
    def spread(self) -> float:
        """The largest difference between two starts' mean abundances, over the endmembers."""
        return float(np.ptp(np.array(self.starts.means), axis=0).max())

    @property
    def outside(self) -> int:
        """How many endmembers come from pixels outside the window that a network was fitted to."""
        if self.fit is None:
            return 0
        return sum(not self.fit.window.holds(e.row, e.column) for e in self.found)

    def maps(self) -> np.ndarray:
        """Read the abundance maps.

        Returns
        -------
        numpy.ndarray
            float32, shape (rows, columns, endmembers); NaN where a pixel is masked.
        """
        with unplaced_allowed(), rasterio.open(self.abundances) as file:
            return np.moveaxis(file.read(), 0, -1)
