"""Cues as subtitles: SubRip (SRT), WebVTT, ASS. Text in UTF-8 without a mark, lines ending in LF."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from app.core.geometry import Size
from app.core.time import format_timecode
from app.export.cues import Beat, Cue

# SubRip and ASS have no escapes, and readers take tags, {overrides} and \N for markup: full-width twins
# are text to them.
_SRT_TWINS = str.maketrans("<>{}\\", "\uff1c\uff1e\uff5b\uff5d\uff3c")
_ASS_TWINS = str.maketrans("{}\\", "\uff5b\uff5d\uff3c")
_ASS_NAME_TWINS = str.maketrans("{}\\,", "\uff5b\uff5d\uff3c\uff0c")
# WebVTT allows escapes in names, but FFmpeg does not read them there.
_VTT_NAME_TWINS = str.maketrans("&<>", "\uff06\uff1c\uff1e")
_VTT_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})

_ASS_PICTURE = Size(1920, 1080)
_ASS_HEAD = """[Script Info]
; Written by Reelscope
ScriptType: v4.00+
PlayResX: {width}
PlayResY: {height}
WrapStyle: 0
ScaledBorderAndShadow: yes

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, \
Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, \
MarginR, MarginV, Encoding
Style: Default,Arial,{font},&H00FFFFFF,&H000000FF,&H00000000,&H80000000,0,0,0,0,100,100,0,0,1,{outline},0,2,\
{side},{side},{foot},1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""


def srt(cues: Iterable[Cue]) -> str:
    r"""Return SubRip; no cues give an empty text.

    ``< > { } \`` become their full-width twins: nothing else keeps players from taking them for markup. Hours
    have as many digits as they need.
    """
    blocks = (f"{_times(cue, ',')}\n{_payload(cue, _SRT_TWINS)}\n\n" for cue in cues)
    return "".join(f"{number}\n{block}" for number, block in enumerate(blocks, 1))


def vtt(cues: Iterable[Cue]) -> str:
    """Return WebVTT; no cues give the head line alone. Speakers are voices: ``<v Name>``."""
    return _vtt((cue, _payload(cue, _VTT_ESCAPES)) for cue in cues)


def vtt_words(cues: Iterable[Cue]) -> str:
    """Return WebVTT with the time of each word inside its cue, as players of karaoke show it."""
    return _vtt((cue, _with_beats(cue)) for cue in cues)


def ass(cues: Iterable[Cue], picture: Size | None = None) -> str:
    r"""Return an ASS script in one plain style; speakers stand in the field for names.

    ``{ } \`` become their full-width twins. Times have hundredths of a second, as the format wants: a cue
    lasts at least one, and none begins before one ends that ended before.

    Args:
        cues: in order of time.
        picture: the displayed size that the numbers of the style are meant for.
    """
    size = picture if picture is not None else _ASS_PICTURE
    head = _ASS_HEAD.format(
        width=size.width,
        height=size.height,
        font=max(1, round(size.height / 18)),
        outline=max(1, round(size.height / 400)),
        side=round(size.width / 20),
        foot=round(size.height / 20),
    )
    lines = (
        f"Dialogue: 0,{start},{end},Default,{cue.speaker.translate(_ASS_NAME_TWINS)},0,0,0,,"
        + r"\N".join(line.translate(_ASS_TWINS) for line in cue.lines)
        for cue, start, end in _in_hundredths(cues)
    )
    return head + "".join(f"{line}\n" for line in lines)


def _times(cue: Cue, separator: str) -> str:
    start, end = (_clock(ms, separator) for ms in (cue.start_ms, cue.end_ms))
    return f"{start} --> {end}"


def _clock(milliseconds: int, separator: str = ".") -> str:
    return format_timecode(milliseconds / 1000, separator=separator)


def _payload(cue: Cue, table: Mapping[int, str | int]) -> str:
    return "\n".join(line.translate(table) for line in cue.lines)


def _vtt(cues: Iterable[tuple[Cue, str]]) -> str:
    blocks = (f"\n{_times(cue, '.')}\n{_voice(cue.speaker)}{text}\n" for cue, text in cues)
    return "WEBVTT\n" + "".join(blocks)


def _voice(speaker: str) -> str:
    return f"<v {speaker.translate(_VTT_NAME_TWINS)}>" if speaker else ""


def _with_beats(cue: Cue) -> str:
    """Return the payload with a time before each word that begins later than the one before it.

    A time that is not between those around it is no time to WebVTT and is left out.
    """
    due = iter(_rising(cue))
    beat = next(due, None)
    place = 0
    pieces: list[str] = []
    for number, line in enumerate(cue.lines):
        pieces.append("\n" if number else "")
        for char in line:
            if beat is not None and char != " " and place >= beat.place:
                pieces.append(f"<{_clock(beat.start_ms)}>")
                beat = next(due, None)
            pieces.append(char.translate(_VTT_ESCAPES))
            place += char != " "
    return "".join(pieces)


def _rising(cue: Cue) -> Iterator[Beat]:
    reached = cue.start_ms
    for beat in cue.beats:
        if beat.place > 0 and reached < beat.start_ms < cue.end_ms:
            reached = beat.start_ms
            yield beat


def _in_hundredths(cues: Iterable[Cue]) -> Iterator[tuple[Cue, str, str]]:
    """Round to hundredths of a second without an overlap that the cues do not have."""
    stretched: list[tuple[int, int]] = []
    for cue in cues:
        start = round(cue.start_ms / 10)
        stretched = [(end_ms, end) for end_ms, end in stretched if end > start]
        start = max([start, *(end for end_ms, end in stretched if end_ms <= cue.start_ms)])
        end = max(round(cue.end_ms / 10), start + 1)
        stretched.append((cue.end_ms, end))
        yield cue, _hundredths(start), _hundredths(end)


def _hundredths(count: int) -> str:
    seconds, rest = divmod(count, 100)
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{rest:02d}"
