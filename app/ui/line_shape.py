"""How the text of a line lies in the width there is: laid out once, painted and asked many times."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextLayout, QTextLine, QTextOption

from app.core.results import Segment
from app.render.palette import TextSize
from app.render.text_lines import lay_out_lines
from app.ui.faces import ui_face
from app.ui.text_layers import character_at
from app.ui.transcript_text import WordPlace, shown_text, word_places

_STRONG = ("L", "R", "AL")
_NEW_LINE = "\N{LINE SEPARATOR}"


@dataclass(frozen=True, slots=True)
class LineShape:
    """The laid-out text of one line of the transcript.

    Attributes:
        segment, width: what was laid out, and in which width, pixels.
        text: its shown text.
        words: where its timed words stand.
        layout: Qt's lines, the first at the top left of nothing.
        height: of all lines, pixels.
    """

    segment: Segment
    width: int
    text: str
    words: tuple[WordPlace, ...]
    layout: QTextLayout
    height: int

    def offset_at(self, x: float, y: float, *, between: bool) -> int:
        """Return the character at a point of the text; ``between``: before which one the point is nearest."""
        line = self._line_at(y)
        if line is None:
            return 0
        way = QTextLine.CursorPosition
        unit = line.xToCursor(x, way.CursorBetweenCharacters if between else way.CursorOnCharacter)
        return character_at(self.text, unit)

    def is_over_text(self, x: float, y: float) -> bool:
        """Whether letters are at a point, and not the empty rest of a line."""
        line = self._line_at(y)
        return (
            line is not None
            and 0 <= y < self.height
            and line.naturalTextRect().adjusted(-4, 0, 4, 0).contains(x, y)
        )

    def _line_at(self, y: float) -> QTextLine | None:
        layout = self.layout
        for number in range(layout.lineCount()):
            line = layout.lineAt(number)
            if y < line.y() + line.height():
                return line
        return layout.lineAt(layout.lineCount() - 1) if layout.lineCount() else None


def reads_from_right(text: str) -> bool:
    """Whether a text begins at the right: its first letter says so (Unicode's P2 and P3)."""
    strong = (kind for kind in map(unicodedata.bidirectional, text) if kind in _STRONG)
    return next(strong, "L") != "L"


def shape_of(segment: Segment, width: int) -> LineShape:
    """Lay the text of a line out in a width, pixels."""
    text = shown_text(segment)
    layout = QTextLayout(text.replace("\n", _NEW_LINE), ui_face(TextSize.STRONG))
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    if reads_from_right(text):
        option.setAlignment(Qt.AlignmentFlag.AlignRight)
    layout.setTextOption(option)
    layout.setCacheEnabled(True)
    height = lay_out_lines(layout, width)
    return LineShape(segment, width, text, word_places(segment), layout, round(height))
