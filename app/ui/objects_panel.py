"""What is seen: switches for the classes, the least confidence, and a table of all detections."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QScrollArea,
    QSlider,
    QStackedLayout,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.core.results import Detection
from app.render.palette import DARK, Palette, TextSize
from app.ui.class_chips import ClassChips
from app.ui.detection_delegate import DetectionDelegate
from app.ui.detection_table import Column, DetectionTable
from app.ui.empty_note import EmptyNote
from app.ui.faces import mono_face
from app.ui.found.filter import Filter
from app.ui.found.objects import ClassCount

_CHIPS_MOST, _CHIPS_SHARE = 132, 1 / 3
"""The switches are at most so high, pixels, and take so much of a low panel; the others are scrolled to."""
_PAGE_SIDES, _CHIPS_LEFT, _CHIPS_RIGHT = 4, 12, 8


class ObjectsPanel(QWidget):
    """The objects.

    Attributes:
        table, view: the detections, and what shows them.
        chips, chip_area: the switches, and what scrolls them.

    Signals:
        class_toggled(object): a label to switch over.
        confidence_changed(object): the least confidence to show, 0..1.
        seek_asked(object): a Detection to go to.
        came_into_view(): it is looked at from now on.
    """

    class_toggled = Signal(object)
    confidence_changed = Signal(object)
    seek_asked = Signal(object)
    came_into_view = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = DetectionTable(self)
        self._delegate = DetectionDelegate(DARK)
        self.chips = ClassChips()
        self.chips.toggled.connect(self.class_toggled)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, 100)
        self.slider.setAccessibleName("Least confidence")
        self.slider.setToolTip("Least confidence that is shown")
        self.slider.valueChanged.connect(self._confidence_moved)
        self._confidence = QLabel()
        self._confidence.setFont(mono_face(TextSize.SMALL))
        self._summary = QLabel()
        self._summary.setProperty("tone", "dim")
        self._summary.setProperty("scale", "small")
        self.view = self._make_view()
        self.note = EmptyNote()
        self._lay_out()

    def _make_view(self) -> QTableView:
        view = QTableView()
        view.setModel(self.table)
        view.setItemDelegate(self._delegate)
        view.setAccessibleName("Detections")
        view.setShowGrid(False)
        view.setMouseTracking(True)
        view.setSortingEnabled(True)
        view.sortByColumn(Column.TIME, Qt.SortOrder.AscendingOrder)
        view.setTabKeyNavigation(False)
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.verticalHeader().hide()
        view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        view.verticalHeader().setDefaultSectionSize(28)
        head = view.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head.setSectionResizeMode(Column.OBJECT, QHeaderView.ResizeMode.Stretch)
        head.resizeSection(Column.TIME, 92)
        head.resizeSection(Column.CONFIDENCE, 88)
        view.clicked.connect(self._go_to)
        view.activated.connect(self._go_to)
        return view

    def _lay_out(self) -> None:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(_PAGE_SIDES, 12, _PAGE_SIDES, 8)
        column.setSpacing(8)
        self.chip_area = QScrollArea()
        self.chip_area.setWidget(self.chips)
        self.chip_area.setWidgetResizable(True)
        self.chip_area.setFrameShape(QScrollArea.Shape.NoFrame)
        self.chip_area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.chip_area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        chips = QHBoxLayout()
        chips.setContentsMargins(_CHIPS_LEFT, 0, _CHIPS_RIGHT, 0)
        chips.addWidget(self.chip_area)
        column.addLayout(chips)
        row = QHBoxLayout()
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(10)
        title = QLabel("Confidence")
        title.setBuddy(self.slider)
        title.setProperty("tone", "dim")
        title.setProperty("scale", "small")
        for widget, stretch in ((title, 0), (self.slider, 1), (self._confidence, 0)):
            row.addWidget(widget, stretch)
        column.addLayout(row)
        column.addWidget(self.view, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(12, 0, 12, 0)
        foot.addWidget(self._summary)
        column.addLayout(foot)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.note)
        self._stack.addWidget(page)

    def show_objects(
        self, detections: tuple[Detection, ...], counts: tuple[ClassCount, ...], shown: Filter, pictures: int
    ) -> None:
        """Show what passes the filter, and how much of everything that is."""
        self.table.set_detections(detections)
        self.chips.set_counts(counts, shown.hidden)
        self._fit_chips()
        self.set_confidence(shown.confidence)
        total = sum(count.total for count in counts)
        of_all = f" of {total}" if len(detections) != total else ""
        words = f"{len(detections)}{of_all} objects in {pictures} pictures"
        self._summary.setText(words if pictures else "Seen live; Analyse finds them in the whole file.")
        self._stack.setCurrentIndex(1 if counts else 0)

    def set_confidence(self, confidence: float) -> None:
        """Show the least confidence without telling it back."""
        self.slider.blockSignals(True)
        self.slider.setValue(round(confidence * 100))
        self.slider.blockSignals(False)
        self._confidence.setText(f"≥ {confidence:.2f}")

    def set_least_confidence(self, confidence: float) -> None:
        """Below this nothing was analysed: the slider ends there."""
        self.slider.setMinimum(round(confidence * 100))

    def showEvent(self, event: QShowEvent) -> None:
        """Tell that it is looked at."""
        super().showEvent(event)
        self.came_into_view.emit()

    def set_picture(self, pts: int | None) -> None:
        """Mark the rows of the picture that is shown."""
        self.table.set_current(pts)

    def _confidence_moved(self, value: int) -> None:
        self.confidence_changed.emit(value / 100)

    def _go_to(self, index: QModelIndex) -> None:
        self.seek_asked.emit(self.table.rows[index.row()])

    def resizeEvent(self, event: object) -> None:
        """Give the chips the lines they need at the new width."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._fit_chips()

    def _fit_chips(self) -> None:
        needed = self.chips.height_for(self.width() - 2 * _PAGE_SIDES - _CHIPS_LEFT - _CHIPS_RIGHT)
        self.chip_area.setFixedHeight(min(_CHIPS_MOST, round(_CHIPS_SHARE * self.height()), needed))

    def wear(self, palette: Palette) -> None:
        """Take on the colours of a palette."""
        self._delegate.wear(palette)
        self.chips.wear(palette)
        self.note.wear(palette)
        self.view.viewport().update()
