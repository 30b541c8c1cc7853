"""Hypothesis strategies for every value of the result document, within what the schema allows."""

from __future__ import annotations

from typing import TypeVar

from hypothesis import settings
from hypothesis import strategies as st

from app.core.geometry import Box
from app.core.results import (
    AnalysisResult,
    AppInfo,
    AudioInfo,
    Detection,
    Keyframe,
    MediaInfo,
    ModelInfo,
    RunInfo,
    Segment,
    Shot,
    StageRun,
    Track,
    Transcript,
    VideoInfo,
    Word,
)

T = TypeVar("T")

# Every character of Unicode but surrogates, which UTF-8 does not have; they get tests of their own.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
names = texts.filter(bool)
pts = st.integers(-(2**63), 2**63 - 1)
counts = st.integers(0, 2**63 - 1)
seconds = st.floats(allow_nan=False, allow_infinity=False)
lengths = st.floats(min_value=0, allow_nan=False, allow_infinity=False)
fractions = st.floats(0, 1)
rationals = st.builds("{}/{}".format, st.integers(1, 10**9), st.integers(1, 10**9))
hashes = st.text("0123456789abcdef", min_size=64, max_size=64)
languages = st.sampled_from(["en", "de", "haw", "yue", "und"])
sides = st.integers(1, 16_384)


def _tuples(items: st.SearchStrategy[T]) -> st.SearchStrategy[tuple[T, ...]]:
    return st.lists(items, max_size=4).map(tuple)


videos = st.builds(
    VideoInfo,
    codec=names,
    width=sides,
    height=sides,
    display_width=sides,
    display_height=sides,
    rotation=st.sampled_from([0, 90, 180, 270]),
    mirrored=st.booleans(),
    sample_aspect_ratio=rationals,
    pixel_format=st.none() | names,
    time_base=rationals,
    average_rate=st.none() | rationals,
    variable_rate=st.booleans(),
    interlaced=st.booleans(),
    hdr=st.none() | names,
    frames=st.none() | counts,
)
audio = st.builds(AudioInfo, codec=names, sample_rate=counts, channels=counts, language=st.none() | names)
media = st.builds(
    MediaInfo,
    path=names,
    name=names,
    bytes=counts,
    sha256=st.none() | hashes,
    format=names,
    start_s=seconds,
    duration_s=st.none() | lengths,
    video=st.none() | videos,
    audio=_tuples(audio),
)
positive = st.floats(min_value=0, exclude_min=True, allow_nan=False, allow_infinity=False)
boxes = st.builds(Box, lengths, lengths, positive, positive)
detections = st.builds(
    Detection,
    pts=pts,
    time_s=seconds,
    label=texts,
    class_id=counts,
    confidence=fractions,
    box=boxes,
    track_id=st.none() | counts,
)
tracks = st.builds(
    Track, track_id=counts, label=texts, start_s=seconds, end_s=seconds, frames=st.integers(1, 10**9)
)
words = st.builds(Word, start_s=seconds, end_s=seconds, text=texts, confidence=fractions)
segments = st.builds(
    Segment,
    start_s=seconds,
    end_s=seconds,
    text=texts,
    confidence=st.none() | fractions,
    words=_tuples(words),
    marks=_tuples(names),
    speaker=st.none() | names,
    edited=st.booleans(),
)
spoken = st.builds(Segment, st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), texts)
"""Segments at times that a subtitle can show."""


@st.composite
def karaoke(draw: st.DrawFn) -> tuple[Segment, ...]:
    """Segments one after the other whose words follow each other, in steps of milliseconds."""
    made = []
    reached = draw(st.integers(0, 5000))
    for _ in range(draw(st.integers(1, 5))):
        words = []
        start = reached
        for text in draw(st.lists(texts, min_size=1, max_size=20)):
            begin = reached + draw(st.integers(0, 300))
            reached = begin + draw(st.integers(1, 900))
            words.append(Word(begin / 1000, reached / 1000, text, 0.9))
        made.append(Segment(start / 1000, reached / 1000, " ".join(w.text for w in words), 0.9, tuple(words)))
        reached += draw(st.integers(0, 3000))
    return tuple(made)


transcripts = st.builds(Transcript, language=languages, segments=_tuples(segments), source=st.none() | names)
models = st.builds(
    ModelInfo,
    name=names,
    sha256=hashes,
    kind=st.sampled_from(["detector", "encoder", "speech", "vad"]),
    layout=st.none() | names,
)
stamps = st.datetimes().map(lambda moment: moment.isoformat(timespec="milliseconds") + "+00:00")
runs = st.builds(
    RunInfo,
    started=stamps,
    elapsed_s=lengths,
    device=st.dictionaries(texts, texts, max_size=3),
    stages=_tuples(st.builds(StageRun, name=names, seconds=lengths, items=counts)),
)
json_values = st.recursive(
    st.none() | st.booleans() | pts | seconds | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
results = st.builds(
    AnalysisResult,
    app=st.builds(AppInfo, name=st.just("reelscope"), version=names),
    media=media,
    settings=st.dictionaries(texts, json_values, max_size=4),
    models=_tuples(models),
    run=runs,
    keyframes=_tuples(st.builds(Keyframe, pts=pts, time_s=seconds)),
    shots=_tuples(st.builds(Shot, start_s=seconds, end_s=seconds, start_pts=pts, end_pts=pts)),
    detections=_tuples(detections),
    tracks=_tuples(tracks),
    transcript=st.none() | transcripts,
    warnings=_tuples(names),
)
"""Whole results; in any order, as findings come."""

fewer = settings(max_examples=settings().max_examples // 3)
"""For tests of whole results: each example is large, and holds many values of every kind."""
