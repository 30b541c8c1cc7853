"""What happens when the person logs out while edits are written nowhere."""

from __future__ import annotations

from typing import Protocol


class SessionManager(Protocol):
    """What is needed of a QSessionManager."""

    def allowsInteraction(self) -> bool:
        """Whether a question may be asked now."""

    def cancel(self) -> None:
        """Ask the system not to log out."""

    def release(self) -> None:
        """Let others ask."""


class Window(Protocol):
    """What is needed of the main window."""

    def may_close(self) -> bool:
        """Ask about edits; tell whether nothing holds the window."""

    def keep_what_may_be_kept(self) -> None:
        """Write what was agreed to be written; asks nothing."""


def session_ends(window: Window, manager: SessionManager) -> None:
    """Ask what closing the window would ask; for `QGuiApplication.commitDataRequest`, GUI thread.

    The window is not closed here: the person may stay logged in because of another program.
    """
    if not manager.allowsInteraction():
        window.keep_what_may_be_kept()
        return
    if not window.may_close():
        manager.cancel()
    manager.release()
