"""The cost of the records in seconds, where fits that several artefacts share count once."""

from collections.abc import Iterable
from dataclasses import dataclass

from mixedpixels.ledger.records import Record, all_records


@dataclass(frozen=True)
class Cost:
    """The cost of one artefact over all its records.

    Parameters
    ----------
    own
        The seconds of fits that no other artefact uses, and of records without listed fits.
    shared
        The seconds of fits that other artefacts use too.
    partners
        The ids of these artefacts.
    complete
        Whether all its records list their fits. If not, the seconds of fits that came from the cache
        are missing.
    """

    own: float
    shared: float = 0.0
    partners: tuple[str, ...] = ()
    complete: bool = True

    @property
    def total(self) -> float:
        """Own and shared seconds."""
        return self.own + self.shared


@dataclass(frozen=True)
class Costs:
    """The cost of all artefacts.

    Parameters
    ----------
    each
        Id of an artefact → its cost.
    total
        The seconds of all artefacts, where a shared fit counts once.
    records
        The number of records.
    listed
        The number of records that list their fits.
    """

    each: dict[str, Cost]
    total: float
    records: int
    listed: int

    def __str__(self) -> str:
        """Return the total in words."""
        text = (
            f"The {self.records} recorded runs add up to {self.total / 3600:.1f} hours, with fits that "
            "several artefacts share counted once."
        )
        if self.listed == self.records:
            return text
        return (
            f"{text} Of these runs, {self.records - self.listed} do not list their fits: those from "
            "the cache are missing from the sum, and shared ones may count more than once."
        )


def costs(found: Iterable[Record] | None = None) -> Costs:
    """Return the cost of each artefact, and of all artefacts together.

    A record that lists its fits costs their sum. The remaining time of its page is left out, because it
    includes the fits of other tables on the page when nothing is cached. A record that lists no fits
    costs its ``total_seconds``: the time of its page or the sum of its columns, whichever is larger. A
    fit that was computed twice counts with the longer time.

    Parameters
    ----------
    found
        Full records. None takes all committed records.
    """
    found = all_records() if found is None else list(found)
    users: dict[str, set[str]] = {}
    seconds: dict[str, float] = {}
    unlisted: dict[str, float] = {}
    for record in found:
        for fit in record.fits:
            users.setdefault(fit.key, set()).add(record.artifact)
            seconds[fit.key] = max(fit.seconds, seconds.get(fit.key, 0.0))
        rest = 0.0 if record.fits else record.total_seconds
        unlisted[record.artifact] = unlisted.get(record.artifact, 0.0) + rest
    each = {}
    for artifact, rest in unlisted.items():
        keys = [key for key, by in users.items() if artifact in by]
        shared = [key for key in keys if len(users[key]) > 1]
        each[artifact] = Cost(
            own=rest + sum(seconds[key] for key in keys if key not in shared),
            shared=sum(seconds[key] for key in shared),
            partners=tuple(sorted(set().union(*(users[key] for key in shared)) - {artifact})),
            complete=all(record.fits for record in found if record.artifact == artifact),
        )
    return Costs(
        each=each,
        total=sum(unlisted.values()) + sum(seconds.values()),
        records=len(found),
        listed=sum(bool(record.fits) for record in found),
    )


def shared_fits(record: Record) -> tuple[float, list[str]]:
    """Return the seconds of a record's fits that other artefacts also use, and their ids."""
    if not record.fits:
        return 0.0, []
    users: dict[str, set[str]] = {}
    for other in all_records():
        if other.artifact != record.artifact:
            for fit in other.fits:
                users.setdefault(fit.key, set()).add(other.artifact)
    shared = [fit for fit in record.fits if fit.key in users]
    partners = sorted(set().union(*(users[fit.key] for fit in shared)))
    return sum(fit.seconds for fit in shared), partners
