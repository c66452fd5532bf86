"""The rivals' networks against plain layers, their constraints, and a small known problem."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from mixedpixels import metrics
from mixedpixels.errors import BadInput, UnknownName
from mixedpixels.models import Image, TrainingConfig
from mixedpixels.models.config import READINGS
from mixedpixels.models.rivals import cycunet, suncnn
from mixedpixels.training import Checkpoint, fit_unmixer, loop, starting_spectra

RIVALS = pytest.mark.parametrize("rival", [cycunet, suncnn], ids=["cycunet", "suncnn"])


def an_image(rows=7, columns=9, bands=6, dtype=torch.float32):
    return Image(torch.rand(rows, columns, bands, generator=torch.manual_seed(3), dtype=dtype))


def a_network(rival, endmembers=3, bands=6, **change):
    torch.manual_seed(0)
    settings = replace(rival.settings("samson"), **change)
    return settings.network(torch.rand(endmembers, bands))


def four_corners(rows=14, columns=15, bands=20):
    """A cube of three materials in smooth fields, with its abundances and spectra."""
    down, across = np.meshgrid(np.linspace(0, 1, rows), np.linspace(0, 1, columns), indexing="ij")
    fields = np.stack([down, across, 1.2 - down - across], axis=2).clip(0) ** 3
    shares = fields / fields.sum(axis=2, keepdims=True)
    wave = np.linspace(0, 1, bands)
    spectra = np.stack([0.2 + 0.8 * wave, 0.5 + 0.5 * np.cos(6 * wave), 1 - 0.8 * wave])
    rng = np.random.default_rng(0)
    return shares @ spectra + 0.005 * rng.standard_normal((rows, columns, bands)), shares, spectra


# --- CyCU-Net --------------------------------------------------------------------------------------


def plain_cycunet(network, image, s):
    """One forward pass as one would first write it, in convolutions of one pixel."""

    def encode(planes):
        for k, last in ((0, 0), (4, 0), (7, 1)):
            layer, norm = network.encoder[k], network.encoder[k + 1]
            planes = F.conv2d(planes, layer.weight[..., None, None], layer.bias)
            planes = F.batch_norm(planes, None, None, norm.weight, norm.bias, training=True)
            planes = planes if last else planes.relu()
        return planes.clamp(0, 1)

    def decode(planes, spectra):
        return F.conv2d(planes, spectra.T[..., None, None]).relu()

    first = encode(image.planes)
    rebuilt = decode(first, network.decoders[0])
    second = encode(rebuilt)
    again = decode(second, network.decoders[1])
    total = s.balance * F.mse_loss(rebuilt, image.planes)
    total = total + (1 - s.balance) * F.mse_loss(again, image.planes)
    total = total + s.cycle * F.mse_loss(first, second)
    for shares in (first, second):
        total = total + s.sum_to_one * (shares.sum(1) - 1).abs().sum()
        total = total + s.sparsity * torch.linalg.svdvals(shares[0].flatten(1)).sum()
    return total


def test_cycunet_is_the_two_autoencoders_layer_by_layer():
    network = a_network(cycunet, dropout=0.0, balance=0.3).double()
    image = an_image(dtype=torch.float64)
    ours = sum(network.losses(image).values())
    wanted = plain_cycunet(network, image, network.settings)
    torch.testing.assert_close(ours, wanted)
    parameters = [
        p
        for name, p in network.named_parameters()
        # the bias before a batch normalisation: its gradient is zero but for rounding
        if name not in {"encoder.0.bias", "encoder.4.bias", "encoder.7.bias"}
    ]
    for mine, theirs in zip(
        torch.autograd.grad(ours, parameters), torch.autograd.grad(wanted, parameters), strict=True
    ):
        torch.testing.assert_close(mine, theirs, rtol=1e-8, atol=1e-12)


@pytest.mark.parametrize("bands, endmembers", [(156, 3), (198, 4)])
def test_cycunet_has_the_parameters_of_its_layers(bands, endmembers):
    network = a_network(cycunet, endmembers, bands)
    encoder = bands * 128 + 128 + 128 * 64 + 64 + 64 * endmembers + endmembers
    norms = 2 * (128 + 64 + endmembers)
    counted = sum(p.numel() for p in network.parameters())
    assert counted == encoder + norms + 2 * bands * endmembers


def test_cycunet_holds_its_spectra_in_their_range():
    network = a_network(cycunet)
    with torch.no_grad():
        network.decoders[0].sub_(5)
        network.decoders[1].add_(5)
    network.constrain()
    assert network.spectra().unique().tolist() == pytest.approx([1e-6])
    assert network.decoders[1].unique().tolist() == [1]
    free = a_network(cycunet, largest=None)
    with torch.no_grad():
        free.decoders[0].add_(5)
    free.constrain()
    assert free.spectra().min() >= 5


def test_cycunet_is_set_as_its_demonstration():
    samson, jasper = cycunet.settings("samson"), cycunet.settings("jasper-ridge")
    assert (samson.training.updates, samson.training.learning_rate) == (480, 2e-3)
    assert (jasper.training.updates, jasper.training.learning_rate) == (70, 8e-3)
    for s in (samson, jasper):
        assert s.training.decay == (15, 0.8) and s.training.clip == 10 and s.largest == 1
    assert (samson.training.weight_decay, samson.sparsity, samson.cycle) == (1e-4, 5e-6, 1e-3)
    assert (jasper.training.weight_decay, jasper.sparsity, jasper.cycle) == (0, 0, 1e-2)
    assert cycunet.settings("urban-crop-ne") == cycunet.settings("urban")
    assert cycunet.settings("an image of one's own") == samson


# --- SUnCNN ----------------------------------------------------------------------------------------


def plain_suncnn(network, image):
    """The abundances, layer by layer, with the mirrored edges made by hand."""

    def block(planes, conv, norm):
        stride, edge = conv.stride, conv.kernel_size[0] // 2
        if edge:
            planes = F.pad(planes, (edge,) * 4, mode="reflect")
        planes = F.conv2d(planes, conv.weight, conv.bias, stride)
        planes = F.batch_norm(planes, None, None, norm.weight, norm.bias, training=True)
        return F.leaky_relu(planes, 0.1)

    down, skip, up = network.down, network.skip, network.up
    coarse = block(block(image.planes, down[0], down[1]), down[3], down[4])
    rows, columns = coarse.shape[2:]
    coarse = F.interpolate(coarse, (2 * rows, 2 * columns), mode="bilinear", align_corners=False)
    rows, columns = image.shape[:2]
    joined = torch.cat(
        [coarse[:, :, :rows, :columns], block(image.planes, skip[0], skip[1])], dim=1
    )
    joined = F.batch_norm(joined, None, None, up[0].weight, up[0].bias, training=True)
    joined = block(block(joined, up[1], up[2]), up[4], up[5])
    scores = F.conv2d(joined, up[7].weight, up[7].bias)
    return scores.exp() / scores.exp().sum(1, keepdim=True)


@pytest.mark.parametrize("rows, columns", [(6, 8), (7, 9), (3, 5)])
def test_suncnn_is_its_layers(rows, columns):
    network = a_network(suncnn).double()
    image = an_image(rows, columns, dtype=torch.float64)
    planes = plain_suncnn(network, image)
    torch.testing.assert_close(network.encode(image), planes[0].flatten(1).T)
    rebuilt = F.conv2d(planes, network.library.T[..., None, None])
    (loss,) = network.losses(image).values()
    torch.testing.assert_close(loss, F.mse_loss(rebuilt, image.planes))


def test_suncnn_returns_the_running_average_of_its_abundances():
    network, image = a_network(suncnn, memory=0.75), an_image()
    seen = []
    for _ in range(4):
        network.losses(image)
        with torch.no_grad():
            seen.append(network.encode(image))
            for p in network.parameters():
                p.add_(0.01 * torch.randn_like(p))
    expected = seen[0]
    for abundances in seen[1:]:
        expected = 0.75 * expected + 0.25 * abundances
    torch.testing.assert_close(network.abundances(image), expected)


def test_suncnn_answers_for_the_fitted_image_only():
    network, image = a_network(suncnn), an_image()
    with pytest.raises(BadInput, match="fitted to, none; got one of 63 pixels"):
        network.abundances(image)
    network.losses(image)
    assert network.abundances(image).shape == (63, 3)
    assert not network.training
    with pytest.raises(BadInput, match="one of 63 pixels; got one of 54 pixels"):
        network.abundances(an_image(rows=6))


@pytest.mark.parametrize("memory", [-0.1, 1.0, float("nan")])
def test_a_memory_out_of_range_is_refused(memory):
    with pytest.raises(BadInput, match="memory: expected 0 up to but not 1"):
        replace(suncnn.settings("samson"), memory=memory)


def test_suncnn_never_changes_its_library():
    cube, _, spectra = four_corners()
    library = np.vstack([spectra, spectra[::-1] ** 2] * 4)  # more spectra than bands
    settings = replace(suncnn.settings("samson"), training=TrainingConfig(3, 1e-3))
    network, found = fit_unmixer(cube, library, settings, device="cpu")
    np.testing.assert_array_equal(found.endmembers, library.astype(np.float32))
    assert found.abundances.shape == (14 * 15, 24)
    assert "library" not in dict(network.named_parameters())


def test_suncnn_may_be_shown_noise_which_stays_the_same():
    network, image = a_network(suncnn, seen="noise").eval(), an_image()
    first, second = network.encode(image), network.encode(image)
    torch.testing.assert_close(first, second)
    changed = Image(an_image().pixels.reshape(7, 9, 6).flip(0).contiguous())
    torch.testing.assert_close(network.encode(changed), first)


def test_an_image_too_small_for_suncnn_is_refused():
    with pytest.raises(BadInput, match="at least 3 × 3 pixels, got 2 × 9"):
        a_network(suncnn).losses(an_image(rows=2))


@pytest.mark.parametrize("seen", ["image", "noise"])
def test_a_killed_suncnn_goes_on_to_the_same_answer(tmp_path, monkeypatch, seen):
    cube, _, spectra = four_corners()
    settings = replace(suncnn.settings("samson"), training=TrainingConfig(9, 1e-3), seen=seen)
    _, unbroken = fit_unmixer(cube, spectra, settings, seed=2, device="cpu")
    checkpoint, steps = Checkpoint(tmp_path / "state.pt", "corners", seconds=0), []
    monkeypatch.setattr(loop, "_CHECK", 4)

    def dying(network):
        steps.append(1)
        if len(steps) == 7:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(suncnn.SUnCNN, "constrain", dying)
        with pytest.raises(KeyboardInterrupt):
            fit_unmixer(cube, spectra, settings, seed=2, device="cpu", checkpoint=checkpoint)
    _, resumed = fit_unmixer(cube, spectra, settings, seed=2, device="cpu", checkpoint=checkpoint)
    np.testing.assert_array_equal(resumed.abundances, unbroken.abundances)


# --- both ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rival, training, error",
    [
        (cycunet, TrainingConfig(150, 2e-2, decay=(15, 0.8), clip=10.0), 0.2),
        (suncnn, TrainingConfig(120, 1e-3), 0.2),
    ],
    ids=["cycunet", "suncnn"],
)
def test_a_small_known_scene_is_unmixed(rival, training, error):
    cube, shares, _ = four_corners()
    settings = replace(rival.settings("samson"), training=training)
    spectra = starting_spectra(cube, 3, "vca", settings.normalisation)
    _, found = fit_unmixer(cube, spectra, settings, device="cpu")
    pixels, truth = cube.reshape(-1, cube.shape[2]), shares.reshape(-1, 3)
    scores = metrics.unmixing_scores(pixels, found.abundances, truth)
    constant = metrics.unmixing_scores(pixels, np.broadcast_to(truth.mean(0), truth.shape), truth)
    assert scores.rmse["per_pixel"] < error < constant.rmse["per_pixel"] / 2
    assert found.abundances.min() >= 0
    np.testing.assert_allclose(found.abundances.sum(axis=1), 1, atol=1e-5)


@RIVALS
def test_readings_are_fair_to_rivals(rival):
    """*best* gives a rival what it gives the paper's own network, *oracle* the reference besides."""
    paper, best, oracle = (rival.settings("samson", r) for r in READINGS)
    assert (paper.normalisation, paper.start) == ("none", "vca")
    assert (best.normalisation, best.start, best.abundance_scaling) == (
        "l2",
        "archetypes",
        "unit peaks",
    )
    assert oracle == replace(best, start="reference")
    assert best.training == paper.training
    with pytest.raises(UnknownName, match="paper, best, oracle"):
        rival.settings("samson", "literal")
    with pytest.raises(BadInput, match="abundance_scaling must be one of"):
        replace(paper, abundance_scaling="all")
