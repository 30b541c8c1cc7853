from __future__ import annotations

import contextlib
import dataclasses
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from app.core.cancel import CancelToken
from app.core.frame import PixelFormat, VideoFrame
from app.core.geometry import Size
from app.media.decoder import VideoReader
from app.media.picture import Picture
from app.workers.decoder_thread import DecoderThread
from app.workers.notices import OpenFailed, PlaybackState, VideoOpened
from app.workers.player_needs import Reader

VIEW = Size(320, 320)


class Window(QObject):
    """Looks at what a decoder shows, as the window does."""

    def __init__(self, decoder: DecoderThread) -> None:
        super().__init__()
        self.decoder = decoder
        self.frames: list[VideoFrame] = []
        self.opened: list[VideoOpened] = []
        self.failures: list[OpenFailed] = []
        self.states: list[PlaybackState] = []
        self.wanted = 0
        decoder.frame_ready.connect(self.look)
        decoder.opened.connect(self.on_opened)
        decoder.failed.connect(self.on_failed)
        decoder.state_changed.connect(self.on_state)

    def look(self) -> None:
        frame = self.decoder.out.poll()
        if frame is not None:
            self.frames.append(frame)

    def on_opened(self, notice: VideoOpened) -> None:
        self.opened.append(notice)

    def on_failed(self, notice: OpenFailed) -> None:
        self.failures.append(notice)

    def on_state(self, state: PlaybackState) -> None:
        self.states.append(state)

    @property
    def state(self) -> PlaybackState:
        return self.states[-1] if self.states else PlaybackState()

    @property
    def shown(self) -> list[int]:
        return [frame.time.pts for frame in self.frames]

    def shows(self, generation: int, time_s: float) -> bool:
        """Whether the picture shown now answers the request ``generation`` for ``time_s``."""
        if not self.frames or self.frames[-1].generation != generation:
            return False
        frame = self.frames[-1]
        return frame.time_s <= time_s and (not frame.duration or time_s < frame.time_s + frame.duration)


@pytest.fixture
def start(qtbot: QtBot) -> Iterator[Callable[..., Window]]:
    """Starts a decoder with a window to look at it, and ends it with the test."""
    windows: list[Window] = []

    def make(open_reader: Callable[[Path, int], Reader] | None = None) -> Window:
        window = Window(DecoderThread(open_reader=open_reader))
        window.decoder.set_view_size(VIEW)
        windows.append(window)
        window.decoder.start()
        return window

    yield make
    for window in windows:
        window.decoder.stop()
        window.decoder.stop()
        assert window.decoder.wait(10_000)


@pytest.fixture
def film(start: Callable[..., Window], qtbot: QtBot, sample_video: Path) -> Window:
    """A window that shows the first picture of the sample."""
    window = start()
    window.decoder.open(sample_video)
    qtbot.waitUntil(lambda: len(window.frames) == 1)
    return window


def packet_times(ffprobe: str, path: Path) -> list[int]:
    """The pts of all pictures, in order, as ffprobe reads them from the packets."""
    command = [ffprobe, "-v", "error", "-select_streams", "v:0", "-show_entries", "packet=pts,flags"]
    said = subprocess.run([*command, "-of", "csv=p=0", str(path)], capture_output=True, text=True, check=True)
    packets = [line.split(",") for line in said.stdout.split()]
    return sorted(int(pts) for pts, flags, *_ in packets if "D" not in flags)


def test_opening_tells_what_it_is_and_shows_the_first_picture(film: Window, sample_video: Path) -> None:
    (notice,) = film.opened
    (frame,) = film.frames
    assert notice.info.name == sample_video.name
    assert notice.info.video is not None
    assert frame.display_size == notice.info.video.display_size == Size(960, 540)
    assert frame.pixel_format is PixelFormat.BGRA
    assert frame.size == Size(320, 180)
    assert (frame.time_s, frame.generation) == (0.0, notice.generation)


def test_a_burst_of_seeks_decodes_few_and_ends_on_the_last(film: Window, qtbot: QtBot) -> None:
    times = [index * 0.1 for index in range(200)]
    generations = [film.decoder.seek(time_s, exact=False) for time_s in times]
    qtbot.waitUntil(lambda: film.shows(generations[-1], times[-1]))
    assert len(film.frames) <= 8
    order = [frame.generation for frame in film.frames]
    assert order == sorted(order)


def test_seeks_that_come_one_after_the_other_never_show_older_after_newer(film: Window, qtbot: QtBot) -> None:
    """The hand drags: each new wish comes when something was shown for one before."""
    generation = 0
    for index in range(30):
        film.wanted = len(film.frames) + 1
        generation = film.decoder.seek(20 - index * 0.6, exact=bool(index % 2))
        qtbot.waitUntil(lambda: len(film.frames) >= film.wanted)
    qtbot.waitUntil(lambda: film.shows(generation, 20 - 29 * 0.6))
    order = [frame.generation for frame in film.frames]
    assert order == sorted(order)


