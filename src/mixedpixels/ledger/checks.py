"""Arithmetic relations between printed numbers, which prove that some of them are misprints."""

import tomllib
from fractions import Fraction

from mixedpixels import paths
from mixedpixels.ledger.claims import Claim, artifact, claims


def misprints(id: str) -> dict[tuple[str, str], str]:
    """Return the cells of an artefact that cannot be right: {(row, column): proof}.

    The checks are listed in ``checks.toml`` beside the claims. ``mean``: a printed mean must be
    possible given the printed parts, each within half of its last digit. ``same``: a number that is
    printed in two places must be the same. ``share``: a printed percentage must be that of a whole
    number out of the printed count beside it. ``overall``: an overall accuracy must be possible given
    the accuracies of the classes. ``total``: two printed counts must add up to a known number.
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
    for check in table.get("share", []):
        if check["artifact"] == id:
            for (row, column), claim in printed.items():
                count = printed.get((row, check["of"]))
                if column in check["columns"] and count and claim.metric == check["metric"]:
                    found[row, column] = _no_share(claim, count)
    for check in table.get("overall", []):
        if check["artifact"] == id:
            for column in check["columns"]:
                rows = [r for r, c in printed if c == check["of"]]
                parts = [(printed[r, column], printed[r, check["of"]]) for r in rows]
                found[check["row"], column] = _not_overall(printed[check["row"], column], parts)
    for check in table.get("total", []):
        if check["artifact"] == id:
            for row, known in check["known"].items():
                counts = [printed[row, column] for column in check["columns"]]
                for claim in counts:
                    found[row, claim.column] = _not_the_total(counts, known)
    return {place: proof for place, proof in found.items() if proof}


def _interval(claim: Claim) -> tuple[Fraction, Fraction]:
    # exact arithmetic, because the ends decide whether two rounded numbers can agree
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


def _no_share(claim: Claim, count: Claim) -> str:
    low, high = (end * Fraction(int(count.value)) / 100 for end in _interval(claim))
    if -(-low.numerator // low.denominator) <= high:  # a whole number lies between
        return ""
    below = low.numerator // low.denominator
    near = (below, below + 1)
    told = " and ".join(f"{k} are {100 * k / count.value:.2f} %" for k in near)
    return f"printed {claim.printed} of {count.printed} pixels, but no number of them is: {told}."


def _not_overall(claim: Claim, parts: list[tuple[Claim, Claim]]) -> str:
    total = sum(int(count.value) for _, count in parts)
    low, high = (
        sum(end * int(count.value) for end, (_, count) in zip(ends, parts, strict=True)) / total
        for ends in zip(*(_interval(part) for part, _ in parts), strict=True)
    )
    bottom, top = _interval(claim)
    if low <= top and bottom <= high:
        return ""
    return (
        f"printed {claim.printed}, but the printed classes, weighed by their printed counts, give "
        f"between {float(low):.3f} and {float(high):.3f}. One of these printed numbers is wrong."
    )


def _not_the_total(counts: list[Claim], known: int) -> str:
    total = sum(int(c.value) for c in counts)
    if total == known:
        return ""
    parts = " and ".join(f"{c.printed} ({c.column})" for c in counts)
    return (
        f"printed {parts}, {total} in all, but the public label map has {known} pixels of this class. "
        "One of these printed numbers is wrong, or pixels were left out without a word."
    )


def _and(words: list[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}"
