"""The bundled sample is what its truth and its maker say."""

from __future__ import annotations

import json
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tools.sample import measures
from tools.sample.make_sample import record_of
from tools.sample.shots import describe_shots, frames_of


def _probe(ffprobe: str, video: Path, *options: str) -> Any:
    command = [ffprobe, "-v", "error", "-of", "json", *options, str(video)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def test_the_clip_has_the_streams_it_should(ffprobe: str, sample_video: Path, sample_truth: Any) -> None:
    video, audio = _probe(ffprobe, sample_video, "-show_streams")["streams"]
    assert (video["codec_name"], video["width"], video["height"]) == ("h264", 960, 540)
    assert video["nb_frames"] == str(sample_truth["frames"]) == "720"
    assert (audio["codec_name"], audio["sample_rate"], audio["channels"]) == ("aac", "44100", 1)


def test_a_keyframe_stands_at_every_hard_cut(ffprobe: str, sample_video: Path, sample_truth: Any) -> None:
    entries = ("-select_streams", "v", "-show_entries", "packet=pts_time,flags")
    packets = _probe(ffprobe, sample_video, *entries)["packets"]
    keyframes = sorted(round(float(p["pts_time"]) * measures.FPS) for p in packets if "K" in p["flags"])
    cuts = {shot["first_frame"] for shot in sample_truth["shots"] if shot["begins_with"] in ("start", "cut")}
    assert cuts <= set(keyframes)
    ends = [*keyframes[1:], sample_truth["frames"]]
    assert all(end - begin <= 48 for begin, end in zip(keyframes, ends, strict=True))


@pytest.mark.slow
def test_the_maker_still_gives_the_shipped_truth(sample_truth: Any) -> None:
    shots = describe_shots()
    assert shots == sample_truth["shots"]
    made = [record_of(number, level, seen, shots) for number, _, level, _, seen in frames_of(5, step=60)]
    shipped = [sample_truth["per_frame"][record["frame"]] for record in made]
    assert len(made) == 14
    assert made == shipped


def test_utterances_lie_in_order_with_pauses_of_a_second(sample_truth: Any) -> None:
    spoken = sample_truth["utterances"]
    assert len(spoken) == 6
    for before, after in pairwise(spoken):
        assert before["start_s"] < before["end_s"] <= after["start_s"] - 1.0
    assert {word for utterance in spoken for word in utterance["text"].split()} <= set(measures.DIGITS)
