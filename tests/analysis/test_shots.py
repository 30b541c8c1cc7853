"""Shots on painted pictures and on clips whose cuts are known by how they were made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analysis.colours import Colours
from app.analysis.shots import ShotFinder
from app.core.frame import PixelFormat, Pixels
from app.core.geometry import Size
from app.core.results import Shot
from app.media.convert import Converter
from app.media.decoder import VideoReader
from app.media.keyframes import decode_keyframes
from app.media.picture import Picture

SMALL = Size(128, 72)


def scene(seed: int, light: float = 1.0) -> Pixels:
    """Return a picture of blocks in the colours of its seed, noisy as film is, at a brightness."""
    rng = np.random.default_rng(seed)
    palette = rng.integers(60, 256, (4, 3))
    blocks = palette[rng.integers(0, 4, (9, 16))].repeat(8, axis=0).repeat(8, axis=1)
    noisy = blocks * light + np.random.default_rng(round(1000 * light)).normal(0, 2, blocks.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)


def shots_of(pictures: Iterable[tuple[int, float, Pixels]]) -> list[Shot]:
    finder = ShotFinder()
    pts, time_s = 0, 0.0
    found = []
    for pts, time_s, pixels in pictures:
        found.append(finder.look(pts, time_s, pixels))
    return [shot for shot in [*found, *finder.finish(pts + 1, time_s + 1)] if shot]


def starts(pictures: Iterable[Pixels], step_s: float = 0.04) -> list[int]:
    numbered = ((number, number * step_s, pixels) for number, pixels in enumerate(pictures))
    return [shot.start_pts for shot in shots_of(numbered)]


def plain_histogram(pixels: Pixels, factor: float) -> list[int]:
    """Count coarse colours pixel by pixel."""
    counts = [0] * 512
    for pixel in pixels.reshape(-1, 3).astype(np.float32):
        red, green, blue = (int(min(level * np.float32(factor), 255)) // 32 for level in pixel)
        counts[64 * red + 8 * green + blue] += 1
    return counts


@given(st.integers(0, 2**32 - 1), st.integers(1, 256), st.integers(1, 12), st.integers(1, 12))
def test_colours_are_counted_as_they_are_and_in_the_same_light(
    seed: int, top: int, height: int, width: int
) -> None:
    pixels = np.random.default_rng(seed).integers(0, top, (height, width, 3), np.uint8)
    brightest = float(np.percentile(pixels.max(axis=2), 95))
    colours = Colours.of(pixels)
    assert colours.as_is.tolist() == plain_histogram(pixels, 1)
    if brightest < 24:
        assert colours.same_light is None
    else:
        assert colours.same_light is not None
        assert colours.same_light.tolist() == plain_histogram(pixels, 255 / brightest)


def test_a_steady_scene_is_one_shot() -> None:
    assert starts(scene(1) for _ in range(50)) == [0]


def test_a_hard_cut_begins_a_shot() -> None:
    assert starts([scene(1)] * 20 + [scene(2)] * 20 + [scene(3)] * 20) == [0, 20, 40]


def test_a_change_of_light_is_no_cut() -> None:
    assert starts([scene(1)] * 20 + [scene(1, 0.5)] * 20) == [0]


def test_a_dip_to_black_between_scenes_is_one_cut() -> None:
    down = [scene(1, step / 12) for step in range(12, -1, -1)]
    up = [scene(2, step / 12) for step in range(13)]
    found = starts([scene(1)] * 20 + down + up + [scene(2)] * 20)
    assert len(found) == 2
    assert 28 <= found[1] <= 40


def test_a_dip_to_black_within_a_scene_is_none() -> None:
    down = [scene(1, step / 12) for step in range(12, -1, -1)]
    assert starts([scene(1)] * 20 + down + down[::-1] + [scene(1)] * 20) == [0]


def test_flashes_are_no_shots() -> None:
    white = np.full((72, 128, 3), 255, np.uint8)
    found = starts([scene(1)] * 20 + [white, scene(1)] * 5 + [scene(1)] * 20)
    assert len(found) <= 2


def test_the_last_shot_ends_where_it_is_told() -> None:
    finder = ShotFinder()
    assert finder.finish(0, 0.0) == ()
    assert finder.look(10, 1.0, scene(1)) is None
    assert finder.look(20, 2.0, scene(2)) == Shot(1.0, 2.0, 10, 20)
    assert finder.finish(35, 3.5) == (Shot(2.0, 3.5, 20, 35),)


SCENES = [scene(seed, light) for seed in range(3) for light in (1.0, 0.5, 0.02)]


@given(st.lists(st.integers(0, len(SCENES) - 1), min_size=1, max_size=40), st.data())
def test_stretches_in_any_order_give_the_same_shots(film: list[int], data: st.DataObject) -> None:
    pictures = [(number, number * 0.2, SCENES[kind]) for number, kind in enumerate(film)]
    cuts = sorted(data.draw(st.sets(st.integers(1, len(film)), max_size=6)) | {0, len(film)})
    stretches = data.draw(st.permutations([pictures[a:b] for a, b in pairwise(cuts)]))
    finder = ShotFinder(in_order=False)
    for stretch in stretches:
        for place, (pts, time_s, pixels) in enumerate(stretch):
            assert finder.look(pts, time_s, pixels, follows=place > 0) is None
    last = len(film) - 1
    assert list(finder.finish(last + 1, last * 0.2 + 1)) == shots_of(pictures)


def found_in(pictures: Iterable[Picture]) -> list[float]:
    converter = Converter()
    small = (
        (picture.pts, picture.time_s, converter.convert(picture, SMALL, PixelFormat.RGB).pixels())
        for picture in pictures
    )
    return [shot.start_s for shot in shots_of(small)]


def all_pictures(video: Path) -> Iterator[Picture]:
    with VideoReader(video) as reader:
        yield from reader.frames()


@pytest.mark.parametrize("decode", [decode_keyframes, all_pictures])
def test_five_real_shots(media_dir: Path, decode: object) -> None:
    """The clip was joined from five others; its starts were written down then."""
    assert callable(decode)
    found = found_in(decode(media_dir / "derived" / "ccby_5shots_jfk.mp4"))
    assert found == pytest.approx([0.0, 4.48, 9.12, 12.12, 15.52])


def test_the_sample_picture_by_picture(sample_video: Path) -> None:
    found = found_in(all_pictures(sample_video))
    assert found[:3] == pytest.approx([0.0, 6.0, 11.7])
    assert len(found) == 4
    assert 17.5 <= found[3] <= 18.3, "the fourth shot begins in the dip from frame 525 to 548"


def test_a_real_scene_without_a_cut_is_one_shot(media_dir: Path) -> None:
    assert found_in(decode_keyframes(media_dir / "intel_car-detection.mp4")) == [0.0]
