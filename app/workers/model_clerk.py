"""The thread that adds and checks models: files of gigabytes are copied and read to their end."""

from __future__ import annotations

import enum
import logging
import threading
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QThread, Signal

from app.core.cancel import CancelToken
from app.core.errors import CancelledError, ReelscopeError
from app.inference.model_check import verify_model
from app.inference.model_licence import licence_word
from app.models.library import Library

_log = logging.getLogger(__name__)


class Errand(enum.Enum):
    """What is to be done."""

    ADD = enum.auto()
    ADD_IN_PLACE = enum.auto()
    VERIFY = enum.auto()


@dataclass(frozen=True, slots=True)
class ModelOrder:
    """An errand: with a file or folder to add, or with the name of a model to verify."""

    errand: Errand
    place: Path | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class OrderEnded:
    """What came of an order.

    Attributes:
        ok: whether all went well.
        sentence: what to say.
        added: names of the models that were added.
    """

    order: ModelOrder
    ok: bool
    sentence: str
    added: tuple[str, ...] = ()


class ModelClerk(QThread):
    """Carries out orders one after the other; commands are for the thread that owns it.

    Signals:
        ended(object): an OrderEnded, one for each order that was not given up.
    """

    ended = Signal(object)

    def __init__(self, library: Library, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("model clerk")
        self._library = library
        self._lock = threading.Lock()
        self._orders: deque[ModelOrder] = deque()
        self._cancel = CancelToken()
        self.finished.connect(self._go_on)

    def begin(self, order: ModelOrder) -> None:
        """Carry out an order, soon; nothing once all has ended for good."""
        with self._lock:
            self._orders.append(order)
        self._go_on()

    def stop(self) -> None:
        """End for good: what is copied or read is left; wait() for the rest."""
        self._cancel.cancel()

    def run(self) -> None:
        """Carry out what waits."""
        while (order := self._next()) is not None:
            try:
                ended = self._carry_out(order)
            except CancelledError:
                return
            except ReelscopeError as error:
                ended = OrderEnded(order, False, str(error))
            except Exception:  # noqa: BLE001 - a fault costs an errand, not the window
                _log.exception("An errand with models met something unexpected")
                ended = OrderEnded(order, False, "The program ran into a fault; the log says more.")
            self.ended.emit(ended)

    def _next(self) -> ModelOrder | None:
        with self._lock:
            return self._orders.popleft() if self._orders and not self._cancel.cancelled else None

    def _go_on(self) -> None:
        with self._lock:
            waits = bool(self._orders) and not self._cancel.cancelled
        if waits and not self.isRunning():
            self.start()

    def _carry_out(self, order: ModelOrder) -> OrderEnded:
        if order.errand is Errand.VERIFY:
            return self._verify(order)
        if order.place is None:
            raise ValueError("adding needs a place")
        in_place = order.errand is Errand.ADD_IN_PLACE
        added = self._library.add(order.place, in_place=in_place, cancel=self._cancel)
        models = [each.model for each in added if each.model is not None]
        faults = [each.sentence for each in added if each.model is None]
        names = ", ".join(model.name for model in models)
        words = [licence_word(model.path) for model in models]
        said = [f"Added to your models: {names}." if models else "", *faults, *words]
        return OrderEnded(
            order, not faults, " ".join(each for each in said if each), tuple(model.name for model in models)
        )

    def _verify(self, order: ModelOrder) -> OrderEnded:
        row = self._library.row(order.name)
        if row.model is None:
            return OrderEnded(order, False, f"{order.name} is not installed.")
        check = verify_model(row.model, self._cancel)
        return OrderEnded(order, check.ok, check.sentence)
