"""Takes pictures of the real window in each of its states, on the bundled sample.

    python tools/screenshots.py FOLDER           every state, dark and light, small and large
    python tools/screenshots.py --readme         docs/screenshot.png alone

Works without a display; the pictures are what a person would see, nothing is drawn afterwards.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))
if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QTimer  # noqa: E402 - the platform has to be chosen first
from PySide6.QtWidgets import QWidget  # noqa: E402

from app.core.marks import Mark  # noqa: E402
from app.core.results import Segment, Transcript  # noqa: E402
from app.inference.model_store import ModelStore  # noqa: E402
from app.settings import Settings, SettingsFile, Theme, WindowPlace  # noqa: E402
from app.ui.analysis_work import WorkState  # noqa: E402
from app.ui.application import make_application, make_window  # noqa: E402
from app.ui.main_window import MainWindow  # noqa: E402
from app.ui.model_words import ModelPage  # noqa: E402
from app.ui.open_file import FileState  # noqa: E402
from app.ui.rerun import RerunState  # noqa: E402
from app.ui.side_panel import Tab  # noqa: E402

SIZES = ((960, 600), (1280, 800), (2560, 1440))
README_SIZE = (1440, 900)
_PATIENCE_MS = 60_000
_TICK_MS = 20
_SHOWN_AT_S = 7.36
"""A time with four objects in the picture and a word being said."""


class Photographer:
    """One window, taken through its states."""

    def __init__(self, folder: Path, theme: Theme, size: tuple[int, int]) -> None:
        self._folder = folder
        self._name = f"{theme.value}-{size[0]}x{size[1]}"
        self._home = tempfile.TemporaryDirectory(prefix="reelscope-screenshots-")
        home = Path(self._home.name)
        settings_file = SettingsFile(home / "settings.json")
        settings_file.save(Settings(theme=theme, window=WindowPlace(*size)))
        self.window: MainWindow = make_window(settings_file, ModelStore((), home / "models"))
        self.window.show()
        self.window.fill_strip()
        self.settle()

    def settle(self, milliseconds: int = 300) -> None:
        """Let the window do what it has to do."""
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    def wait(self, condition: Callable[[], bool]) -> None:
        """Let the window work until something is so.

        Raises:
            TimeoutError: it never was.
        """
        for _ in range(_PATIENCE_MS // _TICK_MS):
            if condition():
                return
            self.settle(_TICK_MS)
        raise TimeoutError("the window did not get there")

    def take(self, state: str, part: QWidget | None = None) -> None:
        """Keep a picture of the window as it is, or of a part or sheet of it."""
        self.settle()
        path = self._folder / f"{state}-{self._name}.png"
        (part or self.window).grab().save(str(path))
        print(path)

    def open_sample(self) -> None:
        """Open the sample and wait for its picture, boxes and index."""
        self.window.commands.open_sample()
        self.wait(lambda: len(self.window.video.shown_boxes()) > 0)
        self.wait(lambda: not self.window.session.work.state.under_way)

    def analyse(self) -> None:
        """Analyse and wait for the end."""
        self.window.session.analyse()
        self.wait(lambda: self.window.session.work.state is WorkState.DONE)

    def show_something(self) -> None:
        """Go where there is something to see, with its boxes."""
        self.window.session.playback.seek(_SHOWN_AT_S)
        self.wait(lambda: abs(self.window.session.playback.time_s - _SHOWN_AT_S) < 1 / 30)
        self.wait(lambda: len(self.window.video.shown_boxes()) > 0)

    def close(self) -> None:
        """End the window and its threads."""
        self.window.close()
        self._home.cleanup()


def take_all(photographer: Photographer) -> None:
    """Take the window through all its states."""
    window, session = photographer.window, photographer.window.session
    photographer.take("1-empty")
    models = window.sheets.models()
    for page in ModelPage:
        models.turn_to(page)
        photographer.take(f"9-models-{page.name.lower()}", models)
    models.close()
    photographer.open_sample()
    photographer.take("2-loaded")
    session.analyse()
    photographer.wait(lambda: session.file.findings.objects.looked_at_count > 2)
    photographer.take("3-running")
    photographer.wait(lambda: session.work.state is WorkState.DONE)
    photographer.show_something()
    photographer.take("4-done")
    window.commands.edit.line()
    photographer.take("4-editing")
    window.commands.edit.line_leave()
    take_transcript(photographer)
    for tab, name in ((Tab.OBJECTS, "5-objects"), (Tab.INFO, "6-info")):
        window.parts.panel.show_tab(tab)
        photographer.take(name)
    session.analyse()
    photographer.wait(lambda: session.file.findings.objects.looked_at_count > 2)
    session.work.cancel()
    photographer.wait(lambda: session.work.state is WorkState.CANCELLED)
    window.parts.panel.show_tab(Tab.TRANSCRIPT)
    photographer.take("7-cancelled")
    session.open(REPOSITORY / "LICENSE")
    photographer.wait(lambda: session.file.state is FileState.FAILED)
    photographer.take("8-failed")


def take_transcript(photographer: Photographer) -> None:
    """Take what else the transcript can be: searched, doubtful, heard once more, and with speakers."""
    window, session = photographer.window, photographer.window.session
    window.transcript.start_finding(replace=True)
    window.transcript.finding.bar.field.setText("seven")
    photographer.take("4-found")
    window.transcript.finding.bar.field.clear()
    window.transcript.finding.bar.end()
    heard = session.desk.segments
    session.desk.begin_with(Transcript("en", doubtful(heard)), step="import")
    photographer.take("4-doubtful")
    window.transcript.show_line(1)
    window.transcript.lines.setFocus()
    window.commands.doubts.again()
    photographer.wait(lambda: session.rerun.state is RerunState.OFFERED)
    photographer.take("4-again")
    session.rerun.forget()
    window.commands.edit.undo()


def doubtful(heard: Sequence[Segment]) -> tuple[Segment, ...]:
    """The lines as somebody less sure would have heard them, each with one of two speakers."""
    unsure = replace(heard[1], text="six mine five two", confidence=0.41, marks=(Mark.LOW_CONFIDENCE.value,))
    looped = replace(heard[3], text="seven zero " * 8, marks=(Mark.REPETITION.value, Mark.RATE.value))
    lines = (heard[0], unsure, heard[2], looped, *heard[4:])
    return tuple(replace(line, speaker=("Ada", "Bertrand")[n % 2]) for n, line in enumerate(lines))


def take_readme(folder: Path) -> None:
    """Take the one picture of the README."""
    photographer = Photographer(folder, Theme.DARK, README_SIZE)
    try:
        photographer.open_sample()
        photographer.analyse()
        photographer.window.messages.clear()
        photographer.show_something()
        photographer.settle()
        image = photographer.window.grab().toImage()
        path = folder / "screenshot.png"
        image.convertToFormat(image.Format.Format_RGB32).save(str(path))
        print(path, path.stat().st_size)
    finally:
        photographer.close()


def main() -> int:
    """Run the script."""
    formatter = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=formatter)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--readme", action="store_true")
    arguments = parser.parse_args()
    if not arguments.readme and arguments.folder is None:
        parser.error("name a folder, or --readme")
    make_application()
    folder: Path = REPOSITORY / "docs" if arguments.readme else arguments.folder
    folder.mkdir(parents=True, exist_ok=True)
    if arguments.readme:
        take_readme(folder)
        return 0
    for theme in (Theme.DARK, Theme.LIGHT):
        for size in SIZES:
            photographer = Photographer(folder, theme, size)
            try:
                take_all(photographer)
            finally:
                photographer.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
