"""The parts of our own pass alone, for its bound.

`parts decode VIDEO FRAMES SECONDS` and `parts infer KIND MODEL COUNT`. Nothing is converted in the first,
nothing decoded in the second.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

from app.core.cores import usable_cores
from app.core.geometry import Letterbox, Size
from app.core.time import MediaTime, TimeSpan
from app.inference.native_session import Array
from app.inference.pace import Pace
from app.inference.preprocess import Preprocessor, trial_picture

_DISPLAY = Size(1920, 1080)


def decode(video: str, frames: str, seconds: str) -> None:
    """Decode the keyframes, or all pictures, and let them go."""
    from app.media.decoder import VideoReader
    from app.media.keyframes import decode_keyframes

    span = TimeSpan(0, float(seconds))
    if frames == "keyframes":
        count = sum(1 for _ in decode_keyframes(Path(video), span=span))
    else:
        with VideoReader(Path(video)) as reader:
            count = sum(1 for _ in reader.frames(span))
    print(count)


def infer(kind: str, model: str, count: str) -> None:
    """Run a model so often on tensors that are there, as many runs beside each other as we have."""
    pace = Pace.of(usable_cores())
    look = _embedding(Path(model), pace) if kind == "encoder" else _detecting(Path(model), pace)
    with ThreadPoolExecutor(pace.beside) as pool:
        for each in [pool.submit(look) for _ in range(int(count))]:
            each.result()


def _detecting(model: Path, pace: Pace) -> Callable[[], object]:
    from app.inference.detector import Detector, Limits

    detector = Detector.load(model, device="cpu", threads=pace.threads)
    placement = detector.placement(_DISPLAY)
    tensor = _filled(detector.preprocessor(), placement)
    picture = SimpleNamespace(time=MediaTime(0, Fraction(1)), time_s=0.0)
    return lambda: detector.read(tensor, placement, (picture,), Limits())


def _embedding(model: Path, pace: Pace) -> Callable[[], object]:
    from app.inference.embedder import Embedder

    embedder = Embedder.load(model, device="cpu", threads=pace.threads)
    tensor = _filled(embedder.preprocessor(), embedder.placement(_DISPLAY))
    return lambda: embedder.embed(tensor)


def _filled(preprocessor: Preprocessor, placement: Letterbox) -> Array:
    """A tensor with something to see: what is all the same may be quicker to compute."""
    picture = trial_picture(placement.inner, "float")[0]
    tensor = preprocessor.prepare(placement, 1)
    preprocessor.write(0, (picture[0], picture[1], picture[2]))
    return tensor


if __name__ == "__main__":
    {"decode": decode, "infer": infer}[sys.argv[1]](*sys.argv[2:])
