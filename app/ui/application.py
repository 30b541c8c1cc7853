"""Putting the window together and running it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from app.handover import address, hand_over
from app.inference.kind_trial import kind_in_child
from app.inference.model_entry import ModelEntry
from app.inference.model_kind import ModelKind
from app.inference.model_store import ModelStore
from app.inference.speech_pace import PaceBook
from app.lifecycle import Shutdown
from app.logbook import Logbook
from app.media.hardware_book import DecodingBook
from app.media.hardware_decision import HardwareTrials
from app.models.library import Library
from app.models.preferred import preferred
from app.render.fonts import ui_font
from app.settings import SettingsFile
from app.ui.file_events import FileEvents
from app.ui.first_paint import FirstPaint
from app.ui.icons import app_icon
from app.ui.main_window import MainWindow, Surroundings
from app.ui.model_choice import NO_MODEL, ChooseModels, ChosenModel, ModelChoice, ModelWishes
from app.ui.session import Session, WorkerFactories
from app.ui.session_end import session_ends
from app.ui.speech_costs import SpeechCosts
from app.workers.decoder_thread import DecoderThread
from app.workers.decoding_desk import DecodingDesk
from app.workers.garbage import GarbageCollector
from app.workers.inference_thread import InferenceThread
from app.workers.precedence import share_interpreter
from app.workers.sound_thread import SoundThread

if TYPE_CHECKING:
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


def chooser(store: ModelStore) -> ChooseModels:
    """Return what picks the models of a store: those wished for, else those that suit the machine."""

    def pick(kind: ModelKind, wish: str | None = None) -> ChosenModel | None:
        if wish == NO_MODEL:
            return None
        named = (entry for entry in store.entries() if wish is not None and entry.name == wish)
        entry = next((each for each in named if each.kind is kind), None) or preferred(store, kind)
        return _chosen(entry) if entry is not None else None

    def choose(wishes: ModelWishes) -> ModelChoice:
        return ModelChoice(
            pick(ModelKind.DETECTOR, wishes.detector),
            pick(ModelKind.SPEECH, wishes.speech),
            pick(ModelKind.VAD),
            detector_declined=wishes.detector == NO_MODEL,
            speech_declined=wishes.speech == NO_MODEL,
        )

    return choose


def offered(store: ModelStore, kind: ModelKind) -> tuple[ChosenModel, ...]:
    """Return the models of a kind by name; of two with one name the preferred, which that name means."""
    by_name: dict[str, ChosenModel] = {}
    for entry in store.entries():
        if entry.kind is kind:
            by_name.setdefault(entry.name, _chosen(entry))
    return tuple(by_name.values())


def _chosen(entry: ModelEntry) -> ChosenModel:
    return ChosenModel(entry.name, entry.path, entry.is_sample)


def make_window(
    settings_file: SettingsFile, store: ModelStore | None = None, workers: WorkerFactories | None = None
) -> MainWindow:
    """Return a window with real workers, or others, not shown yet."""
    store = store or ModelStore()
    loaded = settings_file.load()
    # What trials measure while films play is kept: analyses go by it, and the next start need not try again.
    desk = partial(DecodingDesk, trials=HardwareTrials(book=DecodingBook(), keep=True))
    workers = workers or WorkerFactories(partial(DecoderThread, make_desk=desk), InferenceThread, SoundThread)
    costs = SpeechCosts(PaceBook.of_user())
    session = Session(workers, chooser(store), loaded.settings, costs=costs)
    surroundings = Surroundings(
        Shutdown(),
        Library(store, find_kind=kind_in_child),
        settings_file,
        loaded.message,
        offer_detectors=partial(offered, store, ModelKind.DETECTOR),
        offer_speech=partial(offered, store, ModelKind.SPEECH),
        tries_devices=True,
    )
    return MainWindow(session, surroundings)


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
    application.commitDataRequest.connect(partial(session_ends, window))
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
