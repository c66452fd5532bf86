"""Pieces of HTML; every text given to them is escaped."""

import base64
from collections.abc import Iterable, Sequence
from html import escape


def percent(share: float) -> str:
    """Return a share as text, with the digits that matter."""
    return f"{100 * share:.1f} %" if share >= 0.0095 or share == 0 else f"{100 * share:.2g} %"


def paragraph(text: str) -> str:
    """Return a paragraph."""
    return f"<p>{escape(text)}</p>"


def image(png: bytes, alt: str, kind: str = "figure") -> str:
    """Return a PNG embedded in the page, with its alternative text and CSS class."""
    data = base64.b64encode(png).decode("ascii")
    return f'<img class="{kind}" alt="{escape(alt)}" src="data:image/png;base64,{data}">'


def figure(png: bytes, alt: str, caption: str) -> str:
    """Return a map with a caption."""
    caption = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
    return f"<figure>{image(png, alt, 'map')}{caption}</figure>"


def colour_bar(low: str, high: str) -> str:
    """Return the colour scale of the maps, dark to bright."""
    words = f"Colour scale, dark to bright: {low} to {high}"
    return (
        f'<div class="bar" role="img" aria-label="{escape(words)}"><span>{escape(low)}</span><i></i>'
        f"<span>{escape(high)}</span></div>"
    )


def table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; the first cell of each row names it. A narrow screen scrolls it sideways."""
    head = "".join(f'<th scope="col">{escape(h)}</th>' for h in heads)
    body = "\n".join(
        f'<tr><th scope="row">{escape(row[0])}</th>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in row[1:])
        + "</tr>"
        for row in rows
    )
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{escape(caption)}">'
        f"<table>\n<caption>{escape(caption)}</caption>\n<thead><tr>{head}</tr></thead>\n"
        f"<tbody>\n{body}\n</tbody></table></div>"
    )


def facts(pairs: Iterable[tuple[str, str]]) -> str:
    """Return names and what is to be said of them, as a list."""
    lines = (f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in pairs)
    return "<dl>\n" + "\n".join(lines) + "\n</dl>"
