"""Which device decodes a file, stage by stage, and why the others do not."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from app.core.cancel import CancelToken
from app.core.errors import DeviceMissingError, HardwareError
from app.media.hardware import AUTO, HardwareChoice, HardwareReport, StreamFacts, known_devices, stream_facts
from app.media.hardware_book import DecodingBook
from app.media.hardware_trial import Figures
from app.media.trial_process import Verdict, judge, try_device

NOT_TRIED = "not tried here yet with files like this; 'reelscope devices --video FILE' does it"


class TryDevice(Protocol):
    """What ``try_device`` does."""

    def __call__(
        self, device: str, path: Path, *, video_track: int = 0, cancel: CancelToken | None = None
    ) -> Figures:
        """Let a child process decode with ``device``."""


@dataclass(frozen=True, slots=True)
class Decision:
    """With what to play and to seek."""

    playing: HardwareReport
    seeking: HardwareReport


class HardwareTrials:
    """Decides, and remembers what each device is good for while the program runs. One thread at a time.

    Attributes:
        book: what was measured before, by this program or another one; None: only what is tried here counts.
    """

    def __init__(
        self,
        *,
        trial: TryDevice | None = try_device,
        book: DecodingBook | None = None,
        keep: bool = False,
        known: Callable[[], tuple[str, ...]] = known_devices,
        facts: Callable[[Path, int], StreamFacts] = stream_facts,
    ) -> None:
        """With ``trial`` None nothing is tried; with ``keep`` what is tried is written into ``book``."""
        self.book = book
        self._keep = keep
        self._trial, self._known, self._facts = trial, known, facts
        self._verdicts: dict[tuple[str, tuple[str, str, str, int]], Verdict] = {}
        self._missing: dict[str, str] = {}

    def decide(
        self, path: Path, video_track: int, choice: HardwareChoice, cancel: CancelToken | None = None
    ) -> Decision:
        """Try devices until one serves; the one that is named serves even where it is slow.

        Raises:
            MediaError: the file cannot be opened.
            CancelledError: asked to stop.
        """
        candidates = choice.candidates(self._known())
        if not candidates:
            return Decision(HardwareReport(choice.name), HardwareReport(choice.name))
        facts = self._facts(path, video_track)
        rejected: list[tuple[str, str]] = []
        for name in candidates:
            verdict = self._verdict(name, path, video_track, facts, cancel)
            if verdict.works and (choice.name != AUTO or not verdict.against_playing):
                return _served(choice, name, verdict, tuple(rejected))
            rejected.append((name, verdict.against_playing))
        report = HardwareReport(choice.name, None, tuple(rejected))
        return Decision(report, report)

    def forget(self, device: str, reason: str) -> None:
        """Use ``device`` no more: it was lost in the middle of a file."""
        self._missing[device] = reason

    def _verdict(
        self, name: str, path: Path, track: int, facts: StreamFacts, cancel: CancelToken | None
    ) -> Verdict:
        refusal = self._refusal(name, facts)
        if refusal:
            return Verdict(False, refusal, refusal)
        key = (name, facts.kind)
        if key not in self._verdicts:
            found = self.book.find(name, facts) if self.book is not None else None
            if found is None and self._trial is None:
                return Verdict(False, NOT_TRIED, NOT_TRIED)
            if found is None:
                try:
                    found = self._try(name, path, track, facts, cancel)
                except DeviceMissingError as error:
                    self._missing[name] = str(error)
                    return Verdict(False, str(error), str(error))
            self._verdicts[key] = _judged(found, facts)
        return self._verdicts[key]

    def _try(
        self, name: str, path: Path, track: int, facts: StreamFacts, cancel: CancelToken | None
    ) -> Figures | str:
        """Measure; a clause where the device cannot be used for this.

        Raises:
            DeviceMissingError: nor for anything else.
        """
        assert self._trial is not None
        found: Figures | str
        try:
            found = self._trial(name, path, video_track=track, cancel=cancel)
        except DeviceMissingError:
            raise
        except HardwareError as error:
            found = str(error)
        if self._keep and self.book is not None:
            with suppress(OSError):  # then it is measured again next time
                self.book.note(name, facts, found)
        return found

    def _refusal(self, name: str, facts: StreamFacts) -> str:
        """Why a device needs no trial; "" where it does."""
        if name not in self._known():
            return "this program's FFmpeg does not know it"
        if name in self._missing:
            return self._missing[name]
        return "" if name in facts.devices else f"FFmpeg's {facts.codec} decoder cannot use it"


def _judged(found: Figures | str, facts: StreamFacts) -> Verdict:
    return Verdict(False, found, found) if isinstance(found, str) else judge(found, facts.rate)


def _served(
    choice: HardwareChoice, name: str, verdict: Verdict, rejected: tuple[tuple[str, str], ...]
) -> Decision:
    playing = HardwareReport(choice.name, name, rejected)
    if not verdict.against_seeking:
        return Decision(playing, playing)
    against = (*rejected, (name, verdict.against_seeking))
    return Decision(playing, HardwareReport(choice.name, None, against))
