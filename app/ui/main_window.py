"""The window: places the parts, hands on what the session says, and asks it for what hands do."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QMainWindow, QMenu, QSplitter, QVBoxLayout, QWidget

from app.core.results import Detection
from app.lifecycle import Phase, Shutdown
from app.render.palette import DARK, LIGHT, Palette, qpalette
from app.settings import Settings, SettingsFile, Theme, WindowPlace
from app.ui.actions import Actions, AddModel
from app.ui.analysis_facts import analysis_sections
from app.ui.commands import Needs
from app.ui.dialogs import about_sheet, models_sheet
from app.ui.empty_words import no_lines, no_objects
from app.ui.findings import Change
from app.ui.icons import app_icon
from app.ui.key_bindings import KeyBindings
from app.ui.keys_sheet import keys_sheet
from app.ui.media_facts import Sections, media_sections
from app.ui.menus import KeyPriority, build_actions, build_menu_bar
from app.ui.message import Message, Tone
from app.ui.message_bar import MessageBar
from app.ui.model_choice import missing_sentence, sample_sentence
from app.ui.model_menu import ModelMenu, OfferModels
from app.ui.open_file import FileState
from app.ui.picture_area import PictureArea
from app.ui.session import Session
from app.ui.sheet import Sheet
from app.ui.side_panel import SidePanel
from app.ui.status_strip import StatusStrip
from app.ui.status_words import idle_words, left_words, right_words, running_words
from app.ui.style_sheet import style_sheet
from app.ui.timeline.card import TimelineCard
from app.ui.timeline.rows import GROWTH
from app.ui.top_bar import TopBar
from app.ui.transport_bar import SPEEDS, TransportBar, speed_text

_GAP = 12
_TALL = 1000
"""From this height on there is room for larger thumbnails."""
_COALESCE_MS = 120
"""Results that come in faster are gathered for so long before tables and lanes are made anew."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the window needs of the world besides its session.

    Attributes:
        settings_file: where settings are kept; None in tests that keep none.
        shutdown: the end of the program.
        add_model: puts a model file among the user's models.
        notice: a sentence to begin with, such as that the settings were unreadable.
        offer_detectors, offer_speech: return the models a person can choose from.
    """

    shutdown: Shutdown
    add_model: AddModel
    settings_file: SettingsFile | None = None
    notice: str | None = None
    offer_detectors: OfferModels = tuple
    offer_speech: OfferModels = tuple


class _Tab(enum.IntEnum):
    TRANSCRIPT = 0
    OBJECTS = 1
    INFO = 2


class MainWindow(QMainWindow):
    """The one window of the program.

    Attributes:
        session: the file and the work on it.
        video, transport, transcript, objects, timeline, status, messages: the parts.
        command_actions: the QAction of every command, by its name.
    """

    def __init__(self, session: Session, surroundings: Surroundings) -> None:
        super().__init__()
        self.session = session
        self._surroundings = surroundings
        self._palette = DARK
        self._dirty = Change.NOTHING
        self._sheet: Sheet | None = None
        self._models_noted = ""
        self._warned: set[str] = set()
        self._strip_given = 0
        self.setWindowTitle("Reelscope")
        self.setWindowIcon(app_icon())
        self.setAcceptDrops(True)
        self.commands = Actions(session, self, surroundings.add_model)
        self.command_actions = build_actions(self, self.commands)
        self.bindings = KeyBindings(session, self.command_actions, self)
        self._refresh_timer = QTimer(self)
        self._refresh_timer.setSingleShot(True)
        self._refresh_timer.setInterval(_COALESCE_MS)
        self._refresh_timer.timeout.connect(self._refresh_dirty)
        self._make_parts()
        self._lay_out()
        self._connect_session()
        self._connect_parts()
        self._key_priority = KeyPriority(self)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._key_priority.follow)
        self._register_end()
        self.wear_theme()
        self._settings_changed()
        self._file_changed()
        if surroundings.notice:
            self.messages.show_message(Message(surroundings.notice, Tone.WARNING))

    # --- making

    def _make_parts(self) -> None:
        self._recent_menu = QMenu("Open Recent")
        self._recent_menu.aboutToShow.connect(self._fill_recent)
        menu_bar = build_menu_bar(self.command_actions, self._recent_menu, self._make_model_menus())
        self.top_bar = TopBar(menu_bar, self.command_actions["analyse.start"])
        self.messages = MessageBar()
        self.picture_area = PictureArea(self.command_actions)
        self.video = self.picture_area.video
        self.transport = TransportBar(self.command_actions)
        speeds = QMenu(self)
        for speed in SPEEDS:
            speeds.addAction(speed_text(speed), partial(self.session.playback.set_speed, speed))
        self.transport.set_speed_menu(speeds)
        self.panel = SidePanel()
        self.transcript, self.objects, self.info = self.panel.transcript, self.panel.objects, self.panel.info
        self.timeline = TimelineCard()
        self.status = StatusStrip()

    def _make_model_menus(self) -> tuple[ModelMenu, ModelMenu]:
        models, commands, world = self.session.current_models, self.commands, self._surroundings
        self.detector_menu = ModelMenu(
            "Detector", world.offer_detectors, lambda: models().detector, commands.choose_detector
        )
        self.speech_menu = ModelMenu(
            "Speech Model", world.offer_speech, lambda: models().speech, commands.choose_speech
        )
        return self.detector_menu, self.speech_menu

    def _lay_out(self) -> None:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(_GAP)
        column.addWidget(self.messages)
        column.addWidget(self.picture_area, 1)
        column.addWidget(self.transport)
        self._across = _splitter(Qt.Orientation.Horizontal, left, self.panel)
        self._across.setStretchFactor(0, 1)
        self._across.setStretchFactor(1, 0)
        self._down = _splitter(Qt.Orientation.Vertical, self._across, self.timeline)
        self._down.setStretchFactor(0, 1)
        self._down.setStretchFactor(1, 0)
        self._across.splitterMoved.connect(self._parts_moved)
        self._down.splitterMoved.connect(self._parts_moved)
        self.panel.setMinimumWidth(320)
        self.timeline.setMinimumHeight(self.timeline.wanted_height(0))
        self._page = QWidget()
        self._page.setObjectName("page")
        inner = QVBoxLayout(self._page)
        inner.setContentsMargins(_GAP, _GAP, _GAP, _GAP)
        inner.addWidget(self._down)
        whole = QWidget()
        outer = QVBoxLayout(whole)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._page, 1)
        outer.addWidget(self.status)
        self.setMenuWidget(self.top_bar)
        self.setCentralWidget(whole)
        self.setMinimumSize(960, 600)
        self.place(self.session.settings.window)

    def place(self, window: WindowPlace) -> None:
        """Take on a size."""
        self.resize(window.width, window.height)
        panel = window.panel_width or min(480, max(320, window.width * 29 // 100))
        strip = window.strip_height or self.timeline.wanted_height(window.height * 3 // 10)
        self._across.setSizes([max(300, window.width - panel - 3 * _GAP), panel])
        self._down.setSizes([max(200, window.height - strip - 44 - 32 - 3 * _GAP), strip])

    def _connect_session(self) -> None:
        session = self.session
        session.file_changed.connect(self._file_changed)
        session.findings_changed.connect(self._findings_changed)
        session.filter_changed.connect(self._filter_changed)
        session.playback.picture_changed.connect(self._picture_changed)
        session.playback.time_changed.connect(self._time_changed)
        session.playback.changed.connect(self._playback_changed)
        session.work.changed.connect(self._work_changed)
        session.settings_changed.connect(self._settings_changed)
        session.said.connect(self.messages.show_message)

    def _connect_parts(self) -> None:
        session = self.session
        self.picture_area.drop_zone.open_asked.connect(session.open)
        self.video.needed_size_changed.connect(session.playback.set_view_size)
        self.video.double_clicked.connect(self.commands.toggle_full_screen)
        self.video.box_clicked.connect(self._box_clicked)
        self.video.zoom_changed.connect(self._zoom_changed)
        self.transport.zoom.clicked.connect(self.commands.toggle_zoom)
        self.transport.time_typed.connect(self.commands.go_to_typed)
        self.transport.typing_ended.connect(self.video.setFocus)
        self.transcript.seek_asked.connect(session.playback.seek)
        self.objects.seek_asked.connect(self._go_to_detection)
        self.objects.class_toggled.connect(session.toggle_class)
        self.objects.confidence_changed.connect(session.set_confidence)
        self.info.how_to.clicked.connect(self.show_models)
        self.timeline.seek_asked.connect(self._strip_seeks)
        self.timeline.scrub_began.connect(session.playback.begin_scrub)
        self.timeline.scrub_ended.connect(session.playback.end_scrub)
        self.timeline.class_clicked.connect(session.toggle_class)
        self.status.cancel_asked.connect(session.work.cancel)
        session.playback.set_view_size(self.video.needed_size())

    def _register_end(self) -> None:
        end, session = self._surroundings.shutdown, self.session
        end.register(Phase.REFUSE_COMMANDS, "refuse", session.refuse)
        end.register(Phase.WAIT_FOR_INFERENCE, "analysis", session.stop_inference)
        end.register(Phase.WAIT_FOR_INFERENCE, "exports", self.commands.wait)
        end.register(Phase.WAIT_FOR_DECODER, "decoder", session.stop_decoder)
        end.register(Phase.SAVE, "settings", self.save_settings)

    def fill_strip(self) -> None:
        """Build the time strip; asked for after the window shows, because its library takes long to load."""
        self.timeline.fill()
        self._findings_shown(Change.EVERYTHING)
        self._time_changed()

    # --- what the session says

    def _file_changed(self) -> None:
        session = self.session
        self.picture_area.show_state(session)
        self.top_bar.set_name(session.file.path.name if session.file.path is not None else "")
        name = f"{session.file.path.name} - Reelscope" if session.file.path is not None else "Reelscope"
        self.setWindowTitle(name)
        if session.file.state in (FileState.NONE, FileState.LOADING):
            self.messages.clear()
            self._models_noted = ""
            self._warned.clear()
        if session.file.is_open:
            self._note_models()
            self._say_empty()
        self._show_info()
        self._enable()
        self.refresh_status()

    def _note_models(self) -> None:
        """Say plainly what the models are worth, once for each file and each choice of models."""
        missing = missing_sentence(self.session.models)
        sentence = missing or sample_sentence(self.session.models)
        noted, self._models_noted = self._models_noted, sentence
        if sentence == noted:
            return
        if sentence:
            tone = Tone.WARNING if missing else Tone.NOTE
            self.messages.show_message(Message(sentence, tone, "How to get real ones", self.show_models))
        elif self.messages.message is not None and self.messages.message.sentence == noted:
            self.messages.clear()

    def _findings_changed(self, change: Change) -> None:
        """Gather what comes quickly; what is rare is shown at once."""
        self._dirty |= change
        if change == Change.EVERYTHING or change & (Change.MEDIA | Change.OUTCOME):
            self._refresh_dirty()
        elif not self._refresh_timer.isActive():
            self._refresh_timer.start()

    def _refresh_dirty(self) -> None:
        change, self._dirty = self._dirty, Change.NOTHING
        self._findings_shown(change)

    def _findings_shown(self, change: Change) -> None:
        findings, shown = self.session.file.findings, self.session.shown
        self.timeline.show_findings(findings, change, shown)
        self._give_strip_room()
        if change & (Change.TRANSCRIPT | Change.MEDIA):
            self.transcript.set_segments(findings.segments)
        if change & Change.DETECTIONS:
            self._show_objects()
        if change & (Change.MEDIA | Change.WARNINGS | Change.OUTCOME):
            self._show_info()
        if change & Change.WARNINGS:
            self._warn(findings.warnings)
        self._say_empty()
        self._time_changed()
        self._enable()

    def _warn(self, warnings: tuple[str, ...]) -> None:
        """Say what is wrong with the file, once for each file; all of it stands in the information."""
        if self._warned.issuperset(warnings):
            return
        self._warned.update(warnings)
        more = f" ({len(warnings) - 1} more in Info)" if len(warnings) > 1 else ""
        show = self.commands.show_info
        self.messages.show_message(Message(warnings[0] + more, Tone.WARNING, "Show in Info", show))

    def _give_strip_room(self) -> None:
        """Let the strip grow with its lanes, unless its height was chosen by hand."""
        total = sum(self._down.sizes())
        if self.session.settings.window.strip_height or not self.isVisible():
            return
        strip = self.timeline.wanted_height(total * 39 // 100) + (GROWTH if total > _TALL else 0)
        if strip != self._strip_given:
            self._strip_given = strip
            self._down.setSizes([total - strip, strip])

    def _filter_changed(self) -> None:
        self.timeline.show_findings(self.session.file.findings, Change.DETECTIONS, self.session.shown)
        self._show_objects()

    def _show_objects(self) -> None:
        findings, shown = self.session.file.findings, self.session.shown
        counts = findings.counts(shown)
        self.objects.set_least_confidence(self.session.settings.confidence)
        self.objects.show_objects(findings.detections(shown), counts, shown, findings.looked_at_count)

    def _say_empty(self) -> None:
        self.transcript.note.say(*no_lines(self.session))
        self.objects.note.say(*no_objects(self.session))

    def _picture_changed(self) -> None:
        frame = self.session.playback.frame
        if frame is None:
            return
        if self.video.frame is not frame:
            self.video.set_frame(frame)
        self.video.set_detections(frame.time.pts, self.session.boxes())
        self.objects.set_picture(frame.time.pts)

    def _time_changed(self) -> None:
        session = self.session
        time_s = session.playback.time_s
        self.transport.set_time(time_s)
        self.transport.set_extent(
            session.file.findings.duration_s if session.file.is_open else None, self._picture_words()
        )
        self.transcript.set_time(time_s, session.file.findings.segment_at(time_s))
        if self.timeline.view is not None:
            self.timeline.view.set_playhead(
                time_s if session.file.is_open else None, follow=session.playback.playing
            )

    def constant_rate(self) -> Fraction | None:
        """Pictures a second, where pictures can be counted by it."""
        media = self.session.file.media
        video = media.video if media is not None else None
        if video is None or video.variable_rate or video.average_rate is None:
            return None
        return Fraction(video.average_rate)

    def _picture_words(self) -> str:
        rate, frame = self.constant_rate(), self.session.playback.frame
        return "" if rate is None or frame is None else f"#{round(frame.time_s * rate)}"

    def _playback_changed(self) -> None:
        self.transport.set_playing(self.session.playback.playing)
        self.transport.set_speed(self.session.playback.speed)
        self.refresh_status()

    def _work_changed(self) -> None:
        self._enable()
        self._say_empty()
        self.refresh_status()

    def refresh_status(self) -> None:
        """Say anew how it stands."""
        session = self.session
        if session.work.state.under_way:
            self.status.show_running(running_words(session), session.work.meter.share(), left_words(session))
        else:
            self.status.show_idle(*idle_words(session))
        written = self.commands.last_export
        words = "nothing written" if written is None else f"written: {written.name}"
        self.status.set_right(right_words(session, self.video.zoom_text, words))

    def _zoom_changed(self) -> None:
        self.transport.set_zoom(self.video.zoom_text)
        self.refresh_status()

    def _settings_changed(self) -> None:
        settings = self.session.settings
        self.wear_theme()
        checked = {
            "view.boxes": settings.show_boxes,
            "view.full": self.isFullScreen(),
            **{f"view.{theme.value}": settings.theme is theme for theme in Theme},
            "analyse.keyframes": settings.frames == "keyframes",
            "analyse.five": settings.frames == "fps:5",
            "analyse.all": settings.frames == "all",
        }
        for command_id, on in checked.items():
            self.command_actions[command_id].setChecked(on)
        if self.session.file.state is FileState.NONE:
            self.picture_area.drop_zone.set_recent(settings.recent)

    def _enable(self) -> None:
        session = self.session
        busy = session.work.state.analyses
        there = {
            Needs.NOTHING: True,
            Needs.FILE: session.file.is_open,
            Needs.PICTURE: session.file.has_picture,
            Needs.IDLE_FILE: session.file.is_open and not busy,
            Needs.ANALYSIS: session.work.state.under_way,
            Needs.RESULT: session.work.result is not None,
        }
        for action in self.command_actions.values():
            action.setEnabled(there.get(action.data(), True))
        self._recent_menu.setEnabled(bool(session.settings.recent))

    def _show_info(self) -> None:
        session = self.session
        sections: Sections = media_sections(session.file.media) if session.file.media is not None else ()
        analysis = analysis_sections(session.models, session.work.result) if session.file.is_open else ()
        sample = sample_sentence(session.models) if session.file.is_open else ""
        self.info.show_facts((*sections, *analysis), session.file.findings.warnings, sample)

    # --- what hands do

    def _strip_seeks(self, asked: object) -> None:
        self.session.playback.seek(asked.time_s, exact=asked.exact)  # type: ignore[attr-defined]

    def _go_to_detection(self, detection: Detection) -> None:
        self.session.playback.seek(detection.time_s)
        self.video.set_selected(detection)

    def _box_clicked(self, detection: Detection | None) -> None:
        self.video.set_selected(detection)
        if detection is not None:
            self.show_tab(_Tab.OBJECTS)

    def show_tab(self, place: int) -> None:
        """Turn the panel to a page."""
        self.panel.show_tab(place)

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
            action = self._recent_menu.addAction(Path(name).name.replace("&", "&&"))
            action.setToolTip(name)
            action.triggered.connect(partial(self._open_recent, Path(name)))

    def _open_recent(self, path: Path, _checked: bool = False) -> None:
        self.session.open(path)

    def set_full_screen(self, on: bool) -> None:
        """Show the picture and its bar alone, or everything."""
        for part in (self.top_bar, self.panel, self.timeline, self.status):
            part.setVisible(not on)
        margin = 0 if on else _GAP
        layout = self._page.layout()
        if layout is not None:
            layout.setContentsMargins(margin, margin, margin, margin)
        if on:
            self.showFullScreen()
        else:
            self.showNormal()
        self.command_actions["view.full"].setChecked(on)

    def show_keys(self) -> None:
        """Show the sheet of keys."""
        self._show_sheet(keys_sheet(self, self.bindings.keymap))

    def show_models(self) -> None:
        """Show the page on models."""
        self._show_sheet(models_sheet(self, self.session.models, self.command_actions["analyse.add_model"]))

    def show_about(self) -> None:
        """Say what this is."""
        self._show_sheet(about_sheet(self))

    def _show_sheet(self, sheet: Sheet) -> None:
        if self._sheet is not None:
            self._sheet.close()
            self._sheet.deleteLater()
        self._sheet = sheet
        sheet.show()

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
        """Open what was dropped."""
        self.picture_area.drop_zone.set_over(False)
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        event.acceptProposedAction()
        self.commands.open_paths(paths)

    # --- look and end

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
        for part in (
            self.messages,
            self.picture_area,
            self.transport,
            self.panel,
            self.timeline,
            self.status,
        ):
            part.wear(palette)

    def save_settings(self) -> None:
        """Write the settings, where they changed."""
        if self._surroundings.settings_file is not None:
            self._surroundings.settings_file.save(self.session.settings)

    def closeEvent(self, event: QCloseEvent) -> None:
        """End everything in order, then close."""
        if not self._surroundings.shutdown.begun:
            self._remember_place()
            self.messages.clear()
            self._surroundings.shutdown.run()
        event.accept()

    def _parts_moved(self) -> None:
        """Remember what was drawn by hand: from now on it stays so."""
        panel, strip = self._across.sizes()[1], self._down.sizes()[1]
        window = replace(self.session.settings.window, panel_width=panel, strip_height=strip)
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


def _splitter(orientation: Qt.Orientation, first: QWidget, second: QWidget) -> QSplitter:
    splitter = QSplitter(orientation)
    splitter.setHandleWidth(_GAP)
    splitter.setChildrenCollapsible(False)
    splitter.addWidget(first)
    splitter.addWidget(second)
    return splitter
