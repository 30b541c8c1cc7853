"""The thread that decodes what the window shows."""

from __future__ import annotations

import dataclasses
import logging
import threading
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from PySide6.QtCore import QObject, QThread, Signal

from app.core.frame import VideoFrame
from app.core.geometry import Size
from app.core.mailbox import MailboxClosedError, Slot
from app.core.time import TimeSpan
from app.workers.decoding_desk import DecodingDesk
from app.workers.notices import DecodingState, OpenFailed, PlaybackState
from app.workers.orders import OrderBox, Orders
from app.workers.picture_outlet import PictureOutlet
from app.workers.player import Player
from app.workers.player_needs import Clock, LiveTap, PictureConverter, Reader
from app.workers.precedence import yield_to_window
from app.workers.prepared_frames import PreparedFrames, Preparer
from app.workers.shown_frames import Form, ShownFrames
from app.workers.signal_screen import PictureWishes, SignalScreen, Tell
from app.workers.sound_clock import SoundClock

_log = logging.getLogger(__name__)

_STACK_BYTES = 8 * 2**20
"""What decoders expect of a main thread; some systems give other threads a sixteenth of it."""


_FIRST_NEEDED = ("app.media.decoder", "app.media.convert", "app.analysis.child.supervision")
"""What the first file would wait for, here and in the thread of analyses."""


MakeDesk = Callable[[Callable[[DecodingState], None], Callable[[], None]], DecodingDesk]
"""From what is told of decoding, and what wakes the thread, to what decides about it."""


