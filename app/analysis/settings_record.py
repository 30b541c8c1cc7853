"""The settings as the document tells them: enough for another person to repeat the analysis."""

from __future__ import annotations

import math
from typing import Any

from app.analysis.request import AnalysisRequest, DetectRequest, SpeechRequest
from app.core.time import WHOLE, TimeSpan


def settings_record(request: AnalysisRequest) -> dict[str, Any]:
    """Return the ``settings`` part of the document; models by name, their hashes stand under ``models``."""
    return {
        "frames": str(request.frames),
        "range": _span(request.span),
        "video_track": request.video_track,
        "audio_track": request.audio_track,
        "detect": _detect(request.detect),
        "speech": _speech(request.speech),
        "embed": None if request.embed is None else {"model": request.embed.model.stem},
    }


def _span(span: TimeSpan) -> list[float | None] | None:
    if span == WHOLE:
        return None
    return [span.start_s, None if math.isinf(span.end_s) else span.end_s]


def _detect(detect: DetectRequest | None) -> dict[str, Any] | None:
    if detect is None:
        return None
    return {
        "model": detect.model.stem,
        "layout": detect.layout,
        "confidence": detect.confidence,
        "iou": detect.iou,
        "labels": list(detect.labels),
    }


def _speech(speech: SpeechRequest | None) -> dict[str, Any] | None:
    if speech is None:
        return None
    vad = speech.vad_model.stem if speech.vad_model else "loudness"
    return {
        "model": speech.model.stem,
        "language": speech.language,
        "vad": vad if speech.use_vad else "none",
        "prompt": speech.prompt,
        "translate": speech.translate,
        "vocabulary": list(speech.vocabulary),
        "beam_size": speech.beam_size,
        "temperature": speech.temperature,
        "threads": speech.threads,
    }
