"""What the papers print: artefacts (tables and figures) and the numbers in them."""

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
    """One table or figure of a paper; ``id`` is ``paper/kind-number``, as in ``ssanu/table-3``.

    A ``study`` is a table of the book's own about a paper: nothing in it is printed or judged.
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

    ``printed`` is the text as it stands, ``value`` the number it means (None for a symbol),
    ``metric`` the id of its definition, ``direction`` what is better: lower, higher, or exact.
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

    The digits are read off the text; a suffix such as ``G`` or ``%`` scales them, and a text without
    a decimal point (a misprint, say) takes the digits of the number it means.

    Raises
    ------
    BadInput
        When the text is no number the rule can read.

    Examples
    --------
    >>> half_digit("0.0484", 0.0484), half_digit("63.8G", 63.8e9), half_digit("128", 128)
    (5e-05, 50000000.0, 0.5)
    """
    digits = printed.strip().rstrip("GMk%").strip()
    if re.fullmatch(r"\d+\*\d+", digits):  # a kernel, as 5*5
        return 0.5
    if "." not in digits and not float(value).is_integer():
        digits = repr(value)
    try:
        number = Decimal(digits)
    except InvalidOperation as error:
        raise BadInput(f"{printed!r} (for {value}) is no printed number; mend the claim") from error
    half = Decimal(5).scaleb(number.as_tuple().exponent - 1)
    if not number or not value:
        return float(half)
    # 63.8 of 63.8G stands for 63.8e9: what one printed unit is worth, a power of ten
    worth = round(math.log10(abs(value) / abs(float(number))))
    return float(half.scaleb(worth))


def artifacts() -> list[Artifact]:
    """Return all tables and figures of the five papers, in the order of the list."""
    return _listed("artifacts.csv")


def studies() -> list[Artifact]:
    """Return the book's own tables about the papers; they are on no scoreboard."""
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
        With the nearest ids.
    """
    known = {a.id: a for a in [*artifacts(), *studies()]}
    if id not in known:
        near = difflib.get_close_matches(id, known, n=3)
        raise UnknownName(f"no artefact is called {id!r}; near: {', '.join(near) or 'none'}")
    return known[id]


def claims(id: str) -> list[Claim]:
    """Return the numbers an artefact prints; an empty list for a figure without numbers."""
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
    """Return the numbers that a paper's text prints.

    Parameters
    ----------
    paper
        Its name among the claims, as ``ssanu``.

    Returns
    -------
    pandas.DataFrame
        A row per scene, ``all`` where none is named; a column per item, as ``initial learning rate``;
        NaN where the text is silent.

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
    """Return the map from a paper's names of materials to the scene's, as {"Soil": "rock"}.

    A fragment, as ``urban-crop-s`` or ``ksc-pixels``, has the names of its whole.
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
