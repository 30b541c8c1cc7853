"""What is odd about a file, in plain sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, cast

import av.stream

from app.core.results import MediaInfo, VideoInfo
from app.core.sentences import CUT_OFF
from app.media.first_picture import first_frame
from app.media.index import KeyframeSurvey
from app.media.key_packets import lists_all_samples
from app.media.opening import choose_video, start_of, video_streams

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.sidedata.sidedata import SideData
    from av.video.stream import VideoStream

_LATE_S = 0.05
_SPARSE_S = 6.0
_DISAGREEMENT_S = 1.0
_ENTRIES = 200_000
_DOLBY_VISION_CODECS = ("hevc", "av1", "h264")
_HDR_NAMES = {"pq": "PQ", "hlg": "HLG"}


def notes_about(
    container: InputContainer, path: Path, media: MediaInfo, survey: KeyframeSurvey, end_s: float | None
) -> tuple[str, ...]:
    """Return the notes on a file; ``end_s`` is where its pictures end, if they were all decoded."""
    stream = choose_video(container)
    notes = [*_about_times(media, end_s), *_about_tracks(container, media)]
    cut_off = _is_cut_off(container, path)
    if cut_off:
        notes.append(f"{CUT_OFF}: it lists more than it holds.")
    if media.video is not None and stream is not None:
        notes += _about_start(container, stream)
        notes += _about_picture(media.video)
        notes += _about_rate(stream, media.video)
        notes += _about_dolby_vision(path, stream, media.video)
        notes += _about_keyframes(survey, end_s if cut_off or end_s is not None else media.duration_s)
        notes += _about_flags(container, stream)
    return tuple(notes)


def _about_times(media: MediaInfo, end_s: float | None) -> Iterator[str]:
    if media.duration_s is None:
        yield "The file does not say how long it is."
    elif end_s is not None and abs(end_s - media.duration_s) > _DISAGREEMENT_S and not media.audio:
        yield f"The file says it is {media.duration_s:.2f} s long, but its pictures end at {end_s:.2f} s."
    elif end_s is not None and media.duration_s - end_s > _DISAGREEMENT_S:
        yield f"The file is {media.duration_s:.2f} s long, but its pictures end at {end_s:.2f} s."
    if abs(media.start_s) > _LATE_S:
        yield f"The clock of the file starts at {media.start_s:.3f} s: shown times count from there."


def _about_tracks(container: InputContainer, media: MediaInfo) -> Iterator[str]:
    real = video_streams(container)
    others = [stream for stream in container.streams.video if stream not in real]
    covers = sum(bool(stream.disposition & av.stream.Disposition.attached_pic) for stream in others)
    if not real:
        yield "It has no video."
    if len(real) > 1:
        yield f"It has {len(real)} video tracks; this is about the first."
    if covers:
        yield "It carries cover art, which is no video."
    if len(others) > covers:
        yield "It has an empty video track."
    for number, track in enumerate(media.audio):
        if track.codec == "unknown":
            yield f"There is no decoder here for sound track {number}."
        elif not track.channels or not track.sample_rate:
            yield f"Sound track {number} is damaged: it does not tell its channels."


def _about_start(container: InputContainer, stream: VideoStream) -> Iterator[str]:
    if stream.start_time is not None and stream.time_base is not None:
        first_s = float(stream.start_time * stream.time_base - start_of(container))
        if first_s > _LATE_S:
            yield f"The first picture comes at {first_s:.3f} s."


def _about_picture(video: VideoInfo) -> Iterator[str]:
    if video.pixel_format is None:
        yield "No picture of it can be decoded."
    if video.rotation or video.mirrored:
        turned = f"turned by {video.rotation} degrees clockwise" if video.rotation else "upright"
        yield f"The picture is stored otherwise than shown: shown {turned}{', mirrored' * video.mirrored}."
    if video.sample_aspect_ratio != "1/1":
        aspect = video.sample_aspect_ratio.replace("/", ":")
        shown = f"{video.display_width} x {video.display_height}"
        yield f"Its pixels are not square ({aspect}): shown as {shown}."
    if video.interlaced:
        yield "The picture is interlaced."
    if video.hdr:
        yield f"High dynamic range ({_HDR_NAMES[video.hdr]})."


def _about_rate(stream: VideoStream, video: VideoInfo) -> Iterator[str]:
    if video.variable_rate:
        yield "The picture rate varies."
    if video.average_rate is None and stream.average_rate:
        yield f"The stated picture rate ({float(stream.average_rate):g}) is wrong."


def _about_dolby_vision(path: Path, stream: VideoStream, video: VideoInfo) -> Iterator[str]:
    if video.codec not in _DOLBY_VISION_CODECS:
        return
    frame = first_frame(path, stream.index)
    kinds = {data.type.name for data in cast("Iterable[SideData]", frame.side_data)} if frame else set()
    if kinds & {"DOVI_RPU_BUFFER", "DOVI_METADATA"}:
        yield "It carries Dolby Vision metadata, which are not applied."


def _about_keyframes(survey: KeyframeSurvey, end_s: float | None) -> Iterator[str]:
    if survey.hidden:
        yield "An edit list hides the beginning or other parts of the video."
    if survey.false_flags:
        packets = "1 packet is" if survey.false_flags == 1 else f"{survey.false_flags} packets are"
        yield f"{packets} falsely marked as keyframes."
    if not survey.keyframes:
        yield "It has no keyframe that can be decoded."
        return
    times = [keyframe.time_s for keyframe in survey.keyframes]
    if end_s is not None and end_s > times[-1]:
        times.append(end_s)
    longest = max((after - before for before, after in pairwise(times)), default=0.0)
    if longest > _SPARSE_S:
        yield f"Keyframes are up to {longest:.1f} s apart: jumping in it may be slow."


def _is_cut_off(container: InputContainer, path: Path) -> bool:
    """Whether an mp4 lists samples beyond the end of the file."""
    if not container.format.name.startswith("mov,"):
        return False
    ends = (stream.index_entries[-1] for stream in container.streams if len(stream.index_entries))
    return max((last.pos + last.size for last in ends), default=0) > path.stat().st_size


def _about_flags(container: InputContainer, stream: VideoStream) -> Iterator[str]:
    if not lists_all_samples(container, stream):
        return
    entries = islice(stream.index_entries, _ENTRIES)
    if len(stream.index_entries) > 1 and all(entry.is_keyframe for entry in entries):
        yield "Every packet is marked as a keyframe."
