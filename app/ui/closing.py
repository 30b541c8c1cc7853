"""What becomes of edits that are written nowhere when the window closes."""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from app.ui.edit_files import SUFFIX

if TYPE_CHECKING:
    from app.ui.kept_edits import KeptEdits
    from app.ui.line_editing import LineEditing


class Closing(enum.Enum):
    """What shall become of the edits."""

    KEEP = enum.auto()
    LET_GO = enum.auto()
    STAY = enum.auto()


AskUnsaved = Callable[[QWidget, Sequence[Path]], Closing]


class UnsavedEdits:
    """Settles what becomes of edits before a window closes, or the person logs out. GUI thread only.

    ``ask`` is asked, over ``window``, about edits kept nowhere.
    """

    def __init__(self, editing: LineEditing, kept: KeptEdits, ask: AskUnsaved, window: QWidget) -> None:
        self._editing, self._kept = editing, kept
        self._ask, self._window = ask, window

    def may_close(self) -> bool:
        """Keep what may be kept; ask about edits kept nowhere; tell whether nothing holds the window."""
        self.keep_what_may_be_kept()
        if not (unsaved := self._kept.unsaved):
            return True
        answer = self._ask(self._window, unsaved)
        if answer is Closing.KEEP:
            return self._kept.keep_all()
        if answer is Closing.LET_GO:
            self._kept.let_go()
        return answer is Closing.LET_GO

    def keep_what_may_be_kept(self) -> None:
        """End editing a line, and write what was agreed to be written; asks nothing."""
        self._editing.keep_text()
        self._kept.flush()


def ask_unsaved(parent: QWidget, videos: Sequence[Path]) -> Closing:
    """Ask in a dialog; closing it, or Esc, means to stay."""
    from PySide6.QtWidgets import QMessageBox

    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle("Edits of transcripts")
    one = len(videos) == 1
    what = f"Your edits of '{videos[0].name}'" if one else f"Your edits of {len(videos)} files"
    box.setText(f"{what} were not exported.")
    where = videos[0].name + SUFFIX if one else f"NAME{SUFFIX}"
    beside = "the video" if one else "each video"
    box.setInformativeText(f"They can be kept beside {beside}, as '{where}'; older ones there are replaced.")
    keep = box.addButton("Keep Them", QMessageBox.ButtonRole.AcceptRole)
    let_go = box.addButton("Close Without Them", QMessageBox.ButtonRole.DestructiveRole)
    stay = box.addButton("Cancel", QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(keep)
    box.setEscapeButton(stay)
    box.exec()
    answer = box.clickedButton()
    return Closing.KEEP if answer is keep else Closing.LET_GO if answer is let_go else Closing.STAY
