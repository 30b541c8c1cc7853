"""``reelscope probe`` and ``frame``: looking at a file without models."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from app.cli.exit_codes import DONE, FAILED
from app.cli.outputs import check_target
from app.cli.verify import as_json, complain, summary_lines, verify_seeking
from app.core.frame import PixelFormat
from app.core.results import MediaInfo
from app.core.time import format_timecode, parse_time
from app.export.files import write_atomic
from app.media.checksum import crc_text
from app.media.convert import Converter
from app.media.decoder import VideoReader
from app.media.names import shown_name
from app.media.picture import Picture
from app.media.png import encode_png
from app.media.probe import ProbeReport
from app.media.probe import probe as probe_media

if TYPE_CHECKING:
    from argparse import Namespace


def probe(arguments: Namespace) -> int:
    """Say what a file is, and where asked for, whether seeking in it shows what linear decoding shows."""
    report = probe_media(arguments.video)
    found = None
    if arguments.verify is not None:
        found = verify_seeking(arguments.video, arguments.verify, arguments.seed)
        complain(arguments.video, found)
    if arguments.json:
        document: dict[str, Any] = {
            "media": msgspec.to_builtins(report.media),
            "keyframe_count": report.keyframe_count,
            "notes": list(report.notes),
        }
        _print_json(document if found is None else {**document, "verify": as_json(found)})
    else:
        print("\n".join((*_description(report), *(summary_lines(found) if found else ()))))
    return FAILED if found is not None and found.differences else DONE


def frame(arguments: Namespace) -> int:
    """Give the picture shown at a time."""
    time_s = parse_time(arguments.at)
    if arguments.output is not None:
        check_target(arguments.output, arguments.video)
    with VideoReader(arguments.video) as reader:
        picture = reader.frame_at(time_s)
        for warning in reader.warnings:
            _warn(arguments.video, warning)
        if arguments.output is not None:
            write_atomic(arguments.output, _as_png(Converter(), picture))
        _print_json(_entry(picture, with_crc=arguments.hash))
    return DONE


def _entry(picture: Picture, *, with_crc: bool) -> dict[str, Any]:
    entry: dict[str, Any] = {"pts": picture.pts, "time_s": picture.time_s}
    if with_crc:
        entry["crc"] = crc_text(picture)
    return entry


def _as_png(converter: Converter, picture: Picture) -> bytes:
    return encode_png(converter.convert(picture, None, PixelFormat.RGB))


def _warn(path: Path, sentence: str) -> None:
    print(f"reelscope: {shown_name(path)}: {sentence}", file=sys.stderr)


def _print_json(document: object) -> None:
    print(json.dumps(document, ensure_ascii=True, indent=2, allow_nan=False))


def _description(report: ProbeReport) -> Iterator[str]:
    media = report.media
    yield media.name
    length = "unknown" if media.duration_s is None else format_timecode(media.duration_s)
    yield f"  format     {media.format}, {media.bytes:,} bytes, length {length}, start {media.start_s:g} s"
    yield from _video_lines(media)
    for number, track in enumerate(media.audio):
        language = f", {track.language}" if track.language else ""
        yield f"  sound {number}    {track.codec}, {track.sample_rate} Hz, {track.channels} ch{language}"
    if media.video is not None:
        yield f"  keyframes  {report.keyframe_count}"
    for note in report.notes:
        yield f"  note       {note}"


def _video_lines(media: MediaInfo) -> Iterator[str]:
    video = media.video
    if video is None:
        yield "  video      none"
        return
    rate = f"{video.average_rate} pictures/s" if video.average_rate else "rate unknown"
    turned = f", turned {video.rotation} degrees clockwise" if video.rotation else ""
    mirrored = ", mirrored" if video.mirrored else ""
    yield (
        f"  video      {video.codec}, {video.width} x {video.height}, shown as "
        f"{video.display_width} x {video.display_height}{turned}{mirrored}, {rate}"
    )
    yield f"  pixels     {video.pixel_format or 'unknown'}" + (f", HDR ({video.hdr})" if video.hdr else "")
