"""SSANU-Net against the layers as the paper lists them, in PyTorch's own pieces."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F

from mixedpixels.errors import BadInput, UnknownName
from mixedpixels.models import Image, TrainingConfig, ssanu
from mixedpixels.models.layers import ByteDropout, ImageConv2d
from mixedpixels.models.scaling import scale_abundances

LITERAL = ssanu.settings("samson")


def an_image(rows=7, columns=9, bands=6, dtype=torch.float32):
    return Image(torch.rand(rows, columns, bands, generator=torch.manual_seed(3), dtype=dtype))


def a_network(settings=LITERAL, endmembers=3, bands=6):
    torch.manual_seed(0)
    return ssanu.SSANUNet(torch.rand(endmembers, bands), settings)


# --- layers ----------------------------------------------------------------------------------------


@given(st.integers(1, 13), st.integers(1, 13), st.sampled_from([1, 3, 5]))
def test_the_convolution_of_an_image_is_a_convolution(rows, columns, kernel):
    image = an_image(rows, columns, 3, torch.float64)
    layer = ImageConv2d(3, 4, kernel).double()
    out = layer(image)
    expected = F.conv2d(image.planes, layer.weight, layer.bias, padding=kernel // 2)
    torch.testing.assert_close(out, expected, rtol=1e-9, atol=1e-11)
    wanted = torch.autograd.grad(expected.square().sum(), layer.weight)
    torch.testing.assert_close(
        torch.autograd.grad(out.square().sum(), layer.weight), wanted, rtol=1e-9, atol=1e-10
    )


def test_in_single_precision_the_convolution_rounds_little_more_than_the_usual_one():
    image, layer = an_image(40, 40, 156), ImageConv2d(156, 16, 5)
    exact = F.conv2d(image.planes.double(), layer.weight.double(), layer.bias.double(), padding=2)
    assert (layer(image) - exact).abs().max() < 1e-5 * exact.abs().max()


def test_the_image_keeps_one_memory_for_pixels_and_planes():
    image = an_image()
    assert image.pixels.data_ptr() == image.planes.data_ptr()
    assert image.planes.is_contiguous(memory_format=torch.channels_last)
    torch.testing.assert_close(image.planes[0, :, 2, 5], image.pixels[2 * 9 + 5])


@pytest.mark.parametrize("rate", [0.25, 0.5, 0.75])
def test_dropout_keeps_its_share_and_the_mean(rate):
    torch.manual_seed(0)
    values = torch.ones(1, 8, 100, 101).to(memory_format=torch.channels_last)
    out = ByteDropout(rate)(values)
    assert out.unique().tolist() == pytest.approx([0, 1 / (1 - rate)])
    assert (out == 0).float().mean().item() == pytest.approx(rate, abs=0.01)
    assert out.mean().item() == pytest.approx(1, abs=0.02)


def test_dropout_draws_anew_for_each_value_and_each_call():
    torch.manual_seed(0)
    layer, values = ByteDropout(0.5), torch.ones(1, 4, 30, 31)
    first, second = layer(values), layer(values)
    assert not torch.equal(first, second)
    flat = (first[0, 0].flatten() > 0).float()
    assert abs(torch.corrcoef(torch.stack([flat[1:], flat[:-1]]))[0, 1]) < 0.1


def test_what_is_dropped_gets_no_gradient():
    torch.manual_seed(0)
    values = torch.ones(1, 3, 8, 9, requires_grad=True)
    out = ByteDropout(0.5)(values)
    out.sum().backward()
    torch.testing.assert_close(values.grad, out.detach())


def test_dropout_does_nothing_in_evaluation_or_at_rate_zero():
    values = torch.rand(1, 4, 3, 3)
    assert ByteDropout(0.5).eval()(values) is values
    assert ByteDropout(0.0)(values) is values


def test_layers_refuse_what_they_cannot_do():
    with pytest.raises(BadInput, match="expected 1, 3 or 5, got 7"):
        ImageConv2d(3, 4, 7)
    for rate in (-0.1, 0.999, 1.0):
        with pytest.raises(BadInput, match="0 up to but not 1"):
            ByteDropout(rate)


# --- the network -----------------------------------------------------------------------------------


def plain(network, image):
    """The forward pass of Tables I and II, layer by layer, as one would first write it."""

    def stream(layers):
        conv1, bn1, _, _, conv2, bn2, _, conv3, bn3 = layers
        out = image.planes
        for conv, norm, last in ((conv1, bn1, 0), (conv2, bn2, 0), (conv3, bn3, 1)):
            out = F.conv2d(out, conv.weight, conv.bias, padding=conv.kernel_size[0] // 2)
            out = F.batch_norm(out, None, None, norm.weight, norm.bias, training=True)
            out = out if last else out.relu()
        return out

    we, wd = network.encoder_weights, network.decoder_weights
    h = (we[0] * stream(network.spatial) + we[1] * stream(network.spectral)).relu()
    curved = h
    for layer in network.nonlinear:
        curved = F.conv2d(curved, layer.weight[..., None, None])
    linear = F.conv2d(h, network.linear.weight[..., None, None])
    return h, wd[0] * linear + wd[1] * curved.relu()


def test_the_network_is_that_of_tables_one_and_two():
    network, image = a_network(replace(LITERAL, dropout=0.0)), an_image()
    h, out = plain(network, image)
    abundances = network.encode(image)
    torch.testing.assert_close(abundances, h[0].flatten(1).T, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(
        network.decode(abundances), out[0].flatten(1).T, rtol=1e-4, atol=1e-5
    )


@pytest.mark.parametrize(
    "encoder, decoder",
    [((0.3, 0.7), (0.9, 0.1)), ((0.0, 1.0), (1.0, 0.0)), ((1.0, 0.0), (0.0, 1.0))],
)
def test_the_gradients_are_those_of_the_plain_network(encoder, decoder):
    """At the ends of [0, 1] too, where a clamp leaves a weight: it must find its way back."""
    settings = replace(LITERAL, dropout=0.0, encoder_weights=encoder, decoder_weights=decoder)
    network, image = a_network(settings).double(), an_image(dtype=torch.float64)
    h, out = plain(network, image)
    n = 1e-5 * (1 - h.sum(1)).abs().sum()
    nuclear = torch.linalg.svdvals(h.reshape(3, -1)).sum()
    wanted = ((out - image.planes) ** 2).mean() + n + 1e-5 * nuclear
    ours = sum(network.losses(image).values())
    torch.testing.assert_close(ours, wanted)
    parameters = [p for name, p in network.named_parameters() if not _cancelled(name)]
    for mine, theirs in zip(
        torch.autograd.grad(ours, parameters), torch.autograd.grad(wanted, parameters), strict=True
    ):
        torch.testing.assert_close(mine, theirs, rtol=1e-8, atol=1e-12)


def _cancelled(name):
    """The bias before a batch normalisation: its gradient is zero but for rounding."""
    return name.endswith(("0.bias", "4.bias", "7.bias"))


@pytest.mark.parametrize("pixels_bands_endmembers", [(156, 3), (198, 4)])
def test_parameters_count_as_the_tables_say(pixels_bands_endmembers):
    b, r = pixels_bands_endmembers
    spatial = 25 * b * 128 + 128 + 9 * 128 * 64 + 64 + 64 * r + r
    spectral = b * 128 + 128 + 128 * 64 + 64 + 64 * r + r
    norms = 2 * 2 * (128 + 64 + r)
    decoder = r * b + r * b + 2 * b * b
    network = a_network(endmembers=r, bands=b)
    counted = sum(p.numel() for p in network.parameters())
    assert counted == spatial + spectral + norms + decoder + 4


def test_the_spectra_start_both_decoders():
    torch.manual_seed(1)
    spectra = torch.rand(3, 6)
    network = ssanu.SSANUNet(spectra, LITERAL)
    torch.testing.assert_close(network.spectra(), spectra)
    torch.testing.assert_close(network.nonlinear[0].weight.T, spectra)


def test_the_weights_start_where_the_paper_says_however_they_are_held():
    for hold in ("clamp", "sigmoid"):
        balance = a_network(replace(LITERAL, hold=hold)).balance()
        assert list(balance.values()) == pytest.approx([0.01, 0.99, 0.9, 0.1], abs=1e-6)


def test_constrain_brings_weights_and_spectra_back():
    network = a_network(replace(LITERAL, nonnegative=True))
    with torch.no_grad():
        network.encoder_weights += torch.tensor([-1.0, 1.0])
        network.linear.weight -= 0.5
        network.nonlinear[0].weight -= 0.5
    network.constrain()
    assert network.encoder_weights.tolist() == [0, 1]
    assert network.linear.weight.min() == 0
    assert network.nonlinear[0].weight.min() == 0


def test_literally_the_spectra_may_fall_below_zero():
    network = a_network()
    with torch.no_grad():
        network.linear.weight -= 2
    network.constrain()
    assert network.spectra().max() < 0


def test_a_spectrum_below_zero_has_no_abundance_with_unit_peaks():
    spectra = torch.tensor([[0.2, 0.5], [-0.3, -0.1]])
    found = scale_abundances(torch.tensor([[0.4, 0.7], [0.0, 1.0]]), spectra, "unit peaks")
    torch.testing.assert_close(found, torch.tensor([[1.0, 0.0], [0.0, 0.0]]))


@pytest.mark.parametrize("scaling", ["sum to one", "unit peaks"])
def test_scaled_abundances_are_positive_and_sum_to_one(scaling):
    network, image = a_network(replace(LITERAL, abundance_scaling=scaling)), an_image()
    network.encode(image)  # the running means see the image once
    found = network.abundances(image)
    lit = found.sum(1) > 0
    assert lit.any() and found.min() >= 0
    torch.testing.assert_close(found[lit].sum(1), torch.ones(int(lit.sum())))
    assert found.isfinite().all()


def test_abundances_with_unit_peaks_are_those_of_the_same_mixture():
    """Scale a spectrum by c and its coefficient by 1/c: the pixel is the same, the rest follows."""
    network, image = a_network(), an_image()
    network.encode(image)
    plain = network.abundances(image)
    network.settings = replace(LITERAL, abundance_scaling="unit peaks")
    largest = network.spectra().amax(1)
    wanted = plain * largest
    wanted = wanted / wanted.sum(1, keepdim=True)
    lit = plain.sum(1) > 0
    torch.testing.assert_close(network.abundances(image)[lit], wanted[lit])


def test_the_reading_best_is_the_same_network_with_other_words():
    """Weights through a sigmoid, squares summed over the bands: against the plain layers again."""
    settings = replace(ssanu.settings("jasper-ridge", "best"), dropout=0.0)
    network, image = a_network(settings).double(), an_image(dtype=torch.float64)
    with torch.no_grad():  # what the plain layers multiply by
        held = [w.sigmoid() for w in (network.encoder_weights, network.decoder_weights)]
    free = network.encoder_weights, network.decoder_weights
    terms = network.losses(image)
    network.encoder_weights, network.decoder_weights = map(nn.Parameter, held)
    _, out = plain(network, image)
    squares = (out - image.planes).square().sum(1).mean()
    torch.testing.assert_close(terms["reconstruction"], squares)
    (slope,) = torch.autograd.grad(terms["reconstruction"], free[1])
    (outer,) = torch.autograd.grad(squares, network.decoder_weights)
    torch.testing.assert_close(slope, outer * held[1] * (1 - held[1]))


def test_the_sum_of_squares_over_bands_is_their_mean_times_the_bands():
    image = an_image()
    mean = a_network().eval().losses(image)["reconstruction"]
    total = a_network(replace(LITERAL, reconstruction="sum")).eval().losses(image)["reconstruction"]
    assert total.item() == pytest.approx(6 * mean.item())


# --- streams left out, and softmax -----------------------------------------------------------------


@pytest.mark.parametrize("out", ["spatial", "spectral", "linear", "nonlinear"])
@pytest.mark.parametrize("reading", ["paper", "best"])
def test_a_stream_left_out_leaves_the_other_alone(out, reading):
    """Against the whole network: the other stream's own output, with a weight of one."""
    settings = replace(ssanu.settings("samson", reading), dropout=0.0, without=out)
    network, image = a_network(settings), an_image()
    whole = a_network(replace(settings, without="nothing"))
    whole.load_state_dict(network.state_dict(), strict=False)
    ends = {"spatial": (0, 1), "spectral": (1, 0), "linear": (0, 1), "nonlinear": (1, 0)}[out]
    pair = "encoder_weights" if out.startswith("sp") else "decoder_weights"
    held = torch.tensor([float(w) for w in ends])
    with torch.no_grad():
        getattr(whole, pair).copy_(held.logit() if settings.hold == "sigmoid" else held)
    torch.testing.assert_close(network.losses(image), whole.losses(image))
    kept = {"spatial", "spectral"} if out.endswith("linear") else {"linear", "nonlinear"}
    assert set(network.balance()) == kept
    names = {name.split(".")[0] for name, _ in network.named_parameters()}
    assert out not in names
    network.constrain()


