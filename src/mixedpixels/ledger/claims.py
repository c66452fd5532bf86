"""The papers' artefacts (tables and figures) and the numbers that are printed in them."""

import csv
import difflib
import math
import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

import pandas as pd

from mixedpixels import paths
from mixedpixels.errors import BadInput, UnknownName

PAPERS = {
    "symae": "SymAE",
    "ldvae": "LDVAE",
    "shared-encoder": "Shared encoder",
    "ssanu": "SSANU-Net",
    "inss": "INSS",
}
DIRECTIONS = ("lower", "higher", "exact")
_LABELS = {"table": "Table", "figure": "Fig.", "study": "Study"}


@dataclass(frozen=True)
class Artifact:
    """One table or figure of a paper; its ``id`` is ``paper/kind-number``, such as ``ssanu/table-3``.

    A ``study`` is one of the book's own tables about a paper. Its numbers are neither printed in the
    paper nor judged.
    """

    id: str
    paper: str
    kind: str
    number: int
    title: str
    section: str
    scenes: tuple[str, ...]
    notebook: str

    @property
    def label(self) -> str:
        """``Table 3``, ``Fig. 5`` or ``Study 1``."""
        return f"{_LABELS[self.kind]} {self.number}"


@dataclass(frozen=True)
class Claim:
    """One printed number.

    ``printed`` is the printed text, and ``value`` is the number it means (None for a symbol).
    ``metric`` is the id of its definition. ``direction`` says which values are better: ``lower``,
    ``higher``, or ``exact``.
    """

    row: str
    column: str
    value: float | None
    printed: str
    spread: str
    unit: str
    metric: str
    direction: str
    scene: str
    note: str

    @property
    def half_digit(self) -> float:
        """Half a unit of the last printed digit, in the unit of ``value``."""
        return half_digit(self.printed, self.value)


def half_digit(printed: str, value: float) -> float:
    """Return half a unit of the last digit of a printed number.

    The digits are read from the text, and a suffix such as ``G`` or ``%`` scales them. A text without a
    decimal point, for instance a misprint, takes the digits of the number that it means.

    Raises
    ------
    BadInput
        When the rule cannot read the text as a number.

    Examples
    --------
    >>> half_digit("0.0484", 0.0484), half_digit("63.8G", 63.8e9), half_digit("128", 128)
    (5e-05, 50000000.0, 0.5)
    """
    digits = printed.strip().rstrip("GMk%").strip()
    if re.fullmatch(r"\d+\*\d+", digits):  # a kernel, such as 5*5
        return 0.5
    if "." not in digits and not float(value).is_integer():
        digits = repr(value)
    try:
        number = Decimal(digits)
    except InvalidOperation as error:
        raise BadInput(f"{printed!r} (for {value}) is no printed number; fix the claim") from error
    half = Decimal(5).scaleb(number.as_tuple().exponent - 1)
    if not number or not value:
        return float(half)
    # 63.8G means 63.8e9, so one printed unit is worth a power of ten
    worth = round(math.log10(abs(value) / abs(float(number))))
    return float(half.scaleb(worth))


def artifacts() -> list[Artifact]:
    """Return all tables and figures of the five papers, in the order of the list."""
    return _listed("artifacts.csv")


def studies() -> list[Artifact]:
    """Return the book's own tables about the papers, which are not on the scoreboard."""
    return _listed("studies.csv")


def _listed(file: str) -> list[Artifact]:
    rows = _rows(paths.claims() / file)
    return [
        Artifact(
            id=r["artifact"],
            paper=r["paper"],
            kind=r["kind"],
            number=int(r["number"]),
            title=r["title"],
            section=r["section"],
            scenes=tuple(s for s in r["claim_scene"].split(";") if s),
            notebook=r["notebook"],
        )
        for r in rows
    ]


def artifact(id: str) -> Artifact:
    """Return one artefact, or study, by its id.

    Raises
    ------
    UnknownName
        When there is no such artefact; the message names the nearest ids.
    """
    known = {a.id: a for a in [*artifacts(), *studies()]}
    if id not in known:
        near = difflib.get_close_matches(id, known, n=3)
        raise UnknownName(f"no artefact is called {id!r}; near: {', '.join(near) or 'none'}")
    return known[id]


def claims(id: str) -> list[Claim]:
    """Return the printed numbers of an artefact; an empty list for a figure without numbers.

    Raises
    ------
    UnknownName
        When there is no such artefact.
    BadInput
        When its file has an unknown direction, or the same cell twice.
    """
    target = artifact(id)
    path = paths.claims() / target.paper / f"{target.kind}-{target.number}.csv"
    if not path.is_file():
        return []
    found = []
    for line, r in enumerate(_rows(path), start=2):
        if r["direction"] not in DIRECTIONS:
            raise BadInput(f"{path.name}, line {line}: direction {r['direction']!r}")
        found.append(Claim(**{**r, "value": float(r["value"]) if r["value"] else None}))
    places = [(c.row, c.column) for c in found]
    if len(set(places)) != len(places):
        raise BadInput(f"{path.name}: a cell stands twice")
    return found


def text_table(paper: str) -> pd.DataFrame:
    """Return the numbers that are printed in the text of a paper.

    Parameters
    ----------
    paper
        The key of the paper, such as ``ssanu``.

    Returns
    -------
    pandas.DataFrame
        One row per scene, or ``all`` where no scene is named, and one column per item, such as
        ``initial learning rate``. NaN where the text states no number.

    Raises
    ------
    UnknownName
        For a paper whose text has not been transcribed.
    """
    path = paths.claims() / paper / "text.csv"
    if not path.is_file():
        known = sorted(p.parent.name for p in paths.claims().glob("*/text.csv"))
        raise UnknownName(
            f"the text of {paper!r} has not been transcribed; that of {', '.join(known)} has"
        )
    table = pd.read_csv(path)
    return table.pivot(index="column", columns="row", values="value")


def names(paper: str, scene: str) -> dict[str, str]:
    """Return a paper's name of each material → the scene's name, such as {"Soil": "rock"}.

    A fragment, such as ``urban-crop-s`` or ``ksc-pixels``, has the names of the whole scene.

    Raises
    ------
    UnknownName
        When the paper has no names for the scene.
    """
    table = tomllib.loads((paths.claims() / paper / "names.toml").read_text(encoding="utf-8"))
    scene = next((whole for whole in table if scene.startswith(f"{whole}-")), scene)
    if scene not in table:
        raise UnknownName(
            f"names.toml of {paper} has no scene {scene!r}; it has {', '.join(table)}"
        )
    return table[scene]


def _rows(path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))
