"""``reelscope analyze`` on the sample, whose contents are known exactly."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
import srt

from tests.cli.conftest import Reelscope
from tests.inference.mean_average_precision import Found, Truth, mean_average_precision
from tests.inference.onnx_models import constant_answers

LIGHT = ("--detect", "none", "--speech", "none", "--quiet")


@pytest.fixture(scope="module")
def sample_documents(
    tmp_path_factory: pytest.TempPathFactory, sample_video: Path
) -> tuple[dict[str, Any], dict[str, Any], str]:
    """Two documents of the whole sample and its subtitles, by two processes with an empty home."""
    folder = tmp_path_factory.mktemp("sample")
    for name in ("one", "two"):
        done = subprocess.run(
            [sys.executable, "-m", "app", "analyze", sample_video, "--json", folder / f"{name}.json",
             "--srt", folder / f"{name}.srt"],
            capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    one, two = (json.loads((folder / f"{name}.json").read_bytes()) for name in ("one", "two"))
    return one, two, (folder / "one.srt").read_text(encoding="utf-8")


def test_the_document_follows_the_published_schema(
    sample_documents: tuple[Any, Any, str], repository: Path
) -> None:
    schema = json.loads((repository / "docs" / "reelscope-1.schema.json").read_bytes())
    jsonschema.validate(sample_documents[0], schema)


def test_the_same_input_gives_the_same_document(sample_documents: tuple[Any, Any, str]) -> None:
    one, two, _ = sample_documents
    assert one["run"]["started"] <= two["run"]["started"]
    assert {**one, "run": None} == {**two, "run": None}


def test_the_transcript_is_what_was_spoken(sample_documents: tuple[Any, Any, str], sample_truth: Any) -> None:
    segments = sample_documents[0]["transcript"]["segments"]
    spoken = sample_truth["utterances"]
    assert len(segments) == len(spoken) == 6
    assert [segment["text"] for segment in segments if segment["marks"]] == []
    for segment, utterance in zip(segments, spoken, strict=True):
        assert segment["start_s"] == pytest.approx(utterance["start_s"], abs=0.3)
        assert segment["end_s"] == pytest.approx(utterance["end_s"], abs=0.3)
    heard = " ".join(segment["text"] for segment in segments).split()
    said = " ".join(utterance["text"] for utterance in spoken).split()
    assert word_edits(heard, said) <= 2


def test_the_objects_are_those_of_the_truth(
    sample_documents: tuple[Any, Any, str], sample_truth: Any
) -> None:
    """mAP50 on all keyframes but a picture darker than half; objects mostly hidden are neutral."""
    truth: list[Truth] = []
    looked = set()
    for keyframe in sample_documents[0]["keyframes"]:
        number = round(keyframe["time_s"] * sample_truth["fps"])
        entry = sample_truth["per_frame"][number]
        if entry["light"] >= 0.5:
            looked.add(number)
            truth += [
                Truth(number, thing["class"], tuple(thing["box"]), thing["visible"] < 0.5)
                for thing in entry["objects"]
            ]
    assert len(looked) >= 15
    found = [
        Found(round(one["time_s"] * sample_truth["fps"]), one["label"], tuple(one["box"]), one["confidence"])
        for one in sample_documents[0]["detections"]
    ]
    precision = mean_average_precision(truth, [one for one in found if one.picture in looked])
    assert set(precision) == set(sample_truth["classes"])
    assert sum(precision.values()) / len(precision) >= 0.9, precision


def test_subtitles_carry_the_transcript(sample_documents: tuple[Any, Any, str]) -> None:
    cues = list(srt.parse(sample_documents[2]))
    segments = sample_documents[0]["transcript"]["segments"]
    assert [cue.content for cue in cues] == [segment["text"].strip() for segment in segments]
    for cue, segment in zip(cues, segments, strict=True):
        assert cue.start.total_seconds() == pytest.approx(segment["start_s"], abs=0.001)
        assert cue.end.total_seconds() == pytest.approx(segment["end_s"], abs=0.001)


def test_shots_begin_at_the_cuts(sample_documents: tuple[Any, Any, str], sample_truth: Any) -> None:
    found = [shot["start_s"] for shot in sample_documents[0]["shots"]]
    for cut in sample_truth["shots"]:
        assert min(abs(start - cut["start_s"]) for start in found) < 0.5, f"no shot found near {cut}"
    assert len(found) == len(sample_truth["shots"])


def test_keyframes_equal_those_of_ffprobe(
    sample_documents: tuple[Any, Any, str], sample_video: Path, ffprobe: str
) -> None:
    told = subprocess.run(
        [ffprobe, "-v", "error", "-select_streams", "v:0", "-skip_frame", "nokey", "-show_entries",
         "frame=pts", "-of", "csv=p=0", sample_video],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    expected = [int(line.strip(",")) for line in told.stdout.split()]
    assert [keyframe["pts"] for keyframe in sample_documents[0]["keyframes"]] == expected


def test_every_picture_can_be_looked_at(reelscope: Reelscope, sample_video: Path, tmp_path: Path) -> None:
    out = tmp_path / "all.json"
    done = reelscope(
        "analyze", sample_video, "--frames", "every:30", "--speech", "none", "--json", out, "--quiet"
    )
    assert done.code == 0, done.err
    document = json.loads(out.read_bytes())
    assert document["media"]["video"]["frames"] == 720
    looked = {detection["time_s"] for detection in document["detections"]}
    assert all(abs(time_s - round(time_s)) < 1e-6 for time_s in looked)
    assert len(looked) == 24


def test_an_encoder_is_named_and_counted(reelscope: Reelscope, sample_video: Path, tmp_path: Path) -> None:
    answer = {"embedding": np.ones((1, 4), np.float32)}
    encoder = constant_answers(tmp_path / "toy.onnx", answer, picture=(1, 3, 32, 32))
    done = reelscope("analyze", sample_video, *LIGHT, "--embed", encoder, "--json", "-")
    document = json.loads(done.out)
    assert [(model["name"], model["kind"]) for model in document["models"]] == [("toy", "encoder")]
    assert document["settings"]["embed"] == {"model": "toy"}
    stages = {stage["name"]: stage["items"] for stage in document["run"]["stages"]}
    assert stages["embeddings"] == len(document["keyframes"])
    refused = reelscope("analyze", sample_video, *LIGHT, "--embed", "nothing")
    assert refused.code == 2
    assert "no encoder model 'nothing'" in refused.err


def test_a_range_bounds_everything(reelscope: Reelscope, sample_video: Path, tmp_path: Path) -> None:
    out = tmp_path / "part.json"
    done = reelscope("analyze", sample_video, "--range", "5-9", "--json", out, "--quiet")
    assert done.code == 0, done.err
    document = json.loads(out.read_bytes())
    times = [found["time_s"] for found in document["keyframes"] + document["detections"]]
    assert times
    assert all(5 <= time_s < 9 for time_s in times)
    segments = document["transcript"]["segments"]
    assert " ".join(segment["text"].strip() for segment in segments) == "six nine five two"
    assert document["settings"]["range"] == [5.0, 9.0]


def test_labels_and_confidence_choose(reelscope: Reelscope, sample_video: Path) -> None:
    done = reelscope(
        "analyze",
        sample_video,
        "--speech",
        "none",
        "--labels",
        "heart,star",
        "--confidence",
        "0.6",
        "--json",
        "-",
    )
    assert done.code == 0, done.err
    found = json.loads(done.out)["detections"]
    assert {detection["label"] for detection in found} == {"heart", "star"}
    assert all(detection["confidence"] >= 0.6 for detection in found)


def test_json_on_standard_output_stands_there_alone(reelscope: Reelscope, sample_video: Path) -> None:
    done = reelscope("analyze", sample_video, *LIGHT, "--json", "-")
    assert done.code == 0
    assert json.loads(done.out)["schema"] == "reelscope/1"
    assert done.err == ""


def test_the_sample_models_are_named_as_such(reelscope: Reelscope, sample_video: Path) -> None:
    done = reelscope("analyze", sample_video, "--speech", "none", "--quiet")
    assert "the sample's own is used" in done.err
    assert "models add" in done.err


def test_a_folder_takes_a_json_and_an_srt_of_each(
    reelscope: Reelscope, sample_video: Path, tmp_path: Path
) -> None:
    link = tmp_path / "in" / "sample.mp4"
    link.parent.mkdir()
    link.symlink_to(sample_video)
    folder = tmp_path / "out"
    folder.mkdir()
    done = reelscope(
        "analyze", sample_video, link, "--range", "0-3", "--detect", "none", "-o", folder, "--quiet"
    )
    assert done.code == 0, done.err
    assert sorted(path.name for path in folder.iterdir()) == [
        "sample-2.json", "sample-2.srt", "sample.json", "sample.srt",
    ]  # fmt: skip


def test_one_that_fails_does_not_stop_the_others(
    reelscope: Reelscope, sample_video: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no video at all" * 100)
    done = reelscope("analyze", broken, sample_video, *LIGHT, "-o", tmp_path)
    assert done.code == 1
    assert "broken.mp4" in done.err
    assert len(done.err.strip().splitlines()) == 1
    assert (tmp_path / "sample.json").exists()
    assert not (tmp_path / "broken.json").exists()


@pytest.mark.parametrize(
    "words",
    [
        ("--frames", "some"),
        ("--range", "9-5"),
        ("--confidence", "2"),
        ("--layout", "nonsense"),
        ("--detect", "no-such-model"),
        ("--speech", "no-such-model"),
        ("--vad", "no-such-file"),
        ("--hwaccel", "no-such-device"),
        ("--audio-track", "7"),
        ("--video-track", "7"),
        ("--labels", "unicorn"),
        ("--json", "no/such/folder/x.json"),
        ("-o", "no-such-folder"),
        ("--json", "-", "--srt", "-"),
        ("--no-such-option",),
        ("--device", "no-such-device"),
    ],
)
def test_wrong_usage_is_told_with_exit_code_2(
    reelscope: Reelscope, sample_video: Path, words: tuple[str, ...]
) -> None:
    done = reelscope("analyze", sample_video, "--quiet", *words)
    assert done.code == 2, done.err
    assert done.err.strip()
    assert done.out == ""


def test_a_missing_file_is_wrong_usage(reelscope: Reelscope, tmp_path: Path) -> None:
    done = reelscope("analyze", tmp_path / "nothing.mp4", *LIGHT)
    assert done.code == 2
    assert "nothing.mp4" in done.err


def test_a_single_output_for_several_videos_is_refused(reelscope: Reelscope, sample_video: Path) -> None:
    done = reelscope("analyze", sample_video, sample_video, "--json", "x.json")
    assert done.code == 2
    assert "-o DIR" in done.err


def word_edits(heard: list[str], said: list[str]) -> int:
    """Return the Levenshtein distance in words."""
    row = list(range(len(said) + 1))
    for i, one in enumerate(heard, 1):
        previous, row[0] = row[0], i
        for j, other in enumerate(said, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (one != other))
    return row[-1]


def test_the_video_itself_is_never_overwritten(
    reelscope: Reelscope, sample_video: Path, tmp_path: Path
) -> None:
    video = tmp_path / "film.mp4"
    video.write_bytes(sample_video.read_bytes())
    for words in (
        ("analyze", video, *LIGHT, "--json", video),
        ("frame", video, "--at", "1", "-o", tmp_path / "x" / ".." / "film.mp4"),
    ):
        assert reelscope(*words).code == 2
    assert video.read_bytes() == sample_video.read_bytes()


def test_subtitles_that_were_named_are_not_left_out_silently(
    reelscope: Reelscope, sample_video: Path, tmp_path: Path
) -> None:
    done = reelscope(
        "analyze", sample_video, *LIGHT, "--json", tmp_path / "a.json", "--srt", tmp_path / "a.srt"
    )
    assert done.code == 2
    assert "--srt needs a transcript" in done.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", [("--range", "-0:02"), ("--range=-2",), ("--range", "22-")])
def test_a_range_may_be_open(reelscope: Reelscope, sample_video: Path, words: tuple[str, ...]) -> None:
    done = reelscope("analyze", sample_video, *LIGHT, *words, "--json", "-")
    assert done.code == 0, done.err
    times = [keyframe["time_s"] for keyframe in json.loads(done.out)["keyframes"]]
    assert times == pytest.approx([22.9] if "22-" in words else [0.0, 1.6], abs=0.05)


def test_two_results_cannot_go_to_one_file(reelscope: Reelscope, sample_video: Path, tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    other_way = tmp_path / "x" / ".." / "a.json"
    done = reelscope("analyze", sample_video, *LIGHT, "--json", tmp_path / "a.json", "--csv", other_way)
    assert done.code == 2
    assert "same file" in done.err


def test_a_name_that_is_too_long_is_told(reelscope: Reelscope, sample_video: Path, tmp_path: Path) -> None:
    done = reelscope("analyze", sample_video, *LIGHT, "--json", tmp_path / ("x" * 300))
    assert done.code == 2
    assert "cannot be written" in done.err


def test_a_range_after_the_end_is_warned_of(reelscope: Reelscope, sample_video: Path) -> None:
    done = reelscope("analyze", sample_video, *LIGHT, "--range", "100-200", "--json", "-")
    assert done.code == 0
    assert "after the end" in json.loads(done.out)["warnings"][0]


def test_the_silero_model_stands_in_the_document(
    reelscope: Reelscope, sample_video: Path, models_dir: Path
) -> None:
    silero = models_dir / "for-tests-silero-v6.2.0-ggml.bin"
    done = reelscope("analyze", sample_video, "--detect", "none", "--vad", silero, "--json", "-")
    models = {model["kind"]: model for model in json.loads(done.out)["models"]}
    assert models["vad"]["sha256"] == hashlib.sha256(silero.read_bytes()).hexdigest()
    assert models["vad"]["name"] == silero.stem


def test_a_named_vad_that_is_none_is_refused(
    reelscope: Reelscope, sample_video: Path, sample_dir: Path
) -> None:
    done = reelscope("analyze", sample_video, "--vad", sample_dir / "digits-q5_0.bin")
    assert done.code == 1
    assert "voice activity model" in done.err


def test_the_summary_is_about_the_track_that_was_heard(reelscope: Reelscope, media_dir: Path) -> None:
    words = ("--video-track", "1", "--audio-track", "1", "--detect", "none", "--speech", "none", "--quiet")
    done = reelscope("analyze", media_dir / "tc_nasa_13013.mp4", *words)
    assert "aac 16 kHz" in done.out


@pytest.mark.skipif(sys.platform == "win32", reason="pipes and encodings differ there")
class TestOtherEndsOfOurOutput:
    """In processes of their own: what happens when output meets another encoding, or nobody."""

    def test_a_name_that_the_encoding_lacks(self, sample_video: Path, tmp_path: Path) -> None:
        named = tmp_path / "名前 🎬.mp4"
        named.symlink_to(sample_video)
        done = subprocess.run(
            [sys.executable, "-m", "app", "analyze", named, sample_video, *LIGHT, "-o", tmp_path],
            env={**os.environ, "PYTHONIOENCODING": "cp1252"}, capture_output=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert {"名前 🎬.json", "sample.json"} <= {path.name for path in tmp_path.iterdir()}

    def test_a_reader_who_leaves_early_stops_no_work(self, sample_video: Path, tmp_path: Path) -> None:
        command = [
            sys.executable,
            "-m",
            "app",
            "analyze",
            *[str(sample_video)] * 3,
            *LIGHT,
            "-o",
            str(tmp_path),
        ]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
            assert running.stdout is not None
            running.stdout.close()
            assert running.stderr is not None
            said = running.stderr.read()
        assert (running.returncode, said) == (0, b"")
        assert len(list(tmp_path.iterdir())) == 3

    def test_a_full_disk_behind_standard_output(self, sample_video: Path) -> None:
        with Path("/dev/full").open("wb") as full:
            done = subprocess.run(
                [sys.executable, "-m", "app", "keyframes", sample_video, "--json"],
                stdout=full, stderr=subprocess.PIPE, text=True, check=False,
            )  # fmt: skip
        assert done.returncode == 1
        assert done.stderr == "reelscope: The output cannot be written: No space left on device.\n"

    def test_no_standard_output_at_all(self, sample_video: Path, tmp_path: Path) -> None:
        words = " ".join(LIGHT)
        shell = f'"{sys.executable}" -m app analyze "{sample_video}" {words} -o "{tmp_path}" >&-'
        done = subprocess.run(shell, shell=True, stderr=subprocess.PIPE, text=True, check=False)  # noqa: S602
        assert (done.returncode, done.stderr) == (0, "")
        assert [path.name for path in tmp_path.iterdir()] == ["sample.json"]


def test_a_mapped_file_gives_the_same_document(
    reelscope: Reelscope, sample_video: Path, tmp_path: Path
) -> None:
    documents = []
    for way in ("mapped", "file"):
        done = reelscope("analyze", sample_video, *LIGHT, "--input", way, "--json", "-")
        assert done.code == 0, done.err
        documents.append({**json.loads(done.out), "run": None})
    assert documents[0] == documents[1]
