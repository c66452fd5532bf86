"""The counts of verdicts hold every printed number once; few runs are those below the rule."""

from collections import Counter

from mixedpixels import ledger
from mixedpixels.chapters.ssanu.standing import verdict_counts, with_few_runs
from mixedpixels.ledger.verdicts import ENOUGH, ORDER

TABLES = ("ssanu/table-3", "ssanu/table-6", "ssanu/table-8")


def test_every_printed_number_has_one_verdict_in_the_order_of_the_rule():
    for reading in ("paper", "best"):
        for table, found in verdict_counts(TABLES, reading).items():
            words = [j.verdict.word for j in ledger.judged(table, reading)]
            assert found == dict(Counter(words))
            assert sum(found.values()) == len(ledger.claims(table))
            assert list(found) == [word for word in ORDER if word in found]


def test_few_runs_are_fewer_than_the_rule_asks_for():
    runs = {"few": [0.1] * (ENOUGH - 1), "enough": [0.1] * ENOUGH}
    assert with_few_runs(runs) == {"few": ENOUGH - 1}
