"""Huge films that cost next to nothing: a short encode repeated over hours, far apart in a sparse file.

The containers are written by hand, so that each stretch of two seconds lies where a film of that size has it.
What lies in between was never written: the file system knows that it is empty.
"""

from __future__ import annotations

import struct
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import av

from tests.benchmarks.clips import ffmpeg

GOP_S = 2
_RATE, _SOUND_RATE, _SOUND_FRAME = 30, 48_000, 1024
_WIDTH, _HEIGHT = 192, 108


@dataclass(frozen=True, slots=True)
class Huge:
    """A film to be made.

    Attributes:
        length_s: of the film, a multiple of GOP_S.
        size: bytes that the file says it has.
    """

    length_s: int
    size: int

    @property
    def stretches(self) -> int:
        """How often the content follows itself; each begins with the only keyframe in it."""
        return self.length_s // GOP_S


@dataclass(frozen=True, slots=True)
class Content:
    """What is repeated: one GOP, and the sound of about that time.

    Attributes:
        sound: packets of AAC; they are dealt out so that sound and pictures keep pace.
        entries: the sample descriptions of both tracks, as an mp4 holds them.
        heads: what a Matroska file says of both tracks.
    """

    pictures: tuple[bytes, ...]
    sound: tuple[bytes, ...]
    entries: tuple[bytes, bytes]
    heads: bytes


def content(folder: Path) -> Content:
    """Encode two seconds and take them apart."""
    mp4, mkv = folder / "once.mp4", folder / "once.mkv"
    made = [
        "-f", "lavfi", "-i", f"testsrc2=size={_WIDTH}x{_HEIGHT}:rate={_RATE}", "-f", "lavfi", "-i",
        f"sine=frequency=330:sample_rate={_SOUND_RATE}", "-t", str(GOP_S), "-c:v", "libx264",
        "-preset", "ultrafast", "-bf", "0", "-g", "1000", "-pix_fmt", "yuv420p", "-crf", "40", "-c:a", "aac",
        "-b:a", "32k",
    ]  # fmt: skip
    subprocess.run([ffmpeg(), "-v", "error", "-y", *made, str(mp4)], check=True, timeout=60)
    subprocess.run(
        [ffmpeg(), "-v", "error", "-y", "-i", str(mp4), "-c", "copy", str(mkv)], check=True, timeout=60
    )
    with av.open(str(mp4)) as container:
        packets = [packet for packet in container.demux() if packet.size]
        pictures = tuple(bytes(packet) for packet in packets if packet.stream.type == "video")
        sound = tuple(bytes(packet) for packet in packets if packet.stream.type == "audio")
    data = mp4.read_bytes()
    entries = (_box_at(data, data.index(b"stsd")), _box_at(data, data.rindex(b"stsd")))
    return Content(pictures, sound, entries, _element_at(mkv.read_bytes(), _TRACKS))


def _element_at(data: bytes, name: bytes) -> bytes:
    """The whole element; its size is a number whose leading zero bits tell how many bytes it has."""
    begin = data.rindex(name)  # the first one names it in the list of what is where
    at = begin + len(name)
    width = 9 - data[at].bit_length()
    size = int.from_bytes(data[at : at + width], "big") & ((1 << 7 * width) - 1)
    return data[begin : at + width + size]


def _box_at(data: bytes, name_at: int) -> bytes:
    (size,) = struct.unpack(">I", data[name_at - 4 : name_at])
    return data[name_at - 4 : name_at - 4 + size]


def _sound_of(stretch: int) -> int:
    """How many packets of sound were due before a stretch begins."""
    return int(Fraction(stretch * GOP_S * _SOUND_RATE, _SOUND_FRAME))


def _dealt(parts: Content, stretch: int) -> list[bytes]:
    """The sound of one stretch."""
    return [
        parts.sound[number % len(parts.sound)] for number in range(_sound_of(stretch), _sound_of(stretch + 1))
    ]


# --- mp4 -------------------------------------------------------------------------------------------------


