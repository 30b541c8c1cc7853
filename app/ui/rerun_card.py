"""The old and the new text of a stretch beside each other, and the choice between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.core.marks import Mark, known_marks
from app.core.results import Segment
from app.core.time import format_short
from app.ui.controls import OneLine
from app.ui.model_choice import ChosenModel
from app.ui.rerun import Comparison, RerunState
from app.ui.speech_languages import LANGUAGES

if TYPE_CHECKING:
    from app.analysis.again import Attempt

_MOST_LETTERS = 220
"""More of a text stands in its tool tip."""
_LEAST_LINES = 3
OfferSpeech = Callable[[], tuple[ChosenModel, ...]]


class RerunCard(QFrame):
    """Shows what hearing a stretch once more gave, and asks which text is to stay.

    Signals:
        kept(), taken(): the old or the new text is chosen.
        again_asked(object): an Attempt: hear the stretch in yet another way.
        cancelled(): the run shall stop.
    """

    kept = Signal()
    taken = Signal()
    again_asked = Signal(object)
    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("note")
        self.offer_speech: OfferSpeech = tuple
        self._comparison: Comparison | None = None
        self._title = OneLine()
        self._title.setProperty("tone", "dim")
        self._title.setProperty("scale", "small")
        self.old, self.new = _Text("Now"), _Text("New")
        self.texts = _Texts((self.old, self.new))
        self.keep = QPushButton("Keep")
        self.keep.clicked.connect(self._keep)
        self.take = QPushButton("Take New")
        self.take.clicked.connect(self.taken)
        self.other = QPushButton("Other Ways")
        self.other.setMenu(self._make_menu())
        self._lay_out()
        self.hide()

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        for button in (self.keep, self.take, self.other):
            button.setProperty("scale", "small")
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 10)
        column.setSpacing(6)
        column.addWidget(self._title)
        column.addWidget(self.texts)
        column.addLayout(buttons)

    def _make_menu(self) -> QMenu:
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self._fill)
        return self._menu

    def _fill(self) -> None:
        """Offer other ways, the other models that are there, and languages."""
        from app.analysis.again import Attempt, Way

        self._menu.clear()
        self._menu.setToolTipsVisible(True)
        for way in Way:
            self._add(self._menu, way.value.capitalize(), Attempt(way), way.explained)
        models = self.offer_speech()
        if models:
            with_model = self._menu.addMenu("With the Model")
            for model in models:
                self._add(with_model, model.shown_name.replace("&", "&&"), Attempt(model=model.path))
        in_language = self._menu.addMenu("In the Language")
        for name, code in LANGUAGES:
            self._add(in_language, name, Attempt(language=code))

    def _add(self, menu: QMenu, title: str, attempt: Attempt, tip: str = "") -> None:
        action = menu.addAction(title)
        action.setToolTip(tip)
        action.triggered.connect(partial(self._ask, attempt))

    def _ask(self, attempt: Attempt, _checked: bool = False) -> None:
        self.again_asked.emit(attempt)

    def _keep(self) -> None:
        if self.take.isVisibleTo(self):
            self.kept.emit()
        else:
            self.cancelled.emit()

    def show_comparison(self, comparison: Comparison | None, state: RerunState) -> None:
        """Show what is compared; None: nothing."""
        self._comparison = comparison
        self.setVisible(comparison is not None)
        if comparison is None:
            return
        running = state is RerunState.RUNNING
        title = _title(comparison, running=running)
        self._title.say(title)
        self.setAccessibleName(title)
        self.old.show_lines(comparison.old, suggested=not running and not comparison.prefers_new)
        self.new.show_lines(comparison.new, suggested=comparison.prefers_new)
        for part in (self.new, self.take, self.other):
            part.setVisible(not running)
        self.keep.setText("Cancel" if running else "Keep")
        for button, on in ((self.keep, not comparison.prefers_new), (self.take, comparison.prefers_new)):
            button.setProperty("kind", "primary" if on and not running else "")
            button.style().unpolish(button)
            button.style().polish(button)
            button.updateGeometry()
        self.texts.updateGeometry()


class _Texts(QScrollArea):
    """Texts below each other, as high as they are; they are scrolled where there is no room for that."""

    def __init__(self, texts: Sequence[QWidget]) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.setAccessibleName("Both texts")
        page = QWidget()
        self._column = QVBoxLayout(page)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        for text in texts:
            self._column.addWidget(text)
        self.setWidget(page)

    def sizeHint(self) -> QSize:
        """Return the width it has, and the height that all of it takes there."""
        return QSize(self.width(), self._column.totalHeightForWidth(self.viewport().width()))

    def minimumSizeHint(self) -> QSize:
        """Return the height of some lines: the rest can be scrolled to."""
        return QSize(0, min(self.sizeHint().height(), _LEAST_LINES * self.fontMetrics().lineSpacing()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width takes another height."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()


class _Text(QWidget):
    """One of the two texts, and what is known of it."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self.facts, self.words = QLabel(), QLabel()
        self.facts.setProperty("tone", "dim")
        self.facts.setProperty("scale", "small")
        for label in (self.facts, self.words):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.facts)
        column.addWidget(self.words)

    def show_lines(self, lines: Sequence[Segment], *, suggested: bool) -> None:
        """Show lines, and whether they are the better ones."""
        text = " ".join(each.text.strip() for each in lines)
        self.words.setText(text if len(text) <= _MOST_LETTERS else f"{text[:_MOST_LETTERS]}…")
        self.words.setToolTip(text if len(text) > _MOST_LETTERS else "")
        self.words.setVisible(bool(text))
        facts = " · ".join([f"{self._name}{', suggested' if suggested else ''}", *facts_of(lines)])
        self.facts.setText(facts)
        self.setAccessibleName(f"{facts}: {text}")


def facts_of(lines: Sequence[Segment]) -> list[str]:
    """Say what is known of a text: its marks, its confidence."""
    from app.analysis.again import confidence_of

    if not lines:
        return ["no speech"]
    marks = {mark for each in lines for mark in known_marks(each)}
    facts = [f"⚠ {', '.join(mark.label for mark in Mark if mark in marks)}"] if marks else []
    confidence = confidence_of(lines)
    return facts if confidence is None else [*facts, f"confidence {confidence:.2f}"]


def _title(comparison: Comparison, *, running: bool) -> str:
    span, attempt = comparison.span, comparison.attempt
    how = [] if attempt.model or attempt.language else [attempt.way.value]
    how += [f"with {attempt.model.stem}"] if attempt.model is not None else []
    how += [f"in '{attempt.language}'"] if attempt.language is not None else []
    what = "Hearing" if running else "Heard"
    return f"{format_short(span.start_s, 1)} to {format_short(span.end_s, 1)}  ·  {what} {' '.join(how)}"
