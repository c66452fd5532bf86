"""The rule that gives a verdict on a printed number from a record."""

from dataclasses import dataclass

from mixedpixels.ledger.claims import Claim
from mixedpixels.ledger.records import Cell, Record
from mixedpixels.ledger.scales import scale_of

# The least favourable verdict is first: where counts tie, an artefact gets the less favourable one.
ORDER = (
    "worse",
    "differs",
    "misprint",
    "inconclusive",
    "not comparable",
    "twin",
    "not run",
    "better",
    "reproduced",
    "shown",
)
ENOUGH = 10  # the least runs of a random method; with fewer the verdict is inconclusive
_WIDEST = 0.25  # the largest half-width, relative to the printed value, that can show agreement


@dataclass(frozen=True)
class Verdict:
    """One word of :data:`ORDER`, and the reason in a sentence."""

    word: str
    reason: str


def interval(cell: Cell, level: float = 0.95) -> tuple[float, float]:
    """Return the prediction interval of one more run, on the scale of the cell's metric.

    It is mean ± t · sd · √(1 + 1/n) of the values, of their logarithms or of their logits, and never
    passes a bound of the metric (:mod:`mixedpixels.ledger.scales`). The result of a method without a
    random part is known exactly, so its interval is a point. One run of a random method says nothing
    about the next, so its interval reaches from one bound to the other.

    Parameters
    ----------
    cell
        The measured values.
    level
        The nominal coverage, between 0 and 1.

    Raises
    ------
    BadInput
        When the metric has no scale.
    """
    if cell.deterministic:
        return cell.mean, cell.mean
    scale = scale_of(cell.metric)
    if cell.n < 2:
        return scale.low, scale.high
    low, high = scale.interval(cell.values, level)
    return float(low), float(high)


def judge(claim: Claim, record: Record | None, cell: Cell | None, misprint: str = "") -> Verdict:
    """Return the verdict on one printed number.

    Parameters
    ----------
    claim
        The printed number.
    record, cell
        The full record and its cell, or None.
    misprint
        The proof that the printed number cannot be right; empty when there is none.
    """
    if misprint:
        return Verdict("misprint", misprint)
    if record is None or cell is None:
        return Verdict("not run", "No full run of this cell is recorded.")
    if record.origin == "twin":
        return Verdict("twin", "Measured on a simulated twin, which says nothing about the paper.")
    if claim.scene and record.stands_for != claim.scene:
        return Verdict("not comparable", f"Printed for {claim.scene}, measured on {record.scene}.")
    if record.origin == "fragment":
        return Verdict(
            "not comparable", f"Measured on a fragment of {claim.scene or record.scene}."
        )
    if cell.metric != claim.metric:
        return Verdict(
            "not comparable",
            f"Printed as {claim.metric}, measured as {cell.metric}: other metrics.",
        )
    if claim.value is None:
        return Verdict("not comparable", f"Printed as the symbol {claim.printed}, not as a number.")
    found = _compare(claim, cell)
    if record.origin == "sample":
        return Verdict(found.word, f"{found.reason} Ours is from a sample of the labelled pixels.")
    return found


def _compare(claim: Claim, cell: Cell) -> Verdict:
    """Return the verdict on a printed number from a cell of the same scene and metric."""
    low, high = interval(cell)
    ours = f"ours lies in {low:.4g} to {high:.4g} (95 % prediction interval, n = {cell.n})"
    if cell.deterministic:
        ours = f"ours is {cell.mean:.4g} (no random part)"
    printed = f"Printed {claim.printed}"
    if claim.value != _number(claim.printed):
        printed += f" (read as {claim.value:g})"
    if not cell.deterministic and cell.n < ENOUGH:
        if cell.n == 1:
            ours = f"ours is {cell.mean:.4g} in a single run"
        return Verdict(
            "inconclusive",
            f"{printed}; {ours}. A verdict on a method with a random part requires {ENOUGH} runs.",
        )
    bottom, top = claim.value - claim.half_digit, claim.value + claim.half_digit
    # a rounding tolerance, because 0.0484 − 0.00005 is not a floating-point number
    breath = 1e-9 * abs(claim.value)
    if low <= top + breath and high >= bottom - breath:
        # so wide an interval contains almost any number, so it does not show agreement with this one
        if (high - low) / 2 > _WIDEST * abs(claim.value):
            return Verdict(
                "inconclusive",
                f"{printed}; {ours}: it meets the printed value, but is wider than ±{_WIDEST:.0%}.",
            )
        return Verdict("reproduced", f"{printed}; {ours}.")
    if claim.direction == "exact":
        return Verdict("differs", f"{printed}; {ours}.")
    word = "better" if (high < bottom) == (claim.direction == "lower") else "worse"
    return Verdict(word, f"{printed}, {claim.direction} is better; {ours}.")


def _number(printed: str) -> float | None:
    try:
        return float(printed)
    except ValueError:
        return None
