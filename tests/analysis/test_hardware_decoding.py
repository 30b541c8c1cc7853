"""Analyses that a device decodes: the same pictures, whatever becomes of the device."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from app.analysis.engine import analyse
from app.analysis.hardware_decoding import SteadyPictures, device_to_decode_with, usual_trials
from app.analysis.request import AnalysisRequest, FramePolicy
from app.analysis.stage import Note, RunsOn, StageContext
from app.core.cancel import CancelToken
from app.core.control import Control
from app.core.errors import HardwareError
from app.core.events import Done, Event, WarningRaised
from app.core.time import TimeSpan
from app.media.checksum import crc
from app.media.decoder import VideoReader
from app.media.description import describe
from app.media.hardware import HardwareChoice, known_devices, stream_facts
from app.media.hardware_book import DecodingBook
from app.media.hardware_decision import HardwareTrials
from app.media.hardware_trial import Figures, Speed
from app.media.opening import open_media
from tests.media.devices import FakeDevice

WINS = Figures(Speed(0.1, 0.002, 0.001, 0.02), Speed(0.1, 0.02, 0.02, 0.05))
LOSES = Figures(Speed(0.1, 0.2, 0.1, 0.2), Speed(0.1, 0.02, 0.02, 0.05))
ALL = FramePolicy.parse("all")


def context_of(request: AnalysisRequest, heard: list[Event | Note]) -> StageContext:
    with open_media(request.path) as container:
        info = describe(container, request.path)
    return StageContext(request, info, Control(CancelToken()), heard.append)


@pytest.mark.parametrize("span", [TimeSpan(0, 1.2), TimeSpan(3.4, 4.2)])
@pytest.mark.parametrize("pictures", [0, 1, 17, None])
def test_a_device_that_is_lost_costs_no_picture(
    sample_video: Path, span: TimeSpan, pictures: int | None
) -> None:
    heard: list[Event | Note] = []
    context = context_of(AnalysisRequest(sample_video, span, ALL), heard)
    with VideoReader(sample_video) as reader:
        right = [(picture.pts, crc(picture)) for picture in reader.frames(context.request.span)]
    steady = SteadyPictures(context, "fake", lambda name: FakeDevice(name, pictures=pictures))
    assert [(picture.pts, crc(picture)) for picture in steady] == right
    lost = pictures is not None
    told = [event.sentence for event in heard if isinstance(event, WarningRaised)]
    assert [sentence[:27] for sentence in told] == ["Decoding with fake stopped "] * lost
    assert [note for note in heard if isinstance(note, RunsOn)] == [RunsOn("decoding", "software")] * lost


def test_a_device_that_does_not_open_the_file_costs_no_picture(sample_video: Path) -> None:
    heard: list[Event | Note] = []
    context = context_of(AnalysisRequest(sample_video, TimeSpan(0, 1), ALL), heard)
    device = FakeDevice(refuses=HardwareError("no NVIDIA driver"))
    pictures = list(SteadyPictures(context, "fake", lambda _: device))
    assert pictures[0].time_s == 0
    assert heard[0] == WarningRaised(
        "Decoding with fake stopped at once: no NVIDIA driver. Software went on there."
    )


def trials(figures: Figures | HardwareError) -> Callable[[HardwareChoice], HardwareTrials]:
    def trial(device: str, path: Path, *, video_track: int = 0, cancel: CancelToken | None = None) -> Figures:
        if isinstance(figures, HardwareError):
            raise figures
        return figures

    return lambda choice: HardwareTrials(trial=trial, known=lambda: ("cuda",))


@pytest.mark.skipif("cuda" not in known_devices(), reason="this FFmpeg was built without CUDA")
@pytest.mark.parametrize(
    ("figures", "frames", "used", "warning"),
    [
        (WINS, "all", "cuda", None),
        (LOSES, "every:3", "cuda", None),  # named, so used be it slowly
        (HardwareError("boom"), "fps:2", None, "cuda does not decode this video, software does: boom."),
        (
            WINS,
            "keyframes",
            None,
            "Keyframes are decoded in software, not by cuda: it is for other --frames.",
        ),
    ],
)
def test_what_is_named_decodes_where_it_can(
    sample_video: Path, figures: Figures | HardwareError, frames: str, used: str | None, warning: str | None
) -> None:
    heard: list[Event | Note] = []
    request = AnalysisRequest(sample_video, frames=FramePolicy.parse(frames), hwaccel="cuda")
    assert device_to_decode_with(context_of(request, heard), trials(figures)) == used
    told = [WarningRaised(warning)] if warning else []
    assert heard == [*told, RunsOn("decoding", used or "software")]


@pytest.mark.parametrize("measured", [WINS, LOSES, "no NVIDIA driver", None])
def test_auto_goes_by_what_was_measured_before_and_tries_nothing(
    sample_video: Path, measured: Figures | str | None
) -> None:
    facts = stream_facts(sample_video)
    device = next(name for name in known_devices() if name in facts.devices)
    if measured is not None:
        DecodingBook().note(device, facts, measured)
    heard: list[Event | Note] = []
    context = context_of(AnalysisRequest(sample_video, frames=ALL), heard)
    used = device if measured is WINS else None
    assert device_to_decode_with(context) == used
    assert heard == [RunsOn("decoding", used or "software")]


def test_a_book_that_cannot_be_read_knows_nothing(sample_video: Path, tmp_path: Path) -> None:
    book, facts = DecodingBook(tmp_path / "book.json"), stream_facts(sample_video)
    book.note("cuda", facts, WINS)
    assert book.find("cuda", facts) == WINS
    book.path.write_bytes(book.path.read_bytes().replace(b"0.002", b'"x"'))
    assert book.find("cuda", facts) is None
    book.path.write_bytes(b"\x00")
    assert book.find("cuda", facts) is None


def test_nothing_is_looked_up_where_nothing_was_measured() -> None:
    assert usual_trials(HardwareChoice("auto")) is None


@pytest.mark.skipif(Path("/dev/nvidiactl").exists(), reason="there is an NVIDIA chip here")
@pytest.mark.skipif("cuda" not in known_devices(), reason="this FFmpeg was built without CUDA")
def test_the_document_says_what_decoded_and_why_nothing_else(sample_video: Path) -> None:
    request = AnalysisRequest(
        sample_video, TimeSpan(0, 1), FramePolicy.parse("every:5"), hwaccel="cuda", video_track=0
    )
    outcome = list(analyse(request))[-1]
    assert isinstance(outcome, Done)
    assert outcome.result.run.device == {"decoding": "software"}
    assert outcome.result.warnings == ("cuda does not decode this video, software does: no NVIDIA driver.",)
    assert Fraction(outcome.result.run.stages[0].items) > 0
