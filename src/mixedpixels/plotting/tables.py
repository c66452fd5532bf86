"""Small tables with captions."""

import dataclasses

import pandas as pd
from pandas.io.formats.style import Styler


def number_table(frame: pd.DataFrame, caption: str, index: bool = True) -> Styler:
    """Return a table for a notebook, with four digits after the decimal point and a caption.

    Parameters
    ----------
    frame
        The table.
    caption
        What the numbers are, and their source.
    index
        Whether the row labels are shown.
    """
    # on a phone, columns are closer together, and the caption is no wider than the screen
    cell = [
        ("padding", "0.25rem min(0.8rem, 1.2vw)"),
        ("text-align", "left"),
        ("vertical-align", "top"),
    ]
    above = [("caption-side", "top"), ("text-align", "left"), ("max-width", "85vw")]
    styled = frame.style.format(precision=4).set_caption(caption)
    styled = styled.set_table_styles(
        [
            {"selector": "th, td", "props": cell},
            {"selector": "tbody tr", "props": [("border-bottom", "1px solid #8886")]},
            {"selector": "caption", "props": above},
        ]
    )
    return styled if index else styled.hide(axis="index")


def difference_table(settings: dict[str, object], caption: str) -> Styler:
    """Return a table of the settings in which several dataclasses of one kind differ.

    Parameters
    ----------
    settings
        Name → settings; a field that is a dataclass is shown field by field.
    caption
        What the settings belong to.
    """
    flat = pd.DataFrame({name: _flat(dataclasses.asdict(s)) for name, s in settings.items()})
    words = flat.map(_words)
    return number_table(words[words.nunique(axis=1) > 1], caption)


def _flat(fields: dict) -> dict:
    out = {}
    for name, value in fields.items():
        out |= _flat(value) if isinstance(value, dict) else {name.replace("_", " "): value}
    return out


def _words(value) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(map(_words, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
