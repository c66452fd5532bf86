"""What the page says in words."""

import numpy as np

from mixedpixels.products.findings import Findings
from mixedpixels.products.markup import percent
from mixedpixels.products.methods import METHODS
from mixedpixels.scenes.raster import Raster

NORMALISED = {
    "none": "none: pixels as they are, so a darker pixel counts as another mixture",
    "l2": "l2: every pixel and endmember divided by its Euclidean length, so that brightness (shade, "
    "slope) does not become another mixture",
    "max": "max: every pixel and endmember divided by its largest absolute value",
}
LIMITS = (
    "There is no ground truth here. The reconstruction error says how well a few spectra, mixed "
    "linearly, describe the image; it does not say that the abundances are right. A wrong set of "
    "endmembers can reconstruct an image well.",
    "The endmembers have numbers, not names. Which material each one is, and whether it is one "
    "material at all, is for someone who knows the place or has a spectral library. If no pixel of "
    "the image is pure, each endmember is itself a mixture.",
    "The number of endmembers was chosen by the user and was not tested. Try one fewer and one more, "
    "and look at what changes.",
    "Abundances are shares of the light after the normalisation stated above, which is not exactly "
    "the share of the ground.",
)


def facts_read(findings: Findings) -> list[tuple[str, str]]:
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


def facts_done(findings: Findings) -> list[tuple[str, str]]:
    """Return what was done, as pairs of a name and a text."""
    settings, drawn = findings.settings, len(findings.sample.pixels)
    whole = (
        "all valid pixels" if drawn == findings.valid else "drawn at random from the valid pixels"
    )
    last = settings.seed + settings.starts - 1
    return [
        ("endmembers", f"{settings.endmembers}, pixels of the image chosen by VCA"),
        ("sample", f"{drawn:,} pixels for VCA and for choosing its start: {whole}"),
        (
            "starts",
            f"{settings.starts} (seeds {settings.seed} to {last}); kept: the one with the smallest "
            "mean squared error of FCLS over the normalised sample. No reference was used",
        ),
        ("abundances", METHODS[settings.method].title),
        ("normalisation", NORMALISED[settings.normalise]),
        ("seed", str(settings.seed)),
        ("device", settings.device),
        ("time", f"{findings.seconds:.1f} s"),
    ]


def starts_sentence(findings: Findings) -> str:
    """Say in words how far the starts agree."""
    chosen = findings.chosen
    used = len(chosen.errors)
    low, high = percent(chosen.errors.min()), percent(chosen.errors.max())
    failed = (
        f" {chosen.failed} more gave linearly dependent endmembers and were left out."
        if chosen.failed
        else ""
    )
    if used == 1:
        return (
            f"One start was used, so nothing can be said about how much it matters. Its relative "
            f"RMS error over part of the sample is {low}.{failed}"
        )
    if chosen.distinct == 1:
        return (
            f"All {used} starts of VCA found the same {findings.settings.endmembers} pixels; "
            f"the relative RMS error over part of the sample is {low}.{failed}"
        )
    return (
        f"VCA begins in a random direction. {used} starts found {chosen.distinct} different sets of "
        f"pixels; their relative RMS errors over part of the sample go from {low} (the one kept) to "
        f"{high}, and the mean abundance of an endmember differs by up to "
        f"{percent(findings.spread)} of the image between them.{failed}"
    )


def stretched(findings: Findings) -> str:
    """Say which part of the residual FCLS owes to the normalisation; empty for other settings."""
    if findings.settings.method != "fcls" or findings.settings.normalise == "none":
        return ""
    return (
        " Not all of it is missing knowledge: normalising stretches mixed pixels, and shares that sum "
        "to 1 cannot follow, so a mixed pixel keeps a residual. The method nnls does not have this."
    )


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
