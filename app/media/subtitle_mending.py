"""Subtitle files as FFmpeg reads them whole: of WebVTT it reads no further than the first broken cue."""

from __future__ import annotations

import re

_CLOCK = r"(?:\d+:)?\d{1,2}:\d{1,2}[.,]\d{1,3}"
_TIMES = re.compile(rf"[ \t]*({_CLOCK})[ \t]*-->[ \t]*({_CLOCK})(?=\s|$)")
_NO_CUE = ("WEBVTT", "NOTE", "STYLE", "REGION", "X-TIMESTAMP-MAP")
_ASS_LINE = re.compile(r"Dialogue:[^,]*,\s*\d+:\d+:\d+.\d+\s*,\s*\d+:\d+:\d+.\d+\s*,")
_ASS_TITLE = re.compile(r"\[script info\]", re.IGNORECASE)


def form_of(text: str, named: str) -> str:
    """Return FFmpeg's name of the format a text is in: as it begins, else as its file is ``named``."""
    head = text.lstrip("\ufeff \t\r\n")
    if head.startswith("WEBVTT"):
        return "webvtt"
    return "ass" if _ASS_TITLE.match(head) else named


def mended(text: str, form: str) -> tuple[str, int]:
    """Return the text without what would end the reading of it, and how many cues that leaves out."""
    text = text.replace("\0", "")
    if form == "ass":
        lines = [line for line in text.splitlines() if line.startswith("Dialogue:")]
        return text, sum(_ASS_LINE.match(line) is None for line in lines)
    if form != "webvtt":
        return text, 0
    blocks = re.split(r"\n\n+", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = [_vtt_block(block.strip("\n")) for block in blocks]
    return "WEBVTT\n\n" + "\n\n".join(filter(None, kept)) + "\n", sum(each is None for each in kept)


def _vtt_block(block: str) -> str | None:
    """Return a cue with times as FFmpeg wants them; "" for what is no cue, None for what cannot be read."""
    if not block.strip() or block.startswith(_NO_CUE):
        return ""
    lines = block.split("\n")
    for place, line in enumerate(lines[:2]):
        if "-->" in line:
            times = _TIMES.match(line)
            if times is None:
                return None
            start, end = (clock.replace(",", ".") for clock in times.groups())
            return "\n".join([*lines[:place], f"{start} --> {end}", *lines[place + 1 :]])
    return None
