"""Controls that Qt's own ones are not enough for.

Signs are drawn here: a style sheet takes drawings from files only, and cannot tint them.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QCheckBox, QComboBox, QDoubleSpinBox, QLabel

from app.ui.icons import icon_pixmap

_SIGN = 16


def _sign(name: str, colour: QColor, ratio: float) -> QPixmap:
    return icon_pixmap(name, colour.name(), _SIGN, ratio)


class Picker(QComboBox):
    """A choice with an arrow in the colour of the palette."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the choice, then its arrow."""
        super().paintEvent(event)
        arrow = _sign(
            "down", self.palette().color(QPalette.ColorRole.PlaceholderText), self.devicePixelRatioF()
        )
        painter = QPainter(self)
        painter.drawPixmap(self.width() - _SIGN - 8, (self.height() - _SIGN) // 2, arrow)
        painter.end()


class Tick(QCheckBox):
    """A switch whose tick is drawn in the colour that reads on the accent."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the switch, then its tick."""
        from PySide6.QtWidgets import QStyle, QStyleOptionButton

        super().paintEvent(event)
        if not self.isChecked():
            return
        option = QStyleOptionButton()
        self.initStyleOption(option)
        box = self.style().subElementRect(QStyle.SubElement.SE_CheckBoxIndicator, option, self)
        colour = self.palette().color(QPalette.ColorRole.HighlightedText)
        painter = QPainter(self)
        painter.drawPixmap(
            box.center().x() - _SIGN // 2 + 1,
            box.center().y() - _SIGN // 2 + 1,
            _sign("check", colour, self.devicePixelRatioF()),
        )
        painter.end()


class NumberField(QDoubleSpinBox):
    """A number with its unit, without arrows; the wheel turns it only while it has the keyboard."""

    def __init__(self, decimals: int, most: float, step: float, unit: str) -> None:
        super().__init__()
        self.setDecimals(decimals)
        self.setRange(0, most)
        self.setSingleStep(step)
        self.setSuffix(unit)
        self.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setKeyboardTracking(False)

    def show_value(self, value: float) -> None:
        """Show a number that nobody chose here."""
        self.blockSignals(True)
        self.setValue(value)
        self.blockSignals(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the digits their place anew."""
        super().resizeEvent(event)
        self._place_digits()

    def changeEvent(self, event: QEvent) -> None:
        """Do so in another style, too."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._place_digits()

    def _place_digits(self) -> None:
        # A style sheet's frame leaves them one pixel where there are no arrows.
        self.lineEdit().setGeometry(self.rect().adjusted(9, 5, -9, -5))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let a page scroll over it."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class OneLine(QLabel):
    """Words on one line, cut in their middle where there is no room for all of them."""

    def __init__(self) -> None:
        super().__init__()
        self._whole = ""
        self.setTextFormat(Qt.TextFormat.PlainText)

    def say(self, words: str) -> None:
        """Show these words; the tool tip and a screen reader tell all of them."""
        self._whole = words
        self.setToolTip(words)
        self.setAccessibleDescription(words)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """Return no width: whatever is said, what holds it can be narrow."""
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut anew."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = self.contentsRect().width()
        self.setText(self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideMiddle, room))
