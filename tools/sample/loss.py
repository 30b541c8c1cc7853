"""What the detector is trained for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


def overlap(a: Any, b: Any) -> tuple[Any, Any]:
    """Intersection over union and its generalised form, for boxes [..., 4] that broadcast."""
    import torch

    low, high = torch.maximum(a[..., :2], b[..., :2]), torch.minimum(a[..., 2:], b[..., 2:])
    shared = (high - low).clamp(min=0).prod(-1)
    union = (
        (a[..., 2:] - a[..., :2]).clamp(min=0).prod(-1)
        + (b[..., 2:] - b[..., :2]).clamp(min=0).prod(-1)
        - shared
        + 1e-6
    )
    iou = shared / union
    hull = (torch.maximum(a[..., 2:], b[..., 2:]) - torch.minimum(a[..., :2], b[..., :2])).prod(-1) + 1e-6
    return iou, iou - (hull - union) / hull


@dataclass(frozen=True, slots=True)
class Assignment:
    """Which cell is to find which object, as torch tensors."""

    owner: Any
    """Index of the object of each cell [B, N]."""
    positive: Any
    """Whether a cell has an object [B, N]."""
    strength: Any
    """The score that is wanted of the cell, 0..1 [B, N]."""
    unsure: Any
    """Whether a cell lies within something that is neither asked for nor punished [B, N]."""


def assign(corners: Any, logits: Any, centres: Any, rows: Any, top: int) -> Assignment:
    """Give cells to objects by how well they already find them.

    Of the cells within an object the `top` best by score^0.5 * IoU^4 are to find it; the wanted score of a
    cell is its merit in relation to the best one, times the best IoU.
    """
    import torch
    from torch.nn import functional

    kinds, boxes = rows[..., 0].long(), rows[..., 1:]
    x, y = centres[:, 0], centres[:, 1]
    across = (x > boxes[..., 0:1]) & (x < boxes[..., 2:3])
    inside = across & (y > boxes[..., 1:2]) & (y < boxes[..., 3:4])
    unsure = (inside & (kinds == -1)[..., None]).any(1)
    wanted = inside & (kinds >= 0)[..., None]
    iou, _ = overlap(boxes[:, :, None], corners[:, None])
    index = kinds.clamp(min=0)[:, None].expand(-1, corners.shape[1], -1)
    score = logits.sigmoid().gather(2, index).transpose(1, 2)
    merit = (score.clamp(min=1e-6).sqrt() * iou.clamp(min=1e-4) ** 4) * wanted
    limit = merit.topk(top, dim=2).values[..., -1:]
    taken = (merit >= limit) & (merit > 0)
    best = torch.where(taken, iou + 1e-4, torch.zeros_like(iou)).max(1)  # one object for one cell
    owner, positive = best.indices, best.values > 0
    taken &= functional.one_hot(owner, boxes.shape[1]).transpose(1, 2).bool()
    merit = merit * taken
    peak = merit.amax(2, keepdim=True).clamp(min=1e-12)
    reach = (iou * taken).amax(2, keepdim=True)
    strength = (merit / peak * reach).amax(1) * positive
    return Assignment(owner, positive, strength, unsure)


def detection_loss(
    corners: Any, logits: Any, centres: Any, rows: Any, top: int = 9
) -> tuple[Any, tuple[Any, Any, Any]]:
    """Loss of one batch, and its parts: class scores, boxes, share of right classes.

    corners [B, N, 4], logits [B, N, C], centres [N, 2], rows [B, M, 5] (class, box). To the usual terms
    (class scores, box overlap) comes a cross entropy among the classes, which makes them part early in a
    short training.
    """
    import torch
    from torch.nn import functional

    with torch.no_grad():
        given = assign(corners, logits, centres, rows, top)
        kinds = rows[..., 0].long().clamp(min=0).gather(1, given.owner)
        target = functional.one_hot(kinds, logits.shape[2]) * given.strength[..., None]
        weight = 1.0 - (given.unsure & ~given.positive).float()[..., None]
        total = given.strength.sum().clamp(min=4.0)
    scores = functional.binary_cross_entropy_with_logits(logits, target, reduction="none")
    classes = (scores * weight).sum() / total
    goal = rows[..., 1:].gather(1, given.owner[..., None].expand(-1, -1, 4))[given.positive]
    _, general = overlap(corners[given.positive], goal)
    strength = given.strength[given.positive]
    fit = ((1 - general) * strength.clamp(min=0.05)).sum() / total
    right, chosen = kinds[given.positive], logits[given.positive]
    which = (functional.cross_entropy(chosen, right, reduction="none") * strength).sum() / total
    hits = (chosen.argmax(1) == right).float().mean()
    return classes + 4.0 * fit + which, (classes.detach(), fit.detach(), hits)
