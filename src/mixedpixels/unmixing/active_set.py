r"""Exact least squares under sign and sum constraints, for many pixels at once.

For every pixel, with the Gram matrix :math:`G = EE^\top` of the endmembers and
:math:`\mathbf{c} = E\mathbf{y}`,

.. math:: \min_{\mathbf{a}} \tfrac12 \mathbf{a}^\top G \mathbf{a} - \mathbf{c}^\top \mathbf{a}
    \quad \text{s.t. } \mathbf{a} \ge 0 \; [\text{and } \mathbf{1}^\top\mathbf{a} = 1].

The method is the primal active-set method of Lawson and Hanson, applied to all pixels in lockstep. It
is fast because the pixels have few different sets of free endmembers, at most 2^R. Each round inverts
one small matrix per *set*, not per pixel, and all other operations work on whole arrays.
"""

import torch

from mixedpixels.errors import MixedPixelsError

_TOLERANCE = 1e-12  # relative to the largest entry of G


class NotConverged(MixedPixelsError, ArithmeticError):
    """The active-set method did not converge: the endmembers are nearly linearly dependent."""


def solve(gram: torch.Tensor, cross: torch.Tensor, sum_to_one: bool) -> torch.Tensor:
    """Return the abundances of a batch of pixels.

    Parameters
    ----------
    gram
        float64, shape (R, R), positive definite.
    cross
        float64, shape (pixels, R): the inner products of pixels and endmembers.
    sum_to_one
        Whether the abundances of a pixel must sum to one.

    Returns
    -------
    torch.Tensor
        float64, shape (pixels, R).

    Raises
    ------
    NotConverged
        After many more rounds than R endmembers need.
    """
    scale = gram.diagonal().max()
    gram, cross = gram / scale, cross / scale
    count = gram.shape[0]
    answer = torch.empty_like(cross)
    todo = torch.arange(len(cross), device=cross.device)
    # Start in the middle of the feasible set with every endmember free: a mixture of all ends there.
    free = torch.ones_like(cross, dtype=torch.bool)
    current = torch.full_like(cross, 1 / count)
    freed = torch.full_like(todo, -1)  # the endmember each pixel freed in its last round
    for _ in range(10 * count + 20):
        target, level = _minimise_on(gram, cross, free, sum_to_one)
        inside = (target > 0).logical_or(~free).all(dim=1)
        current = torch.where(inside[:, None], target, _step(current, target, free))
        # the gain of freeing an endmember that is held at zero; meaningful only at a minimum
        gain = (cross - current @ gram - level).masked_fill(free, -torch.inf)
        best, which = gain.max(dim=1)
        grow = inside & (best > _TOLERANCE * cross.abs().amax(dim=1).clamp(min=1.0))
        # In exact arithmetic a freed endmember grows. If it does not, its gain was a rounding error:
        # the pixel (often one that is itself an endmember) was at its minimum and would cycle.
        refused = (freed >= 0) & (target.gather(1, freed.clamp(min=0)[:, None])[:, 0] <= 0)
        done = refused | (inside & ~grow)
        answer[todo[done]] = current[done]
        free = torch.where(inside[:, None], free, free & (current > 0))
        free[grow, which[grow]] = True
        freed = torch.where(grow, which, -1)
        keep = ~done
        todo, cross, free, current, freed = (a[keep] for a in (todo, cross, free, current, freed))
        if not len(todo):
            return answer
    raise NotConverged(
        f"{len(todo)} of {len(answer)} pixels did not converge: the endmembers are nearly "
        "linearly dependent; leave one out"
    )


def _minimise_on(gram, cross, free, sum_to_one):
    """Return each pixel's minimum over its free endmembers, and the multiplier of the sum."""
    sets, member = _distinct(free)
    count = gram.shape[0]
    mask = sets.to(gram.dtype)
    system = gram * mask[:, :, None] * mask[:, None, :] + torch.diag_embed(1 - mask)
    right = cross * free
    if sum_to_one:
        # [ G  1 ] [a]   [c]
        # [ 1' 0 ] [μ] = [1]
        corner = mask.new_zeros(len(mask), 1, 1)
        top = torch.cat([system, mask[:, :, None]], dim=2)
        bottom = torch.cat([mask[:, None, :], corner], dim=2)
        system = torch.cat([top, bottom], dim=1)
        right = torch.cat([right, right.new_ones(len(right), 1)], dim=1)
    inverse = torch.linalg.inv(system)[member]
    solution = (inverse * right[:, None, :]).sum(dim=2)
    # One step of iterative refinement: an explicit inverse leaves a residual that grows with the
    # condition number, and `solve` computes its gains from that residual.
    target, level = _split(solution, count, free)
    residual = (cross - target @ gram - level) * free
    if sum_to_one:
        residual = torch.cat([residual, 1 - target.sum(dim=1, keepdim=True)], dim=1)
    return _split(solution + (inverse * residual[:, None, :]).sum(dim=2), count, free)


def _split(solution, count, free):
    """Return the abundances of the free endmembers, and the multiplier; 0 where there is none."""
    level = solution[:, count:].sum(dim=1, keepdim=True)
    return solution[:, :count] * free, level


def _distinct(free):
    """Return the distinct rows of a boolean table and, for each row, which of them it is."""
    count = free.shape[1]
    if count > 62:
        return torch.unique(free, dim=0, return_inverse=True)
    bits = 2 ** torch.arange(count, device=free.device)
    codes, member = torch.unique((free * bits).sum(dim=1), return_inverse=True)
    return (codes[:, None] & bits).bool(), member


def _step(current, target, free):
    """Move from a feasible point towards the target until the first abundance reaches zero."""
    move = target - current
    blocked = free & (target <= 0)
    reach = torch.where(blocked, current / -move, torch.inf)
    length, first = reach.min(dim=1, keepdim=True)
    stepped = current + length.clamp(max=1.0).nan_to_num(nan=0.0) * move
    # rounding must not leave the blocking endmember slightly above zero
    return (stepped * free).clamp(min=0).scatter(1, first, 0.0)
