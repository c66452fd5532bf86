"""What the records cost, with fits that several artefacts share counted once."""

from collections.abc import Iterable
from dataclasses import dataclass

from mixedpixels.ledger.records import Record, all_records


@dataclass(frozen=True)
class Cost:
    """What one artefact cost, over all its records.

    Parameters
    ----------
    own
        Seconds that no other artefact shares.
    shared
        Seconds of fits that other artefacts use too.
    partners
        The ids of these artefacts.
    complete
        Whether all its records list their fits. If not, fits that came from the cache are missing
        from the seconds.
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
    """What all artefacts cost: each by its id, and all together with shared fits counted once."""

    each: dict[str, Cost]
    total: float
    records: int
    listed: int

    def __str__(self) -> str:
        """Say it in two sentences."""
        text = (
            f"The {self.records} recorded runs add up to {self.total / 3600:.1f} hours, with fits that "
            "several artefacts share counted once."
        )
        if self.listed == self.records:
            return text
        return (
            f"{text} Of these runs, {self.records - self.listed} do not list their fits: what they "
            "took from the cache is missing from the sum, and what they share may be counted again."
        )


def costs(found: Iterable[Record] | None = None) -> Costs:
    """Return what each artefact cost, and all of them together.

    A record that lists its fits costs their sum. What its page took beyond them is left out: when
    nothing is cached, that holds the fits of other tables on the page. A record that lists none costs
    what its page took, or the sum of its columns. A fit that was made twice, with different seconds,
    counts with the longer time.

    Parameters
    ----------
    found
        Full records; all that are committed unless given.
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
    """Return the seconds of a record's fits that other artefacts use too, and these artefacts' ids."""
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
