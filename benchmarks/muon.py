"""Muon for stacks of networks: updates whose singular values are all made nearly equal.

Adam scales each number of a gradient by itself. Muon looks at a layer's whole matrix: it smooths the
gradient over the updates, then replaces it by the nearest matrix with orthonormal rows or columns. A
few directions of the weights can then no longer take up the whole step.

Jordan et al., *Muon: an optimizer for hidden layers in neural networks*, 2024; the scale of the step is
that of Liu et al., *Muon is scalable for LLM training*, 2025, with which Adam's learning rates can be
kept. ``torch.optim.Muon`` does the same for a single matrix; here each matrix of a stack is one.
"""

import math

import torch

_COEFFICIENTS = (3.4445, -4.7750, 2.0315)  # of the polynomial that pulls singular values towards 1
_STEPS = 5  # applications of the polynomial, after which the values lie near 0.7 to 1.2
_LIKE_ADAM = 0.2  # the root mean square of an update by Adam, in units of the learning rate


class Muon(torch.optim.Optimizer):
    """Muon for weights of shape (networks, inputs, outputs).

    Parameters
    ----------
    params
        Parameters with three axes. The last two are a matrix, and the matrices are independent.
    lr
        The learning rate, above 0, as for Adam; a tensor on a GPU, where updates are recorded.
    momentum
        The weight of the past in the smoothed gradient, from 0 up to but not including 1.
    """

    def __init__(self, params, lr: float | torch.Tensor, momentum: float = 0.95):
        super().__init__(params, {"lr": lr, "momentum": momentum})

    @torch.no_grad()
    def step(self) -> None:
        """Make one update of all parameters that have a gradient."""
        for group in self.param_groups:
            for weight in group["params"]:
                if weight.grad is None:
                    continue
                past = self.state[weight].setdefault("momentum", torch.zeros_like(weight))
                past.lerp_(weight.grad, 1 - group["momentum"])
                ahead = weight.grad.lerp(past, group["momentum"])  # Nesterov's momentum
                scale = _LIKE_ADAM * math.sqrt(max(weight.shape[1:]))
                weight.sub_(orthogonalised(ahead) * (group["lr"] * scale))


def orthogonalised(matrices: torch.Tensor) -> torch.Tensor:
    """Return matrices with the same singular vectors and with singular values near 1.

    Parameters
    ----------
    matrices
        Shape (networks, rows, columns).

    Returns
    -------
    torch.Tensor
        Of the same shape and dtype. A matrix of zeros remains one.
    """
    a, b, c = _COEFFICIENTS
    tall = matrices.shape[1] > matrices.shape[2]
    x = matrices.mT if tall else matrices
    x = x / x.flatten(1).norm(dim=1).clamp(min=1e-7)[:, None, None]  # no singular value above 1
    for _ in range(_STEPS):
        gram = x @ x.mT
        x = torch.baddbmm(x, torch.baddbmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return x.mT if tall else x
