from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication

from app.core.geometry import Box, Size
from app.core.results import Detection
from app.render.overlays import FontMeter, PlacedBox, box_at, full_chip, label_of, lay_out
from app.render.viewport import Point, Viewport
from tests.render.frames import found

PICTURE = Size(640, 360)
AT_FIT = Viewport(PICTURE, PICTURE)


class FakeMeter:
    """Every letter is 7 wide."""

    height = 16.0

    def width(self, text: str) -> float:
        return 7.0 * len(text) + 10

    def elided(self, text: str, width: float) -> str:
        room = int((width - 10) // 7)
        return text if len(text) <= room else text[: max(0, room - 1)] + "…"


METER = FakeMeter()


def place(*detections: Detection, viewport: Viewport = AT_FIT) -> tuple[PlacedBox, ...]:
    return lay_out(detections, viewport, METER)


def test_a_label_names_class_track_and_confidence() -> None:
    person = found((0, 0, 9, 9))
    assert label_of(person) == "person 0.91"
    assert label_of(replace(person, track_id=7)) == "person 7 0.91"


def test_the_chip_sits_on_the_box() -> None:
    (one,) = place(found((100, 50, 300, 200)))
    assert one.rect == Box(100, 50, 300, 200)
    assert one.chip is not None
    assert one.chip.rect == Box(100, 34, 100 + 7 * 11 + 10, 50)


def test_at_the_top_edge_the_chip_is_inside() -> None:
    (one,) = place(found((100, 5, 300, 200)))
    assert one.chip is not None
    assert (one.chip.rect.y1, one.chip.rect.y2) == (5, 21)


def test_at_the_right_edge_the_chip_stays_in_view() -> None:
    (one,) = place(found((600, 100, 640, 200)))
    assert one.chip is not None
    assert one.chip.rect.x2 == 640


def test_a_box_that_reaches_out_of_the_view_keeps_its_chip_in_it() -> None:
    zoomed = AT_FIT.zoomed_to(4.0)
    (one,) = place(found((0, 0, 640, 360)), viewport=zoomed)
    assert one.chip is not None
    assert (one.chip.rect.x1, one.chip.rect.y1) == (0, 0)


def test_tiny_boxes_carry_no_chip_and_long_names_are_cut() -> None:
    tiny, long = place(found((10, 100, 20, 110)), found((200, 100, 250, 150), "a" * 60))
    assert tiny.chip is None
    assert long.chip is not None
    assert long.chip.text.endswith("…")
    assert long.chip.rect.width <= 160


def test_a_box_outside_the_view_is_left_out() -> None:
    zoomed = AT_FIT.zoomed_to(8.0)
    assert place(found((0, 0, 20, 20)), viewport=zoomed) == ()


def test_the_whole_label_is_there_for_the_box_that_is_looked_at() -> None:
    (tiny,) = place(found((10, 100, 20, 110)))
    assert full_chip(tiny, AT_FIT, METER).text == "person 0.91"


coordinates = st.tuples(st.floats(-50, 690), st.floats(-50, 410), st.floats(0, 300), st.floats(0, 300))
detections = coordinates.map(lambda c: found((c[0], c[1], c[0] + c[2], c[1] + c[3])))


@given(st.lists(detections, max_size=40), st.floats(1, 6))
def test_chips_never_overlap_and_never_leave_the_view(many: list[Detection], zoom: float) -> None:
    viewport = AT_FIT.zoomed_by(zoom)
    chips = [one.chip.rect for one in place(*many, viewport=viewport) if one.chip is not None]
    for index, chip in enumerate(chips):
        assert chip.x1 >= 0
        assert chip.y1 >= 0
        assert chip.x2 <= viewport.view.width
        assert chip.y2 <= viewport.view.height
        for other in chips[:index]:
            apart = chip.x2 <= other.x1 or other.x2 <= chip.x1 or chip.y2 <= other.y1 or other.y2 <= chip.y1
            assert apart


@given(st.lists(detections, min_size=1, max_size=10))
def test_a_click_means_the_smallest_box_under_it(many: list[Detection]) -> None:
    placed = place(*many)
    for one in placed:
        middle = Point((one.rect.x1 + one.rect.x2) / 2, (one.rect.y1 + one.rect.y2) / 2)
        hit = box_at(placed, middle, 0)
        assert hit is not None
        assert hit.rect.area <= one.rect.area
    assert box_at(placed, Point(-500, -500), 2.0) is None


def test_the_real_face_measures_as_it_paints(qapp: QApplication) -> None:
    meter = FontMeter(2.0)
    text = "person 0.91"
    assert meter.elided(text, meter.width(text) + 1) == text
    assert meter.elided("a" * 100, 120).endswith("…")
    assert meter.width(meter.elided("a" * 100, 120)) <= 121
    assert FontMeter(1.0).height < meter.height