def test_without_the_linear_stream_the_endmembers_are_what_pure_pixels_become():
    network = a_network(replace(LITERAL, without="linear"))
    torch.testing.assert_close(network.spectra(), network.decode(torch.eye(3)).detach())


def test_softmax_sums_to_one_and_needs_no_loss_for_it():
    network, image = a_network(replace(LITERAL, activation="softmax")), an_image()
    found = network.encode(image)
    torch.testing.assert_close(found.sum(1), torch.ones(63))
    assert found.min() > 0
    assert list(network.losses(image)) == ["reconstruction", "sparsity"]


def test_kaiming_draws_what_its_name_says():
    weight = a_network(replace(LITERAL, initialisation="kaiming"), bands=156).spatial[0].weight
    assert weight.std().item() == pytest.approx(np.sqrt(2 / (25 * 156)), rel=0.02)


# --- settings --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "scene, printed",
    [
        ("samson", (1e-2, (0.01, 0.99), (0.9, 0.1), 1e-5, 1e-5)),
        ("jasper-ridge", (1e-3, (0.6, 0.4), (0.9, 0.1), 1e-7, 1e-5)),
        ("urban", (1e-4, (0.7, 0.3), (0.8, 0.2), 1e-7, 1e-5)),
        ("urban-crop-ne", (1e-4, (0.7, 0.3), (0.8, 0.2), 1e-7, 1e-5)),
        ("an image of one's own", (1e-3, (0.7, 0.3), (0.8, 0.2), 1e-7, 1e-5)),
    ],
)
def test_settings_are_the_printed_ones(scene, printed):
    s = ssanu.settings(scene)
    assert s.training.updates == 500 and s.training.decay is None and s.training.clip is None
    found = (
        s.training.learning_rate,
        s.encoder_weights,
        s.decoder_weights,
        s.sum_to_one,
        s.sparsity,
    )
    assert found == printed
    assert (s.normalisation, s.start, s.nonnegative, s.abundance_scaling) == (
        "none",
        "vca",
        False,
        "none",
    )


