"""Putting the window together and running it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from app.inference.model_store import ModelEntry, ModelKind, ModelStore
from app.lifecycle import Shutdown
from app.render.fonts import ui_font
from app.settings import SettingsFile
from app.ui.icons import app_icon
from app.ui.main_window import MainWindow, Surroundings
from app.ui.model_choice import ChooseModels, ChosenModel, ModelChoice
from app.ui.session import Session, WorkerFactories
from app.workers.decoder_thread import DecoderThread
from app.workers.garbage import GarbageCollector
from app.workers.inference_thread import InferenceThread


def make_application() -> QApplication:
    """Return the application object, with our name, face and style."""
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    application.setApplicationName("reelscope")
    application.setApplicationDisplayName("Reelscope")
    application.setDesktopFileName("reelscope")
    application.setStyle("Fusion")
    application.setFont(ui_font())
    application.setWindowIcon(app_icon())
    return application


def chooser(store: ModelStore) -> ChooseModels:
    """Return what picks the default models of a store."""

    def chosen(entry: ModelEntry | None) -> ChosenModel | None:
        return ChosenModel(entry.name, entry.path, entry.is_sample) if entry is not None else None

    def choose() -> ModelChoice:
        return ModelChoice(*(chosen(store.default(kind)) for kind in ModelKind))

    return choose


def make_window(settings_file: SettingsFile, store: ModelStore | None = None) -> MainWindow:
    """Return a window with real workers, not shown yet."""
    store = store or ModelStore()
    loaded = settings_file.load()
    session = Session(WorkerFactories(DecoderThread, InferenceThread), chooser(store), loaded.settings)
    surroundings = Surroundings(Shutdown(), store.add, settings_file, loaded.message)
    return MainWindow(session, surroundings)


def start(files: Sequence[Path]) -> int:
    """Open the window, with the first of some files in it; return the exit code when it is closed."""
    application = make_application()
    collector = GarbageCollector(application)
    collector.start()
    window = make_window(SettingsFile())
    if window.session.settings.window.maximised:
        window.showMaximized()
    else:
        window.show()
    if files:
        window.commands.open_paths(list(files))
    QTimer.singleShot(0, window.fill_strip)
    code = application.exec()
    collector.stop()
    return code
