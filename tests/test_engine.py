"""The engine: it minimises, each network alone; it resumes; it draws what it should."""

from itertools import pairwise

import numpy as np
import pytest
import torch

from mixedpixels.errors import BadInput
from mixedpixels.models import symae
from mixedpixels.models.stacked import StackedMLP
from mixedpixels.training import Checkpoint, NotFinite, seeded
from mixedpixels.training.disentangler import Grouping, fit_symae
from mixedpixels.training.engine import Schedule, train
from mixedpixels.training.groups import Groups

CPU = torch.device("cpu")
SMALL = symae.Settings(encoder=(8, 6, 6, 5), decoder=(5, 6, 6, 6, 6, 7), code=3)


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
        course = train(stack, line, Schedule(1500, learning_rate=0.02, looks=30))
    assert course.updates.tolist() == list(range(50, 1501, 50))
    assert course.training.shape == course.evaluation.shape == (30, 2)
    assert (course.evaluation[-1] < 1e-6).all() and (course.evaluation[0] > 1e-3).all()
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
        train(stack, lambda: (x, 3 * x), Schedule(3, learning_rate=0.1, looks=1))
    m, v, xs = np.zeros(2), np.zeros(2), np.array([0.5, 1.0, 2.0])
    for step in (1, 2, 3):
        off = w * xs + b - 3 * xs
        slope = np.array([(2 * off * xs).mean(), (2 * off).mean()])
        m, v = 0.9 * m + 0.1 * slope, 0.999 * v + 0.001 * slope**2
        move = 0.1 * (m / (1 - 0.9**step)) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8)
        w, b = w - move[0], b - move[1]
    assert float(stack[0].weight.detach()) == pytest.approx(w, rel=1e-5)
    assert float(stack[0].bias.detach()) == pytest.approx(b, rel=1e-5)


def test_a_falling_rate_ends_at_nothing():
    moved = []
    for falling in (False, True):
        with seeded(0, CPU):
            keep = tuple(range(1, 101))
            schedule = Schedule(100, learning_rate=0.1, falling=falling, looks=100, keep=keep)
            course = train(Lines(), line, schedule)
        places = [weights["0.bias"] for weights in course.kept.values()]
        steps = [float((b - a).abs().max()) for a, b in pairwise(places)]
        moved.append(steps[-1] / max(steps))
    assert moved[1] < 1e-2 < moved[0]


@pytest.mark.parametrize("dropout", [0.0, 0.5])
def test_the_training_loss_has_dropout_and_the_evaluation_has_not(dropout):
    """On one datapoint, at a rate that moves nothing, dropout is all that tells the two apart."""
    settings = symae.Settings(**{**vars(SMALL), "inner_dropout": 0.0, "code_dropout": dropout})
    table, one = torch.rand(1, 5, 9), torch.zeros(1, 1, 3, dtype=torch.int64)
    with seeded(0, CPU):
        stack = settings.network(9)
        course = train(stack, lambda: (table, one), Schedule(1, 1e-12))
    assert np.allclose(course.training, course.evaluation, rtol=1e-6) == (dropout == 0)


def _fit(pixels, updates=40, **more):
    groups = np.arange(pixels.shape[1])[None].repeat(len(pixels), 0) % 4
    looks, keep = more.pop("looks", 2), more.pop("keep", ())
    schedule = Schedule(updates, 1e-3, falling=True, looks=looks, keep=keep)
    return fit_symae(
        pixels,
        groups,
        scale=more.pop("scale", 1.0),
        settings=SMALL,
        grouping=Grouping(6, 3),
        schedule=schedule,
        device="cpu",
        **more,
    )


