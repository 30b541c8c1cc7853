from __future__ import annotations

import re
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QColor, QFontMetrics, QPalette
from PySide6.QtWidgets import QApplication

from app.render.fonts import mono_font, ui_font
from app.render.palette import (
    AA_TEXT,
    DARK,
    LIGHT,
    Palette,
    TextSize,
    class_colour,
    class_text,
    contrast,
    mixed,
    qpalette,
    text_on,
)  # fmt: skip

both = pytest.mark.parametrize("palette", [DARK, LIGHT], ids=["dark", "light"])
colours = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06X}")
COCO_PEOPLE = ("person", "car", "tv", "face", "dog", "truck", "bicycle", "cat")


# Ratios published by WebAIM's contrast checker.
@pytest.mark.parametrize(
    ("ink", "paper", "ratio"),
    [
        ("#000000", "#FFFFFF", 21.0),
        ("#777777", "#FFFFFF", 4.48),
        ("#0000FF", "#FFFFFF", 8.59),
        ("#FF0000", "#FFFFFF", 4.0),
    ],
)
def test_contrast_is_that_of_wcag(ink: str, paper: str, ratio: float) -> None:
    assert contrast(ink, paper) == pytest.approx(ratio, abs=0.005)
    assert contrast(paper, ink) == contrast(ink, paper)


@given(colours)
def test_text_on_any_colour_reaches_aa(colour: str) -> None:
    assert contrast(text_on(colour), colour) >= AA_TEXT


@both
def test_every_token_is_a_colour(palette: Palette) -> None:
    for field in fields(palette):
        value = getattr(palette, field.name)
        for colour in value if isinstance(value, tuple) else (value,):
            assert field.name == "scheme" or re.fullmatch("#[0-9A-F]{6}", colour)


@both
def test_what_is_read_reaches_aa_on_every_surface(palette: Palette) -> None:
    for surface in (palette.background, palette.panel, palette.raised):
        assert contrast(palette.text, surface) >= AA_TEXT
        assert contrast(palette.dim, surface) >= AA_TEXT


@both
def test_meanings_stand_out_from_the_panel(palette: Palette) -> None:
    for colour in (palette.accent, palette.playhead, palette.warning, palette.good):
        assert contrast(colour, palette.panel) >= 3.0


@both
def test_class_text_reaches_aa_on_the_panel(palette: Palette) -> None:
    for key in range(8):
        assert contrast(class_text(palette, key), palette.panel) >= AA_TEXT


def test_the_light_classes_are_15_percent_darker() -> None:
    for dark, light in zip(DARK.classes, LIGHT.classes, strict=True):
        for ours, theirs in zip(bytes.fromhex(light[1:]), bytes.fromhex(dark[1:]), strict=True):
            assert ours == pytest.approx(0.85 * theirs, abs=0.51)


def test_class_colours_do_not_depend_on_scheme_case_or_run() -> None:
    for label in ("person", "traffic light", "Person", "écharpe", "\udcff", "\ud800"):
        light, dark = class_colour(LIGHT, label), class_colour(DARK, label)
        assert LIGHT.classes.index(light) == DARK.classes.index(dark)
    assert class_colour(DARK, "Person ") == class_colour(DARK, "person") == "#56B4E9"
    assert class_colour(DARK, "tv") == "#2BB58A"
    assert class_colour(DARK, "123456789") == DARK.classes[0xCBF43926 % 8]  # the check value of CRC-32
    assert class_colour(DARK, 9) == DARK.classes[1]


def test_the_commonest_classes_differ() -> None:
    assert len({class_colour(DARK, label) for label in COCO_PEOPLE}) == 8


@given(colours, colours)
def test_mixing_starts_and_ends_at_its_colours(colour: str, other: str) -> None:
    assert mixed(colour, other, 0) == colour
    assert mixed(colour, other, 1) == other


@both
def test_qt_gets_the_same_colours(palette: Palette) -> None:
    made = qpalette(palette)
    assert made.color(QPalette.ColorRole.Window) == QColor(palette.background)
    assert made.color(QPalette.ColorRole.Text) == QColor(palette.text)
    assert made.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text) == QColor(palette.faint)
    chosen = [
        made.color(role).name() for role in (QPalette.ColorRole.HighlightedText, QPalette.ColorRole.Highlight)
    ]
    assert contrast(*chosen) >= AA_TEXT


def test_a_wrong_colour_is_refused() -> None:
    with pytest.raises(ValueError, match="#RRGGBB"):
        contrast("red", "#000000")


def test_digits_of_the_number_face_are_equally_wide(qapp: QApplication) -> None:
    metrics = QFontMetrics(mono_font(TextSize.TITLE))
    assert len({metrics.horizontalAdvance(digit) for digit in "0123456789:."}) == 1
    assert ui_font(TextSize.SMALL).pixelSize() == 12
