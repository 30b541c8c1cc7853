"""What the lowest line says about the state of a session: measured, or not said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.core.results import AnalysisResult
from app.core.time import format_short
from app.ui.analysis_work import WorkState
from app.ui.decoding_words import decoding_short
from app.ui.marked_range import Marks
from app.ui.open_file import FileState
from app.ui.session import Session
from app.ui.status_strip import SEPARATOR

if TYPE_CHECKING:
    from app.ui.playback import Playback


def running_words(session: Session) -> str:
    """Say what runs, on which models, how fast."""
    if session.work.state is WorkState.CANCELLING:
        return "Stopping"
    if session.work.state is WorkState.INDEXING:
        return "Reading keyframes and sound"
    if session.work.state is WorkState.PAUSED:
        return "Paused; what was found so far is kept"
    if session.work.title_apart:
        return session.work.title_apart
    used = session.analysed_with
    names = [each.name for each in (used.detector, used.speech) if each is not None]
    words = "Analysing with " + " and ".join(names) if names else "Analysing"
    rate = session.work.meter.pictures_per_s()
    return words if rate is None else f"{words}  ·  {rate:.0f} pictures/s"


def pause_words(session: Session) -> str:
    """Say what the button beside Cancel does; "" where it does nothing."""
    if not session.work.state.can_pause:
        return ""
    return "Resume" if session.work.state is WorkState.PAUSED else "Pause"


def left_words(session: Session) -> str:
    """Say how long it still takes, where that was measured."""
    left = session.work.meter.left_s()
    if not left or session.work.state is WorkState.CANCELLING:
        return ""
    return f"{max(1, round(left))} s left" if left < 90 else f"{format_short(left)} min left"


def idle_words(session: Session) -> tuple[str, str]:
    """Say how it stands while nothing runs, and in which tone."""
    match session.file.state:
        case FileState.NONE:
            return "No file is open", "idle"
        case FileState.LOADING:
            return "Opening", "idle"
        case FileState.FAILED:
            return "This file cannot be opened", "playhead"
        case _:
            return _work_words(session)


def _work_words(session: Session) -> tuple[str, str]:
    match session.work.state:
        case WorkState.DONE:
            return with_warnings(done_words(session.work.result), session.file.findings.warnings)
        case WorkState.FAILED:
            return "The analysis failed; what was found until then is kept", "playhead"
        case WorkState.CANCELLED:
            return "Cancelled; what was found until then is kept", "warning"
        case _:
            cost = session.costs.of(session.models.speech, session.file.media)
            model = session.models.speech
            return f"Ready{SEPARATOR}speech with {model.name}, {cost}" if cost and model else "Ready", "idle"


def done_words(result: AnalysisResult | None) -> str:
    """Say how long the analysis took, and on what it ran."""
    if result is None:
        return "Analysed"
    named = {
        part: name for part, name in result.run.device.items() if (part, name) != ("decoding", "software")
    }
    devices = ", ".join(dict.fromkeys(device_words(name) for name in named.values() if name))
    took = f"Analysed in {result.run.elapsed_s:.1f} s"
    return f"{took}  ·  {devices}" if devices else took


def device_words(name: str) -> str:
    """Return ``cuda, then cpu`` as people write it."""
    return ", then ".join(each.upper() for each in name.split(", then "))


def with_warnings(words: str, warnings: tuple[str, ...]) -> tuple[str, str]:
    """Add how much was odd, and the tone that goes with it."""
    if not warnings:
        return words, "good"
    counted = "1 warning" if len(warnings) == 1 else f"{len(warnings)} warnings"
    return f"{words}  ·  {counted} in Info", "warning"


def marks_words(marks: Marks, *, looping: bool = False) -> str:
    """Say what is marked."""
    if (span := marks.span) is not None:
        words = f"{format_short(span.start_s, 2)} to {format_short(span.end_s, 2)}, {span.duration_s:.2f} s"
        return f"loop {words}" if looping else f"range {words}"
    at, name = (marks.in_s, "in") if marks.in_s is not None else (marks.out_s, "out")
    return "" if at is None else f"{name} {format_short(at, 2)}"


def slower_words(playback: Playback) -> str:
    """Say how fast it plays, where that is slower than asked for."""
    asked = abs(playback.speed)
    return f"plays at {asked * playback.reached:.3g}\u00d7 instead of {asked:g}\u00d7"


def right_words(session: Session, zoom: str, written: str) -> str:
    """Say what the decoder does, how large the picture is, and whether anything was written."""
    parts = (
        [marks_words(session.marks.marks, looping=session.marks.looping)]
        if session.marks.marks != Marks()
        else []
    )
    # First: what is wrong must not be what a narrow window cuts off.
    if session.sound.words:
        parts.append(session.sound.words)
    if session.playback.reached < 1:
        parts.append(slower_words(session.playback))
    if session.playback.left_out_s:
        parts.append(f"left out {format_short(session.playback.left_out_s)} without picture or sound")
    video = session.file.media.video if session.file.media is not None else None
    if session.file.has_picture and video is not None:
        decoding, playing = session.decoding, session.playback.playing
        known = decoding.codec == video.codec
        parts += [decoding_short(decoding, playing=playing) if known else video.codec]
        parts += [f"dropped {session.playback.dropped}", zoom]
    return SEPARATOR.join([*parts, written])
