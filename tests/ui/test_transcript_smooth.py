"""A hundred thousand words: what is done at each step is counted, and does not grow with the transcript."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.core.results import Segment
from app.ui import transcript_delegate, transcript_model
from app.ui.line_shape import LineShape, shape_of
from app.ui.transcript_delegate import TranscriptDelegate
from app.ui.transcript_model import TranscriptModel
from app.ui.transcript_panel import TranscriptPanel
from tests.ui.long_transcripts import spoken

LINES = 11_500
SAID = spoken(LINES, 9)
SEEN = 40
"""More lines than the panel of these tests shows."""


@dataclass
class Counts:
    """How often something was done since the last look."""

    layouts: int = 0
    paints: int = 0
    data: int = 0

    def take(self) -> tuple[int, int, int]:
        """Return layouts, paints and questions to the model, and begin again."""
        taken = (self.layouts, self.paints, self.data)
        self.layouts = self.paints = self.data = 0
        return taken


@pytest.fixture
def counts(monkeypatch: pytest.MonkeyPatch) -> Counts:
    """Counts layouts of text, painted lines and questions to the model."""
    made = Counts()
    lay_out, paint, data = shape_of, TranscriptDelegate.paint, TranscriptModel.data

    def counted_layout(segment: Segment, width: int) -> LineShape:
        made.layouts += 1
        return lay_out(segment, width)

    def counted_paint(self: TranscriptDelegate, *arguments: object) -> None:
        made.paints += 1
        paint(self, *arguments)  # type: ignore[arg-type]

    def counted_data(self: TranscriptModel, *arguments: object) -> object:
        made.data += 1
        return data(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(transcript_delegate, "shape_of", counted_layout)
    monkeypatch.setattr(TranscriptDelegate, "paint", counted_paint)
    monkeypatch.setattr(transcript_model.TranscriptModel, "data", counted_data)
    return made


@pytest.fixture
def panel(qtbot: QtBot, counts: Counts) -> Iterator[TranscriptPanel]:
    """A panel with all these lines, shown."""
    made = TranscriptPanel()
    made.resize(420, 700)
    made.show()
    qtbot.waitExposed(made)
    made.set_segments(SAID)
    QApplication.processEvents()
    yield made
    made.close()
    made.deleteLater()


def test_there_are_a_hundred_thousand_words() -> None:
    assert sum(len(each.words) for each in SAID) == pytest.approx(100_000, rel=0.05)


def test_opening_lays_out_and_paints_what_is_seen(panel: TranscriptPanel, counts: Counts) -> None:
    layouts, paints, data = counts.take()
    assert layouts <= SEEN
    assert paints <= 2 * SEEN
    assert data <= 10 * SEEN


@pytest.mark.parametrize(
    ("hand", "layouts"),
    [
        (lambda panel: panel.resize(380, 700), SEEN),
        (lambda panel: panel.lines.verticalScrollBar().setValue(9_000), SEEN),
        (lambda panel: panel.lines.verticalScrollBar().setValue(40), 3),
        (lambda panel: panel.lines.scrollToBottom(), SEEN),
        (lambda panel: panel.set_segments((*SAID, *spoken(3, first=LINES))), 0),
        (lambda panel: panel.set_segments(SAID[:-1]), 0),
        (lambda panel: panel.search.setText("over river"), SEEN),
        (lambda panel: panel.finding.step(1), 0),
    ],
    ids=["resize", "jump", "wheel", "end", "lines come", "a line goes", "search", "no hit"],
)
def test_a_hand_costs_what_is_seen(
    panel: TranscriptPanel, counts: Counts, hand: Callable[[TranscriptPanel], None], layouts: int
) -> None:
    counts.take()
    hand(panel)
    QApplication.processEvents()
    laid_out, paints, data = counts.take()
    assert laid_out <= layouts
    assert paints <= SEEN
    assert data <= 8 * SEEN


def test_while_it_plays_a_picture_costs_at_most_the_lines_that_changed(
    panel: TranscriptPanel, counts: Counts
) -> None:
    panel.set_time(18_000.0)
    QApplication.processEvents()
    counts.take()
    painted = []
    for picture in range(300):
        panel.set_time(18_000.0 + picture * 0.04)
        QApplication.processEvents()
        painted.append(counts.take())
    assert 6003 in panel.lines.seen_rows()
    assert sum(layouts for layouts, _, _ in painted) <= SEEN
    assert sum(paints == 0 for _, paints, _ in painted) > 200
    assert sorted(paints for _, paints, _ in painted)[-10] <= 2
