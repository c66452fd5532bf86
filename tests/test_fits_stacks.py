"""Stacks are cached under all that made them, and a killed training goes on."""

from functools import partial

import numpy as np
import pytest
import torch

from mixedpixels import provenance
from mixedpixels.fits import cache, stacks, train_or_load
from mixedpixels.models import TrainingConfig
from mixedpixels.models.stacked import StackedMLP
from mixedpixels.training import Batches, Checkpoint


class Line(StackedMLP):
    """Learns y = 2x."""

    def __init__(self):
        super().__init__(1, (1, 1), 1.0)

    def losses(self, x):
        return (self(x) - 2 * x).square().mean((1, 2))


def build(device, rows=8):
    return Line().to(device), Batches(torch.linspace(0, 1, 32).reshape(1, 32, 1), rows=rows)


def trained(updates=50, made_from=None, seed=0, make=build):
    config = TrainingConfig(updates, 0.01, eval_every=updates // 10, snapshots=(updates,))
    return train_or_load(
        "line",
        make,
        config,
        made_from=made_from or {"rows": 8},
        seed=seed,
        device="cpu",
    )


def weight(stack):
    return float(stack[0].weight.detach())


def test_it_is_trained_once_for_each_question(empty_cache, monkeypatch):
    calls = []
    whole = stacks.train

    def counted(*args, **more):
        calls.append(args[0].config.updates)
        return whole(*args, **more)

    monkeypatch.setattr(stacks, "train", counted)
    stack, history = trained()
    again, found = trained()
    assert calls == [50] and weight(again) == weight(stack)
    np.testing.assert_array_equal(found.evaluation["network 0"], history.evaluation["network 0"])
    assert list(found.snapshots) == [50]
    others = [trained(updates=60), trained(made_from={"rows": 9}), trained(seed=1)]
    assert len(calls) == 4
    assert len({weight(s) for s, _ in others} | {weight(stack)}) >= 3


@pytest.mark.parametrize("seconds", [0, 1000])
def test_a_killed_long_training_goes_on_and_a_short_one_begins_anew(
    seconds, empty_cache, monkeypatch
):
    updates = 1000
    monkeypatch.setattr(cache, "Checkpoint", partial(Checkpoint, seconds=seconds))

    class Killed(Exception):
        pass

    drawn = []

    def watched(device):  # the same function in both runs, because its code is part of the key
        stack, draw = build(device)

        def counting():
            drawn.append(None)
            if len(drawn) == kill_at[0]:
                raise Killed
            return draw()

        return stack, counting

    kill_at = [0.75 * updates]
    with pytest.raises(Killed):
        trained(updates, make=watched)
    left = list(empty_cache.rglob("*.state"))
    assert len(left) == (seconds == 0)
    kill_at[0] = None
    drawn.clear()
    resumed, _ = trained(updates, make=watched)
    assert len(drawn) < 0.5 * updates if left else len(drawn) > updates
    assert not list(empty_cache.rglob("*.state"))
    for file in empty_cache.rglob("*.npz"):
        file.unlink()
    whole, _ = trained(updates)
    assert weight(resumed) == weight(whole)


def test_what_builds_the_networks_is_part_of_the_key(empty_cache):
    """A build like that of a notebook: its text, its numbers, and what it calls."""
    keys = set()
    for rows, rate in ((8, 1.0), (4, 1.0), (8, 2.0)):

        def scaled(device, rows=rows):
            stack, draw = build(device, rows)
            return stack, lambda: tuple(rate * part for part in draw())  # noqa: B023

        code = provenance.code_of_function(scaled)
        assert any(name.endswith(".build") for name in code), "what it calls counts"
        assert "models.stacked.StackedMLP" in code
        keys.add(provenance.digest_of(code))
    assert len(keys) == 2, "the default of an argument is no part of the body, the rate is"


def test_random_numbers_outside_are_left_alone(empty_cache):
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    trained()
    torch.testing.assert_close(torch.rand(3), expected)
