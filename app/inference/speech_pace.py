"""How long speech models take on this machine: measured in real runs and trials, never guessed."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from app.core.machine import machine_facts
from app.core.record_file import RecordFile
from app.core.sizes import size_words
from app.core.time import TimeSpan, format_short
from app.folders import cache_folder
from app.inference.regions import PieceRule
from app.inference.speech_model import usual_lanes, usual_threads

FILE_VERSION = 1

_FULL_S = PieceRule().longest_s
_LARGE_BYTES = 100_000_000


@dataclass(frozen=True, slots=True)
class SpeechPace:
    """What a model takes.

    Attributes:
        piece_s: seconds for one piece of sound: as many for a short one as for one of 30 s; half of them
            where two are recognised side by side.
        load_s: seconds until it is in memory; 0 where that was not measured.
    """

    piece_s: float
    load_s: float = 0.0

    def longest_s(self, sound_s: float) -> float:
        """Return what sound of ``sound_s`` seconds takes where somebody speaks all the time: silence costs
        nothing."""
        return self.load_s + math.ceil(max(sound_s, 0.0) / _FULL_S) * self.piece_s

    @classmethod
    def parse(cls, record: Any) -> SpeechPace:
        """Read what ``asdict`` wrote.

        Raises:
            TypeError, KeyError, ValueError: it is something else.
        """
        values = [float(record[name]) for name in ("piece_s", "load_s")]
        if not all(0.0 <= value < math.inf for value in values):
            raise ValueError("no measurement")
        return cls(*values)


@dataclass(slots=True)
class PaceBook:
    """Paces by model file, number of threads and machine. For one thread at a time.

    Attributes:
        file: where they are kept; None: in memory only. Only the window and ``reelscope devices`` write it.
    """

    file: RecordFile | None = None
    _noted: dict[str, SpeechPace] = field(default_factory=dict)
    _stored: dict[str, Any] = field(default_factory=dict)
    _read_ns: int | None = None

    @classmethod
    def of_user(cls) -> PaceBook:
        """Return the book in the user's cache folder; nothing is created before ``note``."""
        return cls(RecordFile(cache_folder() / "speech-pace.json", FILE_VERSION))

    def find(self, model: Path, threads: int | None = None) -> SpeechPace | None:
        """Return what was measured of a model file; None where nothing was, or where it is not there."""
        key = _key(model, threads)
        # Trials write it too, in other threads and processes: what stands there is the newest.
        return _pace(self._records().get(key)) or self._noted.get(key)

    def _records(self) -> dict[str, Any]:
        """What stands in the file, read anew where it changed: the window asks often."""
        if self.file is None:
            return {}
        try:
            changed_ns = self.file.path.stat().st_mtime_ns
        except OSError:
            return {}
        if changed_ns != self._read_ns:
            self._stored, self._read_ns = self.file.read(), changed_ns
        return self._stored

    def note(self, model: Path, pace: SpeechPace, threads: int | None = None) -> None:
        """Keep a measurement; the newest counts.

        Raises:
            OSError: it cannot be written; it is kept in memory all the same.
        """
        key = _key(model, threads)
        if not key:
            return
        self._noted[key] = pace
        if self.file is not None:
            self.file.put({key: asdict(pace)})

    def note_run(self, model: Path, pieces_s: Sequence[float], threads: int | None = None) -> None:
        """Keep what a real run took for each of its pieces; loading counts as before.

        Raises:
            OSError: as ``note``.
        """
        if not pieces_s:
            return
        known = self.find(model, threads)
        # The first takes longer: the language is found out on it, memory is touched for the first time.
        usual = pieces_s[1:] or pieces_s
        self.note(model, SpeechPace(statistics.median(usual), known.load_s if known else 0.0), threads)


def sound_length_s(duration_s: float | None, span: TimeSpan) -> float | None:
    """Return how much of a file that lasts ``duration_s`` lies in ``span``; None where nobody knows."""
    end_s = span.end_s if duration_s is None else min(span.end_s, duration_s)
    return None if math.isinf(end_s) else max(0.0, end_s - span.start_s)


def cost_words(
    model: Path, pace: SpeechPace | None, sound_s: float | None, threads: int | None = None
) -> str:
    """Say what a model costs: its size, and how long it takes for sound of ``sound_s`` seconds at most.

    That it is kept in memory twice is said of larger ones. Without a measurement this says that there is
    none; "" where the file is not there.
    """
    try:
        held = model.stat().st_size
        twice = held >= _LARGE_BYTES and usual_lanes(model, threads) > 1
    except OSError:
        return ""
    size = size_words(held) + (", twice in memory" if twice else "")
    if pace is None:
        return f"{size}, not measured on this machine yet"
    if sound_s is None:
        return f"{size}, {speed_words(pace)}"
    return f"{size}, up to about {_length_words(pace.longest_s(sound_s))}"


def speed_words(pace: SpeechPace) -> str:
    """Say how fast a model is, speech without pauses taken for granted."""
    times = _FULL_S / max(pace.piece_s, 1e-3)
    return f"{times:.1f} x as fast as speech" if times < 10 else f"{times:.0f} x as fast as speech"


def _length_words(seconds: float) -> str:
    if seconds < 60:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{format_short(seconds)[:-3]} h"


def _pace(record: Any) -> SpeechPace | None:
    try:
        return SpeechPace.parse(record)
    except (TypeError, KeyError, ValueError):
        return None


def _key(model: Path, threads: int | None) -> str:
    """Name and size tell a model file well enough; to hash gigabytes takes seconds."""
    try:
        size = model.stat().st_size
    except OSError:
        return ""
    return f"{model.name} | {size} bytes | {threads or usual_threads()} threads | {machine_facts()}"
