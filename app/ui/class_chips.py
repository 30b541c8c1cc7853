"""One switch a class: its colour, its name, how many; pressed means shown."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QLayout, QLayoutItem, QSizePolicy, QWidget

from app.render.palette import DARK, Palette, TextSize, class_colour, mixed
from app.ui.faces import mono_face, ui_face
from app.ui.found.objects import ClassCount
from app.ui.icons import icon_pixmap

_HEIGHT, _GAP = 26, 6


def with_live(counts: tuple[ClassCount, ...], seen: Mapping[str, int]) -> tuple[ClassCount, ...]:
    """Add classes that were only seen live, by their numbers: whose boxes are painted can be switched off."""
    known = {count.label for count in counts}
    more = [ClassCount(label, class_id, 0, 0) for label, class_id in seen.items() if label not in known]
    return tuple(sorted((*counts, *more), key=lambda count: (count.class_id, count.label)))


class ClassChip(QAbstractButton):
    """A switch for one class. Off is told by an eye with a stroke, not by colour alone."""

    def __init__(self, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.label = label
        self._palette = DARK
        self._count = ""
        self.setCheckable(True)
        self.setChecked(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_count(self, count: ClassCount) -> None:
        """Show how many of this class pass the filter."""
        text = str(count.shown) if count.shown == count.total else f"{count.shown} / {count.total}"
        self.setAccessibleName(f"{self.label}, {count.shown} of {count.total} shown")
        if not count.total:
            text = "live"
            self.setAccessibleName(f"{self.label}, seen live, not analysed yet")
        self.setToolTip(f"{'Hide' if self.isChecked() else 'Show'} {self.label}")
        if text != self._count:
            self._count = text
            self.updateGeometry()
            self.update()

    def wear(self, palette: Palette) -> None:
        """Take on the colours of a palette."""
        self._palette = palette
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size its words need."""
        from PySide6.QtGui import QFontMetrics

        words = QFontMetrics(ui_face(TextSize.SMALL, QFont.Weight.DemiBold)).horizontalAdvance(self.label)
        numbers = QFontMetrics(mono_face(TextSize.TINY)).horizontalAdvance(self._count)
        return QSize(8 + 14 + 6 + words + 8 + numbers + 10, _HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the chip."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette, shown = self._palette, self.isChecked()
        colour = class_colour(palette, self.label)
        rect = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QColor(palette.line))
        painter.setBrush(QColor(mixed(palette.raised, colour, 0.16) if shown else palette.panel))
        if self.hasFocus():
            rect.adjust(0.5, 0.5, -0.5, -0.5)
            pen = painter.pen()
            pen.setColor(QColor(palette.accent))
            pen.setWidthF(2)
            painter.setPen(pen)
        painter.drawRoundedRect(rect, 6, 6)
        if shown:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(QRectF(9, self.height() / 2 - 5, 10, 10), 3, 3)
        else:
            eye = icon_pixmap("hidden", palette.dim, 14, self.devicePixelRatioF())
            painter.drawPixmap(QPoint(7, (self.height() - 14) // 2), eye)
        self._paint_words(painter, shown=shown)

    def _paint_words(self, painter: QPainter, *, shown: bool) -> None:
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(ui_face(TextSize.SMALL, QFont.Weight.DemiBold))
        painter.setPen(QColor(self._palette.text if shown else self._palette.dim))
        painter.drawText(QRectF(28, 0, self.width(), self.height()), middle, self.label)
        painter.setFont(mono_face(TextSize.TINY))
        painter.setPen(QColor(self._palette.dim))
        place = QRectF(0, 0, self.width() - 9, self.height())
        painter.drawText(place, middle | Qt.AlignmentFlag.AlignRight, self._count)


class FlowLayout(QLayout):
    """Places widgets side by side and begins a new line where the width ends."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        """Take in one more."""
        self._items.append(item)

    def count(self) -> int:
        """Return how many there are."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """Return one of them; None past the end, as Qt expects."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Take one out; None past the end, as Qt expects."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def hasHeightForWidth(self) -> bool:
        """Tell Qt that the height follows the width."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height of all lines."""
        return self._place(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        """Place all."""
        super().setGeometry(rect)
        self._place(rect, move=True)

    def sizeHint(self) -> QSize:
        """Return the least size."""
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        """Return the size of the largest one."""
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size

    def _place(self, rect: QRect, *, move: bool) -> int:
        x, y, line = rect.x(), rect.y(), 0
        for item in self._items:
            hint = item.sizeHint()
            if x > rect.x() and x + hint.width() > rect.right() + 1:
                x, y, line = rect.x(), y + line + _GAP, 0
            if move:
                item.setGeometry(QRect(QPoint(x, y), hint))
            x, line = x + hint.width() + _GAP, max(line, hint.height())
        return y + line - rect.y()


class ClassChips(QWidget):
    """The chips of all classes found.

    Signals:
        toggled(object): the label that was switched over.
    """

    toggled = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._flow = FlowLayout(self)
        self._chips: dict[str, ClassChip] = {}
        self._palette = DARK

    @property
    def chips(self) -> dict[str, ClassChip]:
        """The chips by label."""
        return self._chips

    def height_for(self, width: int) -> int:
        """Return the height that all chips need in a width."""
        return self._flow.heightForWidth(width)

    def set_counts(self, counts: tuple[ClassCount, ...], hidden: frozenset[str]) -> None:
        """Show these classes, switched off where hidden."""
        wanted = [count.label for count in counts]
        if wanted != list(self._chips):
            self._rebuild(wanted)
        for count in counts:
            chip = self._chips[count.label]
            chip.setChecked(count.label not in hidden)
            chip.show_count(count)
        self._flow.invalidate()
        self.updateGeometry()

    def _rebuild(self, wanted: list[str]) -> None:
        while (item := self._flow.takeAt(0)) is not None:
            if (widget := item.widget()) is not None and widget.property("label") not in wanted:
                widget.hide()
                widget.deleteLater()
        chips = {label: self._chips.get(label) or self._make(label) for label in wanted}
        self._chips = chips
        for chip in chips.values():
            self._flow.addWidget(chip)
            chip.show()

    def _make(self, label: str) -> ClassChip:
        chip = ClassChip(label, self)
        chip.setProperty("label", label)
        chip.wear(self._palette)
        chip.clicked.connect(self._tell)
        return chip

    def _tell(self) -> None:
        chip = self.sender()
        if isinstance(chip, ClassChip):
            self.toggled.emit(chip.label)

    def wear(self, palette: Palette) -> None:
        """Take on the colours of a palette."""
        self._palette = palette
        for chip in self._chips.values():
            chip.wear(palette)
