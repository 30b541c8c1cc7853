"""What the commands do: one method each, named in the command table."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from app.resources import sample_clip
from app.settings import Settings, Theme
from app.ui.doubt_actions import DoubtActions
from app.ui.edit_actions import EditActions
from app.ui.exporting import Exporter
from app.ui.follow_actions import FollowActions
from app.ui.go_actions import GoActions
from app.ui.message import Message, Tone
from app.ui.range_actions import RangeActions
from app.ui.session import Session
from app.ui.side_panel import Tab
from app.ui.sound import louder
from app.ui.still_actions import StillActions
from app.ui.transcript_actions import TranscriptActions

if TYPE_CHECKING:
    from app.ui.main_window import MainWindow
    from app.ui.model_desk import ModelDesk


_OPEN_FILTER = (
    "Video and sound (*.mp4 *.mov *.m4v *.mkv *.webm *.avi *.ts *.mts *.m2ts *.mpg *.mpeg *.wmv *.flv *.ogv"
    " *.ogm *.mxf *.3gp *.gif *.mp3 *.wav *.flac *.aac *.m4a *.ogg *.opus);;All files (*)"
)
_SUBTITLE_FILTER = "Subtitles (*.srt *.vtt *.ass *.ssa);;All files (*)"
_TRANSCRIPT_FILTER = "Subtitles and documents (*.srt *.vtt *.ass *.ssa *.json);;All files (*)"


class Actions(QObject):
    """The commands of one window."""

    def __init__(self, session: Session, window: MainWindow, models: ModelDesk) -> None:
        super().__init__(window)
        self._session = session
        self._window = window
        self._models = models
        self.go = GoActions(session, window)
        self.range = RangeActions(session, self)
        self.doubts = DoubtActions(session, window)
        self._exporter = Exporter(self)
        self._exporter.finished.connect(self._exported)
        self.follow = FollowActions(session, window)
        self.said = TranscriptActions(session, window)
        self.edit = EditActions(session, window)
        self.still = StillActions(session, window.theme, window)
        self.still.written.connect(self._exported)
        self.care = window.care
        self.last_export: Path | None = None

    # --- file

    def open_dialog(self) -> None:
        """Ask for files and open them."""
        names, _ = QFileDialog.getOpenFileNames(self._window, "Open Videos", self._folder(), _OPEN_FILTER)
        if names:
            self.open_paths([Path(name) for name in names])

    def open_folder(self) -> None:
        """Ask for a folder and go through its files."""
        name = QFileDialog.getExistingDirectory(self._window, "Open a Folder", self._folder())
        if name:
            self.open_paths([Path(name)])

    def open_subtitles(self) -> None:
        """Ask for a subtitle file and show it over the picture."""
        name, _ = QFileDialog.getOpenFileName(
            self._window, "Open Subtitles", self._folder(), _SUBTITLE_FILTER
        )
        if name:
            self._window.side.subtitles.add_file(Path(name))

    def import_transcript(self) -> None:
        """Ask for subtitles, or a document, that become the transcript."""
        name, _ = QFileDialog.getOpenFileName(
            self._window, "Import a Transcript", self._folder(), _TRANSCRIPT_FILTER
        )
        if name:
            self._window.side.imports.take_file(Path(name))

    def take_subtitles(self) -> None:
        """Make the subtitles of the file, or beside it, the transcript."""
        self._window.side.imports.take_offer()

    @property
    def offered_subtitles(self) -> str:
        """What subtitles there are for that; "" for none."""
        return self._window.side.imports.offer_name

    def _folder(self) -> str:
        """Where a dialog begins: beside the open file, else beside the last one, else at home."""
        path, recent = self._session.file.path, self._session.settings.recent
        return str(path.parent) if path else str(Path(recent[0]).parent) if recent else str(Path.home())

    def open_sample(self) -> None:
        """Open the clip that comes with the program."""
        self._session.open(sample_clip())

    def open_paths(self, paths: list[Path]) -> None:
        """Open the first of some files, and list the others."""
        self._window.side.arrivals.come(paths)

    def next_file(self) -> None:
        """Open the next file of the list."""
        self._window.side.arrivals.go(1)

    def previous_file(self) -> None:
        """Open the file before in the list."""
        self._window.side.arrivals.go(-1)

    def switch_subtitles(self) -> None:
        """Show the next subtitles, or none."""
        self._window.side.subtitles.switch()

    def close_file(self) -> None:
        """Leave the file."""
        self._session.close()

    def forget_recent(self) -> None:
        """Empty the list of recent files."""
        self._change(recent=())

    def show_settings(self) -> None:
        """Show the settings."""
        self._window.sheets.settings()

    def change_keys(self) -> None:
        """Show where keys are changed."""
        self._window.sheets.settings().show_keys()

    def quit(self) -> None:
        """Close the window, which ends the program."""
        self._window.close()

    # --- view

    def toggle_boxes(self) -> None:
        """Paint boxes, or none."""
        self._change(show_boxes=not self._session.settings.show_boxes)

    def toggle_zoom(self) -> None:
        """Between the whole picture and 100 %."""
        self._window.video.toggle_fit()

    def toggle_full_screen(self) -> None:
        """Only the picture, or everything."""
        self._window.place.set_full_screen(not self._window.isFullScreen())

    def escape(self) -> None:
        """Leave the full screen, else give the keys back to the picture."""
        if self._window.isFullScreen():
            self._window.place.set_full_screen(False)
        else:
            self._window.picture_area.take_keyboard()

    def toggle_deinterlacing(self) -> None:
        """Show interlaced pictures without combs, or as they are."""
        self._change(deinterlace=not self._session.settings.deinterlace)

    def zoom_time_in(self) -> None:
        """Spread the time strip."""
        self._zoom_time(2.0)

    def zoom_time_out(self) -> None:
        """Draw the time strip together."""
        self._zoom_time(0.5)

    def show_all_time(self) -> None:
        """Show the whole file on the strip."""
        self._window.timeline.show_all()

    def _zoom_time(self, factor: float) -> None:
        self._window.timeline.zoom(factor, self._session.playback.time_s)

    def show_transcript(self) -> None:
        """Turn to the transcript."""
        self._turn_to(Tab.TRANSCRIPT)

    def show_objects(self) -> None:
        """Turn to the objects."""
        self._turn_to(Tab.OBJECTS)

    def show_info(self) -> None:
        """Turn to the information."""
        self._turn_to(Tab.INFO)

    def _turn_to(self, tab: Tab) -> None:
        """Turn to a page of the panel, which the full screen does not have."""
        self._window.place.set_full_screen(False)
        self._window.parts.panel.show_tab(tab)

    def theme_system(self) -> None:
        """Wear what the system wears."""
        self._change(theme=Theme.SYSTEM)

    def theme_dark(self) -> None:
        """Wear the dark palette."""
        self._change(theme=Theme.DARK)

    def theme_light(self) -> None:
        """Wear the light palette."""
        self._change(theme=Theme.LIGHT)

    # --- analysis

    def analyse(self) -> None:
        """Find everything in the file."""
        self._session.analyse()

    def cancel(self) -> None:
        """Stop what runs."""
        self._session.work.cancel()

    def toggle_pause(self) -> None:
        """Let the analysis rest, or go on."""
        self._session.work.toggle_pause()

    def frames_keyframes(self) -> None:
        """Let the detector see keyframes."""
        self._change(frames="keyframes")

    def frames_five(self) -> None:
        """Let the detector see five pictures a second."""
        self._change(frames="fps:5")

    def frames_all(self) -> None:
        """Let the detector see every picture."""
        self._change(frames="all")

    def choose_detector(self, name: str) -> None:
        """Find objects with the detector of that name, or with none."""
        self._change(detector=name)

    def choose_speech(self, name: str) -> None:
        """Listen with the speech model of that name, or with none."""
        self._change(speech=name)

    def add_model(self) -> None:
        """Ask for a model file and add it to the user's models."""
        from app.ui.model_words import MODEL_FILTER

        name, _ = QFileDialog.getOpenFileName(
            self._window, "Add a Model File", str(Path.home()), MODEL_FILTER
        )
        if name:
            self.add_model_file(Path(name))

    def add_model_file(self, path: Path) -> None:
        """Add a model; the desk says what became of it."""
        self._models.add(path)

    # --- search and sound

    def search_everything(self) -> None:
        """Open the field that finds commands, files, places, objects and words; or close it."""
        self._window.search.toggle()

    def find_in_transcript(self) -> None:
        """Give the keyboard to the search field of the transcript."""
        self.show_transcript()
        self._window.transcript.start_finding()

    def toggle_mute(self) -> None:
        """Be silent, or be heard."""
        self._change(muted=not self._session.settings.muted)

    def louder(self) -> None:
        """A step louder, and to be heard."""
        self._session.change_settings(louder(self._session.settings, 1))

    def softer(self) -> None:
        """A step softer."""
        self._session.change_settings(louder(self._session.settings, -1))

    def set_volume(self, volume: object) -> None:
        """Be so loud, 0..1."""
        self._change(volume=volume, muted=False)

    # --- export

    def export(self, name: str) -> None:
        """Ask for a place and write the result there in the format of that name.

        It is the result of now: while the dialog asks, another file may come.
        """
        from app.export.formats import FORMATS

        result, video = self._session.document(), self._session.file.path
        if result is None or video is None:
            return
        chosen = FORMATS[name]
        proposal = video.with_suffix(chosen.suffix)
        where, _ = QFileDialog.getSaveFileName(
            self._window, f"Export as {chosen.title}", str(proposal), f"{chosen.title} (*{chosen.suffix})"
        )
        if where:
            self._exporter.write(chosen, result, Path(where), self._session.settings.cue_style)

    def show_export(self) -> None:
        """Show the formats and their options."""
        self._window.sheets.export()

    def export_to(self, name: str, path: Path) -> None:
        """Write the result, in a thread."""
        from app.export.formats import FORMATS

        result = self._session.document()
        if result is not None:
            self._exporter.write(FORMATS[name], result, path, self._session.settings.cue_style)

    def wait(self) -> None:
        """Return when no export runs any more."""
        self._exporter.wait()
        self.still.wait()

    def _exported(self, outcome: object) -> None:
        path, failure = outcome.path, outcome.failure  # type: ignore[attr-defined]
        if failure:
            self._session.said.emit(Message(failure, Tone.FAILURE))
            return
        self.note_written(path)
        if outcome.transcript is not None:  # type: ignore[attr-defined]
            self._session.desk.mark_saved(outcome.transcript)  # type: ignore[attr-defined]
        self._session.said.emit(Message(f"Written: {path}", Tone.DONE))

    def note_written(self, path: Path) -> None:
        """A file was written: the status tells which one was the last."""
        self.last_export = path
        self._window.presenter.refresh_status()

    # --- help

    def show_keys(self) -> None:
        """Show the sheet of all keys."""
        self._window.sheets.keys()

    def show_models(self) -> None:
        """Show which models there are, get others, add and remove them."""
        self._window.sheets.models()

    def show_devices(self) -> None:
        """Show what decodes and what runs models here."""
        self._window.sheets.devices()

    def show_about(self) -> None:
        """Say what this is."""
        self._window.sheets.about()

    def _change(self, **values: object) -> None:
        changed: Settings = replace(self._session.settings, **values)  # type: ignore[arg-type]
        self._session.change_settings(changed)
