"""What the page says in words of the search for endmembers."""

from typing import NamedTuple

from mixedpixels.products.findings import Findings
from mixedpixels.products.markup import percent
from mixedpixels.products.search import edaa_part, edaa_plan

_HEIGHTS = {
    "l2": "and then scaled to the length of the pixel most like it",
    "max": "and then scaled to the largest value of the pixel most like it",
    "none": "and not scaled, for the pixels were not normalised",
}


class SearchWords(NamedTuple):
    """What is said of one search; *pixel* is the one that the page names for each endmember."""

    run: str  # what is compared: one start, or one search from several
    runs: str
    found: str  # what the endmembers are, and by what they were found
    sample: str  # what the sample was for
    starts: str  # how many, and which was kept
    agreement: str  # how far several starts agree
    spectra: str  # what an endmember spectrum is
    caption: str  # of the table of endmembers
    place: str  # the head of its column of rows and columns
    began: str  # the pixels, of endmembers that a network began with
    start_caption: str  # the caption's words on the pixel, where a network began with it
    start_place: str
    start: str  # how a network's start differs from that of the book's reading "best"


def words(findings: Findings) -> SearchWords:
    """Return the words for the search that was used."""
    return _edaa(findings) if findings.settings.search == "edaa" else _vca(findings)


def _edaa(findings: Findings) -> SearchWords:
    settings, chosen = findings.settings, findings.chosen
    drawn, seen = len(findings.sample.pixels), len(edaa_part(findings.sample.pixels))
    seeds, restarts = edaa_plan(settings.seed, settings.starts)
    of = "pixels" if settings.normalise == "none" else "normalised pixels"
    low, high = percent(chosen.errors.min()), percent(chosen.errors.max())
    if len(seeds) == 1:
        starts = f"one search (seed {seeds[0]}) from one random start"
    else:
        starts = (
            f"{len(seeds)} independent searches (seeds {seeds[0]} to {seeds[-1]}), each from "
            f"{restarts} random start{'s' if restarts > 1 else ''}; kept: of those with a mean "
            "absolute residual within 5 % of the smallest, the one whose endmembers are least alike"
        )
    return SearchWords(
        run="search",
        runs="searches",
        found=f"averages of {of} found by entropic-descent archetypal analysis (EDAA; Zouaoui, "
        "Muhawenayo, Rasti, Chanussot and Mairal, IEEE Trans. Image Process. 32, 2023)",
        sample=f"{drawn:,} pixels, of which EDAA saw {seen:,}, evenly spaced",
        starts=starts,
        agreement=(
            f"EDAA begins with random weights. {len(chosen.errors)} independent searches gave "
            f"relative RMS errors of FCLS over part of the sample from {low} to {high} "
            f"({percent(chosen.errors[chosen.kept])} for the one kept), and the mean abundance of an "
            f"endmember differs by up to {percent(findings.spread)} of the image between them."
        ),
        spectra=f"Each spectrum is an average of {of} of the image, {_HEIGHTS[settings.normalise]}. "
        "An average lies among the pixels, never beyond them. The pixel most like it is the one at "
        "the smallest spectral angle.",
        caption="The pixel most like each endmember (counted from 0), and how much of the image the "
        "endmember covers.",
        place="row, column of the pixel most like it",
        began="pixels most like what the endmembers began as",
        start_caption="The pixel most like what each endmember began as (counted from 0)",
        start_place="row, column of the pixel most like its start",
        start="how its archetypes were searched for",
    )


def _vca(findings: Findings) -> SearchWords:
    settings, chosen = findings.settings, findings.chosen
    used = len(chosen.errors)
    low, high = percent(chosen.errors.min()), percent(chosen.errors.max())
    if chosen.distinct == 1:
        agreement = (
            f"All {used} starts of VCA found the same {settings.endmembers} pixels; "
            f"the relative RMS error over part of the sample is {low}."
        )
    else:
        agreement = (
            f"VCA begins in a random direction. {used} starts found {chosen.distinct} different sets "
            f"of pixels; their relative RMS errors over part of the sample go from {low} (the one "
            f"kept) to {high}, and the mean abundance of an endmember differs by up to "
            f"{percent(findings.spread)} of the image between them."
        )
    return SearchWords(
        run="start",
        runs="starts",
        found="pixels of the image chosen by VCA",
        sample=f"{len(findings.sample.pixels):,} pixels for VCA and for choosing its start",
        starts=f"{settings.starts} (seeds {settings.seed} to {settings.seed + settings.starts - 1}); "
        "kept: the one with the smallest mean squared error of FCLS over the normalised sample",
        agreement=agreement,
        spectra="Each spectrum is that of one pixel of the image, before normalisation.",
        caption="Where each endmember was found (counted from 0), and how much of the image it "
        "covers.",
        place="row, column",
        began="pixels that the endmembers began as",
        start_caption="The pixel that each endmember began as (counted from 0)",
        start_place="began at row, column",
        start="its start (VCA in place of archetypes)",
    )
