"""The real window without a screen, with an empty home, for trials that look at it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from PySide6.QtCore import QEventLoop, QTimer

from app.analysis.child.process import EngineProcess
from app.analysis.child.supervision import StartChild
from app.inference.model_store import ModelStore
from app.settings import Settings, SettingsFile, WindowPlace
from app.ui.application import make_application, make_window
from app.ui.session_workers import WorkerFactories
from app.workers.decoder_thread import DecoderThread
from app.workers.garbage import GarbageCollector
from app.workers.inference_thread import InferenceThread

_TICK_MS = 20


class Offscreen:
    """A window that is shown nowhere, without sound. A context manager.

    Attributes:
        window, session: the real ones.
    """

    def __init__(self, *, start_child: StartChild = EngineProcess, frames: str = "keyframes") -> None:
        application = make_application()
        self._home = tempfile.TemporaryDirectory(prefix="reelscope-window-")
        home = Path(self._home.name)
        settings_file = SettingsFile(home / "settings.json")
        # By name: unasked, the sample's detector would look at no other film while it plays.
        settings_file.save(Settings(frames=frames, detector="shapes", window=WindowPlace(1280, 800)))
        inference = partial(InferenceThread, start_child=start_child)
        workers = WorkerFactories(DecoderThread, inference)
        self.window = make_window(settings_file, ModelStore((), home / "models"), workers)
        self.session = self.window.session
        self._garbage = GarbageCollector(application)

    def __enter__(self) -> Self:
        self._garbage.start()
        self.window.show()
        self.window.fill_strip()
        self.settle()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.window.close()
        self._garbage.stop()
        self._home.cleanup()

    def settle(self, milliseconds: int = 300) -> None:
        """Let the window do what it has to do."""
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    def wait(self, condition: Callable[[], bool], limit_s: float = 90.0) -> None:
        """Let the window work until something is so.

        Raises:
            TimeoutError: it never was.
        """
        for _ in range(round(limit_s * 1000 / _TICK_MS)):
            if condition():
                return
            self.settle(_TICK_MS)
        raise TimeoutError("the window did not get there")

    def open(self, path: Path) -> None:
        """Open a file and wait until its index is read."""
        session = self.session
        session.open(path)
        self.wait(lambda: session.file.is_open)
        self.wait(lambda: not session.work.state.under_way)
