"""The window: makes the parts, joins them, and answers what the desktop says to it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QWheelEvent
from PySide6.QtWidgets import QMainWindow

from app.lifecycle import Phase
from app.ui.action_states import ActionStates
from app.ui.actions import Actions
from app.ui.care import Care
from app.ui.closing import UnsavedEdits
from app.ui.command_palette import CommandPalette
from app.ui.commands import Part
from app.ui.device_trials import DeviceTrials
from app.ui.edit_menu import EditMenu
from app.ui.file_side import FileSide
from app.ui.file_side_view import FileSideView
from app.ui.icons import app_icon
from app.ui.kept_edits import KeptEdits
from app.ui.key_bindings import KeyBindings
from app.ui.key_priority import KeyPriority
from app.ui.line_editing import LineEditing
from app.ui.menus import build_actions
from app.ui.message import Message, Tone
from app.ui.model_desk import ModelDesk
from app.ui.object_hands import ObjectHands
from app.ui.palette_source import PaletteSource
from app.ui.presenter import Presenter
from app.ui.session import Session
from app.ui.sheets import Sheets
from app.ui.strip_hands import StripHands
from app.ui.surroundings import Surroundings
from app.ui.welcome import Welcome
from app.ui.wheel_steps import is_step
from app.ui.window_menus import WindowMenus
from app.ui.window_parts import WindowParts
from app.ui.window_place import PlaceKeeper
from app.ui.worn_theme import WornTheme

if TYPE_CHECKING:
    from app.ui.instance_server import FilesReceived


class MainWindow(QMainWindow):
    """The one window of the program.

    Attributes:
        session: the file and the work on it.
        parts: the parts; the larger ones are attributes of the window too.
        presenter: shows what the session says.
        commands: what the commands do.
        command_actions: the QAction of every command, by its name; ``states`` keeps them true.
        side: what comes with the file besides its picture.
        place, theme: how large the window is and what it wears.
    """

    def __init__(self, session: Session, surroundings: Surroundings) -> None:
        super().__init__()
        self.session = session
        self._surroundings = world = surroundings
        self.setWindowIcon(app_icon())
        self.setAcceptDrops(True)
        self.theme = WornTheme(session, self)
        self.device_trials = DeviceTrials(
            session, self, world.make_device_tester, by_itself=world.tries_devices
        )
        self.model_desk = ModelDesk(session, world.open_library, self, world.fetch)
        self.welcome = Welcome(session, self.model_desk, self)
        self.sheets = Sheets(self, self.device_trials, world.offer_detectors)
        self.side = FileSide(session, world.make_side_reader(), self)
        self.care = Care(self._say, lambda: session.settings, self, world.make_release_checker)
        self._make_commands()
        self._make_parts()
        self.presenter = Presenter(session, self.parts, self.commands, self)
        self.presenter.titled.connect(self.setWindowTitle)
        self._make_editing()
        self._connect_hands()
        self._connect_states()
        self.side_view = FileSideView(self.side, session, self.parts, self)
        self.side.changed.connect(self.presenter.side_changed)
        self.side.arrivals.models_came.connect(self.model_desk.offer)
        self._make_search()
        self._register_end()
        self.theme.dress(self.parts, self.search, self.sheets)
        self.states.check()
        self.presenter.show_settings()
        self.presenter.show_file()
        if world.notice:
            self._say(Message(world.notice, Tone.WARNING))

    # --- making

    def _make_commands(self) -> None:
        self.key_priority = KeyPriority(self)
        self.commands = Actions(self.session, self, self.model_desk)
        self.command_actions = build_actions(self, self.commands)
        self.bindings = KeyBindings(self.session, self.command_actions, self)
        self.menus = WindowMenus(self.session, self.commands, self.command_actions, self._surroundings)

    def _make_parts(self) -> None:
        self.parts = parts = WindowParts(self.command_actions, self.menus.bar, self)
        self.messages, self.top_bar, self.picture_area = parts.messages, parts.top_bar, parts.picture_area
        self.video, self.transport, self.status = parts.video, parts.transport, parts.status
        self.transcript, self.objects, self.info = parts.transcript, parts.objects, parts.info
        self.timeline = parts.timeline
        self.setMenuWidget(self.top_bar)
        self.setCentralWidget(parts.whole)
        self.setMinimumSize(960, 600)
        self.place = PlaceKeeper(self, parts, self.session)
        self.place.restore()

    def _make_editing(self) -> None:
        session, edit = self.session, self.commands.edit
        editing = edit.editing = LineEditing(self.transcript, session.desk, self.presenter.refresh_now, self)
        editing.said.connect(session.said)
        session.desk.refused.connect(edit.refuse)
        session.leaving.connect(editing.keep_text)
        self.edit_menu = EditMenu(session.desk, self.transcript, self.command_actions, self)
        self.bindings.add_part(Part.EDITOR, *editing.editor.fields)
        # After the field of a line, so that what is written there when the file is left belongs to it.
        self.kept_edits = KeptEdits(session, self)
        self.kept_edits.kept.connect(self.commands.note_written)
        self.unsaved_edits = UnsavedEdits(editing, self.kept_edits, self._surroundings.ask_unsaved, self)

    def _connect_hands(self) -> None:
        """Let the commands, or the session, do what is asked in the parts."""
        session, commands, sheets = self.session, self.commands, self.sheets
        self.strip_hands = StripHands(self.timeline, session, self)
        self.object_hands = ObjectHands(self.parts, session, self)
        commands.said.connect_panel()
        commands.doubts.connect_panel()
        self.bindings.add_part(Part.TRANSCRIPT, self.transcript.lines)
        self.transcript.rerun_card.offer_speech = self._surroundings.offer_speech
        self.transcript.finding_ended.connect(self.picture_area.take_keyboard)
        self.key_priority.orphaned.connect(self.picture_area.take_keyboard)
        self.picture_area.drop_zone.open_asked.connect(session.open)
        self.welcome.offered.connect(self.picture_area.drop_zone.offer_models)
        self.video.needed_size_changed.connect(session.playback.set_view_size)
        self.video.double_clicked.connect(commands.toggle_full_screen)
        self.video.zoom_changed.connect(commands.follow.look_at_zoom)
        self.transport.speed_chosen.connect(session.playback.set_speed)
        self.transport.zoom.clicked.connect(commands.toggle_zoom)
        self.transport.time_typed.connect(commands.go.to_typed)
        self.transport.typing_ended.connect(self.picture_area.take_keyboard)
        self.transport.volume.volume_chosen.connect(commands.set_volume)
        self.info.how_to.clicked.connect(sheets.models)
        self.objects.note.button.clicked.connect(sheets.object_models)
        self.status.cancel_asked.connect(session.work.cancel)
        self.status.pause_asked.connect(session.work.toggle_pause)
        self.status.devices_asked.connect(sheets.devices)
        session.playback.set_view_size(self.video.needed_size())

    def _connect_states(self) -> None:
        self.states = ActionStates(
            self.command_actions, self.session, self.commands, self.side, self.transcript, self
        )
        self.place.full_screen_changed.connect(self.states.check)
        self.presenter.needs_changed.connect(self.states.enable)
        self.commands.edit.editing.changed.connect(self.states.enable)

    def _make_search(self) -> None:
        go_to = self.object_hands.go_to
        source = PaletteSource(self.session, self.command_actions, self.bindings, self.side, go_to)
        self.search = CommandPalette(self, source.gather, source.place_of)
        self.search.closed.connect(self.picture_area.take_keyboard)

    def _register_end(self) -> None:
        end, session = self._surroundings.shutdown, self.session
        end.register(Phase.REFUSE_COMMANDS, "refuse", session.refuse)
        end.register(Phase.CLOSE_MAILBOXES, "sound", session.sound.stop)
        end.register(Phase.WAIT_FOR_INFERENCE, "analysis", session.workers.stop_inference)
        end.register(Phase.WAIT_FOR_INFERENCE, "exports", self.commands.wait)
        end.register(Phase.WAIT_FOR_INFERENCE, "edits", self.kept_edits.files.wait)
        end.register(Phase.WAIT_FOR_INFERENCE, "side reader", self.side.stop)
        end.register(Phase.WAIT_FOR_INFERENCE, "device tester", self.device_trials.stop)
        end.register(Phase.WAIT_FOR_INFERENCE, "models", self.model_desk.stop)
        end.register(Phase.WAIT_FOR_INFERENCE, "release checker", self.care.stop)
        end.register(Phase.WAIT_FOR_DECODER, "decoder", session.workers.stop_decoder)
        end.register(Phase.SAVE, "settings", self._save_settings)

    # --- the start and the end

    def fill_strip(self) -> None:
        """Load what the first painting did not need, and build the time strip, whose library takes long."""
        self.session.workers.decoder.prepare()
        self.timeline.fill()
        self.welcome.begin()
        self.presenter.show_all()
        self.side_view.strip_filled()

    def take_files(self, received: FilesReceived) -> None:
        """A second start asks for files, or to see this window."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.raise_()
        self.activateWindow()
        self.commands.open_paths(list(received.paths))

    def closeEvent(self, event: QCloseEvent) -> None:
        """End everything in order, then close; unless somebody wants to stay for edits kept nowhere."""
        if not self._surroundings.shutdown.begun:
            if not self.unsaved_edits.may_close():
                event.ignore()
                return
            self.place.remember()
            self.messages.clear()
            self._surroundings.shutdown.run()
        event.accept()

    def _save_settings(self) -> None:
        if self._surroundings.settings_file is not None:
            self._surroundings.settings_file.save(self.session.settings)

    def _say(self, message: Message) -> None:
        self.messages.show_message(message)

    # --- what the desktop says

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Alt and Shift make the wheel step, over the picture and the strip."""
        at = event.position().toPoint()
        parts = (self.video, self.timeline)
        if is_step(event) and any(part.rect().contains(part.mapFrom(self, at)) for part in parts):
            self.commands.go.turn(event)
            event.accept()
        else:
            super().wheelEvent(event)

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
            self.place.window_state_changed()
