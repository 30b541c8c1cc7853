"""The window before a file is open: drop one, open one, go on with one, try the sample, get models."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.media.names import shown_name
from app.render.palette import Palette
from app.ui.icons import icon, icon_pixmap
from app.ui.welcome import ModelOffer

_RECENT_SHOWN, _RECENT_WIDTH = 5, 420
_PROMISE = "Everything happens on this computer. Nothing is written unless you export it."


class DropZone(QFrame):
    """A framed place for files.

    Signals:
        open_asked(object): a Path among the recent files.
    """

    open_asked = Signal(object)

    def __init__(
        self,
        open_action: QAction,
        sample_action: QAction,
        models_action: QAction,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("drop")
        self.setProperty("over", "false")
        self.setAccessibleName("Drop a video here")
        self._palette: Palette | None = None
        self._drawing = QLabel()
        self._drawing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.open_button = _button("Open a video…", open_action)
        self.open_button.setProperty("kind", "primary")
        self.sample_button = _button("Try the sample", sample_action)
        self.models_button = _button("", models_action)
        self.models_words = _line("", tone="dim", scale="small")
        self._promise = _line(_PROMISE, tone="dim")
        self._offers_models = False
        self.models_button.hide()
        self.models_words.hide()
        self._recent_title = _line("Recent", tone="dim", scale="small")
        self._recent = QVBoxLayout()
        self._recent.setSpacing(0)
        self._lay_out()

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        for button in (self.open_button, self.sample_button, self.models_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        self._recent_block = QVBoxLayout()
        self._recent_block.addWidget(self._recent_title)
        self._recent_block.addLayout(self._recent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(32, 24, 32, 24)
        layout.setSpacing(8)
        layout.addStretch(2)
        layout.addWidget(self._drawing)
        layout.addWidget(_line("Drop a video, or open one", scale="title"))
        layout.addWidget(self._promise)
        layout.addSpacing(12)
        layout.addLayout(buttons)
        layout.addWidget(self.models_words)
        layout.addSpacing(16)
        layout.addLayout(self._recent_block)
        layout.addStretch(3)

    def set_recent(self, recent: tuple[str, ...]) -> None:
        """Offer these files."""
        while (item := self._recent.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.setParent(None)
                widget.deleteLater()
        for name in recent[:_RECENT_SHOWN]:
            words = shown_name(Path(name))
            words = self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideMiddle, _RECENT_WIDTH)
            button = QPushButton(" " + words.replace("&", "&&"))
            button.setProperty("kind", "recent")
            button.setProperty("path", name)
            button.setToolTip(name)
            button.clicked.connect(self._open_recent)
            if self._palette is not None:
                button.setIcon(icon("film", self._palette, self._palette.dim))
            self._recent.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        self._fit()

    def offer_models(self, offer: ModelOffer | None) -> None:
        """Offer to get models, or no more."""
        self._offers_models = offer is not None
        self.models_button.setVisible(self._offers_models)
        if offer is not None:
            self.models_button.setText(offer.button)
            self.models_button.setAccessibleDescription(offer.words)
            self.models_words.setText(offer.words)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Offer as many files as there is room for."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Leave out the drawing, the last of the recent files, then words, until the rest has room."""
        items = (self._recent.itemAt(place) for place in range(self._recent.count()))
        recent = [widget for item in items if item is not None and (widget := item.widget()) is not None]
        for each in (self._drawing, self._promise, *recent):
            each.show()
        self.models_words.setVisible(self._offers_models)
        self._recent_title.setVisible(bool(recent))
        for each in (self._drawing, *reversed(recent), self.models_words, self._promise):
            if self._needed_height() <= self.height():
                return
            each.hide()
            self._recent_title.setVisible(bool(recent) and not recent[0].isHidden())

    def _needed_height(self) -> int:
        layout = self.layout()
        if layout is None:
            return 0
        # What was hidden a moment ago still counts in the layouts within.
        for each in (self._recent, self._recent_block, layout):
            each.invalidate()
        return layout.totalHeightForWidth(self.width())

    def _open_recent(self) -> None:
        button = self.sender()
        if isinstance(button, QPushButton):
            self.open_asked.emit(Path(button.property("path")))

    def set_over(self, over: bool) -> None:
        """Show that what is held over the window can be dropped."""
        self.setProperty("over", "true" if over else "false")
        self.style().unpolish(self)
        self.style().polish(self)

    def wear(self, palette: Palette) -> None:
        """Take on the colours of a palette."""
        self._palette = palette
        self._drawing.setPixmap(icon_pixmap("film", palette.dim, 48, self.devicePixelRatioF()))
        for place in range(self._recent.count()):
            item = self._recent.itemAt(place)
            widget = item.widget() if item is not None else None
            if isinstance(widget, QPushButton):
                widget.setIcon(icon("film", palette, palette.dim))


def _button(title: str, action: QAction) -> QPushButton:
    button = QPushButton(title)
    button.clicked.connect(action.trigger)
    return button


def _line(words: str, *, tone: str = "", scale: str = "") -> QLabel:
    label = QLabel(words)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    label.setWordWrap(True)
    for name, value in (("tone", tone), ("scale", scale)):
        if value:
            label.setProperty(name, value)
    return label
