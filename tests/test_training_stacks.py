"""Training stacks: each network minimises alone; a killed training resumes; draws are fair."""

from itertools import pairwise

import numpy as np
import pytest
import torch

from mixedpixels.errors import BadInput
from mixedpixels.models import TrainingConfig, symae
from mixedpixels.models.stacked import StackedMLP
from mixedpixels.training import (
    Checkpoint,
    Grouping,
    Groups,
    NotFinite,
    StackStep,
    fit_symae,
    seeded,
)
from mixedpixels.training import train as train_step

CPU = torch.device("cpu")
SMALL = symae.Settings(encoder=(8, 6, 6, 5), decoder=(5, 6, 6, 6, 6, 7), code=3)


def train(stack, draw, config, **more):
    return train_step(StackStep(stack, draw, config), **more)


def table(curves):
    """A history's curves, shape (entries, networks)."""
    return np.column_stack(list(curves.values()))


class Lines(StackedMLP):
    """Two networks of one layer, that learn y = 2x + 1 and y = −x."""

    def __init__(self):
        super().__init__(2, (1, 1), 1.0)

    def losses(self, x, y):
        return (self(x) - y).square().mean((1, 2))


def line():
    x = torch.rand(2, 16, 1)
    return x, torch.stack([2 * x[0] + 1, -x[1]])


def test_it_minimises_and_notes_both_losses():
    with seeded(0, CPU):
        stack = Lines()
        history = train(stack, line, TrainingConfig(1500, 0.02, eval_every=50))
    assert history.updates.tolist() == list(range(50, 1501, 50))
    evaluation = table(history.evaluation)
    assert table(history.losses).shape == evaluation.shape == (30, 2)
    assert (evaluation[-1] < 1e-6).all() and (evaluation[0] > 1e-3).all()
    np.testing.assert_allclose(stack[0].weight.detach().ravel(), [2, -1], atol=1e-3)
    np.testing.assert_allclose(stack[0].bias.detach().ravel(), [1, 0], atol=1e-3)
    assert not stack.training


def test_it_is_adam_by_hand():
    """Three updates of one network on fixed data, written out."""
    x = torch.tensor([[[0.5], [1.0], [2.0]]])
    with seeded(0, CPU):
        stack = StackedMLP(1, (1, 1), 1.0)
        stack.losses = lambda x, y: (stack(x) - y).square().mean((1, 2))
        w, b = float(stack[0].weight.detach()), 0.0
        train(stack, lambda: (x, 3 * x), TrainingConfig(3, 0.1, eval_every=3))
    m, v, xs = np.zeros(2), np.zeros(2), np.array([0.5, 1.0, 2.0])
    for step in (1, 2, 3):
        off = w * xs + b - 3 * xs
        slope = np.array([(2 * off * xs).mean(), (2 * off).mean()])
        m, v = 0.9 * m + 0.1 * slope, 0.999 * v + 0.001 * slope**2
        move = 0.1 * (m / (1 - 0.9**step)) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8)
        w, b = w - move[0], b - move[1]
    assert float(stack[0].weight.detach()) == pytest.approx(w, rel=1e-5)
    assert float(stack[0].bias.detach()) == pytest.approx(b, rel=1e-5)


def test_a_cosine_rate_ends_at_zero():
    moved = []
    for decay in (None, "cosine"):
        with seeded(0, CPU):
            config = TrainingConfig(100, 0.1, decay, snapshots=tuple(range(1, 101)))
            history = train(Lines(), line, config)
        places = [weights["0.bias"] for weights in history.snapshots.values()]
        steps = [float((b - a).abs().max()) for a, b in pairwise(places)]
        moved.append(steps[-1] / max(steps))
    assert moved[1] < 1e-2 < moved[0]


@pytest.mark.parametrize("dropout", [0.0, 0.5])
def test_the_training_loss_has_dropout_and_the_evaluation_has_not(dropout):
    """On one datapoint, at a rate that moves nothing, dropout is all that tells the two apart."""
    settings = symae.Settings(**{**vars(SMALL), "inner_dropout": 0.0, "code_dropout": dropout})
    pixels, one = torch.rand(1, 5, 9), torch.zeros(1, 1, 3, dtype=torch.int64)
    with seeded(0, CPU):
        stack = settings.network(9)
        history = train(stack, lambda: (pixels, one), TrainingConfig(1, 1e-12))
    losses, evaluation = table(history.losses), table(history.evaluation)
    assert np.allclose(losses, evaluation, rtol=1e-6) == (dropout == 0)


def _fit(pixels, updates=40, **more):
    groups = np.arange(pixels.shape[1])[None].repeat(len(pixels), 0) % 4
    every, snapshots = more.pop("eval_every", 20), more.pop("snapshots", ())
    config = TrainingConfig(updates, 1e-3, "cosine", eval_every=every, snapshots=snapshots)
    return fit_symae(
        pixels,
        groups,
        scale=more.pop("scale", 1.0),
        settings=SMALL,
        grouping=Grouping(6, 3),
        config=config,
        device="cpu",
        **more,
    )