def test_an_exact_seek_shows_what_linear_decoding_shows(
    film: Window, qtbot: QtBot, sample_video: Path
) -> None:
    import numpy as np

    from app.media.convert import Converter
    from app.media.decoder import VideoReader

    generation = film.decoder.seek(7.36)
    qtbot.waitUntil(lambda: film.shows(generation, 7.36))
    with VideoReader(sample_video) as reader:
        wanted = next(p for p in reader.frames() if p.duration and p.time_s <= 7.36 < p.time_s + p.duration)
        expected = Converter().convert(wanted, Size(320, 180), PixelFormat.BGRA)
    assert film.frames[-1].time == expected.time
    assert np.array_equal(film.frames[-1].pixels(), expected.pixels())


def test_steps_show_each_picture_once_there_and_back(
    film: Window, qtbot: QtBot, sample_video: Path, ffprobe: str
) -> None:
    expected = packet_times(ffprobe, sample_video)[:41]
    for _ in range(40):
        film.decoder.step(1)
    qtbot.waitUntil(lambda: film.shown[-1] == expected[-1])
    assert film.shown == expected
    film.decoder.step(-40)
    qtbot.waitUntil(lambda: film.shown[-1] == expected[0])
    assert film.shown == expected + expected[-2::-1]


def test_steps_through_a_variable_rate(
    start: Callable[..., Window], qtbot: QtBot, media_dir: Path, ffprobe: str
) -> None:
    clip = media_dir / "ft_fixture-null.webm"
    expected = packet_times(ffprobe, clip)
    assert len({b - a for a, b in pairwise(expected)}) > 3
    window = start()
    window.decoder.open(clip)
    window.decoder.step(len(expected) + 5)
    qtbot.waitUntil(lambda: window.state.at_end, timeout=20_000)
    assert window.shown == expected
    window.decoder.step(-len(expected) - 5)
    qtbot.waitUntil(lambda: window.shown[-1] == expected[0], timeout=20_000)
    assert window.shown == expected + expected[-2::-1]


def test_playing_reaches_the_end_in_order(
    film: Window, qtbot: QtBot, sample_video: Path, ffprobe: str
) -> None:
    every = packet_times(ffprobe, sample_video)
    generation = film.decoder.seek(22.0)
    qtbot.waitUntil(lambda: film.shows(generation, 22.0))
    film.decoder.set_speed(4.0)
    film.decoder.play()
    qtbot.waitUntil(lambda: film.state.at_end, timeout=20_000)
    assert film.state.playing is False
    assert film.shown[-1] == every[-1]
    assert film.shown == sorted(film.shown)
    assert set(film.shown) <= set(every)
    assert 0 <= film.state.dropped <= len(every) - every.index(film.frames[1].time.pts)


def test_open_fail_open(
    start: Callable[..., Window], qtbot: QtBot, sample_video: Path, tmp_path: Path
) -> None:
    window = start()
    window.decoder.open(sample_video)
    qtbot.waitUntil(lambda: len(window.frames) == 1)
    generation = window.decoder.open(tmp_path / "nothing.mp4")
    qtbot.waitUntil(lambda: len(window.failures) == 1)
    assert window.failures[0].generation == generation
    assert "nothing.mp4" in window.failures[0].sentence
    (tmp_path / "text.mp4").write_text("no film at all" * 100, encoding="utf-8")
    window.decoder.open(tmp_path / "text.mp4")
    qtbot.waitUntil(lambda: len(window.failures) == 2)
    assert "text.mp4" in window.failures[1].sentence
    window.decoder.seek(3.0)
    window.decoder.play()
    generation = window.decoder.open(sample_video)
    qtbot.waitUntil(lambda: window.frames[-1].generation == generation)
    assert len(window.opened) == 2


def test_a_file_with_sound_only_opens_without_a_picture(
    start: Callable[..., Window], qtbot: QtBot, media_dir: Path
) -> None:
    window = start()
    window.decoder.open(media_dir / "am_sample_audio_only.mp4")
    qtbot.waitUntil(lambda: len(window.opened) == 1)
    assert window.opened[0].info.video is None
    assert window.opened[0].info.audio
    generation = window.decoder.open(media_dir / "psd_counter.mp4")
    qtbot.waitUntil(lambda: bool(window.frames))
    assert window.frames[-1].generation == generation
    assert window.failures == []


