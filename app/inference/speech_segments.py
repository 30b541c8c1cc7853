"""What the model wrote for one piece, brought onto the speech that is really there."""

from __future__ import annotations

from collections.abc import Sequence

from app.core.results import Segment, Word
from app.inference.over_silence import may_be_speech
from app.inference.recognition import RawSegment, Token
from app.inference.speech_words import (
    Levels,
    Spoken,
    Stretch,
    Timed,
    deal_out,
    merge_tokens,
    time_words,
    written,
)

_Part = tuple[Stretch, tuple[Spoken, ...]]

SNAP_S = 0.5
"""A segment that begins or ends so near the edge of its speech begins or ends there."""
_TOUCH_S = 0.2
"""Less speech than this at a segment's edge belongs to its neighbour."""
_NEAR_S = 0.5
"""A segment over silence that misses unclaimed speech by no more than this is taken for it."""
_PAUSE_S = 0.7
"""A segment with a longer silence inside becomes two."""
_NOT_SPEECH = frozenset({"[BLANK_AUDIO]", "[ Silence ]", "[silence]", "(silence)"})


def settle(
    raw: Sequence[RawSegment],
    speech: Sequence[Stretch],
    levels: Levels,
    offset_s: float,
    *,
    snap_s: float = SNAP_S,
) -> tuple[Segment, ...]:
    """Return the segments of a piece in order, apart from each other, each inside speech, with one exception.

    Args:
        raw: what the model gave, times from the piece's first sample.
        speech: where somebody speaks, on the same axis, ascending, none empty.
        levels: loudness on the same axis.
        offset_s: shown time of the piece's first sample, added to all times.
        snap_s: a segment that begins or ends so near the edge of its speech is taken to begin or end there.

    Text over no speech is dropped, for whisper likes to hear something in silence, unless something is to be
    heard there: see ``over_silence``.
    """
    settled: list[Segment] = []
    busy_until = 0.0
    for index, segment in enumerate(raw):
        following = raw[index + 1].start_s if index + 1 < len(raw) else float("inf")
        room = (busy_until, following)
        for part, words in _parts(segment, speech, room, snap_s) or _unheard(segment, room, levels):
            timed = time_words(words, part, levels)
            settled.append(_segment(part, timed, offset_s))
            busy_until = part.end_s
    return tuple(settled)


def _parts(
    segment: RawSegment, speech: Sequence[Stretch], room: tuple[float, float], snap_s: float
) -> list[_Part]:
    """Divide a segment at its long pauses; nothing where it lies over no speech."""
    words = merge_tokens(segment.tokens)
    if not words or _text(segment.tokens).strip() in _NOT_SPEECH:
        return []
    groups = _grouped(_covered(segment, speech, room, snap_s))
    spans = [Stretch(group[0].start_s, group[-1].end_s) for group in groups]
    if not spans:
        return []
    return [(span, dealt) for span, dealt in zip(spans, deal_out(words, spans), strict=True) if dealt]


def _unheard(segment: RawSegment, room: tuple[float, float], levels: Levels) -> list[_Part]:
    """What was written over no speech, where something is to be heard all the same."""
    words = merge_tokens(segment.tokens)
    place = Stretch(max(segment.start_s, room[0]), min(segment.end_s, room[1]))
    if place.end_s <= place.start_s or _text(segment.tokens).strip() in _NOT_SPEECH:
        return []
    return [(place, words)] if may_be_speech(words, place, levels) else []


def _covered(
    segment: RawSegment, speech: Sequence[Stretch], room: tuple[float, float], snap_s: float
) -> list[Stretch]:
    """The speech a segment stands for, cut to it: after what came before, and up to where the next begins."""
    free_from, following = room
    cut: list[Stretch] = []
    for stretch in speech:
        start, end = segment.start_s, segment.end_s
        if 0.0 <= start - stretch.start_s <= snap_s:
            start = stretch.start_s
        if 0.0 <= stretch.end_s - end <= snap_s and following >= stretch.end_s - _TOUCH_S:
            end = stretch.end_s
        shared = Stretch(max(start, stretch.start_s, free_from), min(end, stretch.end_s))
        if shared.end_s > shared.start_s:
            cut.append(shared)
    if not cut:
        return _near(segment, speech, free_from)
    firm = [part for part in cut if part.end_s - part.start_s >= _TOUCH_S or _is_whole(part, speech)]
    return firm or cut[:1]


def _near(segment: RawSegment, speech: Sequence[Stretch], free_from: float) -> list[Stretch]:
    """The unclaimed stretch that a segment just misses: whisper's times can be that far off."""
    for stretch in speech:
        gap = max(stretch.start_s - segment.end_s, segment.start_s - stretch.end_s)
        if gap <= _NEAR_S and stretch.start_s >= free_from:
            return [stretch]
    return []


def _is_whole(part: Stretch, speech: Sequence[Stretch]) -> bool:
    """Whether at least half of the stretch it was cut from is left."""
    return any(
        part.start_s >= whole.start_s
        and part.end_s <= whole.end_s
        and part.end_s - part.start_s >= 0.5 * (whole.end_s - whole.start_s)
        for whole in speech
    )


def _grouped(parts: Sequence[Stretch]) -> list[list[Stretch]]:
    groups: list[list[Stretch]] = []
    for part in parts:
        if groups and part.start_s - groups[-1][-1].end_s < _PAUSE_S:
            groups[-1].append(part)
        else:
            groups.append([part])
    return groups


def _segment(part: Stretch, timed: Sequence[Timed], offset_s: float) -> Segment:
    words = tuple(
        Word(_shown(start + offset_s), _shown(end + offset_s), word.text, word.probability)
        for word, start, end in timed
    )
    return Segment(
        _shown(part.start_s + offset_s),
        _shown(part.end_s + offset_s),
        written([word for word, _, _ in timed]),
        sum(word.confidence for word in words) / len(words),
        words,
    )


def _shown(time_s: float) -> float:
    """Without the dust of adding floats, which readers of documents would see."""
    return round(time_s, 6)


def _text(tokens: Sequence[Token]) -> str:
    return b"".join(token.data for token in tokens).decode("utf-8", errors="replace")
