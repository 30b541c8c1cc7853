"""Messages survive the way through a pipe; whatever else comes is refused."""

from __future__ import annotations

import io
import os
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analysis.child.messages import Begin, Ended, Ending, Heartbeat, Order, Said, Steer, Stop
from app.analysis.child.wire import LONGEST, WireError, encode, read_order, read_said
from app.analysis.request import AnalysisRequest, DetectRequest, FramePolicy, SpeechRequest
from app.analysis.stage import DecodedUntil, FramesCounted, ModelUsed, RunsOn, SpeechLookedFor
from app.core.events import (
    KeyframesFound,
    LoudnessFound,
    MediaOpened,
    PictureAnalysed,
    Progress,
    SegmentFound,
    ShotsFound,
    SpeechRegionsFound,
    Stage,
    StageFinished,
    Thumbnail,
    ThumbnailMade,
    WarningRaised,
)
from app.core.geometry import Box
from app.core.results import (
    AudioInfo,
    Detection,
    Keyframe,
    MediaInfo,
    ModelInfo,
    Segment,
    Shot,
    VideoInfo,
    Word,
)
from app.core.time import TimeSpan

VIDEO = VideoInfo(
    "h264", 640, 360, 640, 360, 90, True, "4/3", None, "1/90000", "30000/1001", True, False, "HLG", 7
)
MEDIA = MediaInfo(
    "/films/a.mp4", "a.mp4", 2**40, None, "mov", -0.5, None, VIDEO, (AudioInfo("aac", 1, 2, None),)
)
REQUEST = AnalysisRequest(
    Path("film.mp4"),
    TimeSpan(1.5),
    FramePolicy.parse("fps:12.5"),
    DetectRequest(Path("yolox.onnx"), labels=("person", "car")),
    SpeechRequest(Path("base.bin"), vad_model=Path("vad.bin"), prompt="Ünïcode"),
    thumbnails=True,
)
SAID: list[Said] = [
    MediaOpened(MEDIA),
    Progress(Stage.PICTURES, 1.25, None),
    KeyframesFound((Keyframe(-3, -0.1), Keyframe(2**62, 1e9))),
    ShotsFound((Shot(0.0, 1.0, 0, 25),)),
    ThumbnailMade(Thumbnail(5, 0.2, 2, 1, b"\x00\xff\x80\x01\x02\x03")),
    PictureAnalysed(5, 0.2, (Detection(5, 0.2, "person", 0, 0.1 + 0.2, Box(0.5, 1, 2, 3), None),)),
    PictureAnalysed(6, 0.2, ()),
    LoudnessFound(0.0, 0.05, (0.0, 1.0, 0.3)),
    SpeechRegionsFound((TimeSpan(0.0, 1.0), TimeSpan(2.0))),
    SegmentFound(Segment(0, 1, "Grüße\0", None, (Word(0, 1, "x", 0.5),), ("loop",))),
    WarningRaised("It rains."),
    StageFinished(Stage.SPEECH, 1.5, 3),
    ModelUsed(ModelInfo("a", "b", "speech"), "cpu"),
    RunsOn("detector", "cuda"),
    FramesCounted(7),
    SpeechLookedFor(),
    DecodedUntil(1.0, all_there_is=True),
    Heartbeat(0.5),
    Ended(Ending.FAILED, "It rained."),
]  # fmt: skip


@pytest.mark.parametrize("said", SAID, ids=lambda said: type(said).__name__)
def test_what_a_child_says_arrives(said: Said) -> None:
    assert read_said(io.BytesIO(encode(said))) == said


@pytest.mark.parametrize("order", [Begin(REQUEST), Steer(True, None), Steer(False, 3.5), Stop()])
def test_orders_arrive(order: Order) -> None:
    assert read_order(io.BytesIO(encode(order))) == order


def test_one_comes_after_the_other_and_then_the_end() -> None:
    pipe = io.BytesIO(b"".join(encode(said) for said in SAID))
    assert [read_said(pipe) for _ in SAID] == SAID
    assert read_said(pipe) is None


@given(st.text(st.characters(codec=None)))
def test_any_text_arrives(text: str) -> None:
    """Names that are not UTF-8 hold lone surrogates, which MessagePack cannot say."""
    said = WarningRaised(text)
    assert read_said(io.BytesIO(encode(said))) == said


@pytest.mark.parametrize(
    "text", ["\udcff", "\U0010ffff", "\U0010ffff\udc80dc80", "\U0010ffff\U0010ffff\ud800"]
)
def test_text_that_looks_escaped_arrives(text: str) -> None:
    said = MediaOpened(replace(MEDIA, path=text, name=f"{text}\udcff"))
    assert read_said(io.BytesIO(encode(said))) == said


@pytest.mark.skipif(os.name == "nt", reason="names of files are text on Windows")
def test_a_path_that_is_no_text_arrives() -> None:
    order = Begin(replace(REQUEST, path=Path(os.fsdecode(b"/films/\xff\xfe.mp4"))))
    assert read_order(io.BytesIO(encode(order))) == order


def message(name: str, value: Any, form: int = 0) -> bytes:
    body = msgspec.msgpack.encode((name, value))
    return struct.pack("<IB", len(body), form) + body


@pytest.mark.parametrize(
    "data",
    [
        struct.pack("<IB", LONGEST + 1, 0),
        struct.pack("<IB", 0, 0),
        struct.pack("<IB", 1, 7) + b"\x00",
        b"Segmentation fault (core dumped)\n" * 100,
        message("Done", {"result": None}),
        message("Begin", {"request": {}}),
        message("os.system", "true"),
        message("Heartbeat", {"cpu_s": "much"}),
        message("Progress", {"stage": "lunch", "done_s": 1.0, "total_s": None}),
        message("SpeechRegionsFound", {"regions": [{"start_s": 2.0, "end_s": 1.0}]}),
        message(
            "ThumbnailMade", {"thumbnail": {"pts": 0, "time_s": 0.0, "width": 9, "height": 9, "rgb": b"1"}}
        ),
        message("Ended", {"ending": "tired"}, form=1),
    ],
)
def test_nonsense_is_refused(data: bytes) -> None:
    with pytest.raises(WireError):
        read_said(io.BytesIO(data))


@pytest.mark.parametrize("length", range(12))
def test_half_a_message_is_the_end(length: int) -> None:
    assert read_said(io.BytesIO(encode(SAID[0])[:length])) is None


@pytest.mark.parametrize("amount", ["1/0", "many"])
def test_an_order_with_a_number_that_is_none_is_refused(amount: str) -> None:
    request = msgspec.to_builtins(REQUEST, enc_hook=str)
    request["frames"]["amount"] = amount
    with pytest.raises(WireError):
        read_order(io.BytesIO(message("Begin", {"request": request})))


@given(st.binary(max_size=200))
def test_random_bytes_are_refused_or_mean_something_harmless(data: bytes) -> None:
    framed = struct.pack("<IB", len(data), 0) + data
    with pytest.raises(WireError):
        read_said(io.BytesIO(framed))
