"""The rule that turns a printed number and a record into a verdict."""

from dataclasses import dataclass

from mixedpixels.ledger.claims import Claim
from mixedpixels.ledger.records import Cell, Record
from mixedpixels.ledger.scales import scale_of

# Least kind first: where counts tie, an artefact takes the less kind verdict.
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
ENOUGH = 10  # runs of a random method that a verdict asks for; fewer leave it inconclusive
_WIDEST = 0.25  # of the printed value: a wider half-width that meets it says nothing


@dataclass(frozen=True)
class Verdict:
    """One word of :data:`ORDER`, and the reason in a sentence."""

    word: str
    reason: str


def interval(cell: Cell, level: float = 0.95) -> tuple[float, float]:
    """Return the prediction interval of one more run, on the scale of the cell's metric.

    It is mean ± t · sd · √(1 + 1/n) of the values, of their logarithms or of their logits, and never
    passes a bound of the metric (:mod:`mixedpixels.ledger.scales`). A method without a random part is
    known exactly: its interval is a point. One run of a random method says nothing about the next:
    its interval reaches from bound to bound.

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
        What the paper prints.
    record, cell
        The full record and its cell; None when there is none.
    misprint
        The proof that the printed number cannot be right, if there is one.
    """
    if misprint:
        return Verdict("misprint", misprint)
    if record is None or cell is None:
        return Verdict("not run", "No full run of this cell is recorded.")
    if record.origin == "twin":
        return Verdict("twin", "Measured on a simulated twin, which says nothing about the paper.")
    if claim.scene and record.scene != claim.scene:
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
            f"{printed}; {ours}. A verdict on a method with a random part asks for {ENOUGH} runs.",
        )
    bottom, top = claim.value - claim.half_digit, claim.value + claim.half_digit
    # a breath of rounding: 0.0484 − 0.00005 is not a float
    breath = 1e-9 * abs(claim.value)
    if low <= top + breath and high >= bottom - breath:
        # so wide an interval would meet almost any number: meeting this one shows nothing
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
