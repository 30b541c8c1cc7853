"""The sheet on devices: what it says while trials run, when they end, and where they fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.analysis.device_survey import DecodingRow, ModelSurvey, Survey
from app.core.cancel import CancelToken
from app.core.errors import CancelledError, DecodeError
from app.core.events import Done
from app.inference.agreement import Agreement
from app.inference.devices import PROVIDERS, Device
from app.inference.model_store import ModelStore
from app.inference.verdicts import ProviderFigures, Verdict, judge
from app.lifecycle import Shutdown
from app.models.library import Library
from app.ui.device_trials import DeviceTrials
from app.ui.device_words import NOTHING_ELSE, Sign, device_sections, nothing_but_the_cpu
from app.ui.devices_sheet import DevicesSheet
from app.ui.main_window import MainWindow
from app.ui.model_choice import ChosenModel
from app.ui.surroundings import Surroundings
from app.workers.device_tester import DeviceTester, SurveyOrder
from tests.ui.fakes import Bench, document

CPU = Device("cpu", PROVIDERS["cpu"], "part of this ONNX Runtime")
CUDA = Device("cuda", PROVIDERS["cuda"], "part of this ONNX Runtime")
QNN = Device("qnn", PROVIDERS["qnn"], "not part of this ONNX Runtime", available=False)
FAST = judge(ProviderFigures(20.0, 5.0, 900.0, Agreement(60, 0.001, 0.01)))
DECODING = (DecodingRow("software", True, "always there"), DecodingRow("cuda", False, "no NVIDIA driver"))
WITH_CUDA = Survey(
    "h264", DECODING, (CPU, CUDA, QNN),
    (ModelSurvey("yolox_s", "ab", Device("cuda", CUDA.provider, FAST.reason), (("cuda", FAST),)),),
)  # fmt: skip
CPU_ALONE = Survey("h264", DECODING, (CPU, QNN), (ModelSurvey("yolox_s", "ab", CPU),))


class FakeSurveyor:
    """Says what it is told to; waits to be cancelled where told so."""

    def __init__(self, steps: Sequence[Survey | Exception], *, hangs: bool = False) -> None:
        self.steps, self.hangs = steps, hangs
        self.orders: list[SurveyOrder] = []

    def survey(
        self,
        video: Path | None,
        models: tuple[Path, ...],
        *,
        speech: tuple[Path, ...] = (),
        again: bool = False,
        cancel: CancelToken,
    ) -> Iterator[Survey]:
        self.orders.append(SurveyOrder(video, models, again, speech))
        for step in self.steps:
            if isinstance(step, Exception):
                raise step
            yield step
        if self.hangs:
            import threading

            ended = threading.Event()
            cancel.on_cancel(ended.set)
            ended.wait()
            raise CancelledError


MakeSheet = Callable[[FakeSurveyor], DevicesSheet]


@pytest.fixture
def make_sheet(qtbot: QtBot, bench: Bench) -> Iterator[MakeSheet]:
    windows: list[MainWindow] = []

    def make(surveyor: FakeSurveyor) -> DevicesSheet:
        surroundings = Surroundings(
            Shutdown(),
            lambda: Library(ModelStore(())),
            make_side_reader=bench.make_side_reader,
            make_device_tester=lambda: DeviceTester(make_surveyor=lambda: surveyor),  # type: ignore[arg-type, return-value]
            offer_detectors=lambda: (
                ChosenModel("shapes", Path("shapes.onnx"), True),
                ChosenModel("yolox_s", Path("yolox_s.onnx"), False),
            ),
        )
        window = MainWindow(bench.session, surroundings)
        windows.append(window)
        window.show()
        qtbot.waitExposed(window)
        return window.sheets.devices()

    yield make
    for window in windows:
        window.close()
        window.deleteLater()


def said(sheet: DevicesSheet) -> list[str]:
    return [label.text() for label in sheet.found.findChildren(QLabel) if not label.isHidden()]


def complete(survey: Survey) -> Survey:
    from dataclasses import replace

    return replace(survey, complete=True)


def ended(sheet: DevicesSheet) -> Callable[[], bool]:
    return lambda: sheet.again.isEnabled() and not sheet.bar.isVisible()


def test_what_was_found_shows_with_what_was_measured(make_sheet: MakeSheet, qtbot: QtBot) -> None:
    surveyor = FakeSurveyor([WITH_CUDA, complete(WITH_CUDA)])
    sheet = make_sheet(surveyor)
    qtbot.waitUntil(ended(sheet))
    words = said(sheet)
    assert {"Decoding", "yolox_s", "What the settings mean", "no NVIDIA driver", FAST.reason} <= set(words)
    assert words.count("used") == 1
    assert "Automatic runs it on CUDA." in words
    assert sheet.progress.text().startswith("Measured on this machine")
    assert sheet.note.isHidden()
    (order,) = surveyor.orders
    assert (order.video.name if order.video else "", order.models) == ("sample.mp4", (Path("yolox_s.onnx"),))


def test_the_trials_run_beside_the_window_and_say_what_they_do(make_sheet: MakeSheet, qtbot: QtBot) -> None:
    trying = Survey("h264", DECODING[:1], (CPU, CUDA), trying="cuda with yolox_s")
    sheet = make_sheet(FakeSurveyor([trying], hangs=True))
    qtbot.waitUntil(lambda: sheet.progress.text() == "Trying cuda with yolox_s…")
    assert sheet.bar.isVisible()
    assert not sheet.again.isEnabled()
    sheet.close()  # the window's end ends the trials


def test_nothing_but_the_processor_is_said_to_be_so(make_sheet: MakeSheet, qtbot: QtBot) -> None:
    sheet = make_sheet(FakeSurveyor([complete(CPU_ALONE)]))
    qtbot.waitUntil(ended(sheet))
    assert sheet.note.words.text() == NOTHING_ELSE
    assert sheet.note.isVisible()
    assert "yolox_s" not in said(sheet)


@pytest.mark.parametrize(
    "error",
    [
        DecodeError("There is no video in it."),
        pytest.param(RuntimeError("a fault"), marks=pytest.mark.expect_log("Trying devices met something")),
    ],
)
def test_a_failure_is_a_sentence(make_sheet: MakeSheet, qtbot: QtBot, error: Exception) -> None:
    sheet = make_sheet(FakeSurveyor([WITH_CUDA, error]))
    qtbot.waitUntil(ended(sheet))
    assert sheet.progress.text() == "The trials ended too early."
    expected = str(error) if isinstance(error, DecodeError) else "ran into a fault of the program"
    assert expected in sheet.note.words.text()
    assert "Decoding" in said(sheet)  # what was found until then stays


def test_test_again_measures_anew(make_sheet: MakeSheet, qtbot: QtBot) -> None:
    surveyor = FakeSurveyor([complete(WITH_CUDA)])
    sheet = make_sheet(surveyor)
    qtbot.waitUntil(ended(sheet))
    QTest.mouseClick(sheet.again, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(ended(sheet))
    assert [order.again for order in surveyor.orders] == [False, True]


def test_a_sheet_that_opens_while_another_ones_trials_run_gets_all(
    make_sheet: MakeSheet, qtbot: QtBot
) -> None:
    surveyor = FakeSurveyor([WITH_CUDA, complete(WITH_CUDA)])
    first = make_sheet(surveyor)
    window = first.parent()
    assert isinstance(window, MainWindow)
    second = window.sheets.devices()
    qtbot.waitUntil(lambda: ended(second)() and len(surveyor.orders) == 2, timeout=30_000)
    assert FAST.reason in said(second)


def test_a_click_on_what_decodes_opens_it(make_sheet: MakeSheet, qtbot: QtBot) -> None:
    surveyor = FakeSurveyor([complete(CPU_ALONE)])
    sheet = make_sheet(surveyor)
    qtbot.waitUntil(ended(sheet))
    window = sheet.parent()
    assert isinstance(window, MainWindow)
    sheet.close()
    QTest.mouseClick(window.status.right, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(surveyor.orders) == 2)


def test_the_detector_of_an_analysis_is_tried_once_when_it_has_ended(bench: Bench, qtbot: QtBot) -> None:
    surveyor = FakeSurveyor([complete(WITH_CUDA)])
    tester = DeviceTester(make_surveyor=lambda: surveyor)  # type: ignore[arg-type, return-value]
    parent = QObject()
    trials = DeviceTrials(bench.session, parent, lambda: tester, by_itself=True)
    bench.open()
    assert not surveyor.orders  # an index is no analysis
    with qtbot.waitSignal(tester.finished):
        bench.analyse(outcome=Done(document(bench.info)))
    bench.analyse(outcome=Done(document(bench.info)))
    assert not tester.isRunning()
    assert bench.models.detector is not None
    assert surveyor.orders == [SurveyOrder(None, (bench.models.detector.path,))]
    trials.stop()
    assert not tester.begin(SurveyOrder(None, ()))


def test_each_device_has_one_sign() -> None:
    lost = Verdict(False, "it crashed when it was tried (SIGSEGV)")
    survey = Survey(
        inference=(CPU, CUDA), models=(ModelSurvey("m", "ab", CPU, (("cuda", lost), ("openvino", FAST))),)
    )
    (section,) = device_sections(survey)
    assert [(line.sign, line.name) for line in section.lines] == [
        (Sign.USED, "cpu"), (Sign.NOT, "cuda"), (Sign.USABLE, "openvino"),
    ]  # fmt: skip
    assert section.lines[0].words == "20.0 ms a picture"
    broken = ModelSurvey("m", "", CPU, fault="It is empty.")
    assert device_sections(Survey(models=(broken,)))[0].sentence == "It is empty."
    assert nothing_but_the_cpu(CPU_ALONE)
    assert not nothing_but_the_cpu(WITH_CUDA)
