"""The button in the top bar that shows the files to go through; hidden while there is only one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QToolButton, QVBoxLayout, QWidget

from app.media.names import shown_name

if TYPE_CHECKING:
    from app.ui.arrivals import Arrivals

_WIDTH, _MOST_ROWS = 360, 12
_ROW = 32


class FileListButton(QToolButton):
    """Says which of the files is open; a click opens the list, a row opens its file."""

    def __init__(self, arrivals: Arrivals, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._arrivals = arrivals
        self.setProperty("kind", "quiet")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("Files to go through")
        self.popup = _FileListPopup(arrivals, self)
        self.clicked.connect(self.show_list)
        arrivals.changed.connect(self._show)
        self._show()

    def show_list(self) -> None:
        """Open the list under the button, at the open file."""
        self.popup.fill()
        corner = self.mapToGlobal(QPoint(self.width() - self.popup.width(), self.height() + 4))
        self.popup.move(corner)
        self.popup.show()
        self.popup.list.setFocus()

    def _show(self) -> None:
        files = self._arrivals.files
        self.setVisible(len(files.files) > 1)
        words = f"{files.current + 1} of {len(files.files)}" if files.current >= 0 else str(len(files.files))
        self.setText(f"Files  {words}  \N{BLACK DOWN-POINTING SMALL TRIANGLE}")
        self.setToolTip("The files to go through")
        if self.popup.isVisible():
            self.popup.fill()


class _FileListPopup(QFrame):
    """The files by name; one that could not be opened says why."""

    def __init__(self, arrivals: Arrivals, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._arrivals = arrivals
        self.setObjectName("card")
        self.list = QListWidget()
        self.list.setAccessibleName("Files")
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.itemActivated.connect(self._chosen)
        self.list.itemClicked.connect(self._chosen)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.addWidget(self.list)

    def fill(self) -> None:
        """List the files as they are now."""
        files = self._arrivals.files
        self.list.clear()
        for place, each in enumerate(files.files):
            mark = "\N{BLACK RIGHT-POINTING SMALL TRIANGLE}  " if place == files.current else "    "
            failed = "   (cannot be opened)" if each.failure else ""
            item = QListWidgetItem(f"{mark}{shown_name(each.path)}{failed}")
            item.setSizeHint(QSize(_WIDTH - 40, _ROW))
            item.setToolTip(each.failure or str(each.path))
            item.setData(Qt.ItemDataRole.UserRole, place)
            if each.failure:
                item.setForeground(self.palette().placeholderText())
            self.list.addItem(item)
        rows = min(_MOST_ROWS, max(1, len(files.files)))
        self.resize(_WIDTH, rows * _ROW + 16)
        if 0 <= files.current < self.list.count():
            self.list.setCurrentRow(files.current)
            self.list.scrollToItem(self.list.item(files.current))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)

    def _chosen(self, item: QListWidgetItem) -> None:
        place = item.data(Qt.ItemDataRole.UserRole)
        self.hide()
        self._arrivals.go_to(self._arrivals.files.files[place].path)
