"""The engine: media and models become events.

Two passes run beside each other, each in a thread with containers and models of its own: pictures and sound.
What they say meets in one bounded mailbox, which this generator empties in the caller's thread.
"""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field

from app.analysis.changed_file import warning_about
from app.analysis.collector import Collector
from app.analysis.loading import loading_beside
from app.analysis.pictures import analyse_pictures
from app.analysis.request import AnalysisRequest
from app.analysis.stage import DecodedUntil, Note, StageContext
from app.core.cancel import CancelToken
from app.core.control import Control
from app.core.cores import share_cores
from app.core.errors import CancelledError, MediaError, ReelscopeError, UsageError, is_out_of_memory
from app.core.events import Cancelled, Done, Event, Failed, MediaOpened, Outcome, WarningRaised
from app.core.mailbox import BoundedMailbox, MailboxClosedError
from app.core.results import MediaInfo
from app.core.time import WHOLE
from app.media.description import describe
from app.media.file_status import FileStatus, status_of
from app.media.opening import open_media, read_by, video_streams

_MAILBOX = 64
"""Events that wait for the caller; thumbnails are the largest, some 30 kB each."""

_DURATION_TOLERANCE_S = 1.0

_NO_MEMORY = "The analysis broke off: there is not enough memory. What was found until then is kept."


@dataclass(frozen=True, slots=True)
class _StageEnded:
    """The last thing a stage's thread says; ``error`` None means that it got through."""

    error: BaseException | None


_Message = Event | Note | _StageEnded
_StageRun = Callable[[StageContext], None]


def analyse(
    request: AnalysisRequest, cancel: CancelToken | None = None, control: Control | None = None
) -> Iterator[Event]:
    """Analyse one file; yields events as they come, then exactly one outcome: Done, Failed or Cancelled.

    Runs in the caller's thread and two of its own, which are joined before the generator ends, also when the
    caller leaves it early. A file that fails half-way ends as Failed with what was found until then; a stream
    of several that cannot be decoded is a warning. Memory does not grow with the length of the file, the
    findings themselves excepted.

    Args:
        request: what to do; picklable.
        cancel: set it from any thread to stop within the current picture or model run.
        control: pauses and steers it, from any thread; its token stops it, too.

    Raises:
        UsageError: the request makes no sense for this file (missing file, no such track or label).
    """
    inner = CancelToken()
    outer = control or Control(cancel or CancelToken())
    links = [token.on_cancel(inner.cancel) for token in (outer.cancel, cancel) if token is not None]
    said = notes_and_events(request, outer.obeying(inner))
    try:
        yield from (each for each in said if not isinstance(each, Note))
    finally:
        said.close()
        for unlink in links:
            unlink()


def notes_and_events(request: AnalysisRequest, control: Control) -> Generator[Event | Note]:
    """Do what ``analyse`` does and yield what a ``Collector`` needs besides; ends what ``control`` obeys."""
    read_by(request.reading)
    share_cores(request.jobs)
    with loading_beside(request):
        yield from _described_and_run(request, control)


def _described_and_run(request: AnalysisRequest, control: Control) -> Generator[Event | Note]:
    status = status_of(request.path)
    try:
        opened = MediaOpened(_describe(request, control.cancel))
    except CancelledError:
        yield Cancelled(None)
        return
    except UsageError:
        raise
    except ReelscopeError as error:
        yield Failed(str(error), None)
        return
    yield opened
    collector = Collector(request, opened.info, clock=control.working_s)
    run = _Run(request, opened.info, control, collector, status)
    try:
        yield from run.events()
        outcome = run.outcome()
    finally:
        run.close()
    yield outcome


def _describe(request: AnalysisRequest, cancel: CancelToken) -> MediaInfo:
    with open_media(request.path) as container:
        info = describe(container, request.path, video_track=request.video_track)
        _check_track("video", request.video_track, len(video_streams(container)))
        _check_track("sound", request.audio_track, len(container.streams.audio))
    if not request.hash_media:
        return info
    from app.analysis.fingerprint import sha256_of

    return dataclasses.replace(info, sha256=sha256_of(request.path, cancel))


def _check_track(kind: str, track: int, count: int) -> None:
    """Track 0 of a file without any is no mistake: then that pass has nothing to do."""
    if track and track >= count:
        raise UsageError(f"There is no {kind} track {track}: the file has {count}, counted from 0.")


