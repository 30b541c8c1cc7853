from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from app.core.events import (
    Cancelled,
    Done,
    Failed,
    KeyframesFound,
    PictureAnalysed,
    Progress,
    SegmentFound,
    Stage,
)
from app.core.results import Keyframe, Segment
from app.core.time import TimeSpan
from app.resources import sample_clip
from app.settings import Settings
from app.ui.analysis_work import WorkState
from app.ui.message import Message, Tone
from app.ui.model_choice import ChosenModel, ModelChoice
from app.ui.open_file import FileState
from app.workers.notices import LiveFailed, LiveResult, OpenFailed
from tests.ui.fakes import SAMPLE_MODELS, Bench, detection, document, media


def file_state(bench: Bench) -> FileState:
    return bench.session.file.state


def work(bench: Bench) -> WorkState:
    return bench.session.work.state


def playing(bench: Bench) -> bool:
    return bench.session.playback.playing


def picture(time_s: float, confidence: float = 0.9) -> PictureAnalysed:
    found = detection(time_s, "ball", confidence)
    return PictureAnalysed(found.pts, found.time_s, (found,))


def test_opening_shows_the_file_and_begins_to_index_it(bench: Bench) -> None:
    bench.session.open(Path("/films/clip.mp4"))
    assert file_state(bench) is FileState.LOADING
    bench.decoder.answer()
    assert file_state(bench) is FileState.OPEN
    assert bench.session.playback.frame is not None
    assert work(bench) is WorkState.INDEXING
    [request] = bench.analysis.named("analyse")
    assert (request.detect, request.speech, request.thumbnails) == (None, None, True)
    assert bench.session.settings.recent == (str(Path("/films/clip.mp4").absolute()),)


def test_a_file_that_cannot_be_opened_says_why(bench: Bench) -> None:
    bench.decoder.failure = "'clip.mp4' is no video."
    bench.open()
    assert file_state(bench) is FileState.FAILED
    assert bench.session.file.failure == "'clip.mp4' is no video."
    assert bench.session.settings.recent == ()
    assert bench.analysis.named("analyse") == []


def test_answers_for_a_file_that_was_left_are_dropped(bench: Bench) -> None:
    bench.session.open(Path("/films/one.mp4"))
    old = bench.decoder.generation
    bench.session.open(Path("/films/two.mp4"))
    bench.decoder.failed.emit(OpenFailed("one.mp4 is broken.", old))
    assert file_state(bench) is FileState.LOADING
    bench.decoder.answer()
    bench.decoder.show(3.0, generation=old)
    assert bench.session.playback.frame is not None
    assert bench.session.playback.frame.time_s == 0.0


def test_events_of_an_earlier_run_are_dropped_until_its_outcome(bench: Bench) -> None:
    bench.open()
    bench.session.analyse()
    bench.session.open(Path("/films/two.mp4"))
    bench.decoder.answer()
    bench.analysis.say(picture(1.0), Cancelled(None), KeyframesFound((Keyframe(0, 0.0),)))
    assert bench.session.file.findings.objects.looked_at_count == 0
    assert len(bench.session.file.findings.index.keyframes) == 1
    assert work(bench) is WorkState.INDEXING


def test_an_analysis_asks_for_what_the_file_has(bench: Bench) -> None:
    bench.open()
    bench.session.analyse()
    request = bench.analysis.named("analyse")[-1]
    assert request.detect.model == Path("/models/shapes.onnx")
    assert request.speech.model == Path("/models/digits.bin")


def test_a_silent_file_is_not_listened_to(qapp: object) -> None:
    bench = Bench(info=media(audio=False))
    bench.open()
    bench.session.analyse()
    assert bench.analysis.named("analyse")[-1].speech is None


