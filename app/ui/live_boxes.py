"""Boxes for pictures that the analysis does not know yet: found while they are shown."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.core.results import Detection
from app.ui.live_gate import LiveGate
from app.ui.live_pace import LivePace
from app.ui.message import Message, Tone

if TYPE_CHECKING:
    from app.core.frame import VideoFrame
    from app.ui.open_file import OpenFile
    from app.workers.inference_thread import InferenceThread
    from app.workers.notices import LiveFailed

_REMEMBERED_MOST = 2000
_WAITING_MOST = 4
"""Playing pictures that may wait for their boxes: at 30 a second, 0.13 s."""


class LiveBoxes(QObject):
    """Holds playing pictures back until their boxes are there, and remembers the boxes.

    Attributes:
        gate: stands between the decoder and the live detector.
        labels: the classes seen so far, with their numbers.

    Signals:
        picture_due(object): a VideoFrame that waited; show it now.
        labels_changed(): a class was seen for the first time.
        boxes_came(object): the pts, an int, of a picture that did not wait.
        said(object): a Message.
    """

    picture_due = Signal(object)
    labels_changed = Signal()
    boxes_came = Signal(object)
    said = Signal(object)

    def __init__(self, thread: InferenceThread, file: OpenFile, parent: QObject) -> None:
        super().__init__(parent)
        self._thread = thread
        self._file = file
        self._pace = LivePace()
        self._found: OrderedDict[int, tuple[Detection, ...]] = OrderedDict()
        self._waiting: OrderedDict[int, VideoFrame] = OrderedDict()
        self.labels: dict[str, int] = {}
        self.gate = LiveGate(thread, self.known)
        thread.live_ready.connect(self._ready)
        thread.live_failed.connect(self._failed)

    def clear(self) -> None:
        """Forget pictures and boxes: another file comes."""
        self._waiting.clear()
        self.forget_found()

    def forget_found(self) -> None:
        """Forget the boxes: another detector looks from now on."""
        self._found.clear()
        self.labels = {}

    def known(self, pts: int) -> bool:
        """Whether the objects of a picture are known; asked by the decoder's thread too."""
        return self._file.findings.objects.analysed(pts) or pts in self._found

    def found_in(self, pts: int) -> tuple[Detection, ...]:
        """Return what is in a picture: what the analysis found, where it looked, else what was seen live."""
        found = self._file.findings.objects
        return found.detections_at(pts) if found.analysed(pts) else self._found.get(pts, ())

    def holds_back(self, frame: VideoFrame) -> bool:
        """Whether a playing picture waits here for its boxes; if not, all that waited is out of date."""
        if self._waiting and frame.generation != next(reversed(self._waiting.values())).generation:
            self._waiting.clear()
        if self.gate.enabled and not self.known(frame.time.pts):
            if self._pace.worth_waiting and len(self._waiting) < _WAITING_MOST:
                self._waiting[frame.time.pts] = frame
                return True
            if self._waiting:
                self._pace.told(in_time=False)
            else:
                self._pace.passed()
        self._waiting.clear()
        return False

    def stop_waiting(self, *, show: bool) -> None:
        """Hold nothing back any more; the newest that waited may still be shown."""
        if self._waiting:
            _, newest = self._waiting.popitem()
            self._waiting.clear()
            if show:
                self.picture_due.emit(newest)

    def _ready(self) -> None:
        result = self._thread.live_out.poll()
        if result is None or result.generation < self._file.generation or not self._file.has_picture:
            return
        self._found[result.pts] = result.detections
        self._note_labels(result.detections)
        if len(self._found) > _REMEMBERED_MOST:
            self._found.popitem(last=False)
        if result.pts not in self._waiting:
            self.boxes_came.emit(result.pts)
            return
        self._pace.told(in_time=True)
        while self._waiting:
            pts, frame = self._waiting.popitem(last=False)
            if pts == result.pts:
                self.picture_due.emit(frame)
                break

    def _note_labels(self, detections: tuple[Detection, ...]) -> None:
        new = {each.label: each.class_id for each in detections if each.label not in self.labels}
        if new:
            self.labels |= new
            self.labels_changed.emit()

    def _failed(self, failed: LiveFailed) -> None:
        self.said.emit(Message(failed.sentence, Tone.WARNING))
