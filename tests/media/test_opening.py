"""The one door: what comes in, what is refused, and that nothing else is read or asked."""

from __future__ import annotations

import os
import re
import shutil
import socket
import sys
import threading
from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path
from typing import cast

import av
import av.error
import pytest

from app.core.errors import DecodeError, FileMissingError, MediaError
from app.core.reading import Reading
from app.media import opening
from app.media.index import keyframe_index
from app.media.keyframes import decode_keyframes
from app.media.opening import (
    FORMATS,
    MAX_PIXELS,
    choose_audio,
    choose_video,
    decoder_of,
    open_media,
    read_by,
    start_of,
    video_streams,
)
from app.media.picture import Picture
from app.media.probe import probe
from tests.media.truth import make, remux


class Trap:
    """A server on this machine that must see no connection."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self.visits = 0
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            visitor, _ = self._socket.accept()
            with visitor:
                if visitor.recv(3) == b"end":
                    return
            self.visits += 1

    def close(self) -> int:
        with socket.create_connection(("127.0.0.1", self.port)) as last:
            last.sendall(b"end")
        self._thread.join()
        self._socket.close()
        return self.visits


@pytest.fixture
def trap() -> Iterator[Trap]:
    server = Trap()
    yield server
    assert server.close() == 0, "opening a file opened a connection"


@pytest.fixture(params=list(Reading), ids=lambda way: way.value)
def any_reading(request: pytest.FixtureRequest) -> Iterator[None]:
    """However the bytes come in, the door lets in the same."""
    read_by(request.param)
    yield
    read_by(Reading.FILE)


def refusal(path: Path) -> str:
    with pytest.raises(MediaError) as caught, open_media(path):
        pytest.fail(f"{path.name} came in")
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


@pytest.fixture(scope="module")
def clip(ffmpeg: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    return make(ffmpeg, path, "-c:v", "libx264", "-pix_fmt", "yuv420p", seconds=1)


def test_the_trap_sees_a_connection() -> None:
    server = Trap()
    socket.create_connection(("127.0.0.1", server.port)).close()
    assert server.close() == 1


def test_av_open_stands_nowhere_else(repository: Path) -> None:
    files = [path for path in (repository / "app").rglob("*.py") if path.name != "opening.py"]
    guilty = [path for path in files if re.search(r"\bav\.open\(|import open\b", path.read_text("utf-8"))]
    assert guilty == []


PLAYLISTS = {
    "list.m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{target}\n#EXT-X-ENDLIST\n",
    "list.mp4": "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{target}\n#EXT-X-ENDLIST\n",
    "script.ffconcat": "ffconcat version 1.0\nfile '{target}'\n",
    "script.mp4": "ffconcat version 1.0\nfile '{target}'\n",
    "manifest.mpd": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static">'
    "<Period><AdaptationSet><Representation><BaseURL>{target}</BaseURL></Representation></AdaptationSet>"
    "</Period></MPD>",
    "session.sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\n",
    "list.pls": "[playlist]\nFile1={target}\nNumberOfEntries=1\n",
}


@pytest.mark.usefixtures("any_reading")
@pytest.mark.parametrize("name", PLAYLISTS)
@pytest.mark.parametrize("kind", ["file", "host"])
def test_what_names_other_files_is_refused(
    name: str, kind: str, tmp_path: Path, clip: Path, trap: Trap
) -> None:
    target = clip.name if kind == "file" else f"http://127.0.0.1:{trap.port}/clip.mp4"
    shutil.copy(clip, tmp_path)
    path = tmp_path / name
    path.write_text(PLAYLISTS[name].format(target=target), encoding="utf-8")
    assert name in refusal(path)


def test_a_playlist_is_called_a_playlist(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    path.write_text(PLAYLISTS["list.m3u8"].format(target="a.ts"), encoding="utf-8")
    assert refusal(path) == ("film.mp4 is a playlist, which only names other files: open the video itself.")


def with_external_data(clip: Path, name: str) -> bytes:
    """The clip as a mov whose data reference is a Macintosh alias to the file ``name`` beside it."""
    data = bytearray(clip.read_bytes())
    at = data.index(b"url ") - 4
    assert data[at + 8 : at + 12] == b"\x00\x00\x00\x01", "this reference should say: in this very file"
    volume, stem = b"disk".ljust(27, b"\0"), name.encode().ljust(63, b"\0")
    alias = bytes(10) + bytes([4]) + volume + bytes(12) + bytes([len(name)]) + stem + bytes(16)
    # From here up no folder, down one name; then the path from the root, and the end of the records.
    path = b":" + name.encode() + b"\0" * (len(name) % 2 == 0)
    alias += b"\x00\x01\x00\x01" + bytes(16) + b"\x00\x02" + len(path).to_bytes(2, "big") + path
    alias += b"\xff\xff\x00\x00"
    entry = (12 + len(alias)).to_bytes(4, "big") + b"alis" + bytes(4) + alias
    for box in (b"moov", b"trak", b"mdia", b"minf", b"dinf", b"dref"):
        size = data.rindex(box, 0, at) - 4
        grown = int.from_bytes(data[size : size + 4], "big") + len(entry) - 12
        data[size : size + 4] = grown.to_bytes(4, "big")
    data[at : at + 12] = entry
    return bytes(data)


@pytest.mark.usefixtures("any_reading")
def test_external_data_of_a_mov_is_not_followed(tmp_path: Path, clip: Path) -> None:
    path = tmp_path / "reference.mov"
    path.write_bytes(with_external_data(clip, "elsewhere.mp4"))
    shutil.copy(clip, tmp_path / "elsewhere.mp4")
    with av.open(str(path), options={"enable_drefs": "1"}) as careless:
        assert len(list(careless.decode(video=0))) == 25, "the reference should work where it is followed"
    report = probe(path, count_frames=True)
    assert report.media.video is not None
    assert report.media.video.frames == 0
    assert report.keyframe_count == 0


@pytest.mark.usefixtures("any_reading")
def test_pictures_are_refused(media_dir: Path) -> None:
    assert refusal(media_dir / "derived" / "jpeg_renamed.mp4") == (
        "jpeg_renamed.mp4 is a still picture (JPEG), not a video."
    )
    assert "still picture" in refusal(media_dir / "images" / "bus.jpg")


@pytest.mark.usefixtures("any_reading")
@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("derived/empty.mp4", "is empty"),
        ("derived/text_renamed.mp4", "damaged"),
        ("ft_fixture-moov.mov", "damaged"),
    ],
)
def test_broken_files_are_refused(media_dir: Path, name: str, says: str) -> None:
    assert says in refusal(media_dir / name)


def test_missing_files(tmp_path: Path) -> None:
    for path in (tmp_path / "no.mp4", tmp_path / "no" / "no.mp4", Path("http://127.0.0.1/film.mp4")):
        with pytest.raises(FileMissingError, match=r"There is no file (no|film)\.mp4"), open_media(path):
            pytest.fail("opened")
    with pytest.raises(FileMissingError), open_media(tmp_path / "a\0b.mp4"):
        pytest.fail("opened")


def test_a_file_as_a_folder(clip: Path) -> None:
    with pytest.raises(FileMissingError), open_media(clip / "inside.mp4"):
        pytest.fail("opened")


@pytest.mark.usefixtures("any_reading")
def test_folders_and_pipes(tmp_path: Path) -> None:
    assert "is a folder" in refusal(tmp_path)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.mp4")
        assert "no regular file" in refusal(tmp_path / "pipe.mp4")


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="permissions as POSIX has them")
def test_unreadable_files(tmp_path: Path, clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret.mp4"
    shutil.copy(clip, path)
    path.chmod(0)
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.geteuid() and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o011)
    was = os.geteuid()
    if was == 0:
        os.seteuid(65534)
    try:
        assert "not allowed" in refusal(path)
    finally:
        if was == 0:
            os.seteuid(0)


@pytest.mark.usefixtures("any_reading")
@pytest.mark.parametrize("name", ["weird:name.mp4", "http:", "-i.mp4", "%03d.mp4", "a\nb.mp4", "名前 🎬.mp4"])
@pytest.mark.skipif(sys.platform == "win32", reason="such names cannot be there")
def test_odd_names_open(name: str, tmp_path: Path, clip: Path, trap: Trap) -> None:
    path = tmp_path / name
    shutil.copy(clip, path)
    with open_media(path) as container:
        assert choose_video(container) is not None
    assert len(keyframe_index(path)) == 1


@pytest.mark.usefixtures("any_reading")
@pytest.mark.skipif(sys.platform != "linux", reason="only there names are mere bytes")
def test_names_that_are_not_utf8(tmp_path: Path, clip: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9 \xff.mp4"))
    shutil.copy(clip, path)
    media = probe(path).media
    assert media.name == r"caf\xe9 \xff.mp4"
    assert media.path.encode("utf-8")
    path.write_bytes(b"nothing")
    assert refusal(path).encode("utf-8")


def test_a_relative_path(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(clip.parent)
    with open_media(clip.name) as container:
        assert len(video_streams(container)) == 1


@pytest.mark.usefixtures("any_reading")
def test_tags_that_are_not_utf8(tmp_path: Path, ffmpeg: str, clip: Path) -> None:
    tagged = remux(ffmpeg, clip, tmp_path / "tagged.mkv", "-metadata", "title=MARKMARK")
    tagged.write_bytes(tagged.read_bytes().replace(b"MARKMARK", b"\xff\xfe\xe9\x80abcd"))
    with open_media(tagged) as container:
        assert choose_video(container) is not None


@pytest.mark.usefixtures("any_reading")
def test_a_header_that_claims_too_much(tmp_path: Path, ffmpeg: str) -> None:
    path = make(ffmpeg, tmp_path / "huge.gif", seconds=0.2)
    data = bytearray(path.read_bytes())
    assert data[6:10] == (160).to_bytes(2, "little") + (120).to_bytes(2, "little")
    data[6:10] = (15000).to_bytes(2, "little") + (10000).to_bytes(2, "little")
    path.write_bytes(bytes(data))
    for look in (probe, keyframe_index):
        with pytest.raises(MediaError, match=r"huge\.gif claims pictures of 15000 x 10000: more than"):
            look(path)


@pytest.mark.usefixtures("any_reading")
def test_pictures_larger_than_the_header_says(tmp_path: Path, ffmpeg: str) -> None:
    """The header says 160 x 120, the frame 15000 x 10000: the decoder has a limit."""
    path = make(ffmpeg, tmp_path / "bomb.webm", "-c:v", "libvpx", seconds=0.2)
    data = bytearray(path.read_bytes())
    at = data.index(b"\x9d\x01\x2a") + 3
    assert data[at : at + 4] == (160).to_bytes(2, "little") + (120).to_bytes(2, "little")
    data[at : at + 4] = (15000).to_bytes(2, "little") + (10000).to_bytes(2, "little")
    path.write_bytes(bytes(data))
    with pytest.raises(DecodeError, match=r"bomb\.webm"):
        list(decode_keyframes(path))
    assert probe(path, count_frames=True).keyframe_count == 0


def test_decoders_are_limited(clip: Path) -> None:
    with open_media(clip) as container:
        stream = choose_video(container)
        assert stream is not None
        assert stream.codec_context.options["max_pixels"] == str(MAX_PIXELS)
    assert 7680 * 4320 * 4 < MAX_PIXELS < 2**31


@pytest.mark.usefixtures("any_reading")
def test_the_limit_stops_decoding(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "MAX_PIXELS", 160 * 120 - 1)
    with pytest.raises(MediaError, match="160 x 120"):
        next(decode_keyframes(clip))


def test_errors_inside_the_block_become_sentences(clip: Path) -> None:
    with pytest.raises(MediaError, match=r"clip\.mp4 cannot be read: reading it took too long\."):  # noqa: SIM117
        with open_media(clip):
            raise av.error.TimeoutError(110, "Connection timed out")


def test_which_tracks_count(media_dir: Path) -> None:
    with open_media(media_dir / "tc_nasa_13013.mp4") as container:
        assert [stream.index for stream in video_streams(container)] == [0, 3]
        second = choose_video(container, 1)
        assert second is not None
        assert (second.index, choose_video(container, 2), choose_video(container, -1)) == (3, None, None)
        assert [getattr(choose_audio(container, n), "index", None) for n in range(3)] == [1, 4, None]
    with open_media(media_dir / "am_bear_with_picture.flac") as container:
        assert choose_video(container) is None
    with open_media(media_dir / "am_sample_empty_track.mp4") as container:
        assert len(video_streams(container)) == 1
    with open_media(media_dir / "am_sample_missing_stsd.mp4") as container:
        track = choose_audio(container)
        assert track is not None
        assert decoder_of(track) is None


@pytest.mark.usefixtures("any_reading")
def test_where_files_start(media_dir: Path) -> None:
    with open_media(media_dir / "mb_missing-keyframe-labels.ts") as container:
        assert float(start_of(container)) == 10.0101
    with open_media(media_dir / "wc_jfk.wav") as container:
        assert start_of(container) == 0


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc")
def test_nothing_is_left_open_and_nothing_mapped(clip: Path) -> None:
    """A mapped file that somebody shortens would kill the process with SIGBUS."""

    def uses() -> tuple[list[Path], bool]:
        links = [fd.readlink() for fd in Path("/proc/self/fd").iterdir() if fd.is_symlink()]
        maps = Path("/proc/self/maps").read_text(encoding="utf-8")
        return [link for link in links if link.name == clip.name], str(clip) in maps

    with open_media(clip) as container:
        assert choose_video(container) is not None
        opened, mapped = uses()
        assert opened
        assert not mapped
    assert uses() == ([], False)
    probe(clip, count_frames=True)
    assert len(list(decode_keyframes(clip))) == 1
    assert uses() == ([], False)
    with closing(cast("Generator[Picture]", decode_keyframes(clip))) as given_up:
        next(given_up)
    assert uses() == ([], False)


def test_formats_are_those_of_the_contract() -> None:
    names = {name for each in FORMATS for name in each.split(",")}
    assert {"mov", "matroska", "avi", "mpegts", "mpeg", "flv", "ogg", "mxf", "asf", "gif"} <= names
    assert not names & {"hls", "concat", "dash", "sdp", "image2", "lavfi", "mjpeg", "jpeg_pipe", "rtsp"}
