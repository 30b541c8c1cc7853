"""Videos with subtitles and chapters that are known word for word, made by ffmpeg."""

from __future__ import annotations

import subprocess
from pathlib import Path

SRT = """1
00:00:00,500 --> 00:00:01,500
<i>Hello</i> <b>there</b>
second line & <font color="red">red</font>

2
00:00:01,500 --> 00:00:03,000
{\\an8}on top

3
00:00:04,000 --> 00:00:05,000
\u00dcn\u00ef \u540d\u524d \u05e9\u05dc\u05d5\u05dd
"""

TIMES = ((0.5, 1.5), (1.5, 3.0), (4.0, 5.0))
WORDS = ("Hello there\nsecond line & red", "on top", "\u00dcn\u00ef \u540d\u524d \u05e9\u05dc\u05d5\u05dd")

CHAPTERS = """;FFMETADATA1
[CHAPTER]
TIMEBASE=1/1000
START=0
END=2000
title=First \u540d
[CHAPTER]
TIMEBASE=1/1000
START=2000
END=6000
title=Second
"""


def with_subtitles(ffmpeg: str, path: Path, *codecs: str, options: tuple[str, ...] = ()) -> Path:
    """A clip of 6 s with one subtitle track for each codec, and two chapters."""
    text, chapters = path.with_suffix(".text"), path.with_suffix(".chapters")
    text.write_text(SRT, encoding="utf-8")
    chapters.write_text(CHAPTERS, encoding="utf-8")
    command = [ffmpeg, "-v", "error", "-y", "-f", "lavfi", "-i", "testsrc2=size=160x90:rate=25:duration=6"]
    command += ["-f", "srt", "-i", str(text), "-f", "ffmetadata", "-i", str(chapters), "-map", "0"]
    for place, codec in enumerate(codecs):
        command += ["-map", "1", f"-c:s:{place}", codec]
    command += ["-map_chapters", "2", "-c:v", "libx264", "-pix_fmt", "yuv420p", *options, str(path)]
    subprocess.run(command, check=True, timeout=60)
    return path
