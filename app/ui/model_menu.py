"""The menu in which a person chooses a model of one kind."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

from app.ui.model_choice import NO_MODEL, ChosenModel

OfferModels = Callable[[], tuple[ChosenModel, ...]]


class ModelMenu(QMenu):
    """Radio items by name, made anew whenever the menu opens: files come and go.

    Args:
        title: what the menu is called.
        offer: returns the models to choose from, the preferred one first.
        used: returns the model in use.
        choose: is given the name of a model, or NO_MODEL.
        more: stands at the end: where other models come from.
        cost: says what a model costs; "" where there is nothing to say.
    """

    def __init__(
        self,
        title: str,
        offer: OfferModels,
        used: Callable[[], ChosenModel | None],
        choose: Callable[[str], None],
        more: QAction | None = None,
        cost: Callable[[ChosenModel], str] = lambda _model: "",
    ) -> None:
        super().__init__(title)
        self._cost = cost
        self._offer, self._used, self._choose = offer, used, choose
        self._more = more
        self._group: QActionGroup | None = None
        self.aboutToShow.connect(self._fill)

    def _fill(self) -> None:
        self.clear()
        if self._group is not None:
            self._group.deleteLater()
        self._group = QActionGroup(self)
        used = self._used()
        for model in self._offer():
            on = used is not None and used.path == model.path
            self._add(model.shown_name, model.name, on=on, cost=self._cost(model))
        self.addSeparator()
        self._add("None", NO_MODEL, on=used is None)
        if self._more is not None:
            self.addSeparator()
            self.addAction(self._more)

    def _add(self, title: str, name: str, *, on: bool, cost: str = "") -> None:
        # What stands behind a tab is set in a column of its own.
        words = f"{title}\t{cost}" if cost else title
        action = self.addAction(words.replace("&", "&&"))
        action.setCheckable(True)
        action.setChecked(on)
        action.triggered.connect(partial(self._chosen, name))
        if self._group is not None:
            self._group.addAction(action)

    def _chosen(self, name: str, _checked: bool = False) -> None:
        self._choose(name)
