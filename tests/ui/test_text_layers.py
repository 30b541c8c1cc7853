"""Overlapping marks in a text against marking each character."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QTextLayout

from app.render.palette import DARK
from app.ui.text_layers import Look, Span, character_at, format_ranges, utf16_places

TEXTS = st.text(st.sampled_from("ab é東👍"), max_size=20)
SPANS = st.lists(st.builds(Span, st.integers(-2, 22), st.integers(-2, 22), st.sampled_from(Look)), max_size=8)


def look_of(made: QTextLayout.FormatRange) -> tuple[str, str, int]:
    """What tells looks apart."""
    look = made.format
    return look.background().color().name(), look.foreground().color().name(), look.underlineStyle().value


@given(TEXTS, SPANS)
def test_ranges_are_disjoint_and_each_character_has_the_looks_that_cover_it(
    text: str, spans: list[Span]
) -> None:
    unit = utf16_places(text)
    ranges = format_ranges(text, spans, DARK)
    for place in range(len(text)):
        looks = [each.look for each in spans if each.start <= place < each.end]
        over = [each for each in ranges if each.start <= unit(place) < each.start + each.length]
        assert len(over) == bool(looks)
        if looks:
            alone = format_ranges("x", [Span(0, 1, look) for look in looks], DARK)
            assert look_of(over[0]) == look_of(alone[0])


def test_what_was_found_is_seen_within_what_is_selected() -> None:
    selected = Span(0, 9, Look.SELECTED)
    for hit in (Look.HIT, Look.HIT_HERE):
        alone = format_ranges("it is red", [Span(6, 9, hit)], DARK)
        within = format_ranges("it is red", [selected, Span(6, 9, hit)], DARK)
        assert look_of(within[-1]) == look_of(alone[0])


@given(TEXTS)
def test_characters_and_utf16_units_are_told_apart(text: str) -> None:
    unit = utf16_places(text)
    for place in range(len(text) + 1):
        assert unit(place) == len(text[:place].encode("utf-16-le")) // 2
        assert character_at(text, unit(place)) == place
