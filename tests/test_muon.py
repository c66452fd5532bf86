"""Muon for stacks, against PyTorch's own for single matrices and against the singular values."""

import importlib.util
from pathlib import Path

import pytest
import torch

_SPEC = importlib.util.spec_from_file_location(
    "muon", Path(__file__).parent.parent / "benchmarks" / "muon.py"
)
muon = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(muon)
Muon, orthogonalised = muon.Muon, muon.orthogonalised

SHAPES = [(7, 5), (5, 7), (6, 6), (1, 4)]


@pytest.mark.parametrize("shape", SHAPES)
def test_each_network_of_a_stack_moves_as_alone(shape):
    """torch.optim.Muon orthogonalises in 16 bits, so the two agree to a few in a thousand."""
    torch.manual_seed(0)
    start, gradients = torch.randn(3, *shape), torch.randn(6, 3, *shape)
    stack = torch.nn.Parameter(start.clone())
    alone = [torch.nn.Parameter(w.clone()) for w in start]
    ours = Muon([stack], lr=0.01)
    theirs = torch.optim.Muon(alone, lr=0.01, weight_decay=0, adjust_lr_fn="match_rms_adamw")
    for gradient in gradients:
        stack.grad = gradient
        for weight, own in zip(alone, gradient, strict=True):
            weight.grad = own
        ours.step()
        theirs.step()
    moved, expected = stack.detach() - start, torch.stack(list(alone)).detach() - start
    assert (moved - expected).norm() < 0.02 * expected.norm()


@pytest.mark.parametrize("shape", SHAPES)
def test_singular_vectors_stay_and_values_come_near_one(shape):
    torch.manual_seed(1)
    matrices = torch.randn(4, *shape, dtype=torch.float64)
    found = orthogonalised(matrices)
    assert found.shape == matrices.shape
    u, values, v = torch.linalg.svd(matrices, full_matrices=False)
    turned = u.mT @ found @ v.mT  # diagonal, where the vectors are the same
    size = values.shape[1]
    assert (turned - torch.diag_embed(turned.diagonal(dim1=1, dim2=2))).abs().max() < 1e-9
    assert turned.diagonal(dim1=1, dim2=2).shape == (4, size)
    kept = values > 0.05 * values[:, :1]
    near = turned.diagonal(dim1=1, dim2=2)[kept]
    assert near.min() > 0.3 and near.max() < 1.3
    assert not orthogonalised(torch.zeros(2, *shape)).any()


def test_a_parameter_without_a_gradient_stays():
    weight = torch.nn.Parameter(torch.ones(1, 2, 2))
    Muon([weight], lr=1.0).step()
    assert (weight == 1).all()
