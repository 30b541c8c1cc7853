"""The look of Qt's own controls, written once from the tokens of the palette."""

from __future__ import annotations

from string import Template

from app.render.palette import (
    RADIUS_CHIP,
    RADIUS_CONTROL,
    RADIUS_PANEL,
    ROW_HEIGHT,
    Palette,
    TextSize,
    mixed,
    text_on,
)

_SHEET = Template("""
QMainWindow, QDialog, QWidget#page { background: $background; }
QWidget { color: $text; font-size: ${body}px; }
QToolTip { background: $raised; color: $text; border: 1px solid $line; padding: 4px 8px; }

QFrame#card { background: $panel; border: 1px solid $line; border-radius: ${panel_radius}px; }
QFrame#line { background: $line; border: none; }
QWidget#topBar { background: $panel; border-bottom: 1px solid $line; }
QWidget#statusBar { background: $panel; border-top: 1px solid $line; }
QLabel { background: transparent; }
QLabel[tone="dim"] { color: $dim; }
QLabel[tone="warning"] { color: $warning; }
QLabel[tone="good"] { color: $good; }
QLabel[scale="title"] { font-size: ${title}px; font-weight: 600; }
QLabel[scale="strong"] { font-size: ${strong}px; font-weight: 600; }
QLabel[scale="small"] { font-size: ${small}px; }

QMenuBar { background: transparent; spacing: 0; padding: 0; }
QMenuBar::item { color: $dim; background: transparent; padding: 6px 12px; border-radius: ${control}px; }
QMenuBar::item:selected, QMenuBar::item:pressed { color: $text; background: $hover; }
QMenu { background: $raised; border: 1px solid $line; border-radius: ${control}px; padding: 4px; }
QMenu::item { padding: 6px 24px 6px 12px; border-radius: ${chip}px; }
QMenu::item:selected { background: $accent; color: $on_accent; }
QMenu::item:disabled { color: $faint; background: transparent; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }
QMenu::indicator { width: 14px; height: 14px; margin-left: 6px; }
QMenu::icon { margin-left: 6px; }

QPushButton {
    background: $raised; color: $text; border: 1px solid $line; border-radius: ${control}px;
    padding: 5px 15px; min-height: 18px;
}
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $line; }
QPushButton:disabled { color: $faint; background: $panel; }
QPushButton:focus { border: 2px solid $accent; padding: 4px 14px; }
QPushButton[kind="primary"] {
    background: $accent; color: $on_accent; border-color: $accent; font-weight: 600;
}
QPushButton[kind="primary"]:hover { background: $accent_hover; border-color: $accent_hover; }
QPushButton[kind="primary"]:focus { border: 2px solid $text; }
QPushButton[kind="primary"]:disabled { background: $line; border-color: $line; color: $faint; }
QPushButton[scale="small"] { padding: 4px 9px; }
QPushButton[scale="small"]:focus { padding: 3px 8px; }
QPushButton[kind="link"] {
    background: transparent; border-color: transparent; font-weight: 600; padding: 1px 7px;
}
QPushButton[kind="link"]:hover { background: $hover; }
QPushButton[kind="link"]:focus { border: 2px solid $accent; padding: 0 6px; }

QPushButton[kind="search"] { color: $dim; }
QPushButton[kind="search"]:hover { color: $text; }

QPushButton[kind="recent"] { background: transparent; border: 2px solid transparent; padding: 3px 8px; }
QPushButton[kind="recent"]:hover { background: $hover; }
QPushButton[kind="recent"]:focus { border-color: $accent; }

QToolButton {
    background: transparent; border: 2px solid transparent; border-radius: ${control}px; padding: 4px;
}
QToolButton:hover { background: $hover; }
QToolButton:pressed, QToolButton:checked { background: $line; }
QToolButton:focus { border-color: $accent; }
QToolButton#play { background: $text; border-radius: 18px; padding: 6px; }
QToolButton#play:hover { background: $text_hover; }
QToolButton#play:disabled { background: $line; }
QToolButton#play:focus { border-color: $accent; }
QToolButton[kind="text"] { color: $dim; padding: 4px 6px; }
QToolButton[kind="text"]:disabled { color: $faint; }
QToolButton::menu-indicator { image: none; }

QLineEdit, QDoubleSpinBox {
    background: $raised; border: 1px solid $line;
    border-radius: ${control}px; padding: 5px 9px; min-height: 18px;
    selection-background-color: $accent; selection-color: $on_accent;
}
QLineEdit:focus, QDoubleSpinBox:focus { border: 2px solid $accent; padding: 4px 8px; }
QLineEdit:disabled, QDoubleSpinBox:disabled { color: $faint; }
QDoubleSpinBox QLineEdit, QDoubleSpinBox QLineEdit:focus {
    background: transparent; border: none; padding: 0; min-height: 0;
}

QPlainTextEdit {
    background: $panel; border: 1px solid $line; border-radius: ${control}px; padding: 3px 5px;
    selection-background-color: $accent; selection-color: $on_accent;
}
QPlainTextEdit:focus { border: 2px solid $accent; padding: 2px 4px; }

QComboBox {
    background: $raised; border: 1px solid $line; border-radius: ${control}px;
    padding: 5px 9px; min-height: 18px;
}
QComboBox:hover { background: $hover; }
QComboBox:focus { border: 2px solid $accent; padding: 4px 8px; }
QComboBox:disabled { color: $faint; }
QComboBox::drop-down { border: none; width: 24px; }
QComboBox::down-arrow { image: none; width: 0; }
QComboBox QAbstractItemView { background: $raised; border: 1px solid $line; padding: 4px; }
QComboBox QAbstractItemView::item { padding: 4px 8px; border-radius: ${chip}px; }
QComboBox QAbstractItemView::item:selected { background: $accent; color: $on_accent; }

QTabBar { background: transparent; }
QTabBar::tab {
    background: transparent; color: $dim;
    padding: 9px 6px 7px 6px; margin: 0 6px; border-bottom: 2px solid transparent;
}
QTabBar::tab:selected { color: $text; font-weight: 600; border-bottom-color: $accent; }
QTabBar::tab:hover:!selected { color: $text; }
QTabBar::tab:focus { border: 2px solid $accent; border-radius: ${chip}px; padding: 7px 4px; }

QAbstractItemView {
    background: transparent; border: 2px solid transparent; border-radius: ${control}px; outline: none;
}
QAbstractItemView:focus { border-color: $accent; }
QTableView { gridline-color: transparent; selection-background-color: $chosen; selection-color: $text; }
QTableView::item { padding: 0 8px; border: none; }
QTableView::item:hover { background: $hover; }
QTableView::item:selected { background: $chosen; color: $text; }
QHeaderView { background: transparent; border: none; }
QHeaderView::section {
    background: transparent; color: $dim; border: none; border-bottom: 1px solid $line; padding: 5px 8px;
    font-size: ${small}px;
}
QHeaderView::section:hover { color: $text; }

QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; border: none; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 1px; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 1px; }
QScrollBar::handle { background: $scroll; border-radius: 4px; min-height: 24px; min-width: 24px; }
QScrollBar::handle:hover { background: $faint; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QSlider { min-height: 24px; border: 2px solid transparent; border-radius: ${control}px; }
QSlider:focus { border-color: $accent; }
QSlider::groove:horizontal { height: 4px; background: $line; border-radius: 2px; }
QSlider::sub-page:horizontal { background: $faint; border-radius: 2px; }
QSlider::add-page:horizontal { background: $accent; border-radius: 2px; }
QSlider::add-page:horizontal:disabled { background: $line; }
QSlider#volume::sub-page:horizontal { background: $dim; }
QSlider#volume::add-page:horizontal { background: $line; }
QSlider::handle:horizontal {
    background: $text; width: 14px; height: 14px; margin: -5px 0; border-radius: 7px;
}
QSlider::handle:horizontal:disabled { background: $faint; }

QCheckBox { spacing: 8px; border: 2px solid transparent; border-radius: ${chip}px; padding: 1px; }
QCheckBox:focus { border-color: $accent; }
QCheckBox::indicator {
    width: 16px; height: 16px; border: 1px solid $faint; border-radius: ${chip}px; background: $raised;
}
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: none; }

QProgressBar { background: $line; border: none; border-radius: 3px; max-height: 6px; min-height: 6px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }

QSplitter::handle { background: transparent; }
QSplitter::handle:hover { background: $line; border-radius: 2px; }
QSplitter::handle:focus { background: $accent; }

QFrame#message { border-radius: ${control}px; border: 1px solid $line; background: $raised; }
QFrame#message[tone="warning"] { background: $warning_surface; border-color: $warning_line; }
QFrame#message[tone="failure"] { background: $failure_surface; border-color: $failure_line; }
QFrame#message[tone="done"] { background: $done_surface; border-color: $done_line; }
QFrame#message QLabel#sentence { color: $text; }

QFrame#drop { background: $panel; border: 2px dashed $line; border-radius: ${panel_radius}px; }
QFrame#drop[over="true"] { border-color: $accent; background: $chosen; }
QFrame#palette { background: $raised; border: 1px solid $scroll; border-radius: ${panel_radius}px; }
QFrame#palette QLineEdit { background: $panel; padding: 7px 11px; }
QFrame#palette QLineEdit:focus { padding: 6px 10px; }
QFrame#lineEditor { background: $raised; border: 1px solid $accent; border-radius: ${control}px; }
QFrame#lineEditor QPlainTextEdit { font-size: ${strong}px; }
QFrame#lineEditor QLineEdit { background: $panel; padding: 1px 5px; min-height: 18px; }
QFrame#lineEditor QLineEdit:focus { padding: 0 4px; }
QFrame#lineEditor QLabel#error { color: $error; font-size: ${small}px; }
QFrame#note { background: $raised; border: 1px solid $line; border-radius: ${control}px; }
QFrame#note[tone="warning"] { background: $warning_surface; border-color: $warning_line; }
""")


