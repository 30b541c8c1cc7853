"""Pictures that were on the screen a moment ago need not be converted again."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from app.core.frame import PixelFormat, VideoFrame
from app.core.geometry import Size
from app.media.convert import Converter
from app.media.decoder import VideoReader
from app.media.picture import Picture
from app.workers.projector import Projector
from app.workers.shown_frames import MOST_BYTES, ShownFrames


class Counting(Converter):
    def __init__(self) -> None:
        super().__init__()
        self.converted: list[int] = []

    def convert(
        self,
        picture: Picture,
        size: Size | None,
        pixel_format: PixelFormat,
        generation: int = 0,
        *,
        deinterlace: bool = False,
    ) -> VideoFrame:
        self.converted.append(picture.pts)
        return super().convert(picture, size, pixel_format, generation, deinterlace=deinterlace)


class Screen:
    """What the projector asks of one."""

    def __init__(self) -> None:
        self.size = Size(1280, 720)
        self.combed = False

    def wanted_size(self) -> Size:
        return self.size

    def deinterlaces(self) -> bool:
        return not self.combed


def test_a_picture_one_comes_back_to_is_the_same_under_a_new_generation(sample_video: Path) -> None:
    converter, screen, kept = Counting(), Screen(), ShownFrames()
    projector = Projector(screen, lambda: converter, kept)  # type: ignore[arg-type]
    with VideoReader(sample_video) as reader:
        first, second = reader.frame_at(0.0), reader.frame_at(2.0)
        before = projector.for_screen(first, 1, keep=True)
        projector.for_screen(second, 2, keep=True)
        again = projector.for_screen(first.lasting(Fraction(7)), 3, keep=True)
        assert converter.converted == [first.pts, second.pts]
        assert (again.generation, again.duration) == (3, Fraction(7))
        assert again.time == before.time
        assert (again.data == before.data).all()
        screen.size = Size(640, 360)
        assert projector.for_screen(first, 4, keep=True).size == Size(640, 360)
        screen.combed = True
        projector.for_screen(first, 5, keep=True)
        kept.clear(6)
        projector.for_screen(first, 6)
        projector.for_screen(first, 7)
        assert converter.converted == [first.pts, second.pts, *[first.pts] * 4]


def test_what_is_kept_is_bounded(sample_video: Path) -> None:
    converter, kept = Counting(), ShownFrames()
    projector = Projector(Screen(), lambda: converter, kept)  # type: ignore[arg-type]
    with VideoReader(sample_video) as reader:
        pictures = [reader.frame_at(number / 2) for number in range(20)]
        for picture in pictures:
            projector.for_screen(picture, 1, keep=True)
        projector.for_screen(pictures[-1], 2, keep=True)
        assert len(converter.converted) == 20
        projector.for_screen(pictures[0], 3, keep=True)
        assert converter.converted[20:] == [pictures[0].pts]
        assert 40 * 2**20 < kept.nbytes <= MOST_BYTES


def test_what_was_prepared_is_not_converted_again(sample_video: Path) -> None:
    converter, screen = Counting(), Screen()
    projector = Projector(screen, lambda: converter, ShownFrames())  # type: ignore[arg-type]
    with VideoReader(sample_video) as reader:
        first, second = reader.frame_at(0.0), reader.frame_at(2.0)
        projector.prepare(first, 1)
        assert projector.for_screen(first, 2).generation == 2
        assert converter.converted == [first.pts]
        projector.prepare(second, 2)
        assert projector.for_screen(first, 2).time.pts == first.pts
        assert projector.for_screen(second, 2).time.pts == second.pts
        assert converter.converted == [first.pts, second.pts, first.pts]
        projector.prepare(first, 2)
        screen.size = Size(320, 180)
        assert projector.for_screen(first, 2).size == Size(320, 180)
        assert converter.converted[3:] == [first.pts, first.pts]
        projector.prepare(second, 2)
        projector.leave_out(second)
        projector.for_screen(second, 2)
        assert converter.converted[5:] == [second.pts, second.pts]
