"""Pictures shown a moment ago are at hand without the decoder's thread."""

from __future__ import annotations

import dataclasses
from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.core.frame import PixelFormat, VideoFrame
from app.core.geometry import Size
from app.core.time import MediaTime
from app.workers.shown_frames import Form, ShownFrames

_FORM = Form(Size(8, 4), combed=False)
_TICK = Fraction(1, 25)


def _frame(pts: int, *, generation: int = 1, ticks: int | None = 1, nbytes: int = 128) -> VideoFrame:
    return VideoFrame(
        data=np.zeros((4, nbytes // 4), np.uint8),
        size=Size(8, 4),
        stride=nbytes // 4,
        pixel_format=PixelFormat.BGRA,
        time=MediaTime(pts, _TICK),
        time_s=float(pts * _TICK),
        duration=None if ticks is None else ticks * _TICK,
        keyframe=False,
        display_size=Size(8, 4),
        generation=generation,
        owner=None,
    )


@given(st.sets(st.integers(0, 200), min_size=1), st.integers(0, 8000))
def test_at_gives_the_frame_whose_interval_holds_the_time_and_no_other(kept: set[int], ms: int) -> None:
    frames = ShownFrames()
    for pts in kept:
        frames.keep(_frame(pts), _FORM)
    found = frames.at(ms / 1000, _FORM)
    holder = Fraction(ms, 1000) // _TICK
    assert (found.time.pts if found else None) == (holder if holder in kept else None)


def test_at_the_very_edge_and_without_a_duration_it_does_not_guess() -> None:
    frames = ShownFrames()
    frames.keep(_frame(0), _FORM)
    frames.keep(_frame(5, ticks=None), _FORM)
    assert frames.at(0.04 - 1e-9, _FORM) is None
    assert frames.at(0.0399, _FORM) is not None
    assert frames.at(0.2, _FORM) is None


def test_another_form_is_another_picture() -> None:
    frames = ShownFrames()
    frames.keep(_frame(0), _FORM)
    assert frames.at(0.0, Form(Size(9, 4), combed=False)) is None
    assert frames.find(0, dataclasses.replace(_FORM, combed=True)) is None
    assert frames.find(0, _FORM) is not None


def test_nothing_of_the_file_before_is_kept_or_found() -> None:
    frames = ShownFrames()
    frames.keep(_frame(0, generation=3), _FORM)
    frames.clear(4)
    assert frames.at(0.0, _FORM) is None
    frames.keep(_frame(0, generation=3), _FORM)
    assert (frames.at(0.0, _FORM), frames.nbytes) == (None, 0)
    frames.keep(_frame(0, generation=4), _FORM)
    assert frames.at(0.0, _FORM) is not None


@given(st.lists(st.tuples(st.integers(0, 30), st.sampled_from((64, 128, 512))), max_size=60))
def test_the_bytes_are_bounded_and_counted(kept: list[tuple[int, int]]) -> None:
    frames = ShownFrames(most_bytes=1024)
    for pts, nbytes in kept:
        frames.keep(_frame(pts, nbytes=nbytes), _FORM)
        assert frames.find(pts, _FORM) is not None
        assert frames.nbytes <= 1024
    there = [frames.find(pts, _FORM) for pts in range(31)]
    assert frames.nbytes == sum(frame.data.nbytes for frame in there if frame is not None)
