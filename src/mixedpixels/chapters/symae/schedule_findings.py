"""How short a training was, and whether a score was still moving when it ended."""

from dataclasses import dataclass

import numpy as np

from mixedpixels.errors import BadInput


@dataclass(frozen=True)
class PaperSchedule:
    """The updates of a paper's training, from what its text prints.

    Parameters
    ----------
    fewest, most
        Updates, by the least and the largest number of epochs that are printed.
    datapoints
        Of an update.
    """

    fewest: int
    most: int
    datapoints: int

    def fraction_of_updates(self, updates: int) -> float:
        """Return some updates as a fraction of the most that are printed."""
        return updates / self.most

    def fraction_of_datapoints(self, updates: int, datapoints: int) -> float:
        """Return the datapoints of some updates as a fraction of the most that are printed."""
        return updates * datapoints / (self.most * self.datapoints)


def paper_schedule(text) -> PaperSchedule:
    """Return the training that a paper's text prints.

    Parameters
    ----------
    text
        Item → number, with the items ``minibatches in an epoch``, ``epochs, least``, ``epochs, most``
        and ``datapoints in a minibatch``; see :func:`mixedpixels.ledger.text_table`.
    """
    each = text["minibatches in an epoch"]
    return PaperSchedule(
        fewest=int(text["epochs, least"] * each),
        most=int(text["epochs, most"] * each),
        datapoints=int(text["datapoints in a minibatch"]),
    )


@dataclass(frozen=True)
class LastStretch:
    """How a score moved between the last two evaluations of a training.

    Parameters
    ----------
    since, until
        The updates at which the two evaluations were made.
    change
        The mean change over the networks, in the unit of the score.
    rising
        For how many networks the score rose.
    networks
        How many there are.
    """

    since: int
    until: int
    change: float
    rising: int
    networks: int


def last_stretch(moments, values) -> LastStretch:
    """Return how a score moved at the end of a training.

    Parameters
    ----------
    moments
        The updates after which the score was evaluated, shape (evaluations,), increasing.
    values
        The score, shape (evaluations, networks).

    Raises
    ------
    BadInput
        When there are fewer than two evaluations, or the shapes do not fit.
    """
    moments, values = np.asarray(moments), np.asarray(values, dtype=float)
    if len(moments) < 2 or values.ndim != 2 or len(values) != len(moments):
        raise BadInput(
            "expected scores of shape (evaluations, networks) at two moments or more, got "
            f"{values.shape} at {len(moments)}"
        )
    moved = values[-1] - values[-2]
    return LastStretch(
        since=int(moments[-2]),
        until=int(moments[-1]),
        change=float(moved.mean()),
        rising=int((moved > 0).sum()),
        networks=len(moved),
    )
