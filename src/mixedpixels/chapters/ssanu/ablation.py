"""What an ablation with few seeds shows, and whether more seeds of the whole network agree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mixedpixels.ledger import Record
from mixedpixels.metrics import effect
from mixedpixels.metrics.effects import Effect

STREAMS = ("spatial", "spectral", "linear", "nonlinear")

_SAID = {"rises": "helps", "falls": "hurts", "within luck": "not shown"}


@dataclass(frozen=True)
class StreamEffect:
    """What leaving out one stream does to an error, against few and against more runs of the whole.

    Parameters
    ----------
    few
        Against the runs of the ablation itself.
    more
        Against all runs of the whole network that are recorded, unpaired; None when there are none.
    """

    few: Effect
    more: Effect | None

    @property
    def shown(self) -> str:
        """What the ablation's own runs show: ``helps``, ``hurts`` or ``not shown``."""
        return _SAID[self.few.word]

    @property
    def confirmed(self) -> str:
        """What both comparisons show alike; ``not shown`` when they differ or one is missing."""
        return self.shown if self.more and self.more.word == self.few.word else "not shown"


def stream_effects(
    without: Mapping[str, Sequence[float]],
    whole: Sequence[float],
    more: Sequence[float] = (),
    *,
    paired: bool,
) -> dict[str, StreamEffect]:
    """Return the effect of each stream on an error; a positive mean says that the stream helps.

    Parameters
    ----------
    without
        Stream → errors without it, one per seed.
    whole
        Errors of the whole network in the ablation, one per seed.
    more
        Errors of the whole network from all its recorded seeds; empty when there are none.
    paired
        Whether the k-th runs of ``without`` and ``whole`` share their start.

    Raises
    ------
    BadInput
        See :func:`mixedpixels.metrics.effect`.

    Examples
    --------
    >>> found = stream_effects({"linear": [0.5, 0.6, 0.7]}, [0.1, 0.2, 0.3], paired=True)
    >>> found["linear"].shown, found["linear"].confirmed
    ('helps', 'not shown')
    """
    return {
        stream: StreamEffect(
            effect(values, whole, paired=paired),
            effect(values, more, paired=False) if len(more) else None,
        )
        for stream, values in without.items()
    }


def recorded_effects(ablation: Record, scene: Record | None) -> dict[str, StreamEffect]:
    """Return the effect of each stream on the RMSE from the records of a scene.

    Parameters
    ----------
    ablation
        Table VI or VII in one reading. In *paper* its rows share their starts, so runs are paired.
    scene
        The table of the same scene and reading with all seeds of the whole network; None without one.
    """
    rows = {out: "+".join(s for s in STREAMS if s != out) for out in STREAMS}
    longer = scene.cell("RMSE", "SSANU-Net") if scene else None
    return stream_effects(
        {out: ablation.cell(row, "RMSE").values for out, row in rows.items()},
        ablation.cell("+".join(STREAMS), "RMSE").values,
        longer.values if longer else (),
        paired=ablation.reading == "paper",
    )


def streams_by_finding(found: Mapping[str, str]) -> dict[str, list[str]]:
    """Group streams by what was found; empty groups are left out.

    Parameters
    ----------
    found
        Stream → ``helps``, ``hurts`` or ``not shown``.
    """
    groups: dict[str, list[str]] = {word: [] for word in _SAID.values()}
    for stream, word in found.items():
        groups[word].append(stream)
    return {word: streams for word, streams in groups.items() if streams}


def found_everywhere(tables: Sequence[Mapping[str, str]], word: str) -> list[str]:
    """Return the streams of which every table says the same word, in the order of the first.

    Parameters
    ----------
    tables
        Stream → word, for each scene and reading.

    Examples
    --------
    >>> found_everywhere([{"linear": "helps", "spatial": "helps"}, {"linear": "helps"}], "helps")
    ['linear']
    """
    first = tables[0] if tables else {}
    return [s for s in first if all(table.get(s) == word for table in tables)]


def runs_outside(values: Sequence[float], low: float, high: float) -> int:
    """Count the values below ``low`` or above ``high``: later runs that an interval missed."""
    return sum(not low <= value <= high for value in values)
