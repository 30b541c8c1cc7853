"""A pool of training pictures, of which a few are replaced at every step."""

from __future__ import annotations

import numpy as np

from tools.sample.measures import Array
from tools.sample.scene_maker import MAX_OBJECTS, SceneMaker


class Pool:
    """Pictures to train on.  A few are replaced at every step, so each serves several times."""

    def __init__(self, maker: SceneMaker, size: int) -> None:
        self.maker, self.rng, self.turn = maker, np.random.default_rng(maker.rng.integers(1 << 31)), 0
        self.items = [maker.make() for _ in range(size)]

    def batch(self, count: int, fresh: int, grow_to: int) -> tuple[Array, Array]:
        """`count` pictures [B, 3, H, W] uint8 and their rows [B, MAX_OBJECTS, 5] (class -2: none)."""
        for _ in range(fresh):
            item = self.maker.make()
            if len(self.items) < grow_to:
                self.items.append(item)
            else:
                self.items[self.turn % grow_to] = item
                self.turn += 1
        pictures = np.empty((count, 3, self.maker.height, self.maker.width), np.uint8)
        rows = np.zeros((count, MAX_OBJECTS, 5), np.float32)
        rows[..., 0] = -2
        for slot, index in enumerate(self.rng.integers(0, len(self.items), count)):
            picture, found = self.items[index]
            found = found.copy()
            if self.rng.random() < 0.5:
                picture = picture[:, ::-1]
                found[:, [1, 3]] = self.maker.width - found[:, [3, 1]]
            if self.rng.random() < 0.3:
                picture = picture[..., self.rng.permutation(3)]
            pictures[slot] = picture.transpose(2, 0, 1)
            rows[slot, : len(found)] = found[:MAX_OBJECTS]
        return pictures, rows
