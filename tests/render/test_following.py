from __future__ import annotations

import dataclasses

from hypothesis import given
from hypothesis import strategies as st

from app.core.geometry import Box, Size
from app.core.results import Detection
from app.render.following import same_thing
from app.render.viewport import Point, Viewport
from tests.render.frames import found


def track(number: int, box: tuple[float, float, float, float]) -> Detection:
    return dataclasses.replace(found(box), track_id=number)


def test_without_tracks_the_box_that_overlaps_most_is_the_thing() -> None:
    before = found((100, 100, 200, 200))
    near, nearer = found((130, 100, 230, 200)), found((105, 95, 205, 195))
    other = found((100, 100, 200, 200), "car")
    assert same_thing(before, (near, other, nearer)) == nearer
    assert same_thing(before, (other, near)) == near


def test_what_is_elsewhere_or_of_another_kind_is_lost() -> None:
    before = found((100, 100, 200, 200))
    assert same_thing(before, ()) is None
    assert same_thing(before, (found((190, 190, 290, 290)),)) is None
    assert same_thing(before, (found((100, 100, 200, 200), "car"),)) is None


def test_a_track_is_followed_wherever_it_goes() -> None:
    before = track(7, (100, 100, 200, 200))
    far, close = track(7, (600, 300, 700, 400)), track(8, (100, 100, 200, 200))
    assert same_thing(before, (close, far)) == far
    assert same_thing(before, (close,)) is None


@given(st.floats(0, 1920), st.floats(0, 1080), st.floats(1.1, 20))
def test_a_point_comes_into_the_middle_as_far_as_the_edges_allow(x: float, y: float, zoom: float) -> None:
    view = Viewport(Size(1920, 1080), Size(800, 600)).centred(Point(x, y), zoom)
    seen = (view.view.width / view.scale, view.view.height / view.scale)
    for middle, wanted, side, shown in zip(view.centre, (x, y), view.picture, seen, strict=True):
        assert middle == min(max(wanted, shown / 2), side - shown / 2) or shown >= side
    box = view.box_to_device(Box(x, y, x, y))
    assert -1 <= box.x1 <= 801
    assert -1 <= box.y1 <= 601
