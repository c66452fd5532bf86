"""What was read and what was done: facts for the page, as pairs of a name and a text."""

import numpy as np

from mixedpixels.products import network_prose, search_prose
from mixedpixels.products.findings import Findings
from mixedpixels.products.markup import percent
from mixedpixels.products.methods import METHODS
from mixedpixels.scenes.readers.raster import Raster

NORMALISED = {
    "none": "none: pixels as they are, so a darker pixel counts as another mixture",
    "l2": "l2: every pixel and endmember divided by its Euclidean length, so that brightness (shade, "
    "slope) does not become another mixture",
    "max": "max: every pixel and endmember divided by its largest absolute value",
}


def read(findings: Findings) -> list[tuple[str, str]]:
    """Return what was read, as pairs of a name and a text."""
    raster = findings.raster
    pairs = [
        (f.name, f"{_size(f.stat().st_size)}, sha256 {findings.hashes[f.name]}")
        for f in raster.files
    ]
    pairs.append(("format", raster.format))
    pairs.append(("pixels", f"{raster.rows} rows × {raster.columns} columns"))
    bad = raster.bands - len(findings.bands)
    named = f"; left out as bad: {ranges(np.flatnonzero(~raster.good_bands) + 1)}" if bad else ""
    pairs.append(("bands", f"{raster.bands}, of which {len(findings.bands)} were used{named}"))
    pairs.append(("wavelengths", _wavelengths(raster)))
    pairs.append(("geo-reference", _reference(raster)))
    share = findings.masked / (raster.rows * raster.columns)
    masked = f"{findings.masked:,} of {raster.rows * raster.columns:,} pixels ({percent(share)})"
    pairs.append(("masked", f"{masked}: nodata, not finite, or zero in all bands"))
    if raster.pixels.note:
        pairs.append(("values", raster.pixels.note))
    return pairs


def done(findings: Findings) -> list[tuple[str, str]]:
    """Return what was done, as pairs of a name and a text."""
    settings, drawn = findings.settings, len(findings.sample.pixels)
    whole = (
        "all valid pixels" if drawn == findings.valid else "drawn at random from the valid pixels"
    )
    search = search_prose.words(findings)
    learnt = "learnt by the network, which began with " if findings.fitted else ""
    return [
        ("endmembers", f"{settings.endmembers}, {learnt}{search.found}"),
        ("sample", f"{search.sample}: {whole}"),
        ("starts", f"{search.starts}. No reference was used"),
        ("abundances", METHODS[settings.method].title),
        *(network_prose.facts(findings) if findings.fitted else ()),
        ("normalisation", NORMALISED[settings.normalise]),
        ("seed", str(settings.seed)),
        ("device", settings.device),
        ("time", f"{findings.seconds:.1f} s"),
    ]


def ranges(numbers) -> str:
    """Write increasing whole numbers in short.

    Examples
    --------
    >>> ranges([1, 2, 3, 7])
    '1–3, 7'
    """
    numbers = np.asarray(numbers)
    runs = np.split(numbers, np.flatnonzero(np.diff(numbers) > 1) + 1)
    return ", ".join(f"{r[0]}–{r[-1]}" if len(r) > 1 else str(r[0]) for r in runs)


def map_place(raster: Raster, row: int, column: int) -> str:
    """Return the map coordinates of a pixel's centre."""
    t = raster.transform
    across, down = column + 0.5, row + 0.5
    x, y = t.a * across + t.b * down + t.c, t.d * across + t.e * down + t.f
    digits = 1 if max(abs(x), abs(y)) > 1000 else 6  # metres, or degrees
    return f"{x:.{digits}f}, {y:.{digits}f}"


def _wavelengths(raster: Raster) -> str:
    centres = raster.good_wavelengths
    if centres is None:
        words = "not stated in the file; the bands are numbered from 1."
    else:
        words = f"{centres.min():.6g} to {centres.max():.6g} nm."
    return f"{words} {raster.wavelength_note}".strip()


def _reference(raster: Raster) -> str:
    if raster.crs is None and raster.transform is None:
        return "none in the file; the maps have rows and columns only"
    code = raster.crs.to_epsg() if raster.crs is not None else None
    system = f"EPSG:{code}" if code else "of its own"
    if raster.crs is None:
        system = "not stated"
    place = "none" if raster.transform is None else map_place(raster, 0, 0)
    return f"coordinate system {system}; centre of the first pixel at {place}; kept in the maps"


def _size(count: int) -> str:
    for unit in ("bytes", "kB", "MB"):
        if count < 1000:
            return f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:.3g} GB"
