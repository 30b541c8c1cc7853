"""Decides with what the window's video is decoded: tries devices beside it, changes over, steps down."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.cancel import CancelToken
from app.core.errors import ReelscopeError
from app.core.mailbox import Slot
from app.media.hardware import NONE, Device, FFmpegDevice, HardwareChoice, HardwareReport, software_threads
from app.workers.ahead import Ahead
from app.workers.lookahead import Lookahead, Preparing
from app.workers.notices import DecodingState
from app.workers.switching_reader import SwitchingReader

if TYPE_CHECKING:
    from app.media.decoder import VideoReader
    from app.media.hardware_decision import Decision, HardwareTrials
    from app.workers.player_needs import Reader

_CACHE_BYTES = 256 * 2**20
"""80 pictures of 1080p: a GOP of two seconds before the place shown, with room for places seen before."""

_DEVICE_CACHE_BYTES = 96 * 2**20
"""What a reader with a device may keep beside that: 30 pictures of 1080p."""


class _Trial:
    """One decision on its way, in a thread of its own: a driver may take seconds to answer."""

    def __init__(self, decide: Callable[[CancelToken], Decision], wake: Callable[[], None]) -> None:
        self.cancel = CancelToken()
        self.decision: Slot[Decision] = Slot()
        self._decide, self._wake = decide, wake
        self.thread = threading.Thread(target=self._work, name="hardware-trial")
        self.thread.start()

    def _work(self) -> None:
        try:
            self.decision.put(self._decide(self.cancel))
        except ReelscopeError:
            return  # cancelled, or the file is gone: whoever shows it says so
        self._wake()


class DecodingDesk:
    """Opens files for the player. All but ``choose`` is called in the decoder's thread."""

    def __init__(
        self,
        tell: Callable[[DecodingState], None],
        wake: Callable[[], None],
        *,
        make_trials: Callable[[], HardwareTrials] | None = None,
        make_device: Callable[[str], Device] = FFmpegDevice,
    ) -> None:
        self._tell, self._wake, self._make_device = tell, wake, make_device
        self._make_trials = make_trials or _usual_trials
        self._made_trials: HardwareTrials | None = None
        self._wanted = self._choice = HardwareChoice(NONE)
        self._reader: SwitchingReader | None = None
        self._lookahead: Lookahead | None = None
        self._file: tuple[Path, int] | None = None
        self._due = False
        self._begun: list[_Trial] = []
        self._state = DecodingState()

    @property
    def _trials(self) -> HardwareTrials:
        if self._made_trials is None:
            self._made_trials = self._make_trials()
        return self._made_trials

    def choose(self, name: str) -> None:
        """Decode with this from now on: auto, none or a device's name. Any thread."""
        self._wanted = HardwareChoice(name)
        self._wake()

    def open_reader(self, path: Path, video_track: int, preparing: Preparing | None = None) -> Reader:
        """Open a file, in software; whether a device serves is tried when its first picture is shown.

        With ``preparing`` pictures are decoded and prepared ahead while playing.

        Raises: as VideoReader.
        """
        self._let_go()
        reader = SwitchingReader(
            _open_video(path, video_track), on_hardware=self._changed_over, failed=self._lost
        )
        video = reader.info.video
        self._reader, self._file, self._due = reader, (path, video_track), True
        report = HardwareReport(self._choice.name)
        self._say(DecodingState(video.codec if video else "", software_threads(), report, report))
        if preparing is None:
            return reader
        self._lookahead = Lookahead(reader, preparing)
        return self._lookahead

    def shown(self) -> None:
        """A picture is shown: now is time for trials."""
        if self._due and self._file is not None:
            self._due = False
            path, track = self._file
            decide = partial(self._trials.decide, path, track, self._choice)
            self._begun.append(_Trial(decide, self._wake))

    def moved(self, playing_on: bool) -> None:
        """Pictures are now wanted one after the other, or no more."""
        if self._lookahead is not None:
            self._lookahead.set_playing(playing_on)
        if self._reader is not None:
            with self._held():
                self._reader.set_playing(playing_on)

    def attend(self) -> None:
        """Take what trials have brought, and another choice."""
        if self._reader is not None and self._reader.closed:
            # Nobody would close what began to decode ahead now.
            self._let_go()
        if self._wanted != self._choice:
            with self._held():
                self._choose_anew(self._wanted)
        decision = self._begun[-1].decision.poll() if self._begun else None
        if decision is not None and self._reader is not None and self._file is not None:
            with self._held():
                self._adopt(decision, self._reader, *self._file)

    def close(self) -> None:
        """End what runs; the reader is the player's to close."""
        self._let_go()
        for trial in self._begun:
            trial.thread.join()
        self._begun.clear()

    def _held(self) -> AbstractContextManager[None]:
        """Keep pictures from being decoded ahead meanwhile; those who do tell of devices, too."""
        return nullcontext() if self._lookahead is None else self._lookahead.held()

    def _let_go(self) -> None:
        self._reader = self._lookahead = self._file = None
        self._due = False
        for trial in self._begun:
            trial.cancel.cancel()
        self._begun = [trial for trial in self._begun if trial.thread.is_alive()]

    def _choose_anew(self, choice: HardwareChoice) -> None:
        reader, lookahead, file, shown = self._reader, self._lookahead, self._file, not self._due
        self._let_go()
        self._choice, self._reader, self._lookahead, self._file = choice, reader, lookahead, file
        if reader is None:
            return
        reader.play_with(None)
        reader.seek_with(None)
        self._due = True
        report = HardwareReport(choice.name)
        self._say(dataclasses.replace(self._state, playing=report, seeking=report, active=False, note=""))
        if shown:
            self.shown()

    def _adopt(self, decision: Decision, reader: SwitchingReader, path: Path, track: int) -> None:
        playing, seeking = decision.playing, decision.seeking
        if playing.used is not None:
            reader.play_with(Ahead(partial(_open_video, path, track, self._make_device, playing.used)))
        if seeking.used is not None:
            reader.seek_with(partial(_open_video, path, track, self._make_device, seeking.used))
        self._say(dataclasses.replace(self._state, playing=playing, seeking=seeking))

    def _changed_over(self) -> None:
        if not self._state.active:
            self._say(dataclasses.replace(self._state, active=True))

    def _lost(self, reason: str) -> None:
        name = self._state.playing.used or self._state.seeking.used or ""
        self._trials.forget(name, reason)
        reports = [
            dataclasses.replace(report, used=None, rejected=_with(report.rejected, name, reason))
            for report in (self._state.playing, self._state.seeking)
        ]
        note = f"Decoding with {name} stopped: {reason}. Software goes on."
        playing, seeking = reports
        self._say(dataclasses.replace(self._state, playing=playing, seeking=seeking, active=False, note=note))

    def _say(self, state: DecodingState) -> None:
        self._state = state
        self._tell(state)


def _usual_trials() -> HardwareTrials:
    from app.media.hardware_decision import HardwareTrials

    return HardwareTrials()


def _with(rejected: tuple[tuple[str, str], ...], name: str, reason: str) -> tuple[tuple[str, str], ...]:
    return (*(pair for pair in rejected if pair[0] != name), (name, reason))


def _open_video(
    path: Path, video_track: int, make_device: Callable[[str], Device] | None = None, name: str = ""
) -> VideoReader:
    from app.media.decoder import VideoReader

    device = make_device(name) if make_device is not None else None
    cache_bytes = _CACHE_BYTES if device is None else _DEVICE_CACHE_BYTES
    return VideoReader(path, video_track=video_track, cache_bytes=cache_bytes, device=device)
