"""Looking beside decoding: the order, the end, and what happens when somebody fails or leaves."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from app.analysis.look import Look
from app.analysis.lookers import Looker
from app.analysis.looking import LookNow, look_at_all
from app.analysis.request import AnalysisRequest, DetectRequest
from app.analysis.stage import ModelUsed, StageContext
from app.core.cancel import CancelToken
from app.core.control import Control
from app.core.errors import CancelledError, DecodeError, ModelError
from app.core.geometry import Size
from app.inference.detector import Detector
from app.media.decoder import VideoReader
from app.media.description import describe
from app.media.opening import open_media
from app.media.picture import Picture

SMALL = Size(32, 18)


@pytest.fixture
def context(sample_dir: Path) -> StageContext:
    path = sample_dir / "sample.mp4"
    with open_media(path) as container:
        info = describe(container, path)
    request = AnalysisRequest(path, detect=DetectRequest(sample_dir / "shapes.onnx"))
    said: list[object] = []
    return StageContext(request, info, Control(CancelToken()), said.append)


def decoding(context: StageContext, seen: list[Picture] | None = None) -> Iterator[Picture]:
    with VideoReader(context.request.path) as reader:
        for picture in islice(reader.frames(), 0, None, 9):
            if seen is not None:
                seen.append(picture)
            yield picture


@pytest.mark.parametrize("cores", [1, 5])
def test_what_was_found_comes_in_the_order_of_the_pictures(
    context: StageContext, cores: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.analysis.looking.usable_cores", lambda: cores)
    pictures: list[Picture] = []
    looks = list(look_at_all(context, lambda _: decoding(context, pictures), SMALL))
    assert len(looks) > 30
    assert [(look.time, look.time_s, look.duration) for look in looks] == [
        (picture.time, picture.time_s, picture.duration) for picture in pictures
    ]
    assert [look.objects.pts for look in looks if look.objects] == [look.time.pts for look in looks]
    assert {look.thumbnail.size for look in looks} == {SMALL}


@pytest.mark.parametrize("device", ["cpu", "somewhere"])
def test_pictures_may_be_looked_at_where_they_are_decoded(
    context: StageContext, device: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A device likes several at once, so there they are left to the threads beside."""
    apart = list(look_at_all(context, lambda _: decoding(context), SMALL))
    own_look, threads = Looker.look, list[str]()

    def look(looker: Looker, pictures: Sequence[Picture]) -> list[Look]:
        threads.append(threading.current_thread().name)
        return own_look(looker, pictures)

    def source(use: LookNow | None) -> Iterator[Picture | Look]:
        assert use is not None
        return map(use, decoding(context))

    monkeypatch.setattr(Looker, "look", look)
    monkeypatch.setattr("app.analysis.lookers.CPU", device)
    monkeypatch.setattr("app.analysis.looking.usable_cores", lambda: 3)
    at_once = list(look_at_all(context, source, SMALL))
    assert [each.objects for each in at_once] == [each.objects for each in apart]
    assert [each.thumbnail.pixels().tobytes() for each in at_once] == [
        each.thumbnail.pixels().tobytes() for each in apart
    ]
    assert ("reelscope-decode" in threads) == (device == "cpu")


def test_several_at_once_find_what_one_by_one_finds(
    context: StageContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    one_by_one = [look.objects for look in look_at_all(context, lambda _: decoding(context), SMALL)]
    taken: list[int] = []
    own_read = Detector.read

    def read(detector: Detector, tensor: Any, placement: Any, pictures: Any, *rest: Any) -> Any:
        taken.append(len(pictures))
        return own_read(detector, tensor, placement, pictures, *rest)

    monkeypatch.setattr(Detector, "read", read)
    monkeypatch.setattr("app.inference.detector.pictures_at_once", lambda *_: 4)
    several = [look.objects for look in look_at_all(context, lambda _: decoding(context), SMALL)]
    assert max(taken) == 4
    assert several == one_by_one


@pytest.mark.parametrize("together", [1, 4])
def test_a_decoder_that_fails_is_heard_after_what_it_gave(
    context: StageContext, together: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.analysis.looking._most_together", lambda *_: together)
    first = [picture.time_s for picture in islice(decoding(context), 3)]

    def three(_: object) -> Iterator[Picture]:
        yield from islice(decoding(context), 3)
        raise DecodeError("It broke.")

    looks = look_at_all(context, three, SMALL)
    assert [next(looks).time_s for _ in range(3)] == first
    with pytest.raises(DecodeError, match="It broke"):
        next(looks)


def test_a_model_that_cannot_be_used_is_heard_even_without_a_picture(
    context: StageContext, tmp_path: Path
) -> None:
    (tmp_path / "bad.onnx").write_bytes(b"no model")
    broken = replace(context, request=replace(context.request, detect=DetectRequest(tmp_path / "bad.onnx")))
    with pytest.raises(ModelError):
        list(look_at_all(broken, lambda _: iter(()), SMALL))
    with pytest.raises(ModelError):
        list(look_at_all(broken, lambda _: decoding(context), SMALL))


def test_leaving_early_and_cancelling_end_all_threads(context: StageContext) -> None:
    before = threading.active_count()
    looks = look_at_all(context, lambda _: decoding(context), SMALL)
    next(looks)
    looks.close()
    assert threading.active_count() == before
    looks = look_at_all(context, lambda _: decoding(context), SMALL)
    next(looks)
    context.cancel.cancel()
    with pytest.raises(CancelledError):
        list(looks)
    assert threading.active_count() == before


def test_the_models_are_told_once(context: StageContext) -> None:
    said: list[object] = []
    list(look_at_all(replace(context, emit=said.append), lambda _: decoding(context), SMALL))
    assert len([each for each in said if isinstance(each, ModelUsed)]) == 1
