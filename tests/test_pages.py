"""The executed copies that ``make book`` leaves, one of every notebook; ``make pages`` runs this."""

from functools import cache

import nbformat
import pytest

import page_checks
from mixedpixels.pipeline import pairs
from mixedpixels.pipeline.execute import executed_copy, is_built
from mixedpixels.pipeline.settings import PROFILES

pytestmark = pytest.mark.built


@cache
def copy(name: str):
    return nbformat.read(executed_copy(name), as_version=4)


@pytest.mark.parametrize("name", pairs.names())
def test_the_copy_is_of_what_is_there_now(name):
    assert any(is_built(name, profile) for profile in PROFILES), "run make book"


@pytest.mark.parametrize("check", page_checks.CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("name", pairs.names())
def test_of_an_executed_copy(name, check):
    check(name, copy(name))


def test_every_quick_record_says_where_its_data_come_from():
    found = page_checks.quick_records()
    assert found
    for record in found:
        assert record["profile"] == "quick" and record["origin"]
