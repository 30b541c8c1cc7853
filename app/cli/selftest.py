"""``reelscope selftest``: every native part once, on the bundled sample."""

from __future__ import annotations

import sys
import time
from argparse import Namespace
from collections.abc import Callable

from app.cli.exit_codes import DONE, FAILED
from app.core.errors import ReelscopeError
from app.core.events import SegmentFound
from app.core.frame import PixelFormat
from app.core.time import TimeSpan
from app.media.audio import audio_blocks
from app.media.convert import Converter
from app.media.decoder import VideoReader
from app.resources import resource_path, sample_clip

WindowCheck = Callable[[], str]
Check = Callable[[], str]

_SPOKEN = TimeSpan(1.2, 4.6)
"""Holds the sample's first utterance, "seven six one"."""


def selftest(_arguments: Namespace, *, window_check: WindowCheck | None = None) -> int:
    """Try each part and print a line for it; a window that cannot open here fails only a packaged program."""
    checks: list[tuple[str, Check]] = [
        ("decoding", _decode),
        ("sound", _sound),
        ("detection", _detect),
        ("speech", _speech),
        ("process", _process),
    ]
    failed = [name for name, check in checks if not _try(name, check)]
    if window_check is not None and not _try("window", window_check) and getattr(sys, "frozen", False):
        failed.append("window")
    print("All parts work." if not failed else f"Not working: {', '.join(failed)}.")
    return FAILED if failed else DONE


def _try(name: str, check: Check) -> bool:
    begun = time.perf_counter()
    try:
        said = check()
    except (ReelscopeError, ImportError, OSError, RuntimeError) as error:
        print(f"FAIL  {name:10} {error}")
        return False
    print(f"ok    {name:10} {said} ({time.perf_counter() - begun:.2f} s)")
    return True


def _decode() -> str:
    with VideoReader(sample_clip()) as reader:
        frame = Converter().convert(reader.frame_at(0), None, PixelFormat.BGRA)
    if frame.pixels().std() < 1:
        raise ReelscopeError("The first picture of the sample is of one colour.")
    return f"{frame.size.width} x {frame.size.height}"


def _sound() -> str:
    samples = sum(len(block.samples) for block in audio_blocks(sample_clip(), span=_SPOKEN))
    if not samples:
        raise ReelscopeError("The sample's sound is empty.")
    return f"{samples} samples"


def _detect() -> str:
    from app.inference.detector import Detector

    detector = Detector.load(resource_path("sample", "shapes.onnx"))
    with VideoReader(sample_clip()) as reader:
        picture = reader.frame_at(0)
        inner = detector.placement(picture.display_size).inner
        found = detector.detect(Converter().convert(picture, inner, PixelFormat.PLANAR_RGB_FLOAT))
    if not found:
        raise ReelscopeError("The detector finds nothing in the first picture of the sample.")
    return f"{len(found)} objects on {detector.device.name}"


def _speech() -> str:
    from app.core.cancel import CancelToken
    from app.inference.speech import SpeechOptions, transcribe
    from app.inference.speech_model import SpeechModel

    model = SpeechModel(resource_path("sample", "digits-q5_0.bin"))
    blocks = audio_blocks(sample_clip(), span=_SPOKEN)
    events = transcribe(model, blocks, SpeechOptions(language="en"), CancelToken())
    text = " ".join(event.segment.text.strip() for event in events if isinstance(event, SegmentFound))
    if "six" not in text:
        raise ReelscopeError(f"The speech model heard '{text}' in the sample.")
    return f"'{text}'"


def _process() -> str:
    """Run the engine in a child process, as the window does."""
    from app.analysis.child.supervision import analyse_in_child
    from app.analysis.request import AnalysisRequest
    from app.core.cancel import CancelToken
    from app.core.control import Control
    from app.core.events import Done, Failed

    request = AnalysisRequest(sample_clip(), span=_SPOKEN)
    *_, outcome = analyse_in_child(request, Control(CancelToken()))
    if not isinstance(outcome, Done):
        raise ReelscopeError(outcome.sentence if isinstance(outcome, Failed) else "It was cancelled.")
    return f"{len(outcome.result.keyframes)} keyframes from a child process"
