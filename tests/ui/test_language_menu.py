"""Saying which language is spoken."""

from __future__ import annotations

from app.inference.speech_native import native
from app.ui.main_window import MainWindow
from app.ui.speech_languages import LANGUAGES, language_name
from tests.ui.fakes import Bench


def test_all_languages_that_whisper_knows_are_offered() -> None:
    whisper = native()
    known = {whisper.whisper_lang_str(number) for number in range(whisper.whisper_lang_max_id() + 1)}
    assert {code for _, code in LANGUAGES[1:]} == known
    assert len({name for name, _ in LANGUAGES}) == len(known) + 1


def test_they_stand_in_the_order_of_their_names() -> None:
    names = [name for name, _ in LANGUAGES[1:]]
    assert names == sorted(names)


def test_what_has_no_name_is_called_by_its_code() -> None:
    assert language_name("haw") == "Hawaiian"
    assert language_name("xx") == "'xx'"


def test_the_menu_marks_the_language_and_sets_it_for_the_next_analysis(
    window: MainWindow, bench: Bench
) -> None:
    bench.open()
    menu = window.menus.language
    menu.aboutToShow.emit()
    assert [each.text() for each in menu.actions() if each.isChecked()] == ["Detect"]
    next(each for each in menu.actions() if each.text() == "Dutch").trigger()
    assert bench.session.settings.language == "nl"
    menu.aboutToShow.emit()
    assert [each.text() for each in menu.actions() if each.isChecked()] == ["Dutch"]
