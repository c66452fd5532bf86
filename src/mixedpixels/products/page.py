"""The page about a run: one file, no network, readable on a phone and by a screen reader."""

from html import escape
from importlib.resources import files
from string import Template

import numpy as np

import mixedpixels
from mixedpixels.products import facts, figures, markup, prose, search_prose
from mixedpixels.products.findings import Findings
from mixedpixels.products.markup import percent

_COARSE = 300  # pixels: maps smaller than this are enlarged with square pixels


def page(findings: Findings) -> str:
    """Return the page as HTML; every string that came from the user is escaped."""
    name = escape(findings.raster.path.name)
    body = [
        f"<h1>{findings.settings.endmembers} endmembers in {name}</h1>",
        f"<p>Made by mixedpixels {mixedpixels.__version__}. The maps are in "
        "<code>abundances.tif</code>, the spectra in <code>endmembers.csv</code>, all settings in "
        "<code>run.json</code>.</p>",
        *_abundances(findings),
        *_spectra(findings),
        *_residual(findings),
        *_starts(findings),
        "<h2>What was read</h2>",
        markup.facts(facts.read(findings)),
        "<h2>What was done</h2>",
        markup.facts(facts.done(findings)),
        "<h2>What this does not tell you</h2>",
        *map(markup.paragraph, prose.limits(findings)),
    ]
    coarse = max(findings.maps.errors.shape) < _COARSE
    template = files("mixedpixels.products").joinpath("page.html").read_text(encoding="utf-8")
    return Template(template).substitute(
        title=f"Unmixing of {name}",
        rendering="pixelated" if coarse else "auto",
        gradient=figures.gradient(),
        body="\n".join(body),
    )


def _abundances(findings: Findings) -> list[str]:
    maps = findings.maps
    shown = []
    for k, (mean, pure) in enumerate(zip(maps.means, maps.pure, strict=True)):
        alt = (
            f"Map of the abundance of endmember {k + 1}: {percent(mean)} on average, above 0.9 in "
            f"{percent(pure)} of the pixels"
        )
        caption = f"endmember {k + 1}: {percent(mean)} on average"
        shown.append(markup.figure(figures.map_png(maps.preview[..., k], 1.0), alt, caption))
    grey = " Masked pixels are grey." if findings.masked else ""
    return [
        "<h2>Abundances</h2>",
        markup.paragraph(f"{prose.shares(findings)}{grey}"),
        markup.colour_bar("0", "1"),
        '<div class="maps">',
        *shown,
        "</div>",
    ]


def _spectra(findings: Findings) -> list[str]:
    raster = findings.raster
    words = prose.spectra(findings)
    drawn = figures.spectra_figure(
        findings.spectra, findings.bands, raster.good_wavelengths, words.axis
    )
    axis = "band number" if raster.wavelengths is None else "wavelength in nanometres"
    alt = (
        f"Spectra of the {len(findings.spectra)} endmembers against {axis}; "
        "the numbers are in endmembers.csv"
    )
    rows = []
    for k, (row, column) in enumerate(findings.places):
        on_map = () if raster.transform is None else (facts.map_place(raster, row, column),)
        shares = percent(findings.maps.means[k]), percent(findings.maps.pure[k])
        rows.append((str(k + 1), f"{row}, {column}", *on_map, *shares))
    on_map = () if raster.transform is None else ("map x, y",)
    heads = ("endmember", words.place, *on_map, "mean", "pixels above 0.9")
    return [
        "<h2>Endmembers</h2>",
        markup.paragraph(words.what),
        markup.image(figures.png(drawn), alt),
        markup.table(words.caption, heads, rows),
    ]


def _residual(findings: Findings) -> list[str]:
    errors = findings.maps.errors
    shown = errors[np.isfinite(errors)]  # a thinned preview may hold no valid pixel
    top = float(np.percentile(shown, 98)) if len(shown) else 0.0
    top = top or findings.error_95 or 1.0
    median, most = percent(findings.error_median), percent(findings.error_95)
    both = "" if findings.settings.normalise == "none" else ", both after normalisation"
    alt = f"Map of the reconstruction error: median {median}, 95th percentile {most}"
    return [
        "<h2>What the mixture leaves unexplained</h2>",
        markup.paragraph(
            "The root-mean-square of a pixel's residual, divided by that of the pixel itself"
            f"{both}: median {median}, 95th percentile {most} over the sample. Where it is high, "
            f"{prose.reasons(findings)}"
        ),
        markup.colour_bar("0", f"{percent(top)} or more"),
        '<div class="maps">',
        markup.figure(figures.map_png(errors, top), alt, "relative error"),
        "</div>",
    ]


def _starts(findings: Findings) -> list[str]:
    chosen, search = findings.chosen, search_prose.words(findings)
    rows = [
        (str(k + 1), f"{percent(mean.min())} to {percent(mean.max())}", f"{angle.max():.3f}")
        for k, (mean, angle) in enumerate(zip(chosen.means.T, chosen.angles.T, strict=True))
    ]
    heads = ("endmember", "mean abundance", "largest angle")
    caption = (
        f"Over the {search.runs}: mean abundance by FCLS over part of the sample (some 10,000 "
        "pixels), and the largest spectral angle to the endmember kept, in radians. Each "
        f"{search.run} was matched to the one kept by spectral angle."
    )
    return [
        "<h2>How much chance matters</h2>",
        markup.paragraph(prose.starts_sentence(findings)),
        markup.table(caption, heads, rows),
    ]