def write_mp4(path: Path, film: Huge, parts: Content) -> None:
    """Write a film whose list of samples stands at its end, as cameras do."""
    with path.open("wb") as file:
        head = _box(b"ftyp", b"isom\0\0\2\0isomiso2mp41")
        file.write(head)
        places = _spread(film, len(head) + 16)
        for stretch, place in enumerate(places):
            file.seek(place)
            file.write(b"".join((*parts.pictures, *_dealt(parts, stretch))))
        tables = _moov(film, parts, places)
        end = max(film.size - len(tables), file.tell())
        file.seek(len(head))
        file.write(struct.pack(">I4sQ", 1, b"mdat", end - len(head)))
        file.seek(end)
        file.write(tables)


def _spread(film: Huge, begin: int) -> list[int]:
    step = (film.size - begin) // (film.stretches + 1)
    return [begin + number * step for number in range(film.stretches)]


def _moov(film: Huge, parts: Content, places: Sequence[int]) -> bytes:
    picture_bytes = sum(map(len, parts.pictures))
    count = len(parts.pictures)
    video = _stbl(
        parts.entries[0], film.stretches * count, 512,
        [len(data) for data in parts.pictures] * film.stretches,
        [count] * film.stretches, places, keys=range(1, film.stretches * count, count),
    )  # fmt: skip
    dealt = [_dealt(parts, stretch) for stretch in range(film.stretches)]
    sound = _stbl(
        parts.entries[1], sum(map(len, dealt)), _SOUND_FRAME, [len(data) for each in dealt for data in each],
        [len(each) for each in dealt], [place + picture_bytes for place in places],
    )  # fmt: skip
    mvhd = _full(b"mvhd", struct.pack(">IIII", 0, 0, 1000, film.length_s * 1000), _matrix_tail())
    return _box(
        b"moov", mvhd,
        _trak(1, film, _RATE * 512, b"vide", _full(b"vmhd", bytes(8), flags=1), video),
        _trak(2, film, _SOUND_RATE, b"soun", _full(b"smhd", bytes(4)), sound),
    )  # fmt: skip


def _trak(number: int, film: Huge, scale: int, kind: bytes, header: bytes, table: bytes) -> bytes:
    size = struct.pack(">II", _WIDTH << 16, _HEIGHT << 16) if kind == b"vide" else bytes(8)
    volume = b"\0\0" if kind == b"vide" else b"\1\0"
    tkhd = (
        struct.pack(">IIIII", 0, 0, number, 0, film.length_s * 1000) + bytes(12) + volume + bytes(2) + _MATRIX
    )
    mdhd = struct.pack(">IIIIHH", 0, 0, scale, film.length_s * scale, 0x55C4, 0)
    dinf = _box(b"dinf", _full(b"dref", struct.pack(">I", 1), _full(b"url ", flags=1)))
    return _box(
        b"trak", _full(b"tkhd", tkhd, size, flags=3),
        _box(
            b"mdia", _full(b"mdhd", mdhd), _full(b"hdlr", bytes(4), kind, bytes(13)),
            _box(b"minf", header, dinf, table),
        ),
    )  # fmt: skip


def _stbl(
    entry: bytes, samples: int, duration: int, sizes: Sequence[int], chunks: Sequence[int],
    places: Sequence[int], keys: Iterable[int] | None = None,
) -> bytes:  # fmt: skip
    changes = [(1, chunks[0])]
    changes += [(index + 1, now) for index, now in enumerate(chunks) if index and now != chunks[index - 1]]
    runs = [word for first, each in changes for word in (first, each, 1)]
    key_list = [] if keys is None else list(keys)
    stss = [_full(b"stss", _numbers(len(key_list), *key_list))] if key_list else []
    return _box(
        b"stbl", entry, _full(b"stts", _numbers(1, samples, duration)), *stss,
        _full(b"stsc", _numbers(len(changes), *runs)),
        _full(b"stsz", _numbers(0, samples, *sizes)),
        _full(b"co64", _numbers(len(places)), struct.pack(f">{len(places)}Q", *places)),
    )  # fmt: skip


_MATRIX = struct.pack(">9I", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)