class DecoderThread(QThread):
    """Decodes one video at a time and paces it; the container lives and dies inside ``run``.

    Every command may be called from any thread, returns at once and is carried out in this one. ``open``,
    ``close`` and ``seek`` return a generation: pictures and notices of a lower one are late and not for
    showing.

    Attributes:
        out: the newest picture to show, BGRA, within the size of ``set_view_size``: poll on ``frame_ready``.
        full_out: the answer to ``ask_full``: poll on ``full_ready``.

    Signals:
        frame_ready: () ``out`` has a picture.
        full_ready: () ``full_out`` has the picture that was asked for by ``ask_full``.
        opened: (VideoOpened) a file is open; its first picture follows, where it has any.
        failed: (OpenFailed) a file cannot be opened, or not be read any more; another one can be opened.
        decoding_changed: (DecodingState) with what pictures are decoded.
        state_changed: (PlaybackState) playing, paused, at the end, dropping.
    """

    frame_ready = Signal()
    full_ready = Signal()
    opened = Signal(object)
    failed = Signal(object)
    state_changed = Signal(object)
    decoding_changed = Signal(object)

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        open_reader: Callable[[Path, int], Reader] | None = None,
        clock: Clock | None = None,
        make_desk: MakeDesk = DecodingDesk,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("decoder")
        self.setStackSize(_STACK_BYTES)
        self._orders = OrderBox()
        self._desk = make_desk(self.decoding_changed.emit, self._orders.nudge)
        self._open_reader = open_reader or self._open_with_desk
        self._clock = clock
        self._sound: SoundClock | None = None
        self._wishes = PictureWishes()
        self._prepares = threading.Event()
        self._shown_frames = ShownFrames()
        self._prepared = PreparedFrames()
        self._outlet = PictureOutlet(taken=self._orders.nudge, ready=self.frame_ready.emit)
        self.out: Slot[VideoFrame] = self._outlet.shown
        self.full_out = self._outlet.full

    def follow(self, clock: SoundClock) -> None:
        """Let the sound lead the pictures; before the thread starts."""
        self._clock = self._sound = clock
        clock.on_moved = self._orders.nudge

    # --- commands ---

    def prepare(self) -> None:
        """Load what shows and analyses a film: one may soon be opened."""
        self._prepares.set()
        self._orders.nudge()

    def open(self, path: Path, video_track: int = 0) -> int:
        """Show a file from its first picture on; what is shown now is let go. Returns its generation."""
        return self._forget_shown(self._orders.open(path, video_track))

    def close(self) -> int:
        """Let the file go, and all that was kept of it; show none. Returns the generation of this.

        Running work is abandoned. Until the next ``open`` there is nothing to seek, step or play in: such
        commands are ignored. Speed and view size are kept for the next file.
        """
        return self._forget_shown(self._orders.close_file())

    def seek(self, time_s: float, *, exact: bool = True) -> int:
        """Show the picture at a time, seconds from the container's start; a newer seek replaces this one.

        Without ``exact`` the nearest keyframe comes first, at once; the exact picture follows unless a newer
        request waits. What was shown there a moment ago is in ``out`` when this returns. Returns the
        generation of the pictures that answer it.
        """
        generation = self._orders.seek(time_s, exact=exact)
        known = self._shown_frames.at(
            time_s, Form(self._orders.view_size, combed=not self._wishes.deinterlaces)
        )
        if known is not None:
            self._outlet.answer(dataclasses.replace(known, generation=generation))
        return generation

    def step(self, count: int) -> None:
        """Go ``count`` pictures on (back, if negative), pausing; calls add up and every picture is shown."""
        self._orders.step(count)

    def play(self) -> None:
        """Play on; from the beginning, where the end was reached."""
        self._orders.set_playing(True)

    def pause(self) -> None:
        """Stop at the picture shown."""
        self._orders.set_playing(False)

    def set_speed(self, speed: float) -> None:
        """Play at 0.25 to 4 times the speed, below zero back; what lies outside is brought inside."""
        self._orders.set_speed(speed)

    def set_loop(self, span: TimeSpan | None) -> None:
        """Play a stretch again and again: at its end playing jumps to its start; None: no more.

        Only playing that comes from before the end of the stretch jumps. Another file forgets it.
        """
        self._orders.set_loop(span)

    def set_hwaccel(self, name: str) -> None:
        """Decode with a device where that serves: auto, none (at the beginning) or the name of one."""
        self._desk.choose(name)

    def set_view_size(self, size: Size) -> None:
        """Convert pictures to fit within ``size``, device pixels; the picture shown comes again."""
        self._orders.set_view_size(size)

    def set_live_tap(self, tap: LiveTap | None) -> None:
        """Also give each picture shown to ``tap``, in the form it wants; the present one comes again."""
        self._wishes.live_tap = tap
        self._orders.show_again()

    def set_deinterlacing(self, on: bool) -> None:
        """Free interlaced pictures of combs, or show them as they are; the present one comes again."""
        self._wishes.deinterlaces = on
        self._orders.show_again()

    def ask_full(self) -> None:
        """Ask for the picture shown, RGB, upright, at its full size; none comes where none is shown."""
        self._wishes.full.set()
        self._orders.nudge()

    def show_again(self) -> None:
        """Show the present picture once more: a live detector has become ready for it."""
        self._orders.show_again()

    def stop(self) -> None:
        """End: running work lets go, ``run`` returns; wait() for it. Repeated calls do nothing."""
        self._orders.close()
        self._outlet.close()

    def _forget_shown(self, generation: int) -> int:
        self._shown_frames.clear(generation)
        self._outlet.forget()
        return generation

    # --- the thread ---

    def run(self) -> None:
        """Carry out orders until ``stop``."""
        yield_to_window()
        player = self._player()
        try:
            while True:
                orders = self._orders.take(player.idle_s())
                if not self._carried_out(player, orders):
                    player.close()
                    player = self._player()
        except MailboxClosedError:
            return
        finally:
            player.close()
            self._desk.close()

    def _carried_out(self, player: Player, orders: Orders) -> bool:
        """Let the player work; False where it met a fault of ours: then a fresh one goes on."""
        try:
            self._desk.attend()
            player.obey(orders)
            player.advance(orders.until_newer)
            if self._prepares.is_set():
                self._prepares.clear()
                for name in _FIRST_NEEDED:
                    import_module(name)
        except Exception:  # noqa: BLE001 - a fault must cost the file that met it, not the thread
            _log.exception("The decoder thread met something unexpected")
            self.state_changed.emit(PlaybackState())
            self.failed.emit(OpenFailed(_UNEXPECTED, self._orders.generation))
            return False
        return True

    def _player(self) -> Player:
        return Player(
            self._screen(),
            open_reader=self._open_reader,
            make_converter=_converter,
            clock=self._clock or _monotonic_clock(),
            sound=self._sound,
            shown_frames=self._shown_frames,
            prepared=self._prepared,
        )

    def _open_with_desk(self, path: Path, video_track: int) -> Reader:
        from app.media.convert import Converter

        return self._desk.open_reader(path, video_track, Preparer(self._screen(), Converter, self._prepared))

    def _screen(self) -> SignalScreen:
        tell = Tell(
            self.opened.emit, self.failed.emit, self.state_changed.emit, self.full_ready.emit
        )  # fmt: skip
        return SignalScreen(tell, self._outlet, self._wishes, self._orders, self._desk)


_UNEXPECTED = "Showing this video ran into a fault of the program; the log says more. Open it again to go on."


def _converter() -> PictureConverter:
    from app.media.convert import Converter

    return Converter()


def _monotonic_clock() -> Clock:
    from app.media.clock import PlaybackClock

    return PlaybackClock()