def test_a_killed_training_goes_on_as_if_it_had_not_been(tmp_path):
    pixels = np.random.default_rng(0).random((2, 40, 9))
    checkpoint = Checkpoint(tmp_path / "a.state", "a key", seconds=0)
    whole = _fit(pixels, 120, eval_every=10, seed=3, snapshots=(20,))

    class Killed(Exception):
        pass

    class Draw(Groups):
        drawn = 0

        def __call__(self):
            self.drawn += 1
            if self.drawn == 94:  # after the state of update 50, and the probe
                raise Killed
            return super().__call__()

    with seeded(3, CPU), pytest.raises(Killed):
        stack = SMALL.network(9, 2)
        known = torch.tensor(pixels, dtype=torch.float32)
        draw = Draw(known, torch.arange(40).repeat(2, 1) % 4, 6, 3)
        config = TrainingConfig(120, 1e-3, "cosine", eval_every=10, snapshots=(20,))
        train(stack, draw, config, checkpoint=checkpoint)
    resumed = _fit(pixels, 120, eval_every=10, seed=3, snapshots=(20,), checkpoint=checkpoint)
    np.testing.assert_array_equal(
        resumed.at(20).reflectance_code(pixels[0]), whole.at(20).reflectance_code(pixels[0])
    )
    np.testing.assert_array_equal(table(resumed.history.losses), table(whole.history.losses))
    for ours, theirs in zip(resumed.stack.parameters(), whole.stack.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=0)
    with pytest.raises(BadInput, match="the state of another training"):
        _fit(pixels, eval_every=10, seed=3, checkpoint=Checkpoint(checkpoint.path, "another key"))
    checkpoint.path.write_bytes(b"nothing of the kind")
    with pytest.raises(BadInput, match="expected the state of a training, but it is damaged"):
        _fit(pixels, eval_every=10, seed=3, checkpoint=checkpoint)


def test_weights_of_an_entry_are_stored():
    pixels = np.random.default_rng(0).random((2, 40, 9))
    fitted = _fit(pixels, eval_every=10, seed=3, snapshots=(20,))
    early, end = (f.reflectance_code(pixels[0]) for f in (fitted.at(20), fitted))
    assert list(fitted.history.snapshots) == [20] and not np.allclose(early, end)
    ended = _fit(pixels, eval_every=10, seed=3, snapshots=(40,))
    np.testing.assert_array_equal(ended.at(40).reflectance_code(pixels[0]), end)
    with pytest.raises(BadInput, match=r"expected those of a snapshot \(20\), got 10"):
        fitted.at(10)


def test_bf16_learns_what_fp32_learns():
    found = []
    for precision in ("fp32", "bf16"):
        with seeded(0, CPU):
            stack = Lines()
            config = TrainingConfig(1500, 0.02, eval_every=500, precision=precision)
            history = train(stack, line, config)
        found.append(stack[0].weight.detach().ravel())
        assert table(history.evaluation).dtype == np.float64
    np.testing.assert_allclose(found[0], found[1], atol=0.03)
    assert (found[0] != found[1]).all()  # the products were others


def test_a_loss_that_is_no_number_stops_it():
    calls = []

    def draw():
        calls.append(None)
        x, y = line()
        return x, y * (float("nan") if len(calls) > 30 else 1) * torch.tensor([[[1.0]], [[0.0]]])

    with (
        seeded(0, CPU),
        pytest.raises(
            NotFinite, match="the loss 'network 0' became NaN or infinite in or before update 30;"
        ),
    ):
        train(Lines(), draw, TrainingConfig(100, 0.01, eval_every=10))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"updates": 0}, "updates: expected a positive number, got 0"),
        ({"updates": 1.5}, "updates: expected a whole number"),
        ({"updates": 5, "eval_every": 1.5}, "eval_every: expected a whole number"),
        ({"updates": 5, "learning_rate": 0.0}, "learning_rate: expected a positive number"),
        ({"updates": 5, "decay": "linear"}, "decay: expected .*, 'cosine' or None, got 'linear'"),
        (
            {"updates": 100, "eval_every": 10, "snapshots": (15,)},
            "snapshots: no entry of the history is made after 15 updates; expected a multiple of 10",
        ),
        ({"updates": 5, "precision": "fp8"}, "precision must be one of 'fp32'"),
    ],
)
def test_a_configuration_out_of_range_is_refused(wrong, message):
    with pytest.raises(BadInput, match=message):
        TrainingConfig(**wrong)


