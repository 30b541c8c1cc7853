"""Mapped reading gives the very packets that FFmpeg's own gives; what it risks stays in one process."""

from __future__ import annotations

import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zlib import crc32

import av.error
import pytest

from app.analysis.request import AnalysisRequest
from app.core.errors import MediaError
from app.core.reading import Reading
from app.media.mapped import MappedFile
from app.media.opening import open_media

KINDS = (
    "am_bbb_2500ms.ts", "am_sample.avi", "am_sample.flv", "am_sample_with_srt.mkv", "am_dolbyVision-hdr.MOV",
    "am_bbb_642x642_768kbps_30fps_vp9.webm", "ft_fixture.ogm", "ft_fixture2.mpg", "ft_fixture.3gp",
    "wc_jfk.wav", "intel_preview_classroom.gif", "am_bear_with_picture.flac",
)  # fmt: skip


@pytest.mark.parametrize("name", KINDS)
def test_the_same_packets_come_in(media_dir: Path, name: str) -> None:
    by_file, by_map = (list(packets(media_dir / name, way)) for way in Reading)
    assert by_file
    assert by_map == by_file


@pytest.mark.parametrize("name", KINDS)
def test_a_file_that_is_cut_short_ends_at_the_same_place(media_dir: Path, tmp_path: Path, name: str) -> None:
    data = (media_dir / name).read_bytes()
    short = tmp_path / name
    short.write_bytes(data[: len(data) * 2 // 3])
    by_file, by_map = (attempt(short, way) for way in Reading)
    assert by_map == by_file


def packets(path: Path, way: Reading) -> Iterator[Any]:
    """Everything that can be told of a file: forwards, then after some seeks, each landing told."""
    with open_media(path, reading=way) as container:
        yield (
            container.format.name,
            container.duration,
            container.start_time,
            container.bit_rate,
            container.size,
        )
        for packet in container.demux():
            yield packet.stream_index, packet.pts, packet.dts, packet.pos, crc32(bytes(packet))
        for share in (0.7, 0.1, 0.95, 0.0):
            try:
                container.seek(int((container.duration or 0) * share))
                packet = next(container.demux())
                yield packet.stream_index, packet.pts, packet.pos
            except (av.error.FFmpegError, StopIteration) as error:
                yield type(error)


def attempt(path: Path, way: Reading) -> list[Any]:
    """The packets, and the sentence that ended them early."""
    told: list[Any] = []
    try:
        told.extend(packets(path, way))
    except MediaError as error:
        told.append(str(error))
    return told


def test_a_mapped_file_reads_and_seeks_as_a_file_does(tmp_path: Path) -> None:
    path = tmp_path / "ten"
    path.write_bytes(b"0123456789")
    mapped = MappedFile(path)
    with path.open("rb") as file:
        for offset, whence in ((3, 0), (2, 1), (-4, 2), (50, 0), (-1, 2), (-45, 1), (0, 2), (-10, 1)):
            try:
                expected = file.seek(offset, whence)
            except OSError as error:
                expected = -(error.errno or 0)
            assert mapped.seek(offset, whence) == expected
            assert mapped.tell() == file.tell()
            assert mapped.read(4) == file.read(4)
    mapped.close()
    with pytest.raises(MediaError, match=r"^gone cannot be mapped into memory: .*\.$"):
        MappedFile(tmp_path / "gone")


SHORTENED = """
import os, sys
from pathlib import Path
from app.core.errors import MediaError
from app.core.reading import Reading
from app.media.opening import open_media
path, way = Path(sys.argv[1]), Reading(sys.argv[2])
try:
    with open_media(path, reading=way) as container:
        packets = container.demux()
        first = next(packets)
        os.truncate(path, 4096)
        count = 1 + sum(1 for packet in packets if packet.size)
    print("survived", 0 < count < 100)
except MediaError as error:
    print("survived", str(error).endswith("."))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="a file that is open cannot be shortened there")
@pytest.mark.parametrize("name", ["am_bbb_2500ms.ts", "am_sample_with_srt.mkv", "tc_nasa_13013.mp4"])
def test_a_file_shortened_while_it_is_read_ends_no_process(
    media_dir: Path, tmp_path: Path, fresh_python: Any, name: str
) -> None:
    path = tmp_path / name
    path.write_bytes((media_dir / name).read_bytes())
    assert fresh_python(SHORTENED, str(path), "file") == "survived True\n"


@pytest.mark.skipif(sys.platform == "win32", reason="a file that is open cannot be shortened there")
def test_a_mapped_file_shortened_ends_its_process(media_dir: Path, tmp_path: Path, fresh_python: Any) -> None:
    """Why the window never maps."""
    path = tmp_path / "film.ts"
    path.write_bytes((media_dir / "am_bbb_2500ms.ts").read_bytes())
    with pytest.raises(AssertionError, match=f"exit code {-signal.SIGBUS}"):
        fresh_python(SHORTENED, str(path), "mapped")


def test_the_window_never_maps(repository: Path) -> None:
    """Neither does what it shares with others choose for it."""
    places = [repository / "app" / name for name in ("ui", "workers", "render", "main.py")]
    files = [path for place in places for path in ([place] if place.is_file() else place.rglob("*.py"))]
    assert len(files) > 100
    naming = re.compile(r"app\.core\.reading|\bread_by\b|\breading=|MAPPED")
    assert [path.name for path in files if naming.search(path.read_text("utf-8"))] == []
    assert AnalysisRequest(Path("film.mp4")).reading is Reading.FILE
