"""``reelscope keyframes``: where decoding can start. Imports little: a short file is listed at once."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.exit_codes import DONE
from app.core.errors import DecodeError, UsageError
from app.core.time import format_timecode
from app.media.names import shown_name

if TYPE_CHECKING:
    from argparse import Namespace

    from app.media.picture import Picture

_Look = Callable[["Picture", dict[str, Any]], None]


def keyframes(arguments: Namespace) -> int:
    """List the keyframes, with checksums and pictures where asked for."""
    if arguments.images is not None and not arguments.images.is_dir():
        raise UsageError(f"There is no folder '{arguments.images}'.")
    if arguments.decode or arguments.hash or arguments.images:
        entries = list(_decoded(arguments.video, _looks(arguments)))
    else:
        entries = list(_listed(arguments.video))
    if arguments.json:
        _print_rows(entries)
    else:
        for entry in entries:
            print(f"{format_timecode(entry['time_s'])}  pts {entry['pts']}  {entry.get('crc', '')}".rstrip())
    return DONE


def _listed(video: Path) -> Iterator[dict[str, Any]]:
    from app.media.index import keyframe_index

    for keyframe in keyframe_index(video):
        yield {"pts": keyframe.pts, "time_s": keyframe.time_s}


def _decoded(video: Path, looks: Iterable[_Look]) -> Iterator[dict[str, Any]]:
    """Decode one by one, so that a file of any length takes the memory of a few pictures."""
    from app.media.keyframes import decode_keyframes

    nothing = True
    for picture in decode_keyframes(video, warn=lambda text: _warn(video, text)):
        nothing = False
        entry: dict[str, Any] = {"pts": picture.pts, "time_s": picture.time_s}
        for look in looks:
            look(picture, entry)
        yield entry
    if nothing:
        raise DecodeError(f"Not a single keyframe of {shown_name(video)} could be decoded.")


def _looks(arguments: Namespace) -> list[_Look]:
    looks: list[_Look] = []
    if arguments.images is not None:
        looks.append(_writer(arguments.images, arguments.video.stem))
    if arguments.hash:
        looks.append(_add_crc)
    return looks


def _add_crc(picture: Picture, entry: dict[str, Any]) -> None:
    from app.media.checksum import crc_text

    entry["crc"] = crc_text(picture)


def _writer(folder: Path, stem: str) -> _Look:
    from app.core.frame import PixelFormat
    from app.export.files import write_atomic
    from app.media.convert import Converter
    from app.media.png import encode_png

    converter = Converter()

    def write(picture: Picture, _entry: dict[str, Any]) -> None:
        png = encode_png(converter.convert(picture, None, PixelFormat.RGB))
        write_atomic(folder / f"{stem}-{picture.pts}.png", png)

    return write


def _warn(path: Path, sentence: str) -> None:
    print(f"reelscope: {shown_name(path)}: {sentence}", file=sys.stderr)


def _print_rows(rows: Iterable[dict[str, Any]]) -> None:
    """Print a list with an item a line: a film has thousands of keyframes."""
    import json

    print("[" + ",\n ".join(json.dumps(row, allow_nan=False) for row in rows) + "]")
