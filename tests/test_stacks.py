"""Stacks are kept under all that made them; a killed training goes on; a GPU's tensors come home."""

import numpy as np
import pytest
import torch

from mixedpixels.models.stacked import StackedMLP
from mixedpixels.pipeline import stacks
from mixedpixels.pipeline.stacks import train_or_load
from mixedpixels.training.batches import Batches
from mixedpixels.training.engine import Schedule


class Line(StackedMLP):
    """Learns y = 2x."""

    def __init__(self):
        super().__init__(1, (1, 1), 1.0)

    def losses(self, x):
        return (self(x) - 2 * x).square().mean((1, 2))


def build(device, rows=8):
    return Line().to(device), Batches(torch.linspace(0, 1, 32).reshape(1, 32, 1), rows=rows)


def trained(updates=50, what=None, seed=0, make=build):
    schedule = Schedule(updates, 0.01, looks=10, keep=(updates,))
    return train_or_load(
        "line",
        make,
        schedule,
        what=what or {"rows": 8},
        module="mixedpixels.models.stacked",
        seed=seed,
        device="cpu",
    )


def weight(stack):
    return float(stack[0].weight.detach())


def test_it_is_trained_once_for_each_question(empty_cache, monkeypatch):
    calls = []
    whole = stacks.train

    def counted(*args, **more):
        calls.append(args[2].updates)
        return whole(*args, **more)

    monkeypatch.setattr(stacks, "train", counted)
    stack, course = trained()
    again, found = trained()
    assert calls == [50] and weight(again) == weight(stack)
    np.testing.assert_array_equal(found.evaluation, course.evaluation)
    assert list(found.kept) == [50]
    others = [trained(updates=60), trained(what={"rows": 9}), trained(seed=1)]
    assert len(calls) == 4
    assert len({weight(s) for s, _ in others} | {weight(stack)}) >= 3


@pytest.mark.parametrize("updates", [1000, 2000])
def test_a_killed_long_training_goes_on_and_a_short_one_begins_anew(updates, empty_cache):
    class Killed(Exception):
        pass

    drawn = []

    def killed(device):
        stack, draw = build(device)

        def watched():
            drawn.append(None)
            if len(drawn) == 0.75 * updates:
                raise Killed
            return draw()

        return stack, watched

    with pytest.raises(Killed):
        trained(updates, make=killed)
    left = list(empty_cache.rglob("*.state"))
    assert len(left) == (updates >= 2000)
    counted = []

    def counting(device):
        stack, draw = build(device)

        def watched():
            counted.append(None)
            return draw()

        return stack, watched

    resumed, _ = trained(updates, make=counting)
    assert len(counted) < 0.5 * updates if left else len(counted) > updates
    assert not list(empty_cache.rglob("*.state"))
    for file in empty_cache.rglob("*.npz"):
        file.unlink()
    whole, _ = trained(updates)
    assert weight(resumed) == weight(whole)


def test_random_numbers_outside_are_left_alone(empty_cache):
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    trained()
    torch.testing.assert_close(torch.rand(3), expected)
