"""The clips that are measured on: made once by ffmpeg, kept in a folder outside the repository."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from platformdirs import user_cache_path

from tests.conftest import SHARED

FOLDER_VARIABLE = "REELSCOPE_BENCH_CACHE"

_REAL = ("mdn_tears-of-steel-battle-clip-medium.webm", "mdn_flower.mp4", "intel_car-detection.mp4")
"""Real pictures, where the folder of media is there; several so that nothing fits one film's habits."""

_MADE = "testsrc2=size=1280x720:rate=30,noise=alls=12:allf=t"


@dataclass(frozen=True, slots=True)
class Clip:
    """How a clip is made.

    Attributes:
        name: of the file; its ending says the container.
        width, height: pixels.
        rate: pictures a second.
        loops: how often the content follows itself.
        encoding: ffmpeg's options.
        each_s: seconds of each of the real pictures in one loop.
    """

    name: str
    width: int
    height: int
    rate: int
    loops: int
    encoding: tuple[str, ...]
    each_s: int = 5

    @property
    def loop_s(self) -> int:
        """Seconds of one loop."""
        return self.each_s * len(_REAL)

    @property
    def length_s(self) -> float:
        """Seconds of it all."""
        return float(self.loops * self.loop_s)


def _h264(rate: int, bitrate: str) -> tuple[str, ...]:
    """What cameras and sites write: 3 B-frames, a pyramid, 3 references, a keyframe every 2 s."""
    options = ("-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high", "-bf", "3", "-refs", "3")
    return (*options, "-g", str(2 * rate), "-sc_threshold", "0", "-b:v", bitrate, "-pix_fmt", "yuv420p")


LONG_1080P = Clip("h264-1080p30.mp4", 1920, 1080, 30, 8, _h264(30, "6M"))
LONGER_1080P = replace(LONG_1080P, name="h264-1080p30-8min.mp4", loops=32)
FAST_1080P = Clip("h264-1080p60.mp4", 1920, 1080, 60, 3, _h264(60, "9M"))
LARGE_2160P = Clip("h264-2160p30.mp4", 3840, 2160, 30, 3, _h264(30, "20M"))
HDR_1080P = Clip(
    "hevc-pq-1080p30.mp4", 1920, 1080, 30, 1,
    ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=0", "-pix_fmt", "yuv420p10le",
     "-color_primaries", "bt2020", "-color_trc", "smpte2084", "-colorspace", "bt2020nc", "-b:v", "8M"),
    each_s=1,
)  # fmt: skip


LOW_10MIN = Clip("h264-4mbit.mp4", 1920, 1080, 30, 40, _h264(30, "4M"))
HIGH_10MIN = Clip("h264-40mbit.mp4", 1920, 1080, 30, 40, _h264(30, "40M"))
HEVC_10MIN = Clip(
    "hevc-1080p30.mp4", 1920, 1080, 30, 40,
    ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params",
     "log-level=0:keyint=60:min-keyint=60:scenecut=0", "-b:v", "4M", "-pix_fmt", "yuv420p"),
)  # fmt: skip
VP9_2MIN = Clip(
    "vp9-1080p30.webm", 1920, 1080, 30, 8,
    ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-row-mt", "1", "-tile-columns", "2",
     "-g", "60", "-b:v", "4M", "-pix_fmt", "yuv420p"),
)  # fmt: skip
AV1_10MIN = Clip(
    "av1-1080p30.mkv", 1920, 1080, 30, 40,
    ("-c:v", "libsvtav1", "-preset", "11", "-g", "60", "-b:v", "4M", "-pix_fmt", "yuv420p"),
)  # fmt: skip


def cache_folder() -> Path:
    """Where clips are kept: $REELSCOPE_BENCH_CACHE, else the user's cache."""
    named = os.environ.get(FOLDER_VARIABLE)
    return Path(named) if named else user_cache_path("reelscope") / "bench"


def clip_path(clip: Clip, say: Callable[[str], None]) -> Path:
    """Return the file, made now where it is not there.

    Another recipe or other content is another file; a half-made one is never taken for whole.
    """
    content = _content()
    recipe = repr((clip, [Path(word).name for word in content]))
    path = cache_folder() / f"{hashlib.sha256(recipe.encode()).hexdigest()[:12]}-{clip.name}"
    if not path.exists():
        say(f"making {clip.name} ({clip.length_s:.0f} s)")
        path.parent.mkdir(parents=True, exist_ok=True)
        _make(clip, content, path)
    return path


def first_minute(path: Path) -> Path:
    """Return the first minute of a clip as a file of its own, cut now where it is not there."""
    short = path.with_name(f"minute-of-{path.name}")
    if not short.exists():
        part = short.with_name(f"part-of-{short.name}")
        _run(["-i", str(path), "-t", "60", "-c", "copy", str(part)])
        part.replace(short)
    return short


def ffmpeg() -> str:
    """The system's ffmpeg, else the one that imageio-ffmpeg carries."""
    found = shutil.which("ffmpeg")
    if found is None:
        from imageio_ffmpeg import get_ffmpeg_exe

        found = get_ffmpeg_exe()
    return str(found)


def _content() -> list[str]:
    """The inputs, each of which gives some seconds."""
    real = [SHARED / "media" / name for name in _REAL]
    if not all(path.is_file() for path in real):
        return []
    return [str(path) for path in real]


def _make(clip: Clip, content: list[str], path: Path) -> None:
    """Encode the content once, then repeat its packets."""
    once, whole = (path.with_name(f"{path.stem}.{part}{path.suffix}") for part in ("once", "part"))
    try:
        _run([*_inputs(clip, content), *clip.encoding, str(once)])
        _run(["-stream_loop", str(clip.loops - 1), "-i", str(once), "-c", "copy", str(whole)])
        whole.replace(path)
    finally:
        once.unlink(missing_ok=True)
        whole.unlink(missing_ok=True)


def _inputs(clip: Clip, content: list[str]) -> list[str]:
    shape = f"scale={clip.width}:{clip.height}:flags=bicubic,setsar=1,fps={clip.rate},format=yuv420p"
    # Enlarged pictures lack fine detail; a little grain gives them the bits of true ones.
    shape += ",noise=alls=4:allf=t"
    if not content:
        return ["-f", "lavfi", "-i", f"{_MADE},{shape}", "-t", str(clip.loop_s)]
    words: list[str] = []
    for path in content:
        words += ["-stream_loop", "-1", "-t", str(clip.each_s), "-i", path]
    parts = "".join(f"[{number}:v]{shape}[v{number}];" for number in range(len(content)))
    joined = "".join(f"[v{number}]" for number in range(len(content)))
    graph = f"{parts}{joined}concat=n={len(content)}:v=1:a=0[out]"
    return [*words, "-filter_complex", graph, "-map", "[out]", "-t", str(clip.loop_s)]


def _run(words: list[str]) -> None:
    subprocess.run([ffmpeg(), "-v", "error", "-y", *words], check=True, timeout=1800)
