"""A process keeps its share of the cores busy, and at least one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.core import cores


@pytest.fixture(autouse=True)
def alone() -> Iterator[None]:
    yield
    cores.share_cores(1)


@pytest.mark.parametrize(
    ("here", "among", "share"), [(8, 1, 8), (8, 2, 4), (8, 3, 2), (2, 2, 1), (2, 5, 1), (1, 1, 1)]
)
def test_a_share(monkeypatch: pytest.MonkeyPatch, here: int, among: int, share: int) -> None:
    monkeypatch.setattr(cores, "cores_here", lambda: here)
    cores.share_cores(among)
    assert cores.usable_cores() == share


def test_alone_a_process_has_all() -> None:
    assert cores.usable_cores() == cores.cores_here() >= 1
