"""A menu of tracks, one of which is on; made anew whenever it opens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class TrackItem(Generic[Key]):
    """One line: what it is called, what choosing it means, and whether it is on or can be."""

    name: str
    key: Key
    on: bool = False
    usable: bool = True


class TrackMenu(QMenu, Generic[Key]):
    """Radio items.

    Args:
        title: what the menu is called.
        offer: returns the items; none leaves a line that says so.
        choose: is given the key of the one that was chosen.
        empty: the line where there is nothing to choose.
    """

    def __init__(
        self,
        title: str,
        offer: Callable[[], Sequence[TrackItem[Key]]],
        choose: Callable[[Key], None],
        empty: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, parent)
        self._offer, self._choose, self._empty = offer, choose, empty
        self._group: QActionGroup | None = None
        self.aboutToShow.connect(self.fill)

    def fill(self) -> None:
        """List what there is now."""
        self.clear()
        if self._group is not None:
            self._group.deleteLater()
        self._group = QActionGroup(self)
        items = self._offer()
        for item in items:
            action = self.addAction(item.name.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(item.on)
            action.setEnabled(item.usable)
            action.triggered.connect(partial(self._chosen, item.key))
            self._group.addAction(action)
        if not items:
            self.addAction(self._empty).setEnabled(False)

    def _chosen(self, key: Key, _checked: bool = False) -> None:
        self._choose(key)
