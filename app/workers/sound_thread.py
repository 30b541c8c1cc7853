"""The thread that keeps the sound device fed."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QThread, QTimer, Signal

from app.workers.notices import SoundNotice
from app.workers.sound_clock import SoundClock
from app.workers.sound_player import SoundPlayer, Wanted
from app.workers.sound_sink import DEVICE_FAILED, SoundSink, gain_of

if TYPE_CHECKING:
    from app.core.audio import Samples

_log = logging.getLogger(__name__)


class Sinks(Protocol):
    """Where the output comes from; made and used in the sound's thread."""

    wished: str

    def current(self) -> SoundSink:
        """Return the output to be used now."""


class SoundThread(QThread):
    """Plays what its clock wants to be heard. Commands may be called from any thread and return at once.

    Attributes:
        clock: to be given to the decoder; knows the file, its sound track and the time.

    Signals:
        notice: (SoundNotice) why nothing is heard, or that something is.
    """

    notice = Signal(object)
    _woken = Signal()

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        make_sinks: Callable[[], Sinks] | None = None,
        decode: Callable[[Wanted], Iterator[Samples]] | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("sound")
        self.clock = SoundClock()
        self.clock.on_wanted = self._wake
        self._make_sinks = make_sinks or _qt_sinks
        self._decode = decode or _decode
        self._lock = threading.Lock()
        self._gain, self._device = 1.0, ""
        self._stopping = False

    # --- commands ---

    def set_volume(self, volume: float, *, muted: bool) -> None:
        """Play so loud, 0..1 of the slider's way."""
        with self._lock:
            self._gain = gain_of(volume, muted=muted)
        self._wake()

    def set_device(self, description: str) -> None:
        """Play through the device of that name from the next start on; "" and unknown ones: the default."""
        with self._lock:
            self._device = description
        self._wake()

    def stop(self) -> None:
        """End: the sound stops, ``run`` returns; wait() for it. Repeated calls do nothing."""
        with self._lock:
            self._stopping = True
        self.clock.pause()
        self._wake()

    def _wake(self) -> None:
        self._woken.emit()

    # --- the thread ---

    def run(self) -> None:
        """Feed the device until ``stop``."""
        feeder = _Feeder(self, self._wishes, self._make_sinks(), self._decode)
        self._woken.connect(feeder.look)
        # What was asked for before anybody listened.
        self._woken.emit()
        self.exec()
        feeder.close()

    def _wishes(self) -> tuple[float, str, bool]:
        with self._lock:
            return self._gain, self._device, self._stopping


class _Feeder(QObject):
    """Lives in the sound's thread and is called by its event loop."""

    def __init__(
        self,
        thread: SoundThread,
        wishes: Callable[[], tuple[float, str, bool]],
        sinks: Sinks,
        decode: Callable[[Wanted], Iterator[Samples]],
    ) -> None:
        super().__init__()
        self._thread = thread
        self._wishes = wishes
        self._sinks = sinks
        self._clock = thread.clock
        self._gain = -1.0
        self._closed = False
        self._player = SoundPlayer(self._clock, sinks.current, decode, self._say)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.look)

    def look(self) -> None:
        """Do what is due, and come again when something will be."""
        gain, self._sinks.wished, stopping = self._wishes()
        if stopping or self._closed:
            self.close()
            self._thread.quit()
            return
        if gain != self._gain:
            self._gain = gain
            self._player.set_gain(gain)
        try:
            wait_s = self._player.tick()
        except Exception:  # noqa: BLE001 - a fault of the sound must not cost the picture its clock
            _log.exception("The sound thread met something unexpected")
            self._fail()
            return
        if wait_s is None:
            self._timer.stop()
        else:
            self._timer.start(round(wait_s * 1000))

    def close(self) -> None:
        """Be silent, give the device back; the end."""
        self._closed = True
        self._timer.stop()
        self._player.close()

    def _fail(self) -> None:
        run = self._clock.wanted()
        if run is not None:
            self._clock.alone(run.generation)
        self._player.close()
        self._say(DEVICE_FAILED)

    def _say(self, sentence: str) -> None:
        self._thread.notice.emit(SoundNotice(sentence))


def _qt_sinks() -> Sinks:
    from app.workers.qt_sink import QtSinks

    return QtSinks()


def _decode(wanted: Wanted) -> Iterator[Samples]:
    from app.media.sound_track import played_sound

    run = wanted.run
    return played_sound(
        run.source.path, audio_track=run.source.track, start_s=run.at_s, speed=run.speed,
        rate=wanted.rate, channels=wanted.channels, cancel=run.cancel,
        tell_gap=wanted.tell_gap,
    )  # fmt: skip
