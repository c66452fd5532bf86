"""Timing: the plain loop trains the same network, and what comes before an update is not counted."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from mixedpixels.chapters.symae import timing
from mixedpixels.models.stacked import StackedLinear
from mixedpixels.models.symae import Settings
from mixedpixels.training import Grouping


def test_the_plain_network_is_symae():
    torch.manual_seed(0)
    plain = timing.PlainSymAE(176).eval()
    assert sum(p.numel() for p in plain.parameters()) == 1_055_854
    stack = Settings().network(176).eval()
    for ours, theirs in (
        (stack.reflectance, plain.reflectance),
        (stack.nuisance, plain.nuisance),
        (stack.decoder, plain.decoder),
    ):
        dense = [layer for layer in theirs if isinstance(layer, torch.nn.Linear)]
        stacked = [layer for layer in ours.modules() if isinstance(layer, StackedLinear)]
        for layer, own in zip(dense, stacked, strict=True):
            own.weight.data[0] = layer.weight.data.T
            own.bias.data[0] = layer.bias.data
    pixels = torch.rand(1, 24, 176)
    datapoints = torch.arange(24).reshape(1, 3, 8)
    with torch.no_grad():
        found = stack(pixels, datapoints)[0]
        expected = plain(pixels[0].reshape(3, 8, 176)).reshape(24, 176)
    torch.testing.assert_close(found, expected)


def test_dropout_of_the_plain_network_lies_where_symaes_does():
    ours = [type(layer).__name__ for layer in Settings().network(9).nuisance]
    plain = [type(layer).__name__ for layer in timing.PlainSymAE(9).nuisance]
    names = {"StackedLinear": "Linear", "ByteDropout": "Dropout"}
    # the last dropout, that of the code, is the network's own there
    assert [names.get(n, n) for n in ours] == [*plain, "Dropout"]


@pytest.mark.parametrize("asked", [0.5, 26.0])
def test_what_comes_before_the_first_update_is_not_counted(asked, monkeypatch):
    trained = []

    def fit(pixels, labels, *, config, **how):
        assert pixels.shape == (4, 10, 5)
        trained.append(config.updates)
        return SimpleNamespace(history=SimpleNamespace(seconds=3.0 + 0.25 * config.updates))

    monkeypatch.setattr(timing, "fit_symae", fit)
    pixels, labels = np.zeros((10, 5), np.float32), np.ones(10, int)
    rate = timing.stack_rate(pixels, labels, 4, Grouping(2, 2), "fp32", seconds=asked)
    assert rate == pytest.approx(4)
    assert asked <= 0.25 * (trained[-1] - 1) < 2 * asked + 1


def test_both_loops_and_a_product_run():
    rng = np.random.default_rng(0)
    known = rng.random((40, 12), np.float32), np.repeat([1, 2], 20)
    few, how = Grouping(2, 2), {"seconds": 0.01, "device": "cpu"}
    for precision in ("fp32", "bf16"):
        assert timing.plain_rate(*known, few, precision, **how) > 0
        assert timing.stack_rate(*known, 2, few, precision, **how) > 0
        assert timing.product_rate(precision, **how) > 1e8


def test_datapoints_are_of_one_group_each():
    pixels, labels = np.arange(40.0)[:, None], np.repeat([3, 7], 20)
    drawn = timing.Datapoints(pixels, labels, 200, 5)
    assert len(drawn) == 200
    assert {(drawn[k][:, 0] >= 20).double().mean().item() for k in range(200)} == {0.0, 1.0}
