"""What happens when the person logs out while edits are written nowhere."""

from __future__ import annotations

from typing import Protocol

from app.ui.closing import UnsavedEdits


class SessionManager(Protocol):
    """What is needed of a QSessionManager."""

    def allowsInteraction(self) -> bool:
        """Whether a question may be asked now."""

    def cancel(self) -> None:
        """Ask the system not to log out."""

    def release(self) -> None:
        """Let others ask."""


def session_ends(edits: UnsavedEdits, manager: SessionManager) -> None:
    """Ask what closing the window would ask; for `QGuiApplication.commitDataRequest`, GUI thread.

    The window is not closed here: the person may stay logged in because of another program.
    """
    if not manager.allowsInteraction():
        edits.keep_what_may_be_kept()
        return
    if not edits.may_close():
        manager.cancel()
    manager.release()
