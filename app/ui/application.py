"""Putting the window together and running it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from app.handover import address, hand_over
from app.lifecycle import Shutdown
from app.logbook import Logbook
from app.render.fonts import ui_font
from app.settings import SettingsFile
from app.ui.file_events import FileEvents
from app.ui.first_paint import FirstPaint
from app.ui.icons import app_icon
from app.ui.installed_models import InstalledModels
from app.ui.main_window import MainWindow
from app.ui.session import Session
from app.ui.session_end import session_ends
from app.ui.session_workers import WorkerFactories
from app.ui.speech_costs import SpeechCosts
from app.ui.surroundings import Surroundings
from app.workers.decoder_thread import DecoderThread
from app.workers.decoding_desk import DecodingDesk
from app.workers.garbage import GarbageCollector
from app.workers.inference_thread import InferenceThread
from app.workers.precedence import share_interpreter
from app.workers.sound_thread import SoundThread

if TYPE_CHECKING:
    from app.inference.model_store import ModelStore
    from app.inference.speech_pace import PaceBook
    from app.media.hardware_decision import HardwareTrials
    from app.ui.instance_server import InstanceServer


def make_application() -> QApplication:
    """Return the application object, with our name, face and style."""
    share_interpreter()
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    application.setApplicationName("reelscope")
    application.setApplicationDisplayName("Reelscope")
    application.setDesktopFileName("org.reelscope.Reelscope")
    application.setStyle("Fusion")
    application.setFont(ui_font())
    application.setWindowIcon(app_icon())
    return application


def make_window(
    settings_file: SettingsFile, store: ModelStore | None = None, workers: WorkerFactories | None = None
) -> MainWindow:
    """Return a window with real workers, or others, not shown yet."""
    models = InstalledModels(store)
    loaded = settings_file.load()
    desk = partial(DecodingDesk, make_trials=_kept_trials)
    workers = workers or WorkerFactories(partial(DecoderThread, make_desk=desk), InferenceThread, SoundThread)
    session = Session(workers, models.choose, loaded.settings, costs=SpeechCosts(_pace_book))
    surroundings = Surroundings(
        Shutdown(),
        models.library,
        settings_file,
        loaded.message,
        offer_detectors=models.detectors,
        offer_speech=models.speech_models,
        tries_devices=True,
    )
    return MainWindow(session, surroundings)


def _kept_trials() -> HardwareTrials:
    """Keep what is measured while films play: analyses go by it, and the next start need not try again."""
    from app.media.hardware_book import DecodingBook
    from app.media.hardware_decision import HardwareTrials

    return HardwareTrials(book=DecodingBook(), keep=True)


def _pace_book() -> PaceBook:
    from app.inference.speech_pace import PaceBook

    return PaceBook.of_user()


def start(files: Sequence[Path], *, alone: bool = False) -> int:
    """Open the window on some files; return the exit code when it is closed.

    Unless ``alone``, the files go to another window where that one came first by a moment.
    """
    application = make_application()
    events = FileEvents(application) if sys.platform == "darwin" else None
    server = make_server(application)
    if server is not None and not server.listen() and not alone and hand_over(files):
        return 0
    logbook = Logbook()
    logbook.open()
    collector = GarbageCollector(application)
    collector.start()
    window = make_window(SettingsFile())
    application.commitDataRequest.connect(partial(session_ends, window.unsaved_edits))
    if server is not None:
        server.received.connect(window.take_files)
    if window.session.settings.window.maximised:
        window.showMaximized()
    else:
        window.show()
    if files:
        window.commands.open_paths(list(files))
    if events is not None:
        events.give_to(window.commands.open_paths)
    FirstPaint(window, window.fill_strip)
    window.care.check_where_wanted()
    if logbook.crashed:
        window.care.tell_crash()
    code = application.exec()
    if server is not None:
        server.close()
    collector.stop()
    logbook.close()
    return code


def make_server(application: QApplication) -> InstanceServer | None:
    """Return what takes the files of later starts; None where a library for it is missing on this system."""
    try:
        from app.ui.instance_server import InstanceServer
    except ImportError:
        return None
    return InstanceServer(address(), application)
