"""The first picture where the first keyframe is damaged: the next one will do."""

from __future__ import annotations

import random
from pathlib import Path

import av
import pytest

from app.media.first_picture import first_frame
from tests.media.truth import make

SOURCE = "testsrc2=size=320x240:rate=25"


@pytest.mark.parametrize(
    ("name", "codec"), [("clip.mkv", "libsvtav1"), ("clip.mp4", "libx264"), ("clip.webm", "libvpx-vp9")]
)
def test_a_damaged_first_keyframe_is_passed_over(name: str, codec: str, ffmpeg: str, tmp_path: Path) -> None:
    clip = tmp_path / name
    make(ffmpeg, clip, "-c:v", codec, "-g", "10", "-pix_fmt", "yuv420p", source=SOURCE, seconds=2)
    with av.open(str(clip)) as container:
        first = next(container.demux(video=0))
    assert first.pos is not None
    whole = clip.read_bytes()
    for seed in range(6):
        data, noise = bytearray(whole), random.Random(seed)
        for place in range(first.pos + first.size // 8, first.pos + first.size - 4):
            if noise.random() < 0.05:
                data[place] = noise.randrange(256)
        clip.write_bytes(data)
        frame = first_frame(clip, 0)
        assert frame is not None, seed
        assert (frame.width, frame.height, frame.format.name) == (320, 240, "yuv420p")
