"""What is asked when the window closes with edits that are written nowhere."""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtWidgets import QWidget

from app.ui.edit_files import SUFFIX


class Closing(enum.Enum):
    """What shall become of the edits."""

    KEEP = enum.auto()
    LET_GO = enum.auto()
    STAY = enum.auto()


AskUnsaved = Callable[[QWidget, Sequence[Path]], Closing]


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
