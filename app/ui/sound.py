"""The sound of a session: how loud, which track, and why nothing is heard."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from app.ui.open_file import OpenFile

if TYPE_CHECKING:
    from app.settings import Settings
    from app.ui.playback import Playback
    from app.workers.notices import SoundNotice
    from app.workers.sound_thread import SoundThread

_FOLLOW_MS = 33
"""Without new pictures nobody tells the time: it is looked at so often."""
_STEP = 0.05


class Sound(QObject):
    """Hands wishes on to the sound's thread, and follows its clock where no new picture tells the time.

    GUI thread only.

    Attributes:
        trouble: why nothing is heard, for the status line; "" where something is, or nothing is known.

    Signals:
        changed(): the trouble.
    """

    changed = Signal()

    def __init__(
        self,
        thread: SoundThread | None,
        file: OpenFile,
        playback: Playback,
        settings: Settings,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._thread = thread
        self._file = file
        self._playback = playback
        self.trouble = self._device = ""
        self._timer = QTimer(self)
        self._timer.setInterval(_FOLLOW_MS)
        self._timer.timeout.connect(self._follow)
        playback.changed.connect(self._playback_changed)
        if thread is not None:
            thread.notice.connect(self._noticed)
            thread.start()
        self.take(settings)

    @property
    def words(self) -> str:
        """What the status line says of the sound of the open file; "" where all is well."""
        media = self._file.media
        if not self._file.is_open or media is None:
            return ""
        return self.trouble if media.audio else "no sound in this file"

    @property
    def track(self) -> int:
        """The sound track that is heard."""
        return 0 if self._thread is None else self._thread.clock.track

    def choose_track(self, track: int) -> None:
        """Hear another track, from this moment on."""
        if self._thread is not None:
            self._thread.clock.choose_track(track)

    def take(self, settings: Settings) -> None:
        """Be as loud as the settings say, through the device they name."""
        if self._thread is not None:
            self._thread.set_volume(settings.volume, muted=settings.muted)
            if settings.sound_device != self._device:
                self._device = settings.sound_device
                self._thread.set_device(self._device)
                self._thread.clock.restart()

    def stop(self) -> None:
        """Stop the sound and wait for its thread."""
        self._timer.stop()
        if self._thread is not None:
            self._thread.stop()
            self._thread.wait()

    def _noticed(self, notice: SoundNotice) -> None:
        self.trouble = notice.sentence
        self.changed.emit()

    def _playback_changed(self) -> None:
        if self._playback.playing and self._thread is not None:
            self._timer.start()
        elif self._timer.isActive():
            self._timer.stop()
            self._follow()

    def _follow(self) -> None:
        if self._thread is not None and self._file.is_open:
            self._playback.heard(self._thread.clock.now())


def louder(settings: Settings, steps: int) -> Settings:
    """Return the settings so many steps louder (softer, if negative), and to be heard."""
    volume = min(1.0, max(0.0, round(settings.volume + steps * _STEP, 2)))
    return replace(settings, volume=volume, muted=False)
