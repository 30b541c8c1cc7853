"""The window: places the parts, hands on what the session says, and asks it for what hands do."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QMainWindow, QMenu, QMenuBar

from app.core.results import Detection
from app.lifecycle import Phase, Shutdown
from app.media.names import shown_name
from app.render.palette import DARK, LIGHT, Palette, qpalette
from app.settings import Settings, SettingsFile, Theme, WindowPlace
from app.ui.actions import Actions
from app.ui.analysis_work import WorkState
from app.ui.care import Care
from app.ui.closing import AskUnsaved, Closing, ask_unsaved
from app.ui.command_palette import CommandPalette
from app.ui.commands import Needs, Part
from app.ui.device_trials import DeviceTrials
from app.ui.edit_menu import EditMenu
from app.ui.file_side import FileSide
from app.ui.file_side_view import FileSideView
from app.ui.icons import app_icon
from app.ui.kept_edits import KeptEdits
from app.ui.key_bindings import KeyBindings
from app.ui.key_priority import KeyPriority
from app.ui.language_menu import LanguageMenu
from app.ui.line_editing import LineEditing
from app.ui.menus import build_actions, build_menu_bar
from app.ui.message import Message, Tone
from app.ui.model_desk import ModelDesk
from app.ui.model_menu import ModelMenu, OfferModels
from app.ui.open_file import FileState
from app.ui.palette_source import PaletteSource
from app.ui.presenter import Presenter
from app.ui.scrubbing import Scrubber
from app.ui.session import Session
from app.ui.sheets import Sheets
from app.ui.style_sheet import style_sheet
from app.ui.transport_bar import SPEEDS, speed_text
from app.ui.welcome import Welcome
from app.ui.wheel_steps import is_step
from app.ui.window_parts import WindowParts
from app.workers.device_tester import DeviceTester
from app.workers.release_checker import ReleaseChecker
from app.workers.side_reader import SideReader

if TYPE_CHECKING:
    from app.download.pulls import FetchOne
    from app.models.library import Library
    from app.ui.instance_server import FilesReceived
    from app.ui.timeline.view import MarkDragged, SeekAsked

_LEAST_RANGE_S = 0.001
"""A range that is drawn together keeps this much."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the window needs of the world besides its session.

    Attributes:
        settings_file: where settings are kept; None in tests that keep none.
        shutdown: the end of the program.
        open_library: returns the models there are; called when they are first looked at.
        notice: a sentence to begin with, such as that the settings were unreadable.
        offer_detectors, offer_speech: return the models a person can choose from.
        make_side_reader: makes the thread that reads what comes with a file.
        make_device_tester: makes the thread that tries devices.
        tries_devices: whether that is done without being asked, after an analysis.
        ask_unsaved: asks what shall become of edits that are written nowhere, when the window closes.
        make_release_checker: makes the thread that asks for a newer release.
        fetch: downloads a model; None: as the catalogue and the settings say.
    """

    shutdown: Shutdown
    open_library: Callable[[], Library]
    settings_file: SettingsFile | None = None
    notice: str | None = None
    offer_detectors: OfferModels = tuple
    offer_speech: OfferModels = tuple
    make_side_reader: Callable[[], SideReader] = SideReader
    make_device_tester: Callable[[], DeviceTester] = DeviceTester
    tries_devices: bool = False
    ask_unsaved: AskUnsaved = ask_unsaved
    make_release_checker: Callable[[], ReleaseChecker] = ReleaseChecker
    fetch: FetchOne | None = None


class _Tab(enum.IntEnum):
    TRANSCRIPT = 0
    OBJECTS = 1
    INFO = 2


class MainWindow(QMainWindow):
    """The one window of the program.

    Attributes:
        session: the file and the work on it.
        parts: the parts; the larger ones are attributes of the window too.
        presenter: shows what the session says.
        command_actions: the QAction of every command, by its name.
    """

    def __init__(self, session: Session, surroundings: Surroundings) -> None:
        super().__init__()
        self.session = session
        self._surroundings = surroundings
        self._palette = DARK
        self.device_trials = DeviceTrials(
            session, self, surroundings.make_device_tester, by_itself=surroundings.tries_devices
        )
        self.model_desk = ModelDesk(session, surroundings.open_library, self, surroundings.fetch)
        self.welcome = Welcome(session, self.model_desk, self)
        self.sheets = Sheets(self, self.device_trials, surroundings.offer_detectors)
        self._there: frozenset[Needs] = frozenset()
        self.setWindowIcon(app_icon())
        self.setAcceptDrops(True)
        self.side = FileSide(session, surroundings.make_side_reader(), self)
        self.care = Care(self._say, lambda: session.settings, self, surroundings.make_release_checker)
        self.commands = Actions(session, self, self.model_desk)
        self.command_actions = build_actions(self, self.commands)
        self.bindings = KeyBindings(session, self.command_actions, self)
        self.parts = WindowParts(self.command_actions, self._make_menu_bar(), self)
        self._take_parts()
        self.presenter = Presenter(session, self.parts, self.commands, self)
        self.presenter.titled.connect(self.setWindowTitle)
        self.presenter.available.connect(self._enable)
        session.settings_changed.connect(self._settings_changed)
        session.marks.changed.connect(self._marks_changed)
        self._make_editing()
        self._connect_parts()
        self.side_view = FileSideView(self.side, session, self.parts, self)
        self.side.changed.connect(self._side_changed)
        self.side.arrivals.models_came.connect(self.model_desk.offer)
        self._make_search()
        self._key_priority = KeyPriority(self)
        self._key_priority.orphaned.connect(self.picture_area.take_keyboard)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._key_priority.follow)
        self._register_end()
        self.wear_theme()
        self._settings_changed()
        self.presenter.show_file()
        if surroundings.notice:
            self.messages.show_message(Message(surroundings.notice, Tone.WARNING))

    # --- making

    def _make_menu_bar(self) -> QMenuBar:
        self._recent_menu = QMenu("Open Recent")
        self._recent_menu.setToolTipsVisible(True)
        self._recent_menu.aboutToShow.connect(self._fill_recent)
        return build_menu_bar(self.command_actions, self._recent_menu, self._make_model_menus())

    def _take_parts(self) -> None:
        parts = self.parts
        self.messages, self.top_bar, self.picture_area = parts.messages, parts.top_bar, parts.picture_area
        self.video, self.transport, self.status = parts.video, parts.transport, parts.status
        self.transcript, self.objects, self.info = parts.transcript, parts.objects, parts.info
        self.timeline = parts.timeline
        speeds = QMenu(self)
        for speed in SPEEDS:
            speeds.addAction(speed_text(speed), partial(self.session.playback.set_speed, speed))
        self.transport.set_speed_menu(speeds)
        self.setMenuWidget(self.top_bar)
        self.setCentralWidget(parts.whole)
        self.setMinimumSize(960, 600)
        self.place(self.session.settings.window)

    def place(self, window: WindowPlace) -> None:
        """Take on a size."""
        self.resize(window.width, window.height)
        self.parts.place(window)

    def _make_model_menus(self) -> tuple[QMenu, ...]:
        models, commands, world = self.session.current_models, self.commands, self._surroundings
        more = self.command_actions["analyse.models"]
        self.detector_menu = ModelMenu(
            "Detector", world.offer_detectors, lambda: models().detector, commands.choose_detector, more
        )
        self.speech_menu = ModelMenu(
            "Speech Model",
            world.offer_speech,
            lambda: models().speech,
            commands.choose_speech,
            more,
            lambda model: self.session.costs.of(model, self.session.file.media),
        )
        self.language_menu = LanguageMenu(self.session)
        return self.detector_menu, self.speech_menu, self.language_menu

    def _connect_parts(self) -> None:
        session = self.session
        self.picture_area.drop_zone.open_asked.connect(session.open)
        self.welcome.offered.connect(self.picture_area.drop_zone.offer_models)
        self.video.needed_size_changed.connect(session.playback.set_view_size)
        self.video.double_clicked.connect(self.commands.toggle_full_screen)
        self.video.box_clicked.connect(self._box_clicked)
        self.video.zoom_changed.connect(self.commands.follow.look_at_zoom)
        self.commands.follow.changed.connect(self._settings_changed)
        self.transport.zoom.clicked.connect(self.commands.toggle_zoom)
        self.transport.time_typed.connect(self.commands.go.to_typed)
        self.transport.typing_ended.connect(self.picture_area.take_keyboard)
        self.transport.volume.volume_chosen.connect(self.commands.set_volume)
        self.transcript.seek_asked.connect(session.playback.seek)
        self.transcript.note.button.clicked.connect(self._fill_transcript)
        self.bindings.add_part(Part.TRANSCRIPT, self.transcript.lines)
        line_loop = self.commands.said.line_loop
        self.transcript.follow_asked.connect(line_loop.end)
        line_loop.changed.connect(self._line_loop_changed)
        self.transcript.following_changed.connect(self._following_changed)
        self.transcript.finding.edit_asked.connect(session.desk.apply)
        self.commands.doubts.connect_panel()
        self.transcript.rerun_card.offer_speech = self._surroundings.offer_speech
        self.transcript.finding_ended.connect(self.picture_area.take_keyboard)
        self.objects.seek_asked.connect(self._go_to_detection)
        self.objects.class_toggled.connect(session.toggle_class)
        self.objects.confidence_changed.connect(session.set_confidence)
        self.info.how_to.clicked.connect(self.sheets.models)
        self.objects.note.button.clicked.connect(self.sheets.object_models)
        self.scrubber = Scrubber(session.playback, self)
        self.timeline.seek_asked.connect(self._strip_seeks)
        self.timeline.scrub_began.connect(self.scrubber.begin)
        self.timeline.mark_dragged.connect(self._mark_dragged)
        self.timeline.class_clicked.connect(session.toggle_class)
        self.status.cancel_asked.connect(session.work.cancel)
        self.status.pause_asked.connect(session.work.toggle_pause)
        session.work.changed.connect(self._work_changed)
        self.status.devices_asked.connect(self.sheets.devices)
        self.parts.moved.connect(self._parts_moved)
        session.playback.set_view_size(self.video.needed_size())

    def _make_editing(self) -> None:
        session, edit = self.session, self.commands.edit
        editing = edit.editing = LineEditing(self.transcript, session.desk, self.presenter.refresh_now, self)
        editing.said.connect(session.said)
        editing.changed.connect(self.presenter.refresh_needs)
        session.desk.refused.connect(edit.refuse)
        session.leaving.connect(editing.keep_text)
        self.edit_menu = EditMenu(session.desk, self.transcript, self.command_actions, self)
        self.bindings.add_part(Part.EDITOR, *editing.editor.fields)
        # After the field of a line, so that what is written there when the file is left belongs to it.
        self.kept_edits = KeptEdits(session, self)
        self.kept_edits.kept.connect(self.commands.note_written)

    def _make_search(self) -> None:
        source = PaletteSource(
            self.session,
            self.command_actions,
            self.bindings,
            self.constant_rate,
            self._go_to_detection,
            lambda: self.side.contents.chapters,
        )
        self.search = CommandPalette(self, source.gather, source.place_of)
        self.search.closed.connect(self.picture_area.take_keyboard)

    def _register_end(self) -> None:
        end, session = self._surroundings.shutdown, self.session
        end.register(Phase.REFUSE_COMMANDS, "refuse", session.refuse)
        end.register(Phase.CLOSE_MAILBOXES, "sound", session.stop_sound)
        end.register(Phase.WAIT_FOR_INFERENCE, "analysis", session.stop_inference)
        end.register(Phase.WAIT_FOR_INFERENCE, "exports", self.commands.wait)
        end.register(Phase.WAIT_FOR_INFERENCE, "edits", self.kept_edits.files.wait)
        end.register(Phase.WAIT_FOR_INFERENCE, "side reader", self.side.stop)
        end.register(Phase.WAIT_FOR_INFERENCE, "device tester", self.device_trials.stop)
        end.register(Phase.WAIT_FOR_INFERENCE, "models", self.model_desk.stop)
        end.register(Phase.WAIT_FOR_INFERENCE, "release checker", self.care.stop)
        end.register(Phase.WAIT_FOR_DECODER, "decoder", session.stop_decoder)
        end.register(Phase.SAVE, "settings", self.save_settings)

    def _fill_transcript(self) -> None:
        """Do what the button of the empty transcript offers."""
        if self.commands.offered_subtitles:
            self.commands.take_subtitles()
        else:
            self.sheets.speech_models()

    def fill_strip(self) -> None:
        """Load what the first painting did not need, and build the time strip, whose library takes long."""
        self.session.prepare()
        self.timeline.fill()
        self.welcome.begin()
        self.presenter.show_all()
        self.side_view.strip_filled()

    # --- settings and state

    def _settings_changed(self) -> None:
        settings = self.session.settings
        self.wear_theme()
        checked = {
            "view.boxes": settings.show_boxes,
            "play.mute": settings.muted,
            "view.deinterlace": settings.deinterlace,
            "view.follow": self.commands.follow.followed is not None,
            "view.full": self.isFullScreen(),
            "said.follow": self.transcript.following,
            **{f"view.{theme.value}": settings.theme is theme for theme in Theme},
            "analyse.keyframes": settings.frames == "keyframes",
            "analyse.five": settings.frames == "fps:5",
            "analyse.all": settings.frames == "all",
        }
        for command_id, on in checked.items():
            self.command_actions[command_id].setChecked(on)
        self.transport.volume.show_volume(settings.volume)
        if self.session.file.state is FileState.NONE:
            self.picture_area.drop_zone.set_recent(settings.recent)

    def _marks_changed(self) -> None:
        self.command_actions["range.loop"].setChecked(self.session.marks.looping)

    def _line_loop_changed(self) -> None:
        span = self.commands.said.line_loop.span
        self.command_actions["said.loop"].setChecked(span is not None)
        self.transcript.show_loop(span)

    def _following_changed(self) -> None:
        self.command_actions["said.follow"].setChecked(self.transcript.following)

    def _work_changed(self) -> None:
        self.command_actions["analyse.pause"].setChecked(self.session.work.state is WorkState.PAUSED)

    def _enable(self, there: frozenset[Needs]) -> None:
        self._there = there
        met = there | self.side.needs()
        for action in self.command_actions.values():
            needs = action.data()
            action.setEnabled(needs is None or needs in met)
        self._recent_menu.setEnabled(bool(self.session.settings.recent))

    def _side_changed(self) -> None:
        self._enable(self._there)
        self.presenter.side_changed()

    def _say(self, message: Message) -> None:
        self.messages.show_message(message)

    def refresh_status(self) -> None:
        """Say anew how it stands."""
        self.presenter.refresh_status()

    def constant_rate(self) -> Fraction | None:
        """Pictures a second, where pictures can be counted by it."""
        return self.presenter.constant_rate()

    # --- what hands do

    def _strip_seeks(self, asked: SeekAsked) -> None:
        (self.scrubber.end if asked.exact else self.scrubber.move)(asked.time_s)

    def _mark_dragged(self, dragged: MarkDragged) -> None:
        marks = self.session.marks
        marks.set(marks.marks.moved(dragged.edge, dragged.time_s, _LEAST_RANGE_S))

    @property
    def key_is_held(self) -> bool:
        """Whether the key that is down is repeated by being held."""
        return self._key_priority.repeating

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Alt and Shift make the wheel step, over the picture and the strip."""
        at = event.position().toPoint()
        parts = (self.video, self.timeline)
        if is_step(event) and any(part.rect().contains(part.mapFrom(self, at)) for part in parts):
            self.commands.go.turn(event)
            event.accept()
        else:
            super().wheelEvent(event)

    def _go_to_detection(self, detection: Detection) -> None:
        self.session.playback.seek(detection.time_s)
        self.video.set_selected(detection)

    def _box_clicked(self, detection: Detection | None) -> None:
        self.video.set_selected(detection)
        if detection is not None:
            self.show_tab(_Tab.OBJECTS)

    def show_tab(self, place: int) -> None:
        """Turn the panel to a page."""
        self.parts.panel.show_tab(place)

    def zoom_time(self, factor: float) -> None:
        """Zoom the strip around the playhead; a factor of 0 shows everything."""
        view = self.timeline.view
        if view is None:
            return
        x = view.scale.x_of(self.session.playback.time_s)
        inside = 0 <= x <= view.scale.width
        view.zoom(factor or 1e-9, x if inside else view.scale.width / 2)

    def _fill_recent(self) -> None:
        self._recent_menu.clear()
        for name in self.session.settings.recent:
            action = self._recent_menu.addAction(shown_name(Path(name)).replace("&", "&&"))
            action.setToolTip(name)
            action.triggered.connect(partial(self._open_recent, Path(name)))

    def _open_recent(self, path: Path, _checked: bool = False) -> None:
        self.session.open(path)

    def set_full_screen(self, on: bool) -> None:
        """Show the picture and its bar alone, or everything; a maximised window is one afterwards, too."""
        full = Qt.WindowState.WindowFullScreen
        self.setWindowState(self.windowState() | full if on else self.windowState() & ~full)

    def _full_screen_changed(self) -> None:
        """By us or by the system."""
        on = self.isFullScreen()
        self.parts.show_only_picture(on)
        self.command_actions["view.full"].setChecked(on)

    def take_files(self, received: FilesReceived) -> None:
        """A second start asks for files, or to see this window."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.raise_()
        self.activateWindow()
        self.commands.open_paths(list(received.paths))

    # --- dropping

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()
            self.picture_area.drop_zone.set_over(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Nothing is held over the window any more."""
        super().dragLeaveEvent(event)
        self.picture_area.drop_zone.set_over(False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped; with Shift, list it behind the others."""
        self.picture_area.drop_zone.set_over(False)
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        event.acceptProposedAction()
        queue = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self.side.arrivals.come(paths, queue=queue)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the full screen; and where somebody comes back, the file may be another one by now."""
        super().changeEvent(event)
        if not hasattr(self, "side_view"):
            return
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self.side.watch.look()
        elif event.type() == QEvent.Type.WindowStateChange:
            self._full_screen_changed()

    # --- look and end

    def worn_palette(self) -> Palette:
        """The palette that the window wears."""
        return self._palette

    def wear_theme(self) -> None:
        """Wear the palette that the settings name; no restart."""
        palette = palette_of(self.session.settings)
        if palette is self._palette and self.styleSheet():
            return
        self._palette = palette
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.setPalette(qpalette(palette))
        self.setStyleSheet(style_sheet(palette))
        self.parts.wear(palette)
        self.search.wear(palette)
        self.sheets.wear(palette)

    def save_settings(self) -> None:
        """Write the settings, where they changed."""
        if self._surroundings.settings_file is not None:
            self._surroundings.settings_file.save(self.session.settings)

    def closeEvent(self, event: QCloseEvent) -> None:
        """End everything in order, then close; unless somebody wants to stay for edits kept nowhere."""
        if not self._surroundings.shutdown.begun:
            if not self.may_close():
                event.ignore()
                return
            self._remember_place()
            self.messages.clear()
            self._surroundings.shutdown.run()
        event.accept()

    def may_close(self) -> bool:
        """Keep what may be kept; ask about edits kept nowhere; tell whether nothing holds the window."""
        self.keep_what_may_be_kept()
        if not (unsaved := self.kept_edits.unsaved):
            return True
        answer = self._surroundings.ask_unsaved(self, unsaved)
        if answer is Closing.KEEP:
            return self.kept_edits.keep_all()
        if answer is Closing.LET_GO:
            self.kept_edits.let_go()
        return answer is Closing.LET_GO

    def keep_what_may_be_kept(self) -> None:
        """End editing a line, and write what was agreed to be written; asks nothing."""
        self.commands.edit.editing.keep_text()
        self.kept_edits.flush()

    def _parts_moved(self) -> None:
        """Remember what was drawn by hand: from now on it stays so."""
        window = self.parts.placed(self.session.settings.window)
        self.session.settings = replace(self.session.settings, window=window)

    def _remember_place(self) -> None:
        before = self.session.settings.window
        if self.isFullScreen() or self.isMaximized():
            window = replace(before, maximised=self.isMaximized())
        else:
            window = replace(before, width=self.width(), height=self.height(), maximised=False)
        self.session.settings = replace(self.session.settings, window=window)


def palette_of(settings: Settings) -> Palette:
    """Return the palette of a theme; the system's wish where the theme follows it, dark where it has none."""
    if settings.theme is not Theme.SYSTEM:
        return LIGHT if settings.theme is Theme.LIGHT else DARK
    hints = QGuiApplication.styleHints()
    return LIGHT if hints.colorScheme() is Qt.ColorScheme.Light else DARK
