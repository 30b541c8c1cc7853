"""What somebody says in a cue, out of the markup of its format: plain text, speakers, times of words.

Styles are dropped, text is not: what is no known markup stays. Notations: https://www.w3.org/TR/webvtt1/,
https://github.com/libass/libass/wiki/ASS-File-Format-Guide; SubRip has no standard, only a few tags of HTML.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.core.characters import is_readable, is_wide, on_one_line
from app.core.results import Word

_TAG = re.compile(
    r"<(?:(?P<clock>(?:\d+:)?\d{1,2}:\d{2}\.\d{3})"
    r"|v(?:\.[^\s>]*)?[ \t]+(?P<voice>[^>]*)"
    r"|/?(?:v|c|i|b|u|s|font|lang|ruby|rt|span|p)(?:[.\s][^>]*)?"
    r"|(?P<line>br)\s*/?)>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:#\d+|#x[0-9a-f]+|[a-z][a-z0-9]*);", re.IGNORECASE)
_SRT_BLOCK = re.compile(r"\{\\[^}]*\}|\{[a-zA-Z]:[^}]*\}")
_ASS_BLOCK = re.compile(r"\{([^}]*)\}")
_ASS_KARAOKE = re.compile(r"\\[kK][fo]?(\d+)")
_ASS_DRAWING = re.compile(r"\\p(\d+)")
_FIELDS_BEFORE_TEXT = 8
_NAME_FIELD = 3


@dataclass(frozen=True, slots=True)
class Said:
    """What one speaker says in a cue; ``words`` where the cue tells when they are spoken."""

    text: str
    speaker: str = ""
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of text; ``start_s`` where the markup tells when it begins."""

    text: str
    speaker: str = ""
    start_s: float | None = None


def said_in(payload: str, codec: str, start_s: float, end_s: float) -> tuple[Said, ...]:
    """Return what is said in a cue that is shown from ``start_s`` to ``end_s``; nothing where it has no text.

    Args:
        payload: the cue as its file or track holds it.
        codec: FFmpeg's name of its format.
        start_s, end_s: when it is shown, for the times of words.
    """
    if codec in ("ass", "ssa"):
        pieces = list(_of_ass(payload, start_s))
    else:
        pieces = list(_of_tags(payload, entities=codec == "webvtt"))
    return tuple(_by_speaker(pieces, start_s, end_s))


def _of_tags(payload: str, *, entities: bool) -> Iterator[_Piece]:
    """SubRip, WebVTT and plain text: tags, and in WebVTT entities."""
    text = payload if entities else _SRT_BLOCK.sub("", payload)
    speaker, start_s = "", None
    at = 0
    for tag in _TAG.finditer(text):
        yield _Piece(_unescaped(text[at : tag.start()], entities), speaker, start_s)
        at = tag.end()
        if tag["voice"] is not None:
            speaker = clean(_unescaped(tag["voice"], entities=True))
        elif tag["clock"] is not None:
            start_s = _seconds(tag["clock"])
        elif tag["line"] is not None:
            yield _Piece("\n", speaker, start_s)
        elif tag[0].lower() == "</v>":
            speaker = ""
    yield _Piece(_unescaped(text[at:], entities), speaker, start_s)


def _unescaped(text: str, entities: bool) -> str:
    return _ENTITY.sub(lambda found: html.unescape(found[0]), text) if entities else text


def _seconds(clock: str) -> float:
    seconds = 0.0
    for part in clock.split(":"):
        seconds = seconds * 60 + float(part)
    return seconds


def _of_ass(event: str, start_s: float) -> Iterator[_Piece]:
    """Read an event ``ReadOrder,Layer,Style,Name,MarginL,MarginR,MarginV,Effect,Text``."""
    fields = event.split(",", _FIELDS_BEFORE_TEXT)
    speaker = clean(fields[_NAME_FIELD]) if len(fields) > _FIELDS_BEFORE_TEXT else ""
    text = fields[-1]
    sung_s = 0.0
    begins: float | None = None
    drawing = False
    at = 0
    for block in _ASS_BLOCK.finditer(text):
        if not drawing:
            yield _Piece(_ass_plain(text[at : block.start()]), speaker, begins)
        at = block.end()
        for hundredths in _ASS_KARAOKE.findall(block[1]):
            begins = start_s + sung_s
            sung_s += int(hundredths[:6]) / 100
        for scale in _ASS_DRAWING.findall(block[1]):
            drawing = int(scale[:6]) > 0
    if not drawing:
        yield _Piece(_ass_plain(text[at:]), speaker, begins)


def _ass_plain(text: str) -> str:
    return text.replace("\\N", "\n").replace("\\n", "\n").replace("\\h", " ")


def _by_speaker(pieces: list[_Piece], start_s: float, end_s: float) -> Iterator[Said]:
    runs: list[list[_Piece]] = []
    for piece in pieces:
        if runs and (piece.speaker == runs[-1][-1].speaker or not piece.text.strip()):
            runs[-1].append(piece)
        else:
            runs.append([piece])
    for run in runs:
        text = clean("".join(piece.text for piece in run))
        if text:
            yield Said(text, run[0].speaker, tuple(_words(run, start_s, end_s)))


def _words(run: list[_Piece], start_s: float, end_s: float) -> Iterator[Word]:
    """Give words the times of the pieces they lie in, in proportion where a piece holds several."""
    if all(piece.start_s is None for piece in run):
        return
    texts: list[str] = []
    begins: list[float] = []
    for piece in run:
        begin = start_s if piece.start_s is None else min(max(piece.start_s, start_s), end_s)
        if begins and begin <= begins[-1]:
            texts[-1] += piece.text
        else:
            texts.append(piece.text)
            begins.append(begin)
    letters: list[tuple[str, float, float]] = []
    for text, begin, end in zip(texts, begins, [*begins[1:], end_s], strict=True):
        kept = "".join(char for char in text if char.isspace() or is_readable(char))
        step = (end - begin) / max(1, sum(not char.isspace() for char in kept))
        place = 0
        for char in kept:
            letters.append((char, begin + step * place, begin + step * (place + 1)))
            place += not char.isspace()
    yield from _joined(letters)


def _joined(letters: list[tuple[str, float, float]]) -> Iterator[Word]:
    text, start_s, end_s = "", 0.0, 0.0
    for char, begin, end in [*letters, (" ", 0.0, 0.0)]:
        if not char.isspace():
            start_s = start_s if text else begin
            text, end_s = text + char, end
        elif text:
            yield Word(round(start_s, 3), round(end_s, 3), text, 1.0)
            text = ""


def clean(text: str) -> str:
    """Return the text on one line, without what cannot be read; wide characters join without a space."""
    whole = ""
    for line in filter(None, map(on_one_line, re.split(r"\r\n|\r|\n", text))):
        wide = whole and is_wide(whole[-1]) and is_wide(line[0])
        whole += line if wide or not whole else f" {line}"
    return whole
