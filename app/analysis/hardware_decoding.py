"""Pictures of an analysis decoded by a device, and by software from the picture on where that gives up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.analysis.request import Sampling
from app.analysis.stage import RunsOn, StageContext
from app.core.errors import HardwareError
from app.core.time import TimeSpan, format_short
from app.media.hardware import AUTO, NONE, Device, FFmpegDevice, HardwareChoice

if TYPE_CHECKING:
    from app.media.hardware import HardwareReport
    from app.media.hardware_decision import HardwareTrials
    from app.media.picture import Picture

DECODING = "decoding"
"""Its name in the document's ``run.device``."""

SOFTWARE = "software"

MakeDevice = Callable[[str], Device]
MakeTrials = Callable[[HardwareChoice], "HardwareTrials | None"]


def usual_trials(choice: HardwareChoice) -> HardwareTrials | None:
    """A device that is named is tried on the file itself; ``auto`` goes by what was measured before.

    Nothing is written: an analysis writes only what it was asked for.
    """
    from app.media.hardware_book import DecodingBook
    from app.media.hardware_decision import HardwareTrials

    book = DecodingBook()
    if choice.name == AUTO:
        return HardwareTrials(trial=None, book=book) if book.path.is_file() else None
    return HardwareTrials(book=book)


def device_to_decode_with(context: StageContext, make_trials: MakeTrials = usual_trials) -> str | None:
    """Return the device that decodes this analysis; None: software. Says so, and why not where one is named.

    Raises:
        MediaError: the file cannot be opened.
        CancelledError: somebody asked to stop.
    """
    request = context.request
    choice = HardwareChoice(request.hwaccel)
    used: str | None = None
    if request.frames.sampling is Sampling.KEYFRAMES:
        # Keyframes alone are decoded side by side on all cores, which devices do not offer.
        if choice.name not in (AUTO, NONE):
            context.warn(
                f"Keyframes are decoded in software, not by {choice.name}: it is for other --frames."
            )
    elif choice.name != NONE and (trials := make_trials(choice)) is not None:
        report = trials.decide(request.path, request.video_track, choice, context.cancel).playing
        used = report.used
        if used is None and choice.name != AUTO:
            context.warn(f"{choice.name} does not decode this video, software does: {_reason(report)}.")
    context.emit(RunsOn(DECODING, used or SOFTWARE))
    return used


@dataclass(slots=True)
class SteadyPictures:
    """All pictures of a request's span, from a device as long as it works, then from software.

    Attributes:
        device: its name; None: software from the beginning.
        warnings: what was odd about the file, one sentence each.
    """

    context: StageContext
    device: str | None
    make_device: MakeDevice = FFmpegDevice
    warnings: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Picture]:
        """Yield them in order; made, used and closed in one thread.

        Raises: as ``VideoReader.frames``.
        """
        newest: Picture | None = None
        try:
            device = self.make_device(self.device) if self.device is not None else None
            for picture in self._from(None, device):
                newest = picture
                yield picture
        except HardwareError as error:
            self._tell(error, newest)
            yield from self._from(newest, None)

    def _from(self, after: Picture | None, device: Device | None) -> Iterator[Picture]:
        from app.media.decoder import VideoReader

        request = self.context.request
        span = request.span if after is None else TimeSpan(max(0.0, after.time_s), request.span.end_s)
        with VideoReader(request.path, video_track=request.video_track, device=device) as reader:
            for picture in reader.frames(span, cancel=self.context.cancel):
                if after is None or picture.pts > after.pts:
                    yield picture
            self.warnings = tuple(dict.fromkeys((*self.warnings, *reader.warnings)))

    def _tell(self, error: HardwareError, newest: Picture | None) -> None:
        where = "at once" if newest is None else f"after {format_short(newest.time_s, 2)}"
        reason = str(error).rstrip(".")
        self.context.warn(f"Decoding with {self.device} stopped {where}: {reason}. Software went on there.")
        self.context.emit(RunsOn(DECODING, SOFTWARE))


def _reason(report: HardwareReport) -> str:
    return report.rejected[-1][1] if report.rejected else "no reason is known"
