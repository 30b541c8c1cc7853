"""What was found, in a few lines for a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from app.core.marks import Mark, known_marks, reasons
from app.core.results import AnalysisResult, Segment
from app.core.time import format_short
from app.media.names import one_line


def summary(result: AnalysisResult, written: Sequence[Path]) -> str:
    """Return the summary, without a newline at its end."""
    lines = [_headline(result), *_pictures(result), *_speech(result)]
    lines += [f"  written    {one_line(str(path))}" for path in written]
    return "\n".join(lines)


def _headline(result: AnalysisResult) -> str:
    media = result.media
    facts = [format_short(media.duration_s, 1)] if media.duration_s is not None else []
    if media.video is not None:
        video = media.video
        facts.append(f"{video.display_width} x {video.display_height} {video.codec}")
    number = result.settings["audio_track"]
    heard = media.audio[number : number + 1]
    facts += [f"{track.codec} {track.sample_rate / 1000:g} kHz" for track in heard]
    return f"{one_line(media.name)}  ({', '.join(facts)})"


def _pictures(result: AnalysisResult) -> list[str]:
    if result.media.video is None:
        return []
    lines = [
        f"  keyframes  {len(result.keyframes)} in {len(result.shots)} {_noun(len(result.shots), 'shot')}"
    ]
    if result.settings.get("detect"):
        counts = Counter(detection.label for detection in result.detections)
        pictures = len({detection.pts for detection in result.detections})
        found = ", ".join(f"{label} {count}" for label, count in counts.most_common(8)) or "none"
        lines.append(
            f"  objects    {found}" + (f" (in {pictures} {_noun(pictures, 'picture')})" if counts else "")
        )
    embedded = next((stage.items for stage in result.run.stages if stage.name == "embeddings"), None)
    if embedded is not None:
        lines.append(f"  embedded   {embedded} {_noun(embedded, 'picture')}")
    return lines


def _speech(result: AnalysisResult) -> list[str]:
    if result.transcript is None:
        return []
    segments = result.transcript.segments
    if not segments:
        return ["  speech     none"]
    return [
        f"  speech     {len(segments)} {_noun(len(segments), 'segment')} ({result.transcript.language})",
        *(
            f"    {format_short(segment.start_s, 1):>8}  {segment.text}{_doubts(segment)}"
            for segment in segments[:12]
        ),
        *([f"              ... and {len(segments) - 12} more"] if len(segments) > 12 else []),
        *_doubtful(segments),
    ]


def _doubts(segment: Segment) -> str:
    return f"  [{said}]" if (said := reasons(segment)) else ""


def _doubtful(segments: Sequence[Segment]) -> list[str]:
    """Say how many lines may be wrong, and why."""
    counts = Counter(mark for segment in segments for mark in known_marks(segment))
    if not counts:
        return []
    number = sum(bool(known_marks(segment)) for segment in segments)
    why = ", ".join(f"{mark.label} {counts[mark]}" for mark in Mark if counts[mark])
    return [f"  doubtful   {number} of {len(segments)} {_noun(len(segments), 'segment')}: {why}"]


def _noun(count: int, noun: str) -> str:
    return noun if count == 1 else f"{noun}s"
