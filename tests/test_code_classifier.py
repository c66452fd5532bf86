"""The classifier on codes and the denoising autoencoder: their sizes, their losses, that they learn."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from mixedpixels.errors import BadInput
from mixedpixels.models import TrainingConfig
from mixedpixels.models.code_classifier import CodeClassifier
from mixedpixels.models.rivals.denoising import DenoisingAutoencoder
from mixedpixels.training import Batches, StackStep, seeded, train

CPU = torch.device("cpu")


def test_the_classifier_has_the_authors_parameters():
    assert sum(p.numel() for p in CodeClassifier(64, 13).parameters()) == 625_037
    kinds = [type(layer).__name__ for layer in CodeClassifier(64, 13)]
    assert kinds.index("ByteDropout") == 4 and kinds[-1] == "StackedLinear"


def test_its_loss_is_the_cross_entropy_of_each_network():
    torch.manual_seed(0)
    network = CodeClassifier(5, 3, 2).eval()
    codes, classes = torch.rand(2, 7, 5), torch.randint(3, (2, 7))
    found = network.losses(codes, classes)
    for k in range(2):
        chances = torch.softmax(network(codes)[k], dim=1)[torch.arange(7), classes[k]]
        torch.testing.assert_close(found[k], -chances.log().mean())


def test_it_learns_two_classes():
    with seeded(0, CPU):
        codes = torch.rand(1, 200, 4)
        classes = (codes[..., 0] > 0.5).long()
        network = CodeClassifier(4, 2)
        config = TrainingConfig(150, 1e-3, eval_every=75)
        train(StackStep(network, Batches(codes, classes, rows=32), config))
    assert (network(codes).argmax(2) == classes).double().mean() > 0.95


def test_denoising_adds_noise_in_training_only():
    torch.manual_seed(0)
    network, pixels = (
        DenoisingAutoencoder(9, noise=0.5, hidden=(8, 6), code=3),
        torch.rand(1, 50, 9),
    )
    assert [m.weight.shape[1:] for m in network if hasattr(m, "weight")] == [
        (9, 8), (8, 6), (6, 3), (3, 6), (6, 8), (8, 9)
    ]  # fmt: skip
    noisy = network.losses(pixels)
    assert noisy != network.losses(pixels)
    clean = network.eval().losses(pixels)
    torch.testing.assert_close(clean, F.mse_loss(network(pixels), pixels)[None])


def test_rows_of_all_tables_are_drawn_together():
    torch.manual_seed(0)
    table = torch.arange(20.0).reshape(2, 10, 1)
    a, b = Batches(table, 3 * table, rows=1000)()
    torch.testing.assert_close(b, 3 * a)
    np.testing.assert_array_equal(a[1].unique(), range(10, 20))
    with pytest.raises(BadInput, match="as many networks and rows in each"):
        Batches(table, table[:, :5], rows=3)
