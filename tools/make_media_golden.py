"""Write what ffprobe and ffmpeg say of the media files, for the tests to compare with.

    python tools/make_media_golden.py MEDIA_FOLDER tests/media/golden/media.json

Codec, size and orientation come from ffprobe (any version); start, duration and the number of pictures from
the ffmpeg program that imageio-ffmpeg carries: it knows codecs that an older ffprobe does not, and older
versions err on durations (fragmented mp4: 143165 s instead of 1). Files that ffmpeg complains
about while decoding are left out: nothing is sure about them.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
from pathlib import Path
from typing import Any

from imageio_ffmpeg import get_ffmpeg_exe

_ENTRIES = (
    "stream=codec_name,width,height,sample_aspect_ratio:stream_disposition=attached_pic"
    ":stream_side_data=rotation:format=format_name"
)
_DURATION = re.compile(r"Duration: (?:N/A|(\d+):(\d+):([\d.]+)), (?:start: ([-\d.]+))?")
_HEADLINE = re.compile(r"Video: (\w+).*? (\d{2,5})x(\d{2,5})")


def main() -> None:
    """Go through the folder and write the golden file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("golden", type=Path)
    arguments = parser.parse_args()
    facts = {}
    for path in sorted(arguments.folder.rglob("*")):
        if path.is_file() and path.suffix not in (".txt", ".jpg"):
            found = facts_of(path)
            if found is not None:
                facts[path.relative_to(arguments.folder).as_posix()] = found
    arguments.golden.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"{json.dumps(name)}: {json.dumps(each)}" for name, each in facts.items()]
    arguments.golden.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def facts_of(path: Path) -> dict[str, Any] | None:
    """Return what is known of a file with a healthy first video track, else None."""
    probed = _ffprobe(path, "-show_entries", _ENTRIES, "-of", "json")
    streams = json.loads(probed or "{}").get("streams", [])
    if not streams or streams[0]["disposition"]["attached_pic"] or is_still_picture(probed):
        return None
    frames = _frames(path)
    if frames is None:
        return None
    stream, container, said = streams[0], json.loads(probed)["format"], _headlines(path)
    if "codec_name" not in stream or not stream.get("width"):
        stream |= _picture_headline(said)
    rotations = [data["rotation"] for data in stream.get("side_data_list", []) if "rotation" in data]
    return {
        "bytes": path.stat().st_size,
        "codec": stream["codec_name"],
        "width": stream["width"],
        "height": stream["height"],
        "sample_aspect_ratio": stream.get("sample_aspect_ratio", "1:1"),
        # ffprobe counts counter-clockwise.
        "rotation": -rotations[0] % 360 if rotations else 0,
        "format": container["format_name"],
        **_times(said),
        "frames": frames,
        "keyframes": _keyframes(path),
    }


def is_still_picture(probed: str) -> bool:
    """Tell whether ffprobe opened an image file as a video of one picture."""
    return str(json.loads(probed)["format"]["format_name"]).endswith("_pipe")


def _ffprobe(path: Path, *arguments: str) -> str:
    command = ["ffprobe", "-v", "error", "-fflags", "+genpts", "-select_streams", "v:0", *arguments]
    done = subprocess.run(
        [*command, f"file:{path}"], capture_output=True, text=True, encoding="utf-8", check=False
    )
    return done.stdout if done.returncode == 0 else ""


def _keyframes(path: Path) -> list[int] | None:
    """The pts of the frames that ffprobe's decoder calls keyframes; None where it knows none."""
    lines = _ffprobe(path, "-skip_frame", "nokey", "-show_entries", "frame=key_frame,pts", "-of", "csv=p=0")
    rows = [line.split(",") for line in lines.split()]
    found = [row[1] for row in rows if row[0] == "1"]
    return [int(pts) for pts in found] if found and "N/A" not in found else None


def _frames(path: Path) -> int | None:
    """The number of pictures that ffmpeg shows; None where it complains."""
    command = [get_ffmpeg_exe(), "-v", "error", "-i", f"file:{path}", "-map", "0:v:0"]
    done = subprocess.run(
        [*command, "-fps_mode", "passthrough", "-f", "framecrc", "-"],
        capture_output=True, text=True, encoding="utf-8", errors="replace", check=False,
    )  # fmt: skip
    if done.returncode or done.stderr.strip():
        return None
    return sum(not line.startswith("#") for line in done.stdout.splitlines())


def _headlines(path: Path) -> str:
    """What ffmpeg prints on opening a file."""
    command = [get_ffmpeg_exe(), "-hide_banner", "-i", f"file:{path}"]
    return subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False
    ).stderr


def _picture_headline(said: str) -> dict[str, Any]:
    match = _HEADLINE.search(said)
    if match is None:
        raise SystemExit(f"no video in what ffmpeg says:\n{said}")
    return {"codec_name": match[1], "width": int(match[2]), "height": int(match[3])}


def _times(said: str) -> dict[str, float | None]:
    """Start and duration in seconds; None where the file has none."""
    match = _DURATION.search(said)
    if match is None:
        raise SystemExit(f"no duration in what ffmpeg says:\n{said}")
    hours, minutes, seconds, start = match.groups()
    duration = None if seconds is None else int(hours) * 3600 + int(minutes) * 60 + float(seconds)
    return {"start": None if start is None else float(start), "duration": duration}


if __name__ == "__main__":
    main()
