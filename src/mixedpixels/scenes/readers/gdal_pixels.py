"""Pixels of ENVI and GeoTIFF files, through GDAL."""

import warnings
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import rasterio
from rasterio.enums import ColorInterp, MaskFlags
from rasterio.env import get_gdal_config
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.windows import Window

from mixedpixels.errors import BadInput
from mixedpixels.scenes.readers.band_centres import band_centres

_CACHE = 2**26  # bytes
_WORDS = {"ENVI": "an ENVI data file", "GTiff": "a GeoTIFF"}


@contextmanager
def unplaced_allowed():
    """Silence rasterio's warning on images without a geo-reference, which are common here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        yield


def small_cache(needed: int = 0) -> rasterio.Env:
    """Return a context in which GDAL keeps at most 64 MB of blocks in memory, or ``needed`` bytes.

    Left alone, GDAL keeps up to 5 % of the machine's memory and fills it with any large file. A
    smaller limit that the user has set holds.
    """
    return rasterio.Env(GDAL_CACHEMAX=min(get_gdal_config("GDAL_CACHEMAX"), max(_CACHE, needed)))


class GdalPixels:
    """The pixels of one file, read some rows at a time.

    Parameters
    ----------
    path
        The file with the pixels.
    driver
        GDAL's name of the format, ``ENVI`` or ``GTiff``; no other format is tried.
    scale
        Pixel values are divided by it.

    Raises
    ------
    BadInput
        When the file is not of this format, or holds complex numbers.
    """

    def __init__(self, path: Path, driver: str, scale: float = 1.0):
        self.path = path
        try:
            with unplaced_allowed():
                self._file = rasterio.open(path, driver=driver)
        except RasterioError as error:
            raise BadInput(f"{path}: expected {_WORDS[driver]}, but GDAL says: {error}") from error
        if any("complex" in kind for kind in self._file.dtypes):
            self.close()
            raise BadInput(f"{path}: expected real numbers, got {self._file.dtypes[0]}")
        self.rows, self.columns, self.bands = self._file.height, self._file.width, self._file.count
        self.crs = self._file.crs or None
        self.transform = None if self._file.transform.is_identity else self._file.transform
        self.block_rows, width = self._file.block_shapes[0]
        # a row of tiles is unpacked once only if all of it stays in the cache, and one tile more
        values = self.block_rows * (-(-self.columns // width) + 1) * width * self.bands
        self._row_of_tiles = values * np.dtype(self._file.dtypes[0]).itemsize
        self._gain = np.array(self._file.scales, dtype=np.float32) / np.float32(scale)
        self._offset = np.array(self._file.offsets, dtype=np.float32) / np.float32(scale)
        self.note = "" if scale == 1 else f"Divided by the reflectance scale factor {scale:g}."
        if set(self._file.scales) != {1.0} or set(self._file.offsets) != {0.0}:
            self.note = (
                f"The gains and offsets that the file states were applied. {self.note}".strip()
            )
        self._masked = MaskFlags.per_dataset in self._file.mask_flag_enums[0]

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def good_bands(self) -> np.ndarray:
        """Return True for bands that hold values, False for an alpha channel; bool, shape (bands,)."""
        return np.array([kind != ColorInterp.alpha for kind in self._file.colorinterp])

    def band_centres(self) -> tuple[np.ndarray | None, str]:
        """Return the band centres in nm, or None, and a remark; both are from the tags of the bands."""
        numbers = range(1, self.bands + 1)
        tags = [{k.lower(): v for k, v in self._file.tags(i).items()} for i in numbers]
        if all("wavelength" in tag for tag in tags):
            unit = tags[0].get("wavelength_units", "")
            return band_centres(
                [tag["wavelength"] for tag in tags], unit, self.bands, str(self.path)
            )
        imagery = [self._file.tags(i, ns="IMAGERY") for i in numbers]
        found = [tag["CENTRAL_WAVELENGTH_UM"] for tag in imagery if "CENTRAL_WAVELENGTH_UM" in tag]
        if len(found) < self.bands:
            return None, ""
        return band_centres(found, "um", self.bands, str(self.path))

    def read(self, first: int, count: int, bands: np.ndarray) -> np.ndarray:
        """Return rows ``first`` to ``first + count`` of some bands.

        Returns
        -------
        numpy.ndarray
            float32, shape (count, columns, bands), with gains and offsets applied, and NaN where the
            file has no data.
        """
        window = Window(0, first, self.columns, count)
        try:
            with small_cache(self._row_of_tiles):
                raw = self._file.read([int(b) + 1 for b in bands], window=window)
                seen = self._file.read_masks(1, window=window) > 0 if self._masked else None
        except RasterioError as error:
            raise BadInput(
                f"{self.path}: rows {first} to {first + count - 1} cannot be read ({error}); "
                "it may be truncated: copy it again"
            ) from error
        with np.errstate(over="ignore"):  # beyond float32 a value becomes infinite: masked
            values = raw.astype(np.float32)
            for k, b in enumerate(bands):
                absent = self._file.nodatavals[b]
                if absent is not None:
                    values[k][raw[k] == absent] = np.nan
            values = values * self._gain[bands, None, None] + self._offset[bands, None, None]
        if seen is not None:
            values[:, ~seen] = np.nan
        return np.ascontiguousarray(values.transpose(1, 2, 0))
