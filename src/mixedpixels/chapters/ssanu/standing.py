"""What the chapter's records settle and what they leave open, across its tables."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from mixedpixels.ledger import judged
from mixedpixels.ledger.verdicts import ENOUGH, ORDER


def verdict_counts(tables: Iterable[str], reading: str = "paper") -> dict[str, dict[str, int]]:
    """Return how many printed numbers of each table have each verdict.

    Parameters
    ----------
    tables
        Their ids, as ``ssanu/table-3``.
    reading
        ``paper`` or ``best``.

    Returns
    -------
    dict
        Table → verdict → count, without zeros, in the order of
        :data:`mixedpixels.ledger.verdicts.ORDER`.
    """
    counts = {table: Counter(j.verdict.word for j in judged(table, reading)) for table in tables}
    return {table: {w: found[w] for w in ORDER if found[w]} for table, found in counts.items()}


def with_few_runs(runs: Mapping[str, Sequence[float]]) -> dict[str, int]:
    """Return the methods with fewer runs than a verdict asks for, and how many they have.

    Parameters
    ----------
    runs
        Method → scores, one per run, of methods with a random part.

    Examples
    --------
    >>> with_few_runs({"SSANU-Net": [0.1] * 10, "SUnCNN": [0.1, 0.2, 0.3]})
    {'SUnCNN': 3}
    """
    return {method: len(scores) for method, scores in runs.items() if len(scores) < ENOUGH}
