"""When devices are tried in the window: in the sheet that shows them, and once after an analysis."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject

from app.ui.analysis_work import WorkState
from app.ui.session import Session
from app.workers.device_tester import DeviceTester, SurveyOrder


class DeviceTrials(QObject):
    """Owns the thread that tries devices; makes it when it is first wanted.

    With ``by_itself`` the detector of an analysis that has ended is tried where no verdict is kept, so that
    the next analysis runs on the fastest device that finds the same: then the machine is idle, and a model
    is known to matter.
    """

    def __init__(
        self,
        session: Session,
        parent: QObject,
        make_tester: Callable[[], DeviceTester] = DeviceTester,
        *,
        by_itself: bool = False,
    ) -> None:
        super().__init__(parent)
        self._session, self._make_tester = session, make_tester
        self._tester: DeviceTester | None = None
        self._ended = False
        self._tried: set[Path] = set()
        if by_itself:
            session.work.changed.connect(self._work_changed)

    @property
    def tester(self) -> DeviceTester:
        """The thread; it runs while it tries."""
        if self._tester is None:
            self._tester = self._make_tester()
        return self._tester

    def stop(self) -> None:
        """End what runs, and wait for it."""
        self._ended = True
        if self._tester is not None:
            self._tester.stop()
            self._tester.wait()

    def _work_changed(self) -> None:
        model = self._session.analysed_with.detector
        done = self._session.work.state is WorkState.DONE
        if self._ended or not done or model is None or model.path in self._tried:
            return
        if self.tester.begin(SurveyOrder(None, (model.path,))):
            self._tried.add(model.path)