def test_a_killed_training_goes_on_as_if_it_had_not_been(tmp_path):
    pixels = np.random.default_rng(0).random((2, 40, 9))
    checkpoint = Checkpoint(tmp_path / "a.state", "a key")
    whole = _fit(pixels, looks=4, seed=3, keep=(20,))

    class Killed(Exception):
        pass

    class Draw(Groups):
        drawn = 0

        def __call__(self):
            self.drawn += 1
            if self.drawn == 34:  # after the look at 30, and the probe
                raise Killed
            return super().__call__()

    with seeded(3, CPU), pytest.raises(Killed):
        stack = SMALL.network(9, 2)
        table = torch.tensor(pixels, dtype=torch.float32)
        draw = Draw(table, torch.arange(40).repeat(2, 1) % 4, 6, 3)
        schedule = Schedule(40, 1e-3, falling=True, looks=4, keep=(20,))
        train(stack, draw, schedule, checkpoint=checkpoint)
    resumed = _fit(pixels, looks=4, seed=3, keep=(20,), checkpoint=checkpoint)
    np.testing.assert_array_equal(
        resumed.at(20).reflectance_code(pixels[0]), whole.at(20).reflectance_code(pixels[0])
    )
    np.testing.assert_array_equal(resumed.course.training, whole.course.training)
    for ours, theirs in zip(resumed.stack.parameters(), whole.stack.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=0)
    with pytest.raises(BadInput, match="the state of another training"):
        _fit(pixels, looks=4, seed=3, checkpoint=Checkpoint(checkpoint.path, "another key"))
    checkpoint.path.write_bytes(b"nothing of the kind")
    with pytest.raises(BadInput, match="no state of a training, or a damaged one"):
        _fit(pixels, looks=4, seed=3, checkpoint=checkpoint)


def test_weights_of_a_look_are_kept():
    pixels = np.random.default_rng(0).random((2, 40, 9))
    fitted = _fit(pixels, looks=4, seed=3, keep=(20,))
    early, end = (f.reflectance_code(pixels[0]) for f in (fitted.at(20), fitted))
    assert list(fitted.course.kept) == [20] and not np.allclose(early, end)
    ended = _fit(pixels, looks=4, seed=3, keep=(40,))
    np.testing.assert_array_equal(ended.at(40).reflectance_code(pixels[0]), end)
    with pytest.raises(BadInput, match="no weights were kept after 10 updates; kept: 20"):
        fitted.at(10)


def test_bf16_learns_what_fp32_learns():
    found = []
    for arithmetic in ("fp32", "bf16"):
        with seeded(0, CPU):
            stack = Lines()
            course = train(
                stack, line, Schedule(1500, learning_rate=0.02, looks=3, arithmetic=arithmetic)
            )
        found.append(stack[0].weight.detach().ravel())
        assert course.evaluation.dtype == np.float64
    np.testing.assert_allclose(found[0], found[1], atol=0.03)
    assert (found[0] != found[1]).all()  # the arithmetic was another


def test_a_loss_that_is_no_number_stops_it():
    calls = []

    def draw():
        calls.append(None)
        x, y = line()
        return x, y * (float("nan") if len(calls) > 30 else 1) * torch.tensor([[[1.0]], [[0.0]]])

    with seeded(0, CPU), pytest.raises(NotFinite, match="the loss of network 0, 1 became NaN"):
        train(Lines(), draw, Schedule(100, learning_rate=0.01, looks=10))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"updates": 0}, "updates: expected a whole number above 0"),
        ({"updates": 5, "looks": 1.5}, "looks: expected a whole number"),
        ({"updates": 5, "learning_rate": 0.0}, "learning_rate: expected above 0"),
        ({"updates": 100, "looks": 10, "keep": (15,)}, "keep: 15 is not the update of a look"),
        ({"updates": 5, "arithmetic": "fp8"}, "arithmetic must be one of 'fp32'"),
    ],
)
def test_a_schedule_out_of_range_is_refused(wrong, message):
    with pytest.raises(BadInput, match=message):
        Schedule(**wrong)


def test_tf32_is_refused_where_there_is_none():
    with pytest.raises(BadInput, match="tf32 is a GPU's; on a processor take fp32 or bf16"):
        train(Lines(), line, Schedule(5, arithmetic="tf32"))


def test_datapoints_are_of_one_group_and_groups_have_equal_chances():
    torch.manual_seed(0)
    groups = torch.tensor([[0] * 2 + [1] * 50 + [7] * 5, [7] * 40 + [0] * 10 + [1] * 7])
    pixels = groups[..., None].float().repeat(1, 1, 3)  # each pixel says its group
    shuffled = torch.randperm(57)
    draw = Groups(pixels[:, shuffled], groups[:, shuffled], 6000, 4)
    table, datapoints = draw()
    assert datapoints.shape == (2, 6000, 4)
    for k in range(2):
        said = table[k][datapoints[k]][..., 0]
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
