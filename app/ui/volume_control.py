"""How loud it plays: a button that mutes and a slider beside it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QSlider, QToolButton, QWidget

from app.render.palette import Palette
from app.ui.icons import icon
from app.ui.key_bindings import hint_of

_SLIDER_WIDTH = 72


class VolumeControl(QWidget):
    """Shows what the settings say; told from outside.

    Signals:
        volume_chosen(object): a float, 0..1.
    """

    volume_chosen = Signal(object)

    def __init__(self, mute: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mute = mute
        self._palette: Palette | None = None
        self.button = QToolButton()
        self.button.setIconSize(QSize(20, 20))
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.setCheckable(True)
        self.button.clicked.connect(mute.trigger)
        mute.toggled.connect(self._show_muted)
        mute.changed.connect(self._say_keys)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName("volume")
        self.slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.slider.setRange(0, 100)
        self.slider.setSingleStep(5)
        self.slider.setPageStep(20)
        self.slider.setFixedWidth(_SLIDER_WIDTH)
        self.slider.setAccessibleName("Volume")
        self.slider.valueChanged.connect(self._moved)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(4)
        self._row.addWidget(self.button)
        self._row.addWidget(self.slider)
        self.show_volume(1.0)
        self._show_muted(mute.isChecked())

    def show_volume(self, volume: float) -> None:
        """Show how loud it is, 0..1."""
        self.slider.blockSignals(True)
        self.slider.setValue(round(volume * 100))
        self.slider.blockSignals(False)
        self.slider.setToolTip(f"Volume {self.slider.value()} %")

    def set_narrow(self, narrow: bool) -> None:
        """Leave the slider out where there is no room; the button stays."""
        if narrow == self.slider.isHidden():
            return
        self.slider.setVisible(not narrow)
        # The bar lays itself out in the same breath.
        self._row.activate()
        self.updateGeometry()

    def wear(self, palette: Palette) -> None:
        """Take on the colours of a palette."""
        self._palette = palette
        self._show_muted(self._mute.isChecked())

    def _moved(self, value: int) -> None:
        self.slider.setToolTip(f"Volume {value} %")
        self.volume_chosen.emit(value / 100)

    def _say_keys(self) -> None:
        self.button.setToolTip(hint_of(self._mute))

    def _show_muted(self, muted: bool) -> None:
        self.button.setChecked(muted)
        self.button.setAccessibleName("Muted" if muted else "Mute")
        self._say_keys()
        if self._palette is not None:
            self.button.setIcon(icon("muted" if muted else "loud", self._palette, self._palette.dim))
