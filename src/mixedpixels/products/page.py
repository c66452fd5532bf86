"""The report for people: one HTML file from one template, readable offline, on a phone, aloud."""

import base64

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from markupsafe import Markup

from mixedpixels.products import figures
from mixedpixels.products.maps import Maps
from mixedpixels.products.methods import METHODS
from mixedpixels.products.report import Report
from mixedpixels.products.searches import SEARCHES

_COARSE = 300  # pixels: maps smaller than this are enlarged with square pixels


def page(report: Report, maps: Maps, spectra: np.ndarray) -> str:
    """Return the page as HTML.

    Parameters
    ----------
    report
        The numbers.
    maps
        The maps to draw.
    spectra
        Shape (endmembers, good bands).
    """
    errors = maps.errors[np.isfinite(maps.errors)]  # a thinned preview may hold no valid pixel
    top = float(np.percentile(errors, 98)) if len(errors) else 0.0
    top = top or report.error_95 or 1.0
    template = environment().get_template("report.html")
    whole = template.render(
        report=report,
        method=METHODS[report.settings.method].words,
        search=SEARCHES[report.settings.search].words,
        coarse=max(maps.errors.shape) < _COARSE,
        gradient=figures.gradient(),
        map_pngs=[figures.map_png(m, 1.0) for m in np.moveaxis(maps.preview, 2, 0)],
        error_png=figures.map_png(maps.errors, top),
        error_top=top,
        draw_spectra=lambda unit: figures.png(
            figures.spectra_figure(
                spectra,
                np.array(report.image.good_bands),
                None if report.image.wavelengths is None else np.array(report.image.wavelengths),
                str(unit),
            )
        ),
    )
    return whole.lstrip()  # the macros leave empty lines before the document


def environment() -> Environment:
    """Return the Jinja2 environment of the report; it escapes every value, and knows no guesses."""
    made = Environment(
        loader=PackageLoader("mixedpixels.products"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "percent": percent,
        "number": lambda count: f"{count:,}",
        "size": size,
        "ranges": ranges,
        "place": place,
        "data": lambda png: base64.b64encode(png).decode("ascii"),
        "words": _words,
    }
    return made


@pass_context
def _words(context, source: str) -> Markup:
    """Render the words of a method or search, which are Jinja2 source that sees the report."""
    return Markup(context.environment.from_string(source).render(context.get_all()))


def percent(fraction: float) -> str:
    """Write a fraction in percent, with the digits that matter.

    Examples
    --------
    >>> percent(0.216), percent(0.00123)
    ('21.6 %', '0.12 %')
    """
    digits = ".1f" if fraction >= 0.0095 or fraction == 0 else ".2g"
    return f"{100 * fraction:{digits}} %"


def size(count: float) -> str:
    """Write a number of bytes.

    Examples
    --------
    >>> size(812), size(1_240_000_000)
    ('812 bytes', '1.24 GB')
    """
    for unit in ("bytes", "kB", "MB"):
        if count < 1000:
            return f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:.3g} GB"


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


def place(xy: tuple[float, float]) -> str:
    """Write map coordinates: metres with one digit, degrees with six.

    Examples
    --------
    >>> place((600002.5, 3999997.5)), place((10.25, 50.5))
    ('600002.5, 3999997.5', '10.250000, 50.500000')
    """
    digits = 1 if max(map(abs, xy)) > 1000 else 6
    return f"{xy[0]:.{digits}f}, {xy[1]:.{digits}f}"