def style_sheet(palette: Palette) -> str:
    """Return the style sheet of a palette: one for the whole window."""
    towards_text = palette.text
    return _SHEET.substitute(
        background=palette.background,
        panel=palette.panel,
        raised=palette.raised,
        line=palette.line,
        text=palette.text,
        dim=palette.dim,
        faint=palette.faint,
        accent=palette.accent,
        warning=palette.warning,
        good=palette.good,
        error=palette.playhead,
        on_accent=text_on(palette.accent),
        hover=mixed(palette.raised, towards_text, 0.06),
        scroll=mixed(palette.line, palette.faint, 0.4),
        chosen=chosen_surface(palette),
        accent_hover=mixed(palette.accent, towards_text, 0.15),
        text_hover=mixed(palette.text, palette.background, 0.15),
        warning_surface=mixed(palette.panel, palette.warning, 0.14),
        warning_line=mixed(palette.panel, palette.warning, 0.4),
        failure_surface=mixed(palette.panel, palette.playhead, 0.14),
        failure_line=mixed(palette.panel, palette.playhead, 0.4),
        done_surface=mixed(palette.panel, palette.good, 0.14),
        done_line=mixed(palette.panel, palette.good, 0.4),
        panel_radius=RADIUS_PANEL,
        control=RADIUS_CONTROL,
        chip=RADIUS_CHIP,
        row=ROW_HEIGHT,
        title=int(TextSize.TITLE),
        strong=int(TextSize.STRONG),
        body=int(TextSize.BODY),
        small=int(TextSize.SMALL),
    )


def chosen_surface(palette: Palette) -> str:
    """Return the surface of what is current or chosen: the panel with a breath of the accent in it."""
    return mixed(palette.panel, palette.accent, 0.12)