def test_a_file_of_sound_alone_is_open_without_a_picture(qapp: object) -> None:
    bench = Bench(info=media(video=False))
    bench.open()
    assert file_state(bench) is FileState.SOUND_ONLY
    bench.session.analyse()
    request = bench.analysis.named("analyse")[-1]
    assert request.detect is None
    assert request.speech is not None
    bench.session.playback.seek(4.0)
    assert bench.session.playback.time_s == 4.0
    assert bench.decoder.named("seek") == [(4.0, True)]


def test_results_appear_as_they_come_and_the_outcome_ends_it(bench: Bench) -> None:
    bench.open()
    bench.analyse(
        picture(0.0), SegmentFound(Segment(1.0, 2.0, "hello")), Progress(Stage.PICTURES, 10.0, 20.0)
    )
    assert work(bench) is WorkState.ANALYSING
    assert [each.label for each in bench.session.shown.boxes()] == ["ball"]
    assert len(bench.session.file.findings.speech.segments) == 1
    bench.analysis.say(Done(document(bench.info)))
    assert work(bench) is WorkState.DONE
    assert bench.session.work.result is not None


def test_a_file_that_was_analysed_whole_was_gone_through(bench: Bench) -> None:
    bench.open()
    bench.session.file.findings.index.whole = False
    bench.session.analyse(TimeSpan(1.0, 2.0))
    bench.analysis.say(Done(document(bench.info)))
    assert not bench.session.file.findings.index.whole
    bench.analyse()
    bench.analysis.say(Done(document(bench.info)))
    assert bench.session.file.findings.index.whole


def test_cancelled_is_not_failed_and_keeps_what_was_found(bench: Bench) -> None:
    said: list[Message] = []
    bench.session.said.connect(said.append)
    bench.open()
    bench.analyse(picture(0.0))
    bench.session.work.cancel()
    assert work(bench) is WorkState.CANCELLING
    bench.analysis.say(Cancelled(document(bench.info, (detection(0.0), detection(5.0)))))
    assert work(bench) is WorkState.CANCELLED
    assert bench.session.file.findings.objects.looked_at_count == 2
    assert said == []


def test_an_analysis_rests_and_goes_on(bench: Bench) -> None:
    bench.open()
    bench.session.work.toggle_pause()
    assert work(bench) is WorkState.IDLE
    bench.analyse(picture(0.0))
    bench.session.work.toggle_pause()
    assert work(bench) is WorkState.PAUSED
    assert work(bench).analyses
    bench.analysis.say(picture(5.0))
    assert bench.session.file.findings.objects.looked_at_count == 2
    bench.session.work.toggle_pause()
    assert work(bench) is WorkState.ANALYSING
    assert [name for name, _ in bench.analysis.calls if name in ("pause", "resume")] == ["pause", "resume"]
    bench.session.work.toggle_pause()
    bench.session.work.cancel()
    bench.session.work.toggle_pause()
    assert work(bench) is WorkState.CANCELLING


def test_a_paused_analysis_may_fail(bench: Bench) -> None:
    bench.open()
    bench.analyse(picture(0.0))
    bench.session.work.toggle_pause()
    bench.analysis.say(Failed("The analysis broke off: its process was killed.", document(bench.info)))
    assert work(bench) is WorkState.FAILED


def test_the_engine_is_told_where_one_looks_and_is_ready_early(bench: Bench) -> None:
    bench.open()
    assert bench.analysis.named("prepare") == [()]
    bench.session.playback.seek(7.0)
    assert bench.analysis.named("set_focus")[-1] == 7.0


def test_a_failure_is_told_once_with_a_way_on(bench: Bench) -> None:
    said: list[Message] = []
    bench.session.said.connect(said.append)
    bench.open()
    bench.analyse(picture(0.0), outcome=Failed("The disk went away.", document(bench.info)))
    assert work(bench) is WorkState.FAILED
    [message] = said
    assert (message.sentence, message.tone, message.action) == (
        "The disk went away.",
        Tone.FAILURE,
        "Try again",
    )
    assert bench.session.work.result is not None


