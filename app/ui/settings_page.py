"""The page of the settings sheet that is made from the table of rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLabel, QLineEdit, QWidget

from app.ui.controls import Picker, Tick
from app.ui.session import Session
from app.ui.setting_rows import ROWS, ChoiceRow, Row, SwitchRow, TextRow


class SettingsPage(QWidget):
    """Shows each row's value, changes it at once, and follows when it is changed elsewhere."""

    def __init__(self, session: Session, rows: Sequence[Row] = ROWS) -> None:
        super().__init__()
        self._session = session
        self._switches: dict[str, QCheckBox] = {}
        self._choices: dict[str, tuple[QComboBox, ChoiceRow]] = {}
        self._texts: dict[str, QLineEdit] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 8, 8, 8)
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        for row in rows:
            self._add(row)
        self._grid.setRowStretch(self._grid.rowCount(), 1)
        self._follow()
        session.settings_changed.connect(self._follow)

    def control(self, field: str) -> QWidget:
        """Return the control of a field.

        Raises:
            KeyError: no row has it.
        """
        if field in self._texts:
            return self._texts[field]
        return self._switches[field] if field in self._switches else self._choices[field][0]

    def _add(self, row: Row) -> None:
        line = self._grid.rowCount()
        control: QWidget
        if isinstance(row, SwitchRow):
            control = self._switch(row)
        elif isinstance(row, TextRow):
            control = self._text(row, line)
        else:
            control = self._choice(row, line)
        control.setAccessibleDescription(row.hint)
        self._grid.addWidget(control, line, 1, Qt.AlignmentFlag.AlignLeft)
        if row.hint:
            hint = QLabel(row.hint)
            hint.setProperty("tone", "dim")
            hint.setProperty("scale", "small")
            hint.setWordWrap(True)
            self._grid.addWidget(hint, line + 1, 1)
        self._grid.setRowMinimumHeight(line + 2, 8)
        self._grid.addWidget(QWidget(), line + 2, 0)

    def _switch(self, row: SwitchRow) -> QCheckBox:
        box = Tick(row.title)
        box.toggled.connect(partial(self._change, row.field))
        self._switches[row.field] = box
        return box

    def _text(self, row: TextRow, line: int) -> QLineEdit:
        label = self._label(row.title, line)
        field = QLineEdit()
        field.setAccessibleName(row.title)
        field.setPlaceholderText(row.example)
        field.setMinimumWidth(280)
        field.editingFinished.connect(partial(self._typed, row.field))
        label.setBuddy(field)
        self._texts[row.field] = field
        return field

    def _label(self, title: str, line: int) -> QLabel:
        label = QLabel(title)
        label.setProperty("tone", "dim")
        self._grid.addWidget(label, line, 0)
        return label

    def _choice(self, row: ChoiceRow, line: int) -> QComboBox:
        label = self._label(row.title, line)
        box = Picker()
        box.setAccessibleName(row.title)
        box.setMinimumWidth(200)
        for _, words in row.options:
            box.addItem(words)
        box.activated.connect(partial(self._choose, row))
        label.setBuddy(box)
        self._choices[row.field] = (box, row)
        return box

    def _typed(self, field: str) -> None:
        self._change(field, self._texts[field].text().strip())

    def _choose(self, row: ChoiceRow, place: int) -> None:
        self._change(row.field, row.options[place][0])

    def _change(self, field: str, value: object) -> None:
        self._session.change_settings(replace(self._session.settings, **{field: value}))  # type: ignore[arg-type]

    def _follow(self) -> None:
        settings = self._session.settings
        for field, switch in self._switches.items():
            switch.blockSignals(True)
            switch.setChecked(getattr(settings, field))
            switch.blockSignals(False)
        for field, line in self._texts.items():
            if line.text().strip() != getattr(settings, field):
                line.setText(getattr(settings, field))
        for field, (box, row) in self._choices.items():
            values = [value for value, _ in row.options]
            now = getattr(settings, field)
            box.setCurrentIndex(values.index(now) if now in values else -1)
