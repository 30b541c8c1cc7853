"""``reelscope probe --verify``: every healthy file passes, a wrong reader does not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.core.cancel import CancelToken
from app.media.decoder import VideoReader
from app.media.picture import Picture
from app.media.verification import verify
from tests.cli.conftest import Reelscope
from tests.cli.test_all_media import BROKEN, FILES

TAKES_LONG = {
    "am_8k24fps_300ms.mp4",
    "am_long_180p_av1.mp4",
    "am_long_1080p_lowbitrate.mp4",
    "am_long_1080p_videoonly_lowbitrate.mp4",
    "am_sowt-with-video.mov",
    "ft_fixture-raw.mts",
    "mb_annex-b-avc.mkv",
    "mb_hevc.ts",
    "mb_missing-keyframe-labels.ts",
    "mdn_tears-of-steel-battle-clip-medium.webm",
}
"""Large or long: `python3 dev.py soak exact` has them, tests/media/test_decoder_exact.py the hardest."""

SOUND_ALONE = {"am_bear_with_picture.flac", "am_sample_audio_only.mp4", "am_sample_with_dts.mkv"}

VIDEOS = [
    file
    for file in FILES
    if file.as_posix() not in BROKEN | TAKES_LONG | SOUND_ALONE
    and file.suffix not in (".aac", ".mp3", ".ogg", ".wav")
]


class OffByOne(VideoReader):
    """Shows the picture after the one that is due."""

    def frame_at(self, time_s: float, *, cancel: CancelToken | None = None) -> Picture:  # type: ignore[override]
        due = super().frame_at(time_s, cancel=cancel)
        return super().next_frame(due, cancel=cancel) or due


def test_there_are_healthy_files(shared: Path) -> None:
    assert len(VIDEOS) >= 45


@pytest.mark.parametrize("file", VIDEOS, ids=str)
def test_every_healthy_file_passes(reelscope: Reelscope, shared: Path, file: Path) -> None:
    done = reelscope("probe", shared / "media" / file, "--verify=2", "--seed", "1", "--json")
    assert done.code == 0, done.err
    told = json.loads(done.out)["verify"]
    assert (told["ok"], told["times"], told["differences"]) == (True, 2, [])
    assert told["keyframes"] > 0


def test_a_person_is_told(reelscope: Reelscope, sample_video: Path) -> None:
    done = reelscope("probe", "--verify", sample_video)
    assert done.code == 0
    assert "25 random times with their neighbours (seed " in done.out
    assert "16 keyframes, the first and the last of 720 pictures" in done.out
    assert "all 93 as in linear decoding" in done.out
    assert "%" in done.err


def test_each_difference_is_a_line_and_the_exit_code_is_1(
    reelscope: Reelscope, media_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = media_dir / "psd_counter.mp4"
    monkeypatch.setattr(
        "app.cli.verify.verify", lambda path, **words: verify(path, **words, open_seeker=OffByOne)
    )
    done = reelscope("probe", clip, "--verify=3", "--seed=5", "--json")
    assert done.code == 1
    told = json.loads(done.out)["verify"]
    lines = [line for line in done.err.splitlines() if "linear decoding gives" in line]
    assert not told["ok"]
    assert len(lines) == len(told["differences"]) >= 4
    assert lines[0].startswith("reelscope: psd_counter.mp4: ")
    assert told["differences"][0]["expected"]["time_s"] == 0.0
    assert told["differences"][0]["got"]["time_s"] == 0.1
    again = reelscope("probe", clip, "--verify=3", "--seed=5", "--json")
    assert json.loads(again.out)["verify"] == told
    assert reelscope("probe", clip, "--verify=3").out.count("DIFFERENT") == 1


def test_sound_alone_and_wrong_numbers(reelscope: Reelscope, media_dir: Path, sample_video: Path) -> None:
    sound = reelscope("probe", media_dir / "wc_jfk.wav", "--verify=2")
    assert sound.code == 1
    assert "wc_jfk.wav has no video." in sound.err
    assert reelscope("probe", sample_video, "--verify=many").code == 2
    assert reelscope("probe", media_dir / "nothing.mp4", "--verify").code == 2