def test_another_view_size_shows_the_same_picture_again(film: Window, qtbot: QtBot) -> None:
    film.decoder.set_view_size(Size(480, 1000))
    qtbot.waitUntil(lambda: len(film.frames) == 2)
    assert film.frames[1].size == Size(480, 270)
    assert film.shown == [0, 0]


class Tap:
    def __init__(self) -> None:
        self.frames: list[VideoFrame] = []

    def knows(self, pts: int) -> bool:
        return False

    def wanted_size(self, display: Size) -> Size | None:
        return Size(96, 54)

    def look_at(self, frame: VideoFrame) -> None:
        self.frames.append(frame)


def test_the_full_picture_comes_when_it_is_asked_for(film: Window, qtbot: QtBot) -> None:
    with qtbot.waitSignal(film.decoder.full_ready):
        film.decoder.ask_full()
    full = film.decoder.full_out.poll()
    assert full is not None
    assert full.size == full.display_size
    assert full.time == film.frames[-1].time
    assert film.decoder.full_out.poll() is None


def test_a_live_detector_gets_each_picture_shown(film: Window, qtbot: QtBot) -> None:
    tap = Tap()
    film.decoder.set_live_tap(tap)
    qtbot.waitUntil(lambda: bool(tap.frames))
    film.decoder.step(1)
    qtbot.waitUntil(lambda: tap.frames[-1].time_s > 0)
    assert {frame.time_s for frame in tap.frames[:-1]} == {0.0}
    assert tap.frames[0].pixel_format is PixelFormat.PLANAR_RGB_FLOAT
    assert tap.frames[0].data.shape == (3, 54, 96)
    qtbot.waitUntil(lambda: tap.frames[-1].time == film.frames[-1].time)


class Slow(VideoReader):
    """Hangs in a seek as long as nobody asks it to let go."""

    def __init__(self, path: Path, video_track: int) -> None:
        super().__init__(path, video_track=video_track)
        self.decoding, self.closed = threading.Event(), False

    def frame_at(
        self, time_s: float | Fraction, *, cancel: CancelToken | None = None, going_on: bool = False
    ) -> Picture:
        if time_s > 0:
            assert cancel is not None
            released = threading.Event()
            cancel.on_cancel(released.set)
            self.decoding.set()
            assert released.wait(20)
        return super().frame_at(time_s, cancel=cancel, going_on=going_on)

    def close(self) -> None:
        super().close()
        self.closed = True


def searching(start: Callable[..., Window], qtbot: QtBot, path: Path) -> tuple[Window, Slow]:
    """A window in the middle of a search that does not end by itself."""
    readers: list[Slow] = []

    def open_reader(path: Path, video_track: int) -> Reader:
        readers.append(Slow(path, video_track))
        return readers[-1]

    window = start(open_reader)
    window.decoder.open(path)
    window.decoder.seek(1.0)
    qtbot.waitUntil(lambda: bool(readers))
    assert readers[0].decoding.wait(10)
    return window, readers[0]


def test_stopping_in_the_middle_of_decoding(
    start: Callable[..., Window], qtbot: QtBot, sample_video: Path
) -> None:
    window, reader = searching(start, qtbot, sample_video)
    window.decoder.stop()
    assert window.decoder.wait(10_000)
    assert reader.closed


def test_stopping_while_playing(film: Window, qtbot: QtBot) -> None:
    film.decoder.play()
    qtbot.waitUntil(lambda: len(film.frames) > 5)
    film.decoder.stop()
    assert film.decoder.wait(10_000)
    assert film.decoder.out.poll() is None


def test_closing_gives_the_file_back_and_the_picture_not_taken(
    start: Callable[..., Window], qtbot: QtBot, sample_video: Path, tmp_path: Path
) -> None:
    clip = tmp_path / "closed.mp4"
    clip.write_bytes(sample_video.read_bytes())
    window = start()
    window.decoder.frame_ready.disconnect(window.look)
    window.decoder.open(clip)
    qtbot.waitUntil(lambda: window.decoder.out.waiting)
    assert _is_held(clip)
    window.decoder.play()
    window.decoder.close()
    qtbot.waitUntil(lambda: not _is_held(clip))
    qtbot.waitUntil(lambda: not window.decoder.out.waiting)


def test_closing_abandons_a_search(start: Callable[..., Window], qtbot: QtBot, sample_video: Path) -> None:
    window, reader = searching(start, qtbot, sample_video)
    window.decoder.close()
    qtbot.waitUntil(lambda: reader.closed)
    assert window.failures == []


def test_another_file_opens_after_closing(film: Window, qtbot: QtBot, sample_video: Path) -> None:
    closed = film.decoder.close()
    assert film.decoder.seek(1.0) == closed
    generation = film.decoder.open(sample_video)
    assert generation > closed
    qtbot.waitUntil(lambda: film.shows(generation, 0.0))


