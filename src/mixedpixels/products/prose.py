"""What the page says in words."""

from typing import NamedTuple

from mixedpixels.products import network_prose, search_prose
from mixedpixels.products.findings import Findings
from mixedpixels.products.markup import percent

_LIMITS = (
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


class SpectraWords(NamedTuple):
    """What is said of the endmember spectra."""

    what: str
    axis: str  # the label of the spectra's vertical axis
    caption: str  # of the table of endmembers
    place: str  # the head of its column of rows and columns


def shares(findings: Findings) -> str:
    """Say what the maps show."""
    if findings.fitted:
        return network_prose.SHARES
    return "The share of each endmember in every pixel; a pixel's shares sum to 1."


def spectra(findings: Findings) -> SpectraWords:
    """Say what the endmember spectra are."""
    if findings.fitted:
        return SpectraWords(*network_prose.spectra(findings))
    note, search = findings.raster.pixels.note, search_prose.words(findings)
    return SpectraWords(
        f"{search.spectra} The most abundant endmember comes first.",
        "value, rescaled as the file says" if note else "value in the file",
        search.caption,
        search.place,
    )


def limits(findings: Findings) -> tuple[str, ...]:
    """Return what the page does not tell, a paragraph each."""
    if findings.fitted:
        return (network_prose.FIRST_LIMIT, *_LIMITS[1:], network_prose.limit(findings))
    return _LIMITS


def starts_sentence(findings: Findings) -> str:
    """Say in words how far the starts agree."""
    return _agreement(findings) + (network_prose.STARTS if findings.fitted else "")


def _agreement(findings: Findings) -> str:
    chosen, search = findings.chosen, search_prose.words(findings)
    were = "was" if chosen.failed == 1 else "were"
    failed = (
        f" {chosen.failed} more gave linearly dependent endmembers and {were} left out."
        if chosen.failed
        else ""
    )
    if len(chosen.errors) == 1:
        return (
            f"One {search.run} was used, so nothing can be said about how much chance matters. Its "
            "relative RMS error of FCLS over part of the sample is "
            f"{percent(chosen.errors[0])}.{failed}"
        )
    return search.agreement + failed


def reasons(findings: Findings) -> str:
    """Say where a residual may come from; of FCLS, also which part it owes to the normalisation."""
    if findings.fitted:
        return network_prose.RESIDUAL
    linear = "a material may be missing, or the mixture is not linear."
    if findings.settings.method != "fcls" or findings.settings.normalise == "none":
        return linear
    return linear + (
        " Not all of it is missing knowledge: normalising stretches mixed pixels, and shares that sum "
        "to 1 cannot follow, so a mixed pixel keeps a residual. The method nnls does not have this."
    )
