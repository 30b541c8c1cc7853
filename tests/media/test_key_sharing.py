"""Several decoders that share keyframes: order, errors, leaving early, and the pictures of one decoder."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from app.core.cancel import CancelToken
from app.core.errors import CancelledError, DecodeError, MediaError
from app.media import key_sharing, keyframes
from app.media.checksum import crc
from app.media.decoder import VideoReader
from app.media.key_decoder import KeyframeDecoder
from app.media.key_packets import KeyAccess, key_accesses
from app.media.key_sharing import decode_shared, decoders_here
from app.media.keyframes import decode_keyframes, use_keyframes
from app.media.opening import choose_video, open_media
from app.media.picture import Picture
from tests.media.truth import framecrc, make

VP9 = ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-g", "10", "-pix_fmt", "yuv420p")


def itself(picture: Picture) -> Picture:
    """Make nothing of a picture."""
    return picture


SMALL_SOURCE = "testsrc2=size=160x120:rate=25"


@dataclass
class Decoders:
    """Fakes that answer with the pts asked for, with None for those lost, and break at one.

    The first ``refused`` cannot be opened.
    """

    lost: frozenset[int] = frozenset()
    broken_at: int | None = None
    refused: int = 0
    _refusing: threading.Lock = field(default_factory=threading.Lock)
    opened: int = 0
    left: int = 0
    given: list[int] = field(default_factory=list)

    @contextmanager
    def open(self) -> Iterator[KeyframeDecoder]:
        with self._refusing:
            if self.refused:
                self.refused -= 1
                raise MediaError("too many open files")
        self.opened += 1
        try:
            yield cast("KeyframeDecoder", self)
        finally:
            self.left += 1

    def answer(self, access: KeyAccess) -> Any:
        self.given.append(access.pts)
        if access.pts == self.broken_at:
            raise DecodeError("broken")
        return None if access.pts in self.lost else access.pts

    def shared(self, count: int, accesses: int) -> list[Any]:
        numbered = [KeyAccess(pts, cast("Any", None)) for pts in range(accesses)]
        return list(decode_shared(numbered, self.open, count, itself))


@pytest.mark.parametrize("count", [1, 2, 5])
@pytest.mark.parametrize("accesses", [0, 1, 4, 50])
def test_answers_come_in_the_order_of_the_accesses(count: int, accesses: int) -> None:
    decoders = Decoders(lost=frozenset({3, 7}))
    assert decoders.shared(count, accesses) == [
        None if pts in decoders.lost else pts for pts in range(accesses)
    ]
    assert sorted(decoders.given) == list(range(accesses))
    assert (decoders.opened, decoders.left) == (count, count)


@pytest.mark.parametrize("at", [0, 9, 49])
def test_what_breaks_a_decoder_is_raised(at: int) -> None:
    decoders = Decoders(broken_at=at)
    with pytest.raises(DecodeError, match="broken"):
        decoders.shared(3, 50)
    assert decoders.left == decoders.opened == 3


def test_a_decoder_that_cannot_be_opened_is_told() -> None:
    def refuse() -> AbstractContextManager[KeyframeDecoder]:
        raise DecodeError("no such decoder")

    with pytest.raises(DecodeError, match="no such decoder"):
        list(decode_shared([KeyAccess(0, cast("Any", None))] * 9, refuse, 2, itself))


@pytest.mark.parametrize("refused", [1, 2])
@pytest.mark.parametrize("accesses", [0, 1, 50])
def test_the_others_go_on_where_some_decoders_cannot_be_opened(refused: int, accesses: int) -> None:
    decoders = Decoders(refused=refused)
    assert decoders.shared(3, accesses) == list(range(accesses))
    assert (decoders.opened, decoders.left) == (3 - refused, 3 - refused)


@pytest.mark.parametrize("started", [1, 2])
def test_the_others_go_on_where_some_threads_cannot_be_started(
    started: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    _let_threads_start(started, monkeypatch)
    assert Decoders().shared(3, 50) == list(range(50))


def test_no_thread_at_all_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    _let_threads_start(0, monkeypatch)
    with pytest.raises(RuntimeError, match="can't start new thread"):
        Decoders().shared(3, 50)


def _let_threads_start(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    start, started = threading.Thread.start, list[threading.Thread]()

    def refusing(thread: threading.Thread) -> None:
        if len(started) >= most:
            raise RuntimeError("can't start new thread")
        started.append(thread)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", refusing)


def test_no_more_is_read_than_the_decoders_hold() -> None:
    read: list[int] = []

    def accesses() -> Iterator[KeyAccess]:
        for pts in range(100):
            read.append(pts)
            yield KeyAccess(pts, cast("Any", None))

    decoders = Decoders()
    with closing(cast("Any", decode_shared(accesses(), decoders.open, 3, itself))) as answers:
        assert [next(answers) for _ in range(10)] == list(range(10))
        assert len(read) <= 10 + 2 * 3
    assert decoders.left == 3
    assert not [each for each in threading.enumerate() if each.name == "reelscope-keyframes"]


# --- real decoders -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def clips(ffmpeg: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("vp9")
    for name in ("clip.webm", "clip.mp4"):
        make(ffmpeg, folder / name, *VP9, source=SMALL_SOURCE, seconds=8)
    return folder


@pytest.fixture
def three_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_sharing, "usable_cores", lambda: 3)


@pytest.mark.parametrize(
    ("cores", "indexed", "decoders"),
    [(1, 0, 1), (2, 0, 2), (2, 10**6, 2), (64, 0, 16), (64, 10**6, 5), (64, 10**8, 1)],
)
def test_every_core_has_a_decoder_where_the_index_is_not_huge(
    monkeypatch: pytest.MonkeyPatch, cores: int, indexed: int, decoders: int
) -> None:
    monkeypatch.setattr(key_sharing, "usable_cores", lambda: cores)
    assert decoders_here(indexed) == decoders


@pytest.mark.usefixtures("three_cores")
def test_too_few_open_files_leave_the_rest_to_one_decoder(
    clips: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = [(each.pts, crc(each)) for each in decode_keyframes(clips / "clip.mp4")]
    opened = list[Path]()

    @contextmanager
    def two_files(path: Path, **options: Any) -> Iterator[Any]:
        opened.append(path)
        if len(opened) > 1:
            raise MediaError(f"{path} cannot be opened: Too many open files.")
        with open_media(path, **options) as container:
            yield container

    monkeypatch.setattr(keyframes, "open_media", two_files)
    assert [(each.pts, crc(each)) for each in decode_keyframes(clips / "clip.mp4")] == whole
    assert len(opened) == 3


@pytest.mark.parametrize("name", ["clip.webm", "clip.mp4"])
@pytest.mark.usefixtures("three_cores")
def test_shared_keyframes_are_those_of_linear_decoding(name: str, clips: Path, ffmpeg: str) -> None:
    found = [(each.pts, each.time_s, crc(each)) for each in decode_keyframes(clips / name)]
    assert len(found) >= 20
    with VideoReader(clips / name) as reader:
        linear = [(each.pts, each.time_s, crc(each)) for each in reader.frames() if each.keyframe]
    assert found == linear
    assert {value for _, _, value in found} <= {line.crc for line in framecrc(ffmpeg, clips / name)}


@pytest.mark.parametrize("codec", ["libx264", "libx265", "libsvtav1", "mpeg2video"])
@pytest.mark.usefixtures("three_cores")
def test_what_is_made_of_keyframes_is_made_where_they_are_decoded(
    codec: str, ffmpeg: str, tmp_path: Path
) -> None:
    clip = make(ffmpeg, tmp_path / "clip.mkv", "-c:v", codec, "-g", "10", source=SMALL_SOURCE, seconds=6)
    threads: set[str] = set()

    def use(picture: Picture) -> tuple[int, int]:
        threads.add(threading.current_thread().name)
        return picture.pts, crc(picture)

    plain = [(picture.pts, crc(picture)) for picture in decode_keyframes(clip)]
    assert len(plain) >= 10
    assert list(use_keyframes(clip, use)) == plain
    assert threads == {"reelscope-keyframes"}


@pytest.mark.usefixtures("three_cores")
def test_what_fails_with_a_picture_is_heard_in_its_turn(clips: Path) -> None:
    third = [picture.pts for picture in decode_keyframes(clips / "clip.mp4")][2]

    def use(picture: Picture) -> int:
        if picture.pts == third:
            raise CancelledError
        return picture.pts

    made = use_keyframes(clips / "clip.mp4", use)
    assert len([next(made), next(made)]) == 2
    with pytest.raises(CancelledError):
        next(made)


def test_one_core_leaves_pictures_as_they_are(clips: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_sharing, "usable_cores", lambda: 1)
    made = use_keyframes(clips / "clip.mp4", lambda picture: picture.pts)
    assert all(isinstance(each, Picture) for each in made)


@pytest.mark.usefixtures("three_cores")
def test_a_damaged_keyframe_is_left_out_and_told(clips: Path, tmp_path: Path) -> None:
    """Its mark stays, so it passes for a keyframe; then come colours that its profile does not know."""
    with open_media(clips / "clip.mp4") as container:
        stream = choose_video(container)
        assert stream is not None
        victim = [access.packet for access in key_accesses(container, stream)][7]
        position, pts = victim.pos, victim.pts
    assert position is not None
    data = bytearray((clips / "clip.mp4").read_bytes())
    data[position + 4 : position + 12] = b"\xff" * 8
    path = tmp_path / "damaged.mp4"
    path.write_bytes(bytes(data))
    warnings: list[str] = []
    whole = [each.pts for each in decode_keyframes(clips / "clip.mp4")]
    assert [each.pts for each in decode_keyframes(path, warn=warnings.append)] == [
        each for each in whole if each != pts
    ]
    assert len(warnings) == 1
    assert warnings[0].startswith("Some keyframes could not be decoded: ")


@pytest.mark.usefixtures("three_cores")
def test_cancelling_and_leaving_end_the_threads(clips: Path) -> None:
    token = CancelToken()
    pictures = decode_keyframes(clips / "clip.webm", cancel=token)
    next(pictures)
    token.cancel()
    with pytest.raises(CancelledError):
        list(pictures)
    with closing(cast("Any", decode_keyframes(clips / "clip.mp4"))) as given_up:
        next(given_up)
    assert not [each for each in threading.enumerate() if each.name == "reelscope-keyframes"]
