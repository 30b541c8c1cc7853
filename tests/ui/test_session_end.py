"""Logging out asks about edits as closing does."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from app.core.events import SegmentFound
from app.core.results import Segment
from app.core.transcript_edits import SetText
from app.ui.closing import Closing
from app.ui.main_window import MainWindow
from app.ui.session_end import session_ends
from tests.ui.fakes import Bench


@dataclass
class Manager:
    """Stands in for the QSessionManager, which only Qt can make."""

    interactive: bool = True
    cancelled: bool = False
    released: bool = False

    def allowsInteraction(self) -> bool:
        return self.interactive

    def cancel(self) -> None:
        self.cancelled = True

    def release(self) -> None:
        self.released = True


@pytest.fixture
def edited(window: MainWindow, bench: Bench) -> MainWindow:
    bench.open()
    bench.analyse(SegmentFound(Segment(1.0, 2.0, "one")))
    bench.session.desk.apply(SetText(0, "won"))
    return window


def test_logging_out_asks_and_goes_on(edited: MainWindow, bench: Bench) -> None:
    manager = Manager()
    session_ends(edited.unsaved_edits, manager)
    assert len(bench.asked_at_the_end) == 1
    assert manager.released
    assert not manager.cancelled
    assert bench.session.file.is_open, "the window is still there"


def test_who_wants_to_stay_stays(edited: MainWindow, bench: Bench) -> None:
    bench.closing = Closing.STAY
    manager = Manager()
    session_ends(edited.unsaved_edits, manager)
    assert manager.cancelled


def test_what_was_answered_is_not_asked_again(edited: MainWindow, bench: Bench) -> None:
    session_ends(edited.unsaved_edits, Manager())
    assert edited.close()
    assert len(bench.asked_at_the_end) == 1


def test_another_edit_is_asked_about(edited: MainWindow, bench: Bench) -> None:
    session_ends(edited.unsaved_edits, Manager())
    bench.session.desk.apply(SetText(0, "one again"))
    assert edited.close()
    assert len(bench.asked_at_the_end) == 2


def test_where_no_question_is_allowed_none_is_asked(edited: MainWindow, bench: Bench) -> None:
    manager = Manager(interactive=False)
    session_ends(edited.unsaved_edits, manager)
    assert bench.asked_at_the_end == []
    assert not manager.cancelled


def test_without_edits_nothing_is_asked(window: MainWindow, bench: Bench) -> None:
    manager = Manager()
    session_ends(window.unsaved_edits, manager)
    assert bench.asked_at_the_end == []
    assert not manager.cancelled
