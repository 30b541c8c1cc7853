"""What the file is, which models look at it, and what was odd."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app.ui.media_facts import Fact


class InfoPanel(QScrollArea):
    """Titles with facts below them, notes on top.

    ``how_to`` is the button that leads to the page about models.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setAccessibleName("Information on the file")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.how_to = QPushButton("How to get real models")
        self._shown: object = None

    def show_facts(
        self, sections: tuple[tuple[str, tuple[Fact, ...]], ...], warnings: tuple[str, ...], sample_note: str
    ) -> None:
        """Show these sections; ``sample_note`` says that the models are samples, where they are."""
        if (sections, warnings, sample_note) == self._shown:
            return
        self._shown = (sections, warnings, sample_note)
        self.how_to.setParent(None)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        if sample_note:
            column.addWidget(_note(sample_note, "warning", self.how_to))
            column.addSpacing(8)
        if warnings:
            column.addWidget(_title("Noticed"))
            for sentence in warnings:
                column.addWidget(_note(sentence, "warning"))
            column.addSpacing(8)
        for title, facts in sections:
            if facts:
                column.addWidget(_title(title))
                column.addLayout(_grid(facts))
                column.addSpacing(8)
        column.addStretch(1)
        self.setWidget(page)


def _title(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("scale", "strong")
    return label


def _grid(facts: tuple[Fact, ...]) -> QGridLayout:
    grid = QGridLayout()
    grid.setColumnStretch(1, 1)
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(6)
    for row, fact in enumerate(facts):
        name, value = QLabel(fact.name), QLabel(fact.value)
        name.setProperty("tone", "dim")
        name.setMinimumWidth(88)
        value.setWordWrap(True)
        value.setTextFormat(Qt.TextFormat.PlainText)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        value.setToolTip(fact.value)
        grid.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(value, row, 1)
    return grid


def _note(sentence: str, tone: str, button: QPushButton | None = None) -> QFrame:
    frame = QFrame()
    frame.setObjectName("note")
    frame.setProperty("tone", tone)
    column = QVBoxLayout(frame)
    column.setContentsMargins(12, 10, 12, 10)
    label = QLabel(sentence)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    column.addWidget(label)
    if button is not None:
        column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
    return frame