def test_the_time_is_the_goal_until_the_picture_comes(bench: Bench) -> None:
    bench.open()
    bench.session.playback.begin_scrub()
    bench.session.playback.seek(7.49, exact=False)
    assert bench.session.playback.time_s == 7.49
    bench.session.playback.seek(7.49)
    bench.session.playback.end_scrub()
    bench.decoder.show(7.49)
    assert bench.session.playback.time_s == pytest.approx(7.48)


def test_scrubbing_pauses_and_plays_on(bench: Bench) -> None:
    bench.open()
    bench.session.playback.play_or_pause()
    assert playing(bench)
    bench.session.playback.begin_scrub()
    assert not playing(bench)
    bench.session.playback.end_scrub()
    assert playing(bench)
    bench.session.playback.play_or_pause()
    bench.session.playback.begin_scrub()
    bench.session.playback.end_scrub()
    assert not playing(bench)


def test_seeking_stays_inside_the_file(bench: Bench) -> None:
    bench.open()
    bench.session.playback.seek(-3.0)
    bench.session.playback.seek(99.0)
    assert [time_s for time_s, _ in bench.decoder.named("seek")] == [0.0, 20.0]


def test_speeds_go_up_and_down_the_ladder(bench: Bench) -> None:
    bench.open()
    speeds = []
    for step in (1, 1, 1, 1, 1, -1):
        bench.session.playback.change_speed(step)
        speeds.append(bench.session.playback.speed)
    assert speeds == [1.25, 1.5, 2.0, 4.0, 4.0, 2.0]


def test_live_boxes_show_where_the_analysis_has_nothing(bench: Bench) -> None:
    bench.open()
    generation = bench.decoder.generation
    bench.live.live_out.put(LiveResult(0, 0.0, (detection(0.0, "star"),), generation))
    bench.live.live_ready.emit()
    assert [each.label for each in bench.session.shown.boxes()] == ["star"]
    bench.session.playback.seek(1.0)
    assert bench.session.shown.boxes() == ()
    bench.session.playback.seek(0.0)
    assert [each.label for each in bench.session.shown.boxes()] == ["star"]
    bench.analyse(PictureAnalysed(0, 0.0, ()))
    assert bench.session.shown.boxes() == ()


def test_the_gate_keeps_known_pictures_from_the_live_detector(bench: Bench) -> None:
    bench.open()
    bench.analyse(picture(0.0))
    gate = bench.decoder.live_tap
    assert bench.session.playback.frame is not None
    gate.look_at(bench.session.playback.frame)  # type: ignore[attr-defined]
    assert bench.live.named("look_at") == []
    bench.session.playback.seek(2.0)
    gate.look_at(bench.session.playback.frame)  # type: ignore[attr-defined]
    assert bench.live.named("look_at") == [2000]


def test_boxes_can_be_switched_off(bench: Bench) -> None:
    bench.open()
    bench.analyse(picture(0.0))
    bench.session.change_settings(Settings(show_boxes=False))
    assert bench.session.shown.boxes() == ()
    assert bench.session.playback.frame is not None
    assert bench.decoder.live_tap.wanted_size(bench.session.playback.frame.size) is None  # type: ignore[attr-defined]


def test_the_filter_acts_on_the_boxes_at_once(bench: Bench) -> None:
    bench.open()
    bench.analyse(picture(0.0, confidence=0.6))
    bench.session.shown.set_confidence(0.7)
    assert bench.session.shown.boxes() == ()
    bench.session.shown.set_confidence(0.5)
    assert len(bench.session.shown.boxes()) == 1
    bench.session.shown.toggle_class("ball")
    assert bench.session.shown.boxes() == ()


REAL_DETECTOR = ModelChoice(ChosenModel("real", Path("/models/real.onnx"), False))


