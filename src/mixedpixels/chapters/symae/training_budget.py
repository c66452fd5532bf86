"""How much training the SymAE paper reports, beside what a run of this book spends."""

from dataclasses import dataclass

from mixedpixels.ledger.claims import text_table

_HOUR, _DAY = 3600, 86400  # seconds


@dataclass(frozen=True)
class Budget:
    """A training as the paper describes it.

    Parameters
    ----------
    least, most
        Updates of the network.
    datapoints
        In each update.
    hours
        The whole training, on one GPU.
    """

    least: int
    most: int
    datapoints: int
    hours: float

    def percentage(self, updates: float) -> str:
        """Return a number of updates as a percentage of the paper's, as ``2.2 to 2.9 %``."""
        low, high = (f"{100 * updates / count:.2g}" for count in (self.most, self.least))
        return f"{high} %" if low == high else f"{low} to {high} %"

    def datapoint_percentage(self, updates: int, datapoints: int) -> str:
        """Return the datapoints of some updates as a percentage of the paper's."""
        return self.percentage(updates * datapoints / self.datapoints)

    def days(self, rate: float) -> tuple[float, float]:
        """Return the days that the least and the most updates take at a rate of updates per second."""
        return self.least / rate / _DAY, self.most / rate / _DAY

    def rates(self, hours: float) -> tuple[float, float]:
        """Return the updates per second that the least and the most updates need in some hours."""
        return self.least / hours / _HOUR, self.most / hours / _HOUR


def paper_budget() -> Budget:
    """Return the training that the SymAE paper prints."""
    printed = text_table("symae")["all"]
    least, most = (
        int(printed[f"epochs, {end}"] * printed["minibatches in an epoch"])
        for end in ("least", "most")
    )
    datapoints = int(printed["datapoints in a minibatch"])
    return Budget(least, most, datapoints, float(printed["hours of training"]))
