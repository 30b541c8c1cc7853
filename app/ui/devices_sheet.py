"""The sheet on devices: what decodes and what runs models here, what was measured, and why not the rest."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from app.analysis.device_survey import Survey
from app.ui.device_words import (
    CHOICES,
    NOTHING_ELSE,
    Section,
    Sign,
    device_sections,
    nothing_but_the_cpu,
    progress_words,
)
from app.ui.sheet import Sheet, scrolled
from app.workers.device_tester import DeviceTester, SurveyFailed, SurveyOrder

if TYPE_CHECKING:
    from collections.abc import Sequence

_WIDTH = 640


class DevicesSheet(Sheet):
    """Begins to try when it opens; what is known shows as it comes."""

    def __init__(
        self,
        parent: QWidget,
        tester: DeviceTester,
        video: Path,
        models: Sequence[Path],
        settings_action: QAction,
        speech: Sequence[Path] = (),
    ) -> None:
        super().__init__("Devices", parent)
        self._tester, self._video, self._models = tester, video, tuple(models)
        self._speech = tuple(speech)
        self.progress = _wrapped("")
        self.progress.setAccessibleName("What is tried now")
        self.bar = QProgressBar()
        self.bar.setAccessibleName("Trials are running")
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.note = _Note()
        self.found = _Found()
        self.content.addWidget(self.progress)
        self.content.addWidget(self.bar)
        self.content.addWidget(self.note)
        self.content.addWidget(scrolled(self.found, "Devices"), 1)
        self.again = QPushButton("Test Again")
        self.again.clicked.connect(self._test_again)
        self.settings = QPushButton("Settings…")
        self.settings.clicked.connect(settings_action.trigger)
        self.buttons.insertWidget(0, self.again)
        self.buttons.insertWidget(1, self.settings)
        self.resize(_WIDTH + 96, min(640, parent.window().height() - 48))
        tester.surveyed.connect(self._show_survey)
        tester.failed.connect(self._show_failure)
        tester.finished.connect(self._finished)
        self._again = self._mine = False
        self._begin(again=False)

    def _test_again(self) -> None:
        self._begin(again=True)

    def _begin(self, *, again: bool) -> None:
        self._again = again
        self._mine = self._tester.begin(SurveyOrder(self._video, self._models, again, self._speech))
        if self._mine or self._tester.isRunning():
            self.again.setEnabled(False)
            self._show_survey(Survey())

    def _show_survey(self, survey: Survey) -> None:
        self.progress.setText(progress_words(survey))
        self.bar.setVisible(not survey.complete)
        alone = survey.complete and nothing_but_the_cpu(survey)
        self.note.say(NOTHING_ELSE if alone else "")
        self.found.show_sections((*device_sections(survey), Section("What the settings mean", CHOICES)))

    def _show_failure(self, failed: SurveyFailed) -> None:
        self.progress.setText("The trials ended too early.")
        self.bar.hide()
        self.note.say(failed.sentence, "warning")

    def _finished(self) -> None:
        self.bar.hide()
        self.again.setEnabled(True)
        if not self._mine:  # what ran was asked for elsewhere; what it has measured is known now
            self._begin(again=self._again)


class _Note(QFrame):
    """A frame with a sentence that matters; hidden without one."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("note")
        self.words = _wrapped("")
        QVBoxLayout(self).addWidget(self.words)
        self.hide()

    def say(self, words: str, tone: str = "") -> None:
        """Show words; the tone is "" or "warning"."""
        self.words.setText(words)
        self.setProperty("tone", tone)
        self.style().unpolish(self)
        self.style().polish(self)
        self.setVisible(bool(words))


class _Found(QWidget):
    """All sections, one below the other."""

    def __init__(self) -> None:
        super().__init__()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 8, 8, 8)
        self._page = QWidget()
        self._layout.addWidget(self._page)
        self._layout.addStretch(1)
        self._shown: tuple[Section, ...] = ()

    def show_sections(self, sections: tuple[Section, ...]) -> None:
        """Show these in place of those before."""
        if sections == self._shown:
            return
        self._shown = sections
        page = _page(sections)
        self._layout.replaceWidget(self._page, page)
        self._page.setParent(None)
        self._page.deleteLater()
        self._page = page
        page.show()


def _page(sections: tuple[Section, ...]) -> QWidget:
    page = QWidget()
    grid = QGridLayout(page)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(6)
    grid.setColumnStretch(2, 1)
    row = 0
    for section in sections:
        title = _wrapped(section.title)
        title.setProperty("scale", "strong")
        grid.addWidget(title, row, 0, 1, 3)
        grid.addWidget(_dim(section.sentence), row + 1, 0, 1, 3)
        row += 2
        for line in section.lines:
            sign = _plain(line.sign.value)
            sign.setProperty("tone", "good" if line.sign is Sign.USED else "dim")
            for column, label in enumerate((_plain(line.name), sign, _wrapped(line.words))):
                grid.addWidget(label, row, column, Qt.AlignmentFlag.AlignTop)
            row += 1
        grid.setRowMinimumHeight(row, 12)
        row += 1
    return page


def _plain(text: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def _wrapped(text: str) -> QLabel:
    label = _plain(text)
    label.setWordWrap(True)
    return label


def _dim(text: str) -> QLabel:
    label = _wrapped(text)
    label.setProperty("tone", "dim")
    label.setProperty("scale", "small")
    return label