def test_tf32_is_refused_where_there_is_none():
    with pytest.raises(BadInput, match="tf32 is a GPU's; on a processor take fp32 or bf16"):
        train(Lines(), line, TrainingConfig(5, precision="tf32"))


def test_datapoints_are_of_one_group_and_groups_have_equal_chances():
    torch.manual_seed(0)
    groups = torch.tensor([[0] * 2 + [1] * 50 + [7] * 5, [7] * 40 + [0] * 10 + [1] * 7])
    pixels = groups[..., None].float().repeat(1, 1, 3)  # each pixel says its group
    shuffled = torch.randperm(57)
    draw = Groups(pixels[:, shuffled], groups[:, shuffled], 6000, 4)
    drawn, datapoints = draw()
    assert datapoints.shape == (2, 6000, 4)
    for k in range(2):
        said = drawn[k][datapoints[k]][..., 0]
        assert (said == said[:, :1]).all()
        share = [(said[:, 0] == g).double().mean().item() for g in (0, 1, 7)]
        np.testing.assert_allclose(share, 1 / 3, atol=0.03)
    chosen = datapoints[0].ravel().bincount(minlength=57).double()
    assert chosen.min() > 0  # every pixel of every group is drawn
    small = chosen[:2] / chosen[:2].sum()  # the group of two
    np.testing.assert_allclose(small, 0.5, atol=0.03)
    assert (datapoints[0, :, 0] == datapoints[0, :, 1]).any()  # with replacement


def test_pixels_that_do_not_fit_are_refused():
    good = torch.rand(1, 4, 3)
    with pytest.raises(BadInput, match=r"expected \(networks, n, bands\) and a group for each"):
        Groups(good, torch.zeros(1, 3, dtype=torch.int64), 2, 2)
    with pytest.raises(BadInput, match="NaN or infinite values in bands 2; mask or fill"):
        Groups(
            good * torch.tensor([1, float("nan"), 1]), torch.zeros(1, 4, dtype=torch.int64), 2, 2
        )
    uneven = torch.tensor([[0, 0, 1, 1], [0, 0, 0, 0]])
    with pytest.raises(BadInput, match="as many groups in each network"):
        Groups(good.repeat(2, 1, 1), uneven, 2, 2)


def test_virtual_images_come_in_batches_and_in_their_unit(monkeypatch):
    rng = np.random.default_rng(0)
    pixels = rng.random((2, 40, 9)) * 300
    fitted = _fit(pixels, scale=300)
    image = rng.random((100, 9)).astype(np.float32) * 300
    whole = fitted.redatum(image, image[7], network=1)
    monkeypatch.setattr("mixedpixels.training.disentangler._BATCH", 32)
    np.testing.assert_allclose(fitted.redatum(image, image[7], network=1), whole, rtol=1e-4)
    scaled = torch.tensor(image / 300)[None].expand(2, -1, -1)
    direct = fitted.stack.redatum(scaled, scaled[:, 7])[1] * 300
    np.testing.assert_allclose(whole, direct, rtol=1e-4)
    np.testing.assert_allclose(
        fitted.redatum(image[3], image[7], network=1)[0], whole[3], rtol=1e-4
    )
    assert fitted.nuisance_code(image).shape == fitted.reflectance_code(image).shape == (100, 3)


def test_a_restored_rate_stays_in_the_tensor_that_a_recorded_graph_reads():
    """Else a resumed training on a GPU would keep the rate at which it was killed."""
    steps = []
    for rate in (0.01, 0.5):
        step = StackStep(Lines(), line, TrainingConfig(10, rate))
        step.optimiser.param_groups[0]["lr"] = torch.tensor(rate)  # as on a GPU
        steps.append(step)
    first, second = steps
    tensor = second.rate
    second.restore(first.state())
    assert second.rate is tensor and float(tensor) == pytest.approx(0.01)
    second.rate = 0.002
    assert float(tensor) == pytest.approx(0.002)


def test_pixels_of_other_bands_or_without_numbers_are_refused():
    fitted = _fit(np.random.default_rng(0).random((1, 40, 9)))
    with pytest.raises(BadInput, match=r"expected \(n, 9\), as in training; got shape \(5, 8\)"):
        fitted.reflectance_code(np.ones((5, 8)))
    hole = np.ones((5, 9))
    hole[2, 4] = np.nan
    with pytest.raises(BadInput, match="NaN or infinite values in bands 5"):
        fitted.redatum(hole, hole[0])
    with pytest.raises(BadInput, match="network: expected 0 to 0, got 1"):
        fitted.redatum(np.ones((5, 9)), np.ones(9), network=1)
    with pytest.raises(BadInput, match="scale: expected above 0"):
        _fit(np.ones((1, 40, 9)), scale=0)
    with pytest.raises(BadInput, match="n_tau: expected a whole number"):
        Grouping(8, 0)