def _is_held(path: Path) -> bool:
    """Whether this process has the file open."""
    if not sys.platform.startswith("linux"):
        pytest.skip("open files are read from /proc")
    held = []
    for descriptor in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            held.append(descriptor.readlink())
    return path in held


def test_stopping_before_anything(start: Callable[..., Window]) -> None:
    idle = start()
    idle.decoder.stop()
    assert idle.decoder.wait(10_000)
    unstarted = DecoderThread()
    unstarted.stop()
    unstarted.start()
    assert unstarted.wait(10_000)


class Faulty(VideoReader):
    """A reader with a fault of its own in every seek."""

    def frame_at(
        self, time_s: float | Fraction, *, cancel: CancelToken | None = None, going_on: bool = False
    ) -> Picture:
        if time_s > 0:
            raise ZeroDivisionError
        return super().frame_at(time_s, cancel=cancel, going_on=going_on)


@pytest.mark.expect_log("decoder thread met something unexpected")
def test_a_fault_costs_the_file_not_the_thread(
    start: Callable[..., Window], qtbot: QtBot, sample_video: Path
) -> None:
    window = start(lambda path, video_track: Faulty(path, video_track=video_track))
    window.decoder.open(sample_video)
    generation = window.decoder.seek(1.0)
    qtbot.waitUntil(lambda: len(window.failures) == 1)
    assert window.failures[0].generation == generation
    generation = window.decoder.open(sample_video)
    qtbot.waitUntil(lambda: bool(window.frames) and window.frames[-1].generation == generation)


def test_a_container_that_vanishes_is_told(
    start: Callable[..., Window], qtbot: QtBot, sample_video: Path, tmp_path: Path
) -> None:
    """It was there a moment ago."""
    clip = tmp_path / "cut.mp4"
    clip.write_bytes(sample_video.read_bytes())
    window = start()
    window.decoder.open(clip)
    qtbot.waitUntil(lambda: len(window.frames) == 1)
    clip.unlink()
    window.decoder.open(clip)
    qtbot.waitUntil(lambda: len(window.failures) == 1)
    assert "cut.mp4" in window.failures[0].sentence


def test_a_thousand_pictures_leave_no_memory_behind(film: Window, qtbot: QtBot) -> None:
    """Pictures are dropped by the window; what grows with their number would be pixels: 0.23 MB each."""
    for _ in range(3):
        _seek_around(film, qtbot, 60)
    before = _resident_mib()
    for _ in range(14):
        _seek_around(film, qtbot, 60)
    assert _resident_mib() - before < 40


def _seek_around(film: Window, qtbot: QtBot, count: int) -> None:
    film.decoder.step(count)
    seen = len(film.frames) + count
    qtbot.waitUntil(lambda: len(film.frames) >= seen, timeout=30_000)
    film.frames.clear()
    film.decoder.seek(1.0)
    qtbot.waitUntil(lambda: bool(film.frames))
    film.frames.clear()


def _resident_mib() -> float:
    if not sys.platform.startswith("linux"):
        pytest.skip("resident memory is read from /proc")
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 2**20


def test_what_was_shown_a_moment_ago_is_there_before_the_decoder_wakes(film: Window, qtbot: QtBot) -> None:
    for time_s in (2.0, 3.0):
        generation = film.decoder.seek(time_s)
        qtbot.waitUntil(lambda: film.shows(generation, time_s))  # noqa: B023 - awaited in this round
    before = film.frames[-2]
    again = film.decoder.seek(2.0)
    # Nothing was waited for: the GUI's thread has it already, once.
    assert film.shows(again, 2.0)
    assert film.frames[-1].data is before.data
    film.decoder._outlet.put(dataclasses.replace(before, generation=again - 1))
    assert film.frames[-1].generation == again
    generation = film.decoder.seek(9.0)
    qtbot.waitUntil(lambda: film.shows(generation, 9.0))
    assert [frame.generation for frame in film.frames].count(again) == 1
    film.decoder.set_view_size(Size(160, 160))
    qtbot.waitUntil(lambda: film.frames[-1].size.width <= 160)
    shown = len(film.frames)
    film.decoder.seek(2.0)
    assert len(film.frames) == shown


def test_nothing_of_the_file_before_answers_at_once(film: Window, qtbot: QtBot, sample_video: Path) -> None:
    generation = film.decoder.seek(2.0)
    qtbot.waitUntil(lambda: film.shows(generation, 2.0))
    opened = film.decoder.open(sample_video)
    again = film.decoder.seek(2.0)
    assert film.frames[-1].generation < opened
    qtbot.waitUntil(lambda: film.shows(again, 2.0))
