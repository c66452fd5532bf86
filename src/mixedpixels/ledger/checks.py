"""Arithmetic the printed numbers must satisfy; a cell that cannot is a misprint, with the proof."""

import tomllib
from fractions import Fraction

from mixedpixels import paths
from mixedpixels.ledger.claims import Claim, artifact, claims


def misprints(id: str) -> dict[tuple[str, str], str]:
    """Return the cells of an artefact that cannot be right: {(row, column): proof}.

    The checks stand in ``checks.toml`` beside the claims. ``mean``: a printed mean must be one that
    the printed parts allow, each within half its last digit. ``same``: a number printed in two places
    must be one number.
    """
    path = paths.claims() / artifact(id).paper / "checks.toml"
    if not path.is_file():
        return {}
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    printed = {(c.row, c.column): c for c in claims(id)}
    found = {}
    for check in table.get("mean", []):
        if check["artifact"] == id:
            for row, column in printed:
                if row == check["row"]:
                    parts = [printed[part, column] for part in check["of"]]
                    found[row, column] = _not_the_mean(printed[row, column], parts)
    for check in table.get("same", []):
        if check["artifact"] == id:
            place = check["row"], check["column"]
            other = {(c.row, c.column): c for c in claims(check["as_artifact"])}
            twin = other[check["as_row"], check["as_column"]]
            found[place] = _not_the_same(printed[place], twin, artifact(check["as_artifact"]).label)
    return {place: proof for place, proof in found.items() if proof}


def _interval(claim: Claim) -> tuple[Fraction, Fraction]:
    # exact arithmetic: whether two rounded numbers can meet is decided at the very ends
    value, half = Fraction(repr(claim.value)), Fraction(repr(claim.half_digit))
    return value - half, value + half


def _not_the_mean(mean: Claim, parts: list[Claim]) -> str:
    low, high = (sum(ends) / len(parts) for ends in zip(*map(_interval, parts), strict=True))
    bottom, top = _interval(mean)
    if low <= top and bottom <= high:
        return ""
    text = (
        f"printed {mean.printed}, but the mean of the printed {_and([p.row for p in parts])} lies "
        f"between {float(low):.5f} and {float(high):.5f}"
    )
    total = sum(Fraction(repr(p.value)) for p in parts)
    if bottom <= total <= top:
        text += f"; {mean.printed} is their sum"
    return text + ". One of these printed numbers is wrong."


def _not_the_same(claim: Claim, twin: Claim, where: str) -> str:
    (low, high), (bottom, top) = _interval(claim), _interval(twin)
    if low <= top and bottom <= high:
        return ""
    return f"printed {claim.printed} here and {twin.printed} in {where}; they name one number."


def _and(words: list[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}"
