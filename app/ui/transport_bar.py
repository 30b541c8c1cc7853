"""The bar under the picture: start, back, play, forward, end; where we are; how fast; how large."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QAction, QFont, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QToolButton,
    QWidget,
)

from app.core.time import format_short, format_timecode
from app.render.palette import Palette, TextSize
from app.ui.faces import mono_face
from app.ui.icons import icon
from app.ui.key_bindings import hint_of
from app.ui.playback import SPEEDS
from app.ui.steady_room import SteadyRoom
from app.ui.volume_control import VolumeControl

_ROOM_FOR_PERCENT, _ROOM_FOR_VOLUME, _ROOM_FOR_ENDS = 920, 736, 680
"""Narrower than this, the zoom is "fit" alone, the volume a button, and start and end are keys only."""

_BUTTONS = (
    ("to-start", "go.start"),
    ("frame-back", "go.frame_back"),
    ("play", "go.play"),
    ("frame-forward", "go.frame_forward"),
    ("to-end", "go.end"),
)


_GAP = "   "
_DIGITS = 6
"""Signs of the number of a picture for which room is kept."""


def speed_text(speed: float) -> str:
    """Write a speed: 1, 0.25 or 1.5 with the sign of multiplication."""
    return f"{speed:g}\N{MULTIPLICATION SIGN}".replace("-", "\N{MINUS SIGN}")


def _tell_keys(button: QToolButton, action: QAction) -> None:
    button.setToolTip(hint_of(action))


class TransportBar(QFrame):
    """Buttons for commands that exist elsewhere, and the numbers of the picture that is shown.

    Signals:
        speed_chosen(object): a float, 1.0 as it was filmed.
        time_typed(object): what was typed to go somewhere.
        typing_ended(): the keyboard is free again: the field that had it went.
    """

    speed_chosen = Signal(object)
    time_typed = Signal(object)
    typing_ended = Signal()

    def __init__(self, actions: dict[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setFixedHeight(52)
        self._actions = actions
        self._palette: Palette | None = None
        self._playing = False
        self._buttons = {name: self._button(command) for name, command in _BUTTONS}
        self._buttons["play"].setObjectName("play")
        self._buttons["play"].setFixedSize(36, 36)
        self._time = QLabel(format_timecode(0))
        self._time.setFont(mono_face(TextSize.TITLE, QFont.Weight.Medium))
        self._time.setStyleSheet(f"font-size: {int(TextSize.TITLE)}px")
        self._time.setAccessibleName("Current time")
        self.entry = QLineEdit()
        self.entry.setFixedWidth(150)
        self.entry.setFont(mono_face(TextSize.STRONG))
        self.entry.setPlaceholderText("1:23.4  #123  +5")
        self.entry.setAccessibleName("Go to a time, a picture number or a way")
        self.entry.returnPressed.connect(self._typed)
        self.entry.installEventFilter(self)
        self.entry.hide()
        self._length = QLabel()
        self._length.setProperty("tone", "dim")
        self._length.setFont(mono_face(TextSize.SMALL))
        self._length.setAccessibleName("Length and picture number")
        self._length_room = SteadyRoom(self._length)
        self._extent: tuple[float | None, str] = (None, "")
        self._fitting: int | None = 0
        self._fitted: tuple[object, ...] = ()
        self._time_s, self._short = 0.0, False
        self._zoom_text = "fit"
        self.speed = self._text_button("Speed")
        self.speed.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.speed.setMenu(self._speed_menu())
        self.zoom = self._text_button("Zoom of the picture")
        self.volume = VolumeControl(actions["play.mute"])
        self.boxes = self._button("view.boxes")
        self.full = self._button("view.full")
        self._lay_out()
        self.set_zoom("fit")
        self.set_speed(1.0)

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 6, 12, 6)
        layout.setSpacing(4)
        for name, _ in _BUTTONS:
            layout.addWidget(self._buttons[name])
            if name in ("frame-back", "play"):
                layout.addSpacing(4)
        layout.addSpacing(12)
        layout.addWidget(self._time)
        layout.addWidget(self.entry)
        layout.addSpacing(8)
        # The length gives way where the bar is narrow, the time never.
        layout.addWidget(self._length_room, 1)
        for each in (self.speed, self.zoom, self.volume, self.boxes, self.full):
            layout.addWidget(each)

    def _speed_menu(self) -> QMenu:
        menu = QMenu(self)
        for speed in SPEEDS:
            menu.addAction(speed_text(speed)).triggered.connect(partial(self._choose_speed, speed))
        return menu

    def _choose_speed(self, speed: float, _checked: bool = False) -> None:
        self.speed_chosen.emit(speed)

    def _button(self, command: str) -> QToolButton:
        action = self._actions[command]
        button = QToolButton()
        button.setIconSize(QSize(20, 20))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(action.text())
        button.setToolTip(hint_of(action))
        action.changed.connect(partial(_tell_keys, button, action))
        button.setCheckable(action.isCheckable())
        button.setEnabled(action.isEnabled())
        button.clicked.connect(action.trigger)
        action.enabledChanged.connect(button.setEnabled)
        if action.isCheckable():
            button.setChecked(action.isChecked())
            action.toggled.connect(button.setChecked)
        return button

    def _text_button(self, name: str) -> QToolButton:
        button = QToolButton()
        button.setProperty("kind", "text")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(name)
        button.setToolTip(name)
        return button

    def start_typing(self) -> None:
        """Let a place be typed where the time stands."""
        self._time.hide()
        self.entry.clear()
        self.entry.show()
        self.entry.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _typed(self) -> None:
        text = self.entry.text()
        self._stop_typing()
        if text.strip():
            self.time_typed.emit(text)

    def _stop_typing(self) -> None:
        if self.entry.isHidden():
            return
        had_keyboard = self.window().focusWidget() is self.entry
        self.entry.hide()
        self._time.show()
        if had_keyboard:
            self.typing_ended.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc, or leaving the field, gives up."""
        if watched is self.entry:
            escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
            if escape or event.type() == QEvent.Type.FocusOut:
                self._stop_typing()
        return super().eventFilter(watched, event)

    def set_playing(self, playing: bool) -> None:
        """Show what the button will do next."""
        if playing != self._playing:
            self._playing = playing
            self._buttons["play"].setAccessibleName("Pause" if playing else "Play")
            self._tint()

    def set_time(self, time_s: float) -> None:
        """Show the current time."""
        self._time_s = time_s
        self._say_time()
        self._time.setAccessibleDescription(self._time.text())

    def _say_time(self) -> None:
        """Write the time; while it has as many digits it keeps its size, and nothing is laid out anew."""
        before, words = self._time.text(), self._time_text(self._time_s)
        if words == before:
            return
        self._time.setText(words)
        if len(words) != len(before) or self._time.minimumSize() != self._time.maximumSize():
            self._time.setMinimumSize(0, 0)  # it counts as a wish
            self._time.setFixedSize(self._time.sizeHint())

    def _time_text(self, time_s: float) -> str:
        return format_short(time_s, 3) if self._short else format_timecode(time_s)

    def set_extent(self, duration_s: float | None, picture: str) -> None:
        """Show the length of the file and which picture this is."""
        if (duration_s, picture) != self._extent:
            self._extent = (duration_s, picture)
            if self._fitted == self._measures():
                self._say_extent()
            else:
                self._fit_extent()

    def _measures(self) -> tuple[object, ...]:
        """What fits depends on; digits are all of one width."""
        duration_s, picture = self._extent
        digits = (len(picture), len(format_timecode(self._time_s)))
        return self._length_room.width(), self._time.width(), self._time.isHidden(), duration_s, digits

    def _fit_extent(self) -> None:
        """Show as much of the extent as there is room for, each part whole.

        The length is written short before the number of the picture goes; where even the length has no room,
        the time is written short, too.
        """
        layout = self.layout()
        picture = self._extent[1]
        if layout is None:
            return
        layout.activate()
        shown = self.entry if self._time.isHidden() else self._time
        metrics = self._length.fontMetrics()
        time_width = self._time.fontMetrics().horizontalAdvance(format_timecode(self._time_s))
        room = self._length_room.width() + shown.width() - time_width
        # Numbers grow while it plays: what fits has to go on fitting.
        growth = metrics.horizontalAdvance("0" * max(0, _DIGITS - len(picture))) if picture else 0
        spare = (room - growth, room - growth, room)
        self._fitting = next(
            (
                place
                for place, (words, most) in enumerate(zip(self._extents(), spare, strict=True))
                if metrics.horizontalAdvance(words) <= most
            ),
            None,
        )
        self._short = self._fitting is None
        self._say_time()
        self._say_extent()
        self._fitted = self._measures()

    def _extents(self) -> tuple[str, str, str]:
        """The words for the extent, the best first."""
        duration_s, picture = self._extent
        whole = f"/ {format_timecode(duration_s)}" if duration_s else ""
        brief = f"/ {format_short(duration_s, 2)}" if duration_s else ""
        return _GAP.join(filter(None, (whole, picture))), _GAP.join(filter(None, (brief, picture))), whole

    def _say_extent(self) -> None:
        words = self._extents()
        self._length.setAccessibleDescription(words[0])
        brief = f"/ {format_short(self._extent[0] or 0)}"
        self._length.setText(brief if self._fitting is None else words[self._fitting])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the volume and the extent to the new width."""
        super().resizeEvent(event)
        self.volume.set_narrow(self.width() < _ROOM_FOR_VOLUME)
        for name in ("to-start", "to-end"):
            self._buttons[name].setVisible(self.width() >= _ROOM_FOR_ENDS)
        self.set_zoom(self._zoom_text)
        self._fit_extent()

    def set_speed(self, speed: float) -> None:
        """Show the speed of playing."""
        self.speed.setText(speed_text(speed))
        self.speed.setAccessibleName(f"Speed, {speed_text(speed)}")
        self._fit_extent()

    def set_zoom(self, text: str) -> None:
        """Show the zoom of the picture."""
        self._zoom_text = text
        # Where it is narrow "fit" has to do; the status bar says how much that is.
        self.zoom.setText(text if self.width() >= _ROOM_FOR_PERCENT else text.split(" · ", maxsplit=1)[0])
        self.zoom.setAccessibleName(f"Zoom of the picture, {text}")
        self._fit_extent()

    def wear(self, palette: Palette) -> None:
        """Take on the colours of a palette."""
        self._palette = palette
        self._tint()

    def _tint(self) -> None:
        if self._palette is None:
            return
        for name, button in self._buttons.items():
            if name == "play":
                shown = "pause" if self._playing else "play"
                button.setIcon(icon(shown, self._palette, self._palette.background))
            else:
                button.setIcon(icon(name, self._palette, self._palette.dim))
        self.volume.wear(self._palette)
        self.boxes.setIcon(icon("boxes", self._palette, self._palette.dim))
        self.full.setIcon(icon("fit", self._palette, self._palette.dim))
