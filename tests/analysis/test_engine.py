"""The engine on the sample: outcomes, cancelling, leaving early, models that cannot be used."""

from __future__ import annotations

import pickle
import threading
from pathlib import Path

import pytest

from app.analysis import loading
from app.analysis.engine import analyse
from app.analysis.request import AnalysisRequest, DetectRequest, FramePolicy
from app.analysis.stage import StageContext
from app.core.cancel import CancelToken
from app.core.control import Control
from app.core.errors import FileMissingError, UsageError
from app.core.events import (
    Cancelled,
    Done,
    Failed,
    KeyframesFound,
    LoudnessFound,
    MediaOpened,
    PictureAnalysed,
    SegmentFound,
    ThumbnailMade,
    WarningRaised,
)
from app.core.results import Keyframe


def test_events_say_what_the_document_says(everything: AnalysisRequest) -> None:
    events = list(analyse(everything))
    assert isinstance(events[0], MediaOpened)
    done = events[-1]
    assert isinstance(done, Done)
    result = done.result
    keyframes = [one for event in events if isinstance(event, KeyframesFound) for one in event.keyframes]
    assert tuple(keyframes) == result.keyframes
    segments = [event.segment for event in events if isinstance(event, SegmentFound)]
    assert result.transcript is not None
    assert tuple(segments) == result.transcript.segments
    looked = [event for event in events if isinstance(event, PictureAnalysed)]
    assert [event.pts for event in looked] == [keyframe.pts for keyframe in result.keyframes]
    assert sum(len(event.detections) for event in looked) == len(result.detections)
    assert sum(isinstance(event, Done | Failed | Cancelled) for event in events) == 1


