"""What keeps the program in good order: a look for a newer release, and the report of what went wrong."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication

from app import __version__
from app.settings import Settings
from app.ui.message import Message, Tone
from app.workers.release_checker import ReleaseAnswer, ReleaseChecker
from app.workers.report_writer import ReportGathered, ReportWriter

Say = Callable[[Message], None]


class Care(QObject):
    """Owns the threads that ask for releases and gather reports; makes each when it is first wanted."""

    def __init__(
        self,
        say: Say,
        settings: Callable[[], Settings],
        parent: QObject,
        make_checker: Callable[[], ReleaseChecker] = ReleaseChecker,
        make_writer: Callable[[], ReportWriter] = ReportWriter,
    ) -> None:
        super().__init__(parent)
        self._say, self._settings, self._make_checker = say, settings, make_checker
        self._make_writer = make_writer
        self._checker: ReleaseChecker | None = None
        self._writer: ReportWriter | None = None
        self._asked = False
        self._page = ""

    # --- releases

    def check_releases(self) -> None:
        """Ask for a newer release, and say what came of it."""
        self._asked = True
        self._say(Message("Asking the page of releases…"))
        self._begin()

    def check_where_wanted(self) -> None:
        """Ask where the settings say so; a newer release is told, anything else is not."""
        if self._settings().check_releases:
            self._begin()

    def stop(self) -> None:
        """End what runs, and wait for it."""
        for thread in (self._checker, self._writer):
            if thread is not None:
                thread.stop()
                thread.wait()

    def _begin(self) -> None:
        if self._checker is None:
            self._checker = self._make_checker()
            self._checker.answered.connect(self._answered)
        self._checker.begin()

    def _answered(self, told: ReleaseAnswer) -> None:
        asked, self._asked = self._asked, False
        release = told.release
        if release is not None and release.is_newer_than(__version__):
            self._page = release.page
            sentence = f"Reelscope {release.version} is there; this is {__version__}."
            self._say(Message(sentence, Tone.NOTE, "Show its page", self._show_page))
        elif asked and release is not None:
            self._say(Message(f"This is the newest Reelscope: {__version__}.", Tone.DONE))
        elif asked:
            self._say(Message(told.fault, Tone.WARNING))

    def _show_page(self) -> None:
        QDesktopServices.openUrl(QUrl(self._page))

    # --- reports

    def copy_report(self) -> None:
        """Have the report gathered, and put it on the clipboard."""
        if self._writer is None:
            self._writer = self._make_writer()
            self._writer.gathered.connect(self._gathered)
        self._say(Message("Gathering the report…"))
        self._writer.begin(self._settings())

    def _gathered(self, report: ReportGathered) -> None:
        if not report.text:
            self._say(Message("The report ran into a fault of the program; the log says more.", Tone.FAILURE))
            return
        QGuiApplication.clipboard().setText(report.text)
        self._say(
            Message("The report is on the clipboard; it names no file and repeats nothing said.", Tone.DONE)
        )

    def tell_crash(self) -> None:
        """Say that the program crashed before, or met what nothing caught, and offer the report."""
        sentence = "Something went wrong the last time Reelscope ran."
        self._say(Message(sentence, Tone.WARNING, "Copy the report", self.copy_report))
