from __future__ import annotations

import av
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.geometry import Size
from app.media.plane_tables import PlaneTables, table_expression
from tests.media.test_tone_map import planes_of

SIZE = Size(32, 32)
EVERY_CODE = np.arange(1024, dtype=np.uint16).reshape(SIZE.height, SIZE.width)


def every_code() -> av.VideoFrame:
    frame = av.VideoFrame(*SIZE, "yuv444p10le")
    for plane in frame.planes:
        rows = np.zeros((plane.height, plane.line_size // 2), np.uint16)
        rows[:, : plane.width] = EVERY_CODE
        plane.update(rows.tobytes())
    frame.colorspace, frame.color_range = 9, 1
    return frame


@settings(max_examples=10)
@given(
    st.lists(st.integers(0, 1023), min_size=1024, max_size=1024)
    | st.integers(0, 1023).map(lambda code: [code] * 1024)
)
def test_every_code_becomes_what_the_table_says(table: list[int]) -> None:
    tables = PlaneTables(SIZE, "yuv444p10le", (table_expression(table), "val", "1023-val"), threads=1)
    tables.push(every_code())
    y, u, v = planes_of(tables.pull())
    assert y.ravel().tolist() == table
    assert np.array_equal(u, EVERY_CODE)
    assert np.array_equal(v, 1023 - EVERY_CODE)


def test_a_picture_that_is_kept_stays_as_it_was() -> None:
    tables = PlaneTables(SIZE, "yuv444p10le", ("0", "val", "val"), threads=1)
    kept = every_code()
    tables.push(kept)
    assert not planes_of(tables.pull())[0].any()
    assert np.array_equal(planes_of(kept)[0], EVERY_CODE)
    assert (kept.colorspace, kept.color_range) == (9, 1)


def test_one_picture_after_the_other() -> None:
    tables = PlaneTables(SIZE, "yuv444p10le", ("1023-val", "val", "val"), threads=2)
    for _ in range(3):
        tables.push(every_code())
        assert np.array_equal(planes_of(tables.pull())[0], 1023 - EVERY_CODE)