def test_keyframes_without_number_are_told_in_pieces(
    everything: AnalysisRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A day of film in which each picture is one: as one message they would be too large for a pipe."""
    listed = tuple(Keyframe(pts, pts / 1000) for pts in range(23_000))
    monkeypatch.setattr("app.analysis.sources.keyframe_index", lambda *_, **__: listed)
    request = AnalysisRequest(everything.path, frames=FramePolicy.parse("fps:0.1"))
    told = [event.keyframes for event in analyse(request) if isinstance(event, KeyframesFound)]
    assert sum(told, ()) == listed
    assert max(map(len, told)) == 10_000


def test_the_strip_gets_thumbnails_and_loudness(everything: AnalysisRequest) -> None:
    events = list(analyse(everything))
    thumbnails = [event.thumbnail for event in events if isinstance(event, ThumbnailMade)]
    assert {(one.width, one.height, len(one.rgb)) for one in thumbnails} == {(128, 72, 128 * 72 * 3)}
    peaks = [peak for event in events if isinstance(event, LoudnessFound) for peak in event.peaks]
    assert len(peaks) == pytest.approx(24 / 0.05, abs=3)
    assert max(peaks) > 0.1


def test_request_and_events_can_be_sent_to_another_process(everything: AnalysisRequest) -> None:
    assert pickle.loads(pickle.dumps(everything)) == everything  # noqa: S301 - our own bytes
    for event in analyse(everything):
        assert pickle.loads(pickle.dumps(event)) == event  # noqa: S301 - our own bytes


def test_cancelling_keeps_what_was_found(everything: AnalysisRequest) -> None:
    cancel = CancelToken()
    last = None
    for event in analyse(everything, cancel):
        if isinstance(event, PictureAnalysed):
            cancel.cancel()
        last = event
    assert isinstance(last, Cancelled)
    assert last.result is not None
    assert 1 <= len(last.result.keyframes) < 16


def test_too_little_memory_keeps_what_was_found(
    everything: AnalysisRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Keyframe(0, 0.0)

    def stage(context: StageContext) -> None:
        context.emit(KeyframesFound((found,)))
        raise MemoryError

    monkeypatch.setattr("app.analysis.engine.analyse_pictures", stage)
    *_, outcome = analyse(AnalysisRequest(everything.path))
    assert isinstance(outcome, Failed)
    assert "not enough memory" in outcome.sentence
    assert outcome.result is not None
    assert outcome.result.keyframes == (found,)


@pytest.mark.parametrize("refused", ["reelscope-pictures", "reelscope-sound", "reelscope-decode"])
def test_a_thread_that_cannot_start_is_too_little_memory(
    refused: str, everything: AnalysisRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    _refuse_thread(refused, monkeypatch)
    *_, outcome = analyse(everything)
    assert isinstance(outcome, Failed)
    assert "not enough memory" in outcome.sentence


def test_loading_beside_can_be_done_without(
    everything: AnalysisRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    _refuse_thread("reelscope-load", monkeypatch)
    assert isinstance(list(analyse(everything))[-1], Done)


def test_what_cannot_be_loaded_beside_is_told_by_who_needs_it(
    everything: AnalysisRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(name: str) -> None:
        raise MemoryError(name)

    monkeypatch.setattr(loading, "import_module", load)
    assert isinstance(list(analyse(everything))[-1], Done)


def _refuse_thread(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    start = threading.Thread.start

    def refusing(thread: threading.Thread) -> None:
        if thread.name == name:
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", refusing)


def test_a_token_that_is_set_before_stops_at_once(everything: AnalysisRequest) -> None:
    cancel = CancelToken()
    cancel.cancel()
    assert isinstance(list(analyse(everything, cancel))[-1], Cancelled)


def test_paused_work_rests_and_goes_on(everything: AnalysisRequest) -> None:
    """Paused before its first picture, at most the file itself is told of; then nothing is missing."""
    control = Control(CancelToken())
    control.pause()
    events = analyse(everything, control=control)
    assert isinstance(next(events), MediaOpened)
    timer = threading.Timer(0.3, control.resume)
    timer.start()
    early = next(event for event in events if not isinstance(event, WarningRaised))
    assert not control.paused, f"{early} came in spite of the pause"
    last = list(events)[-1]
    timer.join()
    assert isinstance(last, Done)
    assert len(last.result.keyframes) == 16


def test_cancelling_ends_paused_work(everything: AnalysisRequest) -> None:
    control = Control(CancelToken())
    control.pause()
    events = analyse(everything, control=control)
    assert isinstance(next(events), MediaOpened)
    control.cancel.cancel()
    assert isinstance(list(events)[-1], Cancelled)


def test_leaving_paused_work_ends_the_threads(everything: AnalysisRequest) -> None:
    before = set(threading.enumerate())
    control = Control(CancelToken())
    control.pause()
    events = analyse(everything, control=control)
    next(events)
    events.close()  # type: ignore[attr-defined]
    assert set(threading.enumerate()) == before


def test_leaving_early_ends_the_threads(everything: AnalysisRequest) -> None:
    before = set(threading.enumerate())
    events = analyse(everything)
    for event in events:
        if isinstance(event, PictureAnalysed):
            break
    events.close()  # type: ignore[attr-defined]
    for thread in set(threading.enumerate()) - before:
        # A model that is being loaded cannot be interrupted: nobody waits, the thread ends with the loading.
        assert thread.name == "speech-model"
        thread.join(60.0)
    assert set(threading.enumerate()) == before


def test_a_model_that_cannot_be_used_is_a_failure_that_keeps_the_rest(
    everything: AnalysisRequest, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"no model")
    request = AnalysisRequest(everything.path, detect=DetectRequest(broken))
    last = list(analyse(request))[-1]
    assert isinstance(last, Failed)
    assert "broken.onnx" in last.sentence
    assert last.result is not None


def test_a_file_that_does_not_open_is_a_failure_without_a_result(tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no video" * 100)
    events = list(analyse(AnalysisRequest(broken)))
    assert len(events) == 1
    assert isinstance(events[0], Failed)
    assert events[0].result is None


def test_requests_that_make_no_sense_are_raised(everything: AnalysisRequest, tmp_path: Path) -> None:
    with pytest.raises(FileMissingError):
        list(analyse(AnalysisRequest(tmp_path / "nothing.mp4")))
    with pytest.raises(UsageError, match="sound track 5"):
        list(analyse(AnalysisRequest(everything.path, audio_track=5)))
    assert everything.detect is not None
    unknown = DetectRequest(everything.detect.model, labels=("unicorn",))
    with pytest.raises(UsageError, match="unicorn"):
        list(analyse(AnalysisRequest(everything.path, detect=unknown)))


def test_a_stream_that_cannot_be_decoded_beside_one_that_can_is_a_warning(media_dir: Path) -> None:
    """Its sound track has no decoder."""
    video = media_dir / "am_sample_missing_stsd.mp4"
    last = list(analyse(AnalysisRequest(video, thumbnails=True)))[-1]
    assert isinstance(last, Done)
    assert last.result.keyframes
    assert last.result.warnings


def test_a_wrong_duration_is_told(media_dir: Path) -> None:
    """Raw AAC has no duration: FFmpeg guesses 96.7 s, decoding gives 105.8 s."""
    last = list(analyse(AnalysisRequest(media_dir / "mb_sample3.aac", thumbnails=True)))[-1]
    assert isinstance(last, Done)
    assert any("decoding ended at 105." in warning for warning in last.result.warnings)


@pytest.mark.parametrize("frames", ["all", "every:7", "fps:3"])
def test_all_policies_see_the_same_keyframes(sample_video: Path, frames: str) -> None:
    keyframes = []
    for policy in ("keyframes", frames):
        last = list(analyse(AnalysisRequest(sample_video, frames=FramePolicy.parse(policy))))[-1]
        assert isinstance(last, Done)
        keyframes.append(last.result.keyframes)
    assert keyframes[0] == keyframes[1]
