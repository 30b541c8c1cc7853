"""One result in which every part of the document is filled, for tests that need an example."""

from __future__ import annotations

from app.core.geometry import Box
from app.core.results import (
    AnalysisResult,
    AppInfo,
    AudioInfo,
    Detection,
    Keyframe,
    MediaInfo,
    ModelInfo,
    RunInfo,
    Segment,
    Shot,
    StageRun,
    Track,
    Transcript,
    VideoInfo,
    Word,
)

VIDEO = VideoInfo(
    codec="h264",
    width=1440,
    height=1080,
    display_width=1920,
    display_height=1080,
    rotation=0,
    mirrored=False,
    sample_aspect_ratio="4/3",
    pixel_format="yuv420p",
    time_base="1/90000",
    average_rate="30000/1001",
    variable_rate=False,
    interlaced=True,
    hdr="hlg",
    frames=240,
)

FULL = AnalysisResult(
    app=AppInfo("reelscope", "1.2.3"),
    media=MediaInfo(
        path="/films/a film.ts",
        name="a film.ts",
        bytes=1_000_001,
        sha256="0" * 64,
        format="mpegts",
        start_s=1.4,
        duration_s=8.008,
        video=VIDEO,
        audio=(AudioInfo("aac", 48_000, 2, "eng"),),
    ),
    settings={"frames": "keyframes", "labels": ["person"], "confidence": 0.25},
    models=(ModelInfo("yolox_nano", "a" * 64, "detector", "yolox"),),
    run=RunInfo("2026-01-02T03:04:05.678+00:00", 1.5, {"detector": "cpu"}, (StageRun("index", 0.5, 3),)),
    keyframes=(Keyframe(126_000, 0.0), Keyframe(306_180, 2.002)),
    shots=(Shot(0.0, 8.008, 126_000, 846_720),),
    detections=(Detection(126_000, 0.0, "person", 0, 0.875, Box(10.5, 20.0, 100.25, 200.0), 7),),
    tracks=(Track(7, "person", 0.0, 2.002, 61),),
    transcript=Transcript(
        "en",
        (Segment(0.5, 1.5, "Hello.", 0.9, (Word(0.5, 1.25, "Hello.", 0.9),), ("quiet",), "Ada", True),),
        "a film.srt",
    ),
    warnings=("The end of the file is damaged.",),
)
