from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.core.errors import MediaError
from app.media.decoder import VideoReader
from app.workers.decoder_thread import DecoderThread
from app.workers.precedence import let_decoders_yield, share_interpreter, yield_to_window

SAMPLE = Path(__file__).resolve().parents[2] / "resources" / "sample" / "sample.mp4"
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells threads apart")


@pytest.fixture
def interval() -> Iterator[None]:
    before = sys.getswitchinterval()
    yield
    sys.setswitchinterval(before)


def test_nobody_keeps_the_interpreter_for_as_long_as_a_beat(interval: None) -> None:
    share_interpreter()
    assert sys.getswitchinterval() <= 0.001


@linux_only
def test_a_thread_that_yields_and_those_it_starts_stand_lower_than_others() -> None:
    seen: list[int] = []

    def look() -> None:
        seen.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))

    def work() -> None:
        yield_to_window()
        started = threading.Thread(target=look)
        started.start()
        started.join()

    before = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    worker = threading.Thread(target=work)
    worker.start()
    worker.join()
    assert before < seen[0] < 19
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == before


@linux_only
def test_decoding_yields_to_the_window(qtbot: QtBot, tmp_path: Path) -> None:
    seen: list[int] = []

    def refuse(_path: Path, _track: int) -> VideoReader:
        seen.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
        raise MediaError("no")

    thread = DecoderThread(open_reader=refuse)
    thread.start()
    with qtbot.waitSignal(thread.failed):
        thread.open(tmp_path / "none.mp4")
    thread.stop()
    assert thread.wait(5000)
    assert seen[0] > os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


@linux_only
def test_threads_of_ffmpeg_stand_lower_than_the_one_that_takes_their_pictures() -> None:
    reader = VideoReader(SAMPLE)
    try:
        reader.frame_at(1.0)
        let_decoders_yield()
        names = {int(task.name): (task / "comm").read_text() for task in Path("/proc/self/task").iterdir()}
        decoding = [number for number, name in names.items() if name.startswith("av:h264")]
        own = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
        assert decoding
        assert {os.getpriority(os.PRIO_PROCESS, number) for number in decoding} == {max(own, 10)}
    finally:
        reader.close()