@dataclass(slots=True)
class _Run:
    """The two passes of one analysis and what became of them."""

    request: AnalysisRequest
    info: MediaInfo
    control: Control
    collector: Collector
    status: FileStatus | None
    _mailbox: BoundedMailbox[_Message] = field(default_factory=lambda: BoundedMailbox(_MAILBOX))
    _threads: list[threading.Thread] = field(default_factory=list)
    _failures: list[ReelscopeError] = field(default_factory=list)
    _succeeded: int = 0
    _cancelled: bool = False

    def events(self) -> Iterator[Event | Note]:
        """Start the passes and yield what they say until both have ended."""
        yield from self._warn_of_an_empty_range()
        context = StageContext(self.request, self.info, self.control, self._mailbox.put)
        for name, stage in self._stages():
            thread = threading.Thread(target=_run_stage, args=(stage, context), name=f"reelscope-{name}")
            try:
                thread.start()
            except RuntimeError as error:
                self._settle(error)
            else:
                self._threads.append(thread)
        running = len(self._threads)
        while running:
            message = self._mailbox.take()
            if isinstance(message, _StageEnded):
                running -= 1
                self._settle(message.error)
            elif message is not None:
                yield from self._keep(message)
        yield from self._closing_warnings()

    def close(self) -> None:
        """Stop what still runs and wait for it."""
        self.control.cancel.cancel()
        self._mailbox.close(discard=True)
        for thread in self._threads:
            thread.join()

    def outcome(self) -> Outcome:
        """Return how it ended, with what was found."""
        result = self.collector.result()
        fatal = [error for error in self._failures if not isinstance(error, MediaError)]
        if fatal:
            return Failed(str(fatal[0]), result)
        if self._cancelled:
            return Cancelled(result)
        if self._failures and not self._succeeded:
            return Failed(str(self._failures[0]), result)
        return Done(result)

    def _stages(self) -> list[tuple[str, _StageRun]]:
        stages: list[tuple[str, _StageRun]] = []
        if self.info.video is not None and self.request.pictures:
            stages.append(("pictures", analyse_pictures))
        if self.info.audio and (self.request.speech or self.request.thumbnails):
            stages.append(("sound", _analyse_sound))
        return stages

    def _keep(self, message: Event | Note) -> Iterator[Event | Note]:
        match message:
            case DecodedUntil():
                yield from self._compare_durations(message)
            case _:
                self.collector.take(message)
                yield message

    def _settle(self, error: BaseException | None) -> None:
        if error is None:
            self._succeeded += 1
        elif isinstance(error, ReelscopeError) and not isinstance(error, UsageError):
            self._fail(error)
        elif is_out_of_memory(error):
            self._fail(ReelscopeError(_NO_MEMORY))
        else:
            raise error

    def _fail(self, error: ReelscopeError) -> None:
        if isinstance(error, CancelledError):
            self._cancelled = True
            return
        self._failures.append(error)
        if not isinstance(error, MediaError):
            self.control.cancel.cancel()

    def _compare_durations(self, decoded: DecodedUntil) -> Iterator[Event | Note]:
        said = self.info.duration_s
        if said is None or self.request.span != WHOLE:
            return
        longer = decoded.end_s - said
        if longer > _DURATION_TOLERANCE_S or (decoded.all_there_is and -longer > _DURATION_TOLERANCE_S):
            yield from self._keep(
                WarningRaised(
                    f"The file says that it lasts {said:.1f} s, but decoding ended at {decoded.end_s:.1f} s."
                )
            )

    def _warn_of_an_empty_range(self) -> Iterator[Event | Note]:
        length_s = self.info.duration_s
        if length_s is not None and self.request.span.start_s >= length_s > 0:
            yield from self._keep(
                WarningRaised(
                    f"The range begins at {self.request.span.start_s:.1f} s, after the end of the file "
                    f"({length_s:.1f} s): there is nothing to find."
                )
            )

    def _closing_warnings(self) -> Iterator[Event | Note]:
        for error in self._failures:
            if isinstance(error, MediaError) and self._succeeded:
                yield from self._keep(WarningRaised(str(error)))
        changed = warning_about(self.request.path, self.status)
        if changed is not None:
            yield from self._keep(WarningRaised(changed))


def _analyse_sound(context: StageContext) -> None:
    # Imported in the stage's own thread: with all that belongs to speech it takes as long as ten keyframes.
    from app.analysis.transcript import analyse_sound

    analyse_sound(context)


def _run_stage(stage: _StageRun, context: StageContext) -> None:
    error: BaseException | None = None
    try:
        stage(context)
    except MailboxClosedError:
        return
    except BaseException as raised:  # noqa: BLE001 - carried to the generator, which settles or raises it
        error = raised
    try:
        context.emit(_StageEnded(error))  # type: ignore[arg-type]
    except MailboxClosedError:
        return
