"""The sheet behind "Export with Options": format, shape of subtitles, and how the beginning then looks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.core.cue_style import USUAL, CueStyle
from app.core.errors import ReelscopeError, UsageError
from app.core.results import AnalysisResult
from app.export.formats import FORMATS, ExportFormat
from app.render.palette import TextSize
from app.ui.controls import NumberField, Picker, Tick
from app.ui.faces import mono_face
from app.ui.sheet import Sheet

if TYPE_CHECKING:
    from app.ui.session import Session

_PREVIEW_SEGMENTS, _PREVIEW_LINES = 12, 18


@dataclass(frozen=True, slots=True)
class _Row:
    """A number of the style: its field, its title, its unit, decimals, bounds and step."""

    field: str
    title: str
    unit: str
    decimals: int
    most: float
    step: float
    times: bool = True


_ROWS = (
    _Row("line_columns", "Line length", " columns", 0, 500, 1, times=False),
    _Row("lines", "Lines of a cue", "", 0, 8, 1, times=False),
    _Row("reading_speed", "Reading speed", " columns/s", 0, 100, 1),
    _Row("shortest_s", "Shown at least", " s", 3, 60, 0.1),
    _Row("longest_s", "Shown at most", " s", 1, 3600, 0.5),
    _Row("gap_s", "Between two cues", " s", 3, 10, 0.01),
    _Row("close_below_s", "Close gaps below", " s", 3, 10, 0.1),
)


class ExportSheet(Sheet):
    """What is chosen is remembered at once; "Export" asks for the place.

    Args:
        parent: the window.
        session: whose document is written, and whose settings hold the style.
        export: asks for a place and writes; takes the name of the format.
    """

    def __init__(self, parent: QWidget, session: Session, export: Callable[[str], None]) -> None:
        super().__init__("Export", parent)
        self._session, self._export = session, export
        self.formats = Picker()
        self.formats.setAccessibleName("Format")
        for name, each in FORMATS.items():
            self.formats.addItem(each.title, name)
        self.formats.setCurrentIndex(list(FORMATS).index("srt"))
        self.formats.currentIndexChanged.connect(self._show)
        self.fields: dict[str, NumberField] = {}
        self.keep_times = Tick("Keep the times as they are said")
        self.keep_times.toggled.connect(self._keep_times)
        self.speakers = Tick("Name the speakers")
        self.speakers.toggled.connect(partial(self._change, "speakers"))
        self.usual = QPushButton("Usual Values")
        self.usual.clicked.connect(self._take_usual)
        self.preview = QLabel()
        self._lay_out()
        self.go = QPushButton("Export…")
        self.go.setProperty("kind", "primary")
        self.go.setDefault(True)
        self.go.clicked.connect(self._go)
        self.buttons.insertWidget(0, self.usual)
        self.buttons.addWidget(self.go)
        self.close_button.setDefault(False)
        session.settings_changed.connect(self._show)
        session.desk.changed.connect(self._show)
        self._show()
        self.resize(800, self.sizeHint().height())

    @property
    def chosen(self) -> ExportFormat:
        """The format."""
        return FORMATS[self.formats.currentData()]

    def _lay_out(self) -> None:
        columns = QHBoxLayout()
        columns.setSpacing(24)
        columns.addLayout(self._options())
        frame = QFrame()
        frame.setObjectName("note")
        self.preview.setFont(mono_face(TextSize.SMALL))
        self.preview.setTextFormat(Qt.TextFormat.PlainText)
        self.preview.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.preview.setAccessibleName("How it begins")
        self.preview.setWordWrap(True)
        self.preview.setFixedWidth(400)
        QVBoxLayout(frame).addWidget(self.preview)
        columns.addWidget(frame, 1)
        self.content.addLayout(columns, 1)
        hint = QLabel(
            "The usual values are those of Netflix's timed text guides; 0 switches a rule off. "
            "A cue begins when it is said; only its end moves, into free room."
        )
        hint.setProperty("tone", "dim")
        hint.setProperty("scale", "small")
        hint.setWordWrap(True)
        self.content.addWidget(hint)

    def _options(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        self._add(grid, "Format", self.formats)
        for row in _ROWS:
            field = NumberField(row.decimals, row.most, row.step, row.unit)
            field.setAccessibleName(row.title)
            field.valueChanged.connect(partial(self._change, row.field))
            self.fields[row.field] = field
            self._add(grid, row.title, field)
        for tick in (self.keep_times, self.speakers):
            grid.addWidget(tick, grid.rowCount(), 0, 1, 2)
        grid.setRowStretch(grid.rowCount(), 1)
        return grid

    def _add(self, grid: QGridLayout, title: str, control: QWidget) -> None:
        label = QLabel(title)
        label.setProperty("tone", "dim")
        label.setBuddy(control)
        line = grid.rowCount()
        grid.addWidget(label, line, 0)
        grid.addWidget(control, line, 1)

    # --- what is chosen

    def _change(self, field: str, value: float) -> None:
        style = self._session.settings.cue_style
        try:
            whole = type(getattr(USUAL, field))
            self._take(replace(style, **{field: whole(value)}))
        except UsageError:
            self._show()

    def _keep_times(self, kept: bool) -> None:
        style = self._session.settings.cue_style
        shape = (style.line_columns, style.lines)
        usual = CueStyle(*shape, speakers=style.speakers)
        self._take(style.with_times_kept() if kept else usual)

    def _take_usual(self) -> None:
        self._take(USUAL)

    def _take(self, style: CueStyle) -> None:
        self._session.change_settings(replace(self._session.settings, cue_style=style))

    def _go(self) -> None:
        self._export(self.chosen.name)

    # --- what is shown

    def _show(self) -> None:
        style, chosen = self._session.settings.cue_style, self.chosen
        for row in _ROWS:
            field = self.fields[row.field]
            field.show_value(getattr(style, row.field))
            field.setEnabled(chosen.in_cues and not (row.times and style.keeps_times))
        for tick, on in ((self.keep_times, style.keeps_times), (self.speakers, style.speakers)):
            tick.blockSignals(True)
            tick.setChecked(on)
            tick.blockSignals(False)
        self.keep_times.setEnabled(chosen.in_cues)
        self.speakers.setEnabled(chosen.names_speakers)
        self.usual.setEnabled(style != USUAL)
        self.preview.setText(_beginning(chosen, self._session.document(), style))


def _beginning(chosen: ExportFormat, result: AnalysisResult | None, style: CueStyle) -> str:
    """Return how the file will begin; of a script that has a long head, how its lines do."""
    if result is None or (chosen.needs_transcript and result.transcript is None):
        return "There is nothing to export yet."
    transcript = result.transcript
    if transcript is not None:
        transcript = replace(transcript, segments=transcript.segments[:_PREVIEW_SEGMENTS])
    few = replace(result, transcript=transcript, detections=result.detections[:_PREVIEW_SEGMENTS])
    few = replace(few, keyframes=(), shots=(), tracks=())
    try:
        lines = chosen.render(few, style).decode().splitlines()
    except ReelscopeError as error:
        return str(error)
    events = [line for line in lines if line.startswith("Dialogue:")]
    return "\n".join((events or lines)[:_PREVIEW_LINES])
