"""What the README and the landing page show: a picture, the headline, the measured times."""

import json
from pathlib import Path

from mixedpixels import ledger, paths
from mixedpixels.errors import BadInput
from mixedpixels.ledger.scoreboard import headline
from mixedpixels.pipeline.build import root
from mixedpixels.plotting import abundance_maps

_ROWS = {
    "reference": "reference",
    "VCA + FCLS, raw pixels": "least squares, raw pixels",
    "VCA + FCLS, L2 pixels": "least squares, each pixel divided by its length",
}


def write_all() -> None:
    """Draw the picture again and update the generated blocks of the README."""
    base = root()
    with paths.whole(base / "book" / "assets" / "samson.png") as draft:
        draft.write_bytes(front_picture())
    with paths.whole(base / "README.md") as draft:
        draft.write_text(
            updated((base / "README.md").read_text(encoding="utf-8")), encoding="utf-8"
        )


def updated(text: str) -> str:
    """Return the text of the README with its generated blocks updated."""
    text = _replace(text, "headline", headline(ledger.scoreboard()))
    return _replace(text, "times", times_block(root() / "benchmarks" / "times.json"))


def times_block(measured: Path) -> str:
    """Return the block of times that ``benchmarks/times.py`` measured."""
    if not measured.is_file():
        return "*Not measured yet.*"
    times = json.loads(measured.read_text(encoding="utf-8"))
    lines = [
        f"Measured on {times['made']} in a fresh clone with an empty home ({times['machine']}):",
        "",
    ]
    lines += ["| step | seconds |", "|---|---|"]
    lines += [f"| {step} | {seconds:.0f} |" for step, seconds in times["seconds"].items()]
    return "\n".join(lines)


def front_picture() -> bytes:
    """Return the picture of README and landing page, drawn from SSANU-Net's recorded Fig. 5."""
    stored = next(
        (a for r in ledger.records("ssanu/figure-5") if (a := ledger.load_arrays(r))), None
    )
    if stored is None:
        raise BadInput(
            "the picture is drawn from the full record of ssanu/figure-5, which does not exist"
        )
    return abundance_maps(
        {label: stored[name] / 255 for name, label in _ROWS.items()},
        ["rock", "tree", "water"],
        "Abundance maps of rock, tree and water by the reference and by least squares, twice.",
    ).png


def _replace(text: str, name: str, content: str) -> str:
    start, end = f"<!-- {name}: made by `make readme` -->", f"<!-- /{name} -->"
    before, found, rest = text.partition(start)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise BadInput(f"README.md: expected a block {start} … {end}, found none; put it back")
    return f"{before}{start}\n\n{content}\n\n{end}{after}"


if __name__ == "__main__":
    write_all()