@pytest.mark.parametrize(
    ("models", "settings", "path", "looks"),
    [
        (SAMPLE_MODELS, Settings(), Path("film.mp4"), False),
        (SAMPLE_MODELS, Settings(), sample_clip(), True),
        (SAMPLE_MODELS, Settings(detector="shapes"), Path("film.mp4"), True),
        (REAL_DETECTOR, Settings(), Path("film.mp4"), True),
        (ModelChoice(), Settings(), sample_clip(), False),
    ],
    ids=["sample's, other film", "sample's, sample", "sample's, chosen", "real", "none"],
)
def test_the_samples_detector_looks_at_other_films_only_where_that_is_asked_for(
    models: ModelChoice, settings: Settings, path: Path, *, looks: bool, qapp: object
) -> None:
    bench = Bench(models=models, settings=settings)
    bench.open(path)
    request = bench.live.named("set_live_detector")[-1]
    assert (request is not None) == looks
    assert bench.session.playback.waits_for_boxes == looks
    bench.session.analyse()
    asked = bench.analysis.named("analyse")[-1].detect
    assert (asked is not None) == (models.detector is not None)


def answer(bench: Bench, pts: int) -> None:
    """The live detector has looked at a picture."""
    found = (detection(pts / 1000, "star"),)
    bench.live.live_out.put(LiveResult(pts, pts / 1000, found, bench.decoder.generation))
    bench.live.live_ready.emit()


def shown(bench: Bench) -> tuple[int, int]:
    """Which picture is shown, with how many boxes."""
    assert bench.session.playback.frame is not None
    return bench.session.playback.frame.time.pts, len(bench.session.shown.boxes())


def test_a_playing_picture_waits_for_its_boxes(qapp: object) -> None:
    bench = Bench(models=REAL_DETECTOR)
    bench.open()
    answer(bench, 0)
    bench.session.playback.play_or_pause()
    bench.decoder.show(0.04)
    assert shown(bench) == (0, 0)
    answer(bench, 40)
    assert shown(bench) == (40, 1)
    for number in (2, 3, 4):
        bench.decoder.show(number / 25)
    assert shown(bench) == (40, 1)
    answer(bench, 120)
    assert shown(bench) == (120, 1)
    bench.session.playback.play_or_pause()
    assert shown(bench) == (160, 0)
    answer(bench, 160)
    assert shown(bench) == (160, 1)


def test_a_detector_that_cannot_keep_up_holds_nothing_back(qapp: object) -> None:
    bench = Bench(models=REAL_DETECTOR)
    bench.open()
    bench.session.playback.play_or_pause()
    at_once = []
    for number in range(1, 120):
        bench.decoder.show(number / 25)
        at_once.append(shown(bench)[0] == number * 40)
    # Every fifth is shown in spite of all, until it is clear that waiting is no use.
    assert at_once[:10] == [False, False, False, False, True] * 2
    assert all(at_once[60:])


def test_boxes_of_single_pictures_do_not_flash_while_playing(qapp: object) -> None:
    bench = Bench(models=ModelChoice())
    bench.open()
    bench.analyse(picture(0.0), picture(1.0), picture(1.04))
    bench.session.playback.play_or_pause()
    bench.decoder.show(0.96)
    bench.decoder.show(1.0)
    assert shown(bench) == (1000, 0)
    bench.decoder.show(1.04)
    assert shown(bench) == (1040, 1)


def test_a_live_detector_that_fails_is_told(bench: Bench) -> None:
    said: list[Message] = []
    bench.session.said.connect(said.append)
    bench.live.live_failed.emit(LiveFailed("The model is broken."))
    assert [each.sentence for each in said] == ["The model is broken."]


def test_closing_leaves_the_file(bench: Bench) -> None:
    bench.open()
    bench.session.close()
    assert len(bench.decoder.named("close")) == 1
    assert file_state(bench) is FileState.NONE
    assert bench.session.file.media is None
    assert bench.session.playback.frame is None


def test_frames_of_the_rate_of_the_fake_are_exact() -> None:
    assert detection(7.49).pts == 7480
    assert Fraction(detection(7.49).pts, 1000) == Fraction(187, 25)