def _matrix_tail() -> bytes:
    return struct.pack(">IH", 1 << 16, 1 << 8) + bytes(10) + _MATRIX + bytes(24) + struct.pack(">I", 3)


def _numbers(*values: int) -> bytes:
    return struct.pack(f">{len(values)}I", *values)


def _box(name: bytes, *parts: bytes) -> bytes:
    return struct.pack(">I4s", 8 + sum(map(len, parts)), name) + b"".join(parts)


def _full(name: bytes, *parts: bytes, flags: int = 0) -> bytes:
    return _box(name, struct.pack(">I", flags), *parts)


# --- Matroska --------------------------------------------------------------------------------------------

_CLUSTER, _TRACKS = b"\x1f\x43\xb6\x75", b"\x16\x54\xae\x6b"


def write_mkv(path: Path, film: Huge, parts: Content) -> None:
    """Write a film with a cluster for each stretch, and cues at its end."""
    with path.open("wb") as file:
        ebml = _element(
            b"\x1a\x45\xdf\xa3", _element(b"\x42\x82", b"matroska"), _element(b"\x42\x87", b"\4"),
            _element(b"\x42\x85", b"\2"),
        )  # fmt: skip
        info = _element(
            b"\x15\x49\xa9\x66", _element(b"\x2a\xd7\xb1", (1_000_000).to_bytes(4, "big")),
            _element(b"\x44\x89", struct.pack(">d", film.length_s * 1000.0)),
        )  # fmt: skip
        begin = len(ebml) + 12
        seek_head = len(_seek_head(0))
        places = _spread(film, begin + seek_head + len(info) + len(parts.heads))
        cues = _cues(place - begin for place in places)
        end = film.size - len(cues)
        file.write(ebml + b"\x18\x53\x80\x67" + _size8(film.size - begin))
        file.write(_seek_head(end - begin) + info + parts.heads)
        for stretch, (place, following) in enumerate(zip(places, [*places[1:], end], strict=True)):
            _void(file, place)
            file.write(_cluster(parts, stretch))
            if following == end:
                _void(file, end)
        file.write(cues)


def _void(file: BinaryIO, until: int) -> None:
    """Skip to ``until`` by an element that says it is empty."""
    length = until - file.tell() - 9
    if length >= 0:
        file.write(b"\xec" + _size8(length))
        file.seek(until)


def _cluster(parts: Content, stretch: int) -> bytes:
    blocks = [(number * 1000 // _RATE, 1, number == 0, data) for number, data in enumerate(parts.pictures)]
    first = _sound_of(stretch)
    for number, data in enumerate(_dealt(parts, stretch), start=first):
        blocks.append((number * _SOUND_FRAME * 1000 // _SOUND_RATE - stretch * GOP_S * 1000, 2, True, data))
    blocks.sort(key=lambda block: block[0])
    time = _element(b"\xe7", (stretch * GOP_S * 1000).to_bytes(4, "big"))
    body = (
        _element(b"\xa3", bytes([0x80 | track]), struct.pack(">hB", max(0, at), 0x80 * key), data)
        for at, track, key, data in blocks
    )
    return _element(_CLUSTER, time, *body)


def _cues(places: Iterable[int]) -> bytes:
    points = (
        _element(
            b"\xbb", _element(b"\xb3", (number * GOP_S * 1000).to_bytes(4, "big")),
            _element(b"\xb7", _element(b"\xf7", b"\1"), _element(b"\xf1", place.to_bytes(8, "big"))),
        )
        for number, place in enumerate(places)
    )  # fmt: skip
    return _element(b"\x1c\x53\xbb\x6b", *points)


def _seek_head(cues_at: int) -> bytes:
    entry = _element(b"\x53\xab", b"\x1c\x53\xbb\x6b"), _element(b"\x53\xac", cues_at.to_bytes(8, "big"))
    return _element(b"\x11\x4d\x9b\x74", _element(b"\x4d\xbb", *entry))


def _element(name: bytes, *parts: bytes) -> bytes:
    return name + _size8(sum(map(len, parts))) + b"".join(parts)


def _size8(size: int) -> bytes:
    return (size | 1 << 56).to_bytes(8, "big")