def test_the_oracle_differs_from_best_by_its_start_only():
    best, oracle = (ssanu.settings("samson", r) for r in ("best", "oracle"))
    assert best.start != "reference"
    assert replace(best, start="reference") == oracle


def test_wrong_settings_are_refused():
    with pytest.raises(UnknownName, match="paper, best, oracle"):
        ssanu.settings("samson", "literal")
    with pytest.raises(BadInput, match=r"numbers in \[0, 1\]"):
        a_network(replace(LITERAL, encoder_weights=(0.5, 1.5)))
    for wrong in ({"updates": 0}, {"learning_rate": np.inf}, {"clip": 0.0}, {"decay": (0, 0.5)}):
        with pytest.raises(BadInput, match="expected a positive number"):
            TrainingConfig(**{"updates": 1, "learning_rate": 1.0, **wrong})
    with pytest.raises(BadInput, match="weight_decay: expected 0 or more"):
        TrainingConfig(1, 1.0, weight_decay=-1e-4)


@pytest.mark.parametrize(
    "wrong",
    [
        {"start": "archetype"},
        {"hold": "clmap"},
        {"initialisation": "kaimng"},
        {"reconstruction": "Sum"},
        {"abundance_scaling": "renormalised"},
        {"normalisation": "L2"},
        {"activation": "ReLU"},
        {"without": "spatial module"},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_misspelt_setting_is_refused(wrong):
    with pytest.raises(BadInput, match=f"{next(iter(wrong))} must be one of"):
        replace(LITERAL, **wrong)


def test_epochs_are_whole_numbers():
    with pytest.raises(BadInput, match=r"whole number, got 2\.5"):
        TrainingConfig(2.5, 0.1)


def test_the_network_is_a_module_of_known_parts():
    kinds = [type(m) for m in a_network().spatial]
    assert kinds[0] is ImageConv2d and kinds[2] is ByteDropout and kinds.count(nn.BatchNorm2d) == 3
