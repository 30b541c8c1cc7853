"""What is said and written of analyses while they run, and the exit code that comes of it."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.cli.exit_codes import DONE, FAILED, USAGE
from app.cli.outputs import Outputs
from app.cli.progress import ProgressBoard
from app.cli.stdout import say_if_anybody_listens
from app.cli.summary import summary
from app.core.errors import ReelscopeError, UsageError
from app.core.events import Cancelled, Done, Event, Failed, MediaOpened, Outcome, Stage, WarningRaised
from app.core.results import AnalysisResult, MediaInfo
from app.media.names import shown_name

if TYPE_CHECKING:
    from argparse import Namespace

    from app.analysis.request import AnalysisRequest, SpeechRequest
    from app.core.time import TimeSpan

_KEPT = "What was found until then is kept."


class Report:
    """Takes what analyses say, in one thread. Videos have the numbers of their places on the command line.

    Results and complaints are written as they come; summaries in the order of the videos.

    Args:
        arguments: of the command line.
        outputs: where the results of each video go.
        stages: those that progress is told of.
        speech: what is listened with, where its cost is to be said before it begins.

    Attributes:
        worst: the exit code so far.
    """

    def __init__(
        self,
        arguments: Namespace,
        outputs: Sequence[Outputs],
        stages: tuple[Stage, ...],
        speech: SpeechRequest | None = None,
    ) -> None:
        self._videos = arguments.videos
        self._span: TimeSpan = arguments.range
        self._raise_faults = arguments.debug or len(outputs) == 1
        self._outputs = outputs
        self._stages = stages
        self._speech = None if arguments.quiet else speech
        self._board = ProgressBoard(quiet=arguments.quiet)
        self._running: set[int] = set()
        self._summaries: dict[int, str] = {}
        self._said = 0
        self.worst = DONE

    def check(self, number: int, template: AnalysisRequest) -> bool:
        """Whether everything can go where it should; complains where it cannot."""
        try:
            self._outputs[number].check(self._videos[number], transcript=template.speech is not None)
        except UsageError as error:
            self._over(number, USAGE, complaint=str(error))
            return False
        return True

    def take(self, number: int, what: Event | BaseException) -> None:
        """Note an event, an outcome, or the error that ended an analysis.

        Raises:
            Exception: a fault of the program, where no other video would suffer from it.
        """
        if isinstance(what, BaseException):
            self._board.end(number)
            self._broken(number, what)
            return
        if number not in self._running:
            self._running.add(number)
            self._board.begin(number, shown_name(self._videos[number]), self._stages)
        self._board.take(number, what)
        if isinstance(what, MediaOpened) and self._speech is not None and what.info.audio:
            self._say(number, _cost(self._speech, what.info, self._span))
        elif isinstance(what, WarningRaised):
            self._say(number, what.sentence)
        elif isinstance(what, Done | Failed | Cancelled):
            self._board.end(number)
            self._finish(number, what)

    def close(self) -> None:
        """Leave the terminal as other lines need it."""
        self._board.clear()

    def _finish(self, number: int, outcome: Outcome) -> None:
        try:
            if isinstance(outcome, Done):
                self._write(number, outcome.result)
            else:
                self._keep(number, outcome)
        except ReelscopeError as error:
            self._broken(number, error)

    def _write(self, number: int, result: AnalysisResult) -> None:
        into = self._outputs[number]
        into.write(result)
        self._over(number, DONE, "" if into.any_on_stdout else summary(result, into.written))

    def _keep(self, number: int, outcome: Failed | Cancelled) -> None:
        sentence = outcome.sentence if isinstance(outcome, Failed) else "Cancelled."
        sentence = sentence.replace(f" {_KEPT}", "")
        result = outcome.result
        if result is not None and _holds_something(result):
            self._outputs[number].write(_unfinished(result, sentence))
            sentence += f" {_KEPT}"
        self._over(number, FAILED, complaint=sentence)

    def _broken(self, number: int, error: BaseException) -> None:
        if isinstance(error, UsageError):
            self._over(number, USAGE, complaint=str(error))
        elif isinstance(error, ReelscopeError):
            self._over(number, FAILED, complaint=str(error))
        elif self._raise_faults or not isinstance(error, Exception):
            raise error
        else:
            self._over(number, FAILED, complaint=f"Something unexpected went wrong: {error!r}")

    def _over(self, number: int, code: int, text: str = "", complaint: str = "") -> None:
        """Note that nothing more will come of a video, and say what is due."""
        self.worst = max(self.worst, code)
        if complaint:
            self._say(number, complaint)
        self._summaries[number] = text
        while self._said in self._summaries:
            due = self._summaries.pop(self._said)
            self._said += 1
            if due:
                self._board.clear()
                say_if_anybody_listens(due)

    def _say(self, number: int, sentence: str) -> None:
        self._board.clear()
        name = shown_name(self._videos[number])
        print(f"reelscope: {sentence if name in sentence else f'{name}: {sentence}'}", file=sys.stderr)


def _cost(speech: SpeechRequest, info: MediaInfo, span: TimeSpan) -> str:
    """Say what speech costs before it begins, as far as that was measured; writes nothing."""
    from app.inference.speech_pace import PaceBook, cost_words, sound_length_s

    pace = PaceBook.of_user().find(speech.model, speech.threads)
    words = cost_words(speech.model, pace, sound_length_s(info.duration_s, span), speech.threads)
    hint = "" if pace is not None else "; 'reelscope devices' measures"
    return f"Speech by {speech.model.stem}: {words}{hint}."


def _holds_something(result: AnalysisResult) -> bool:
    return bool(result.keyframes or result.detections or (result.transcript and result.transcript.segments))


def _unfinished(result: AnalysisResult, sentence: str) -> AnalysisResult:
    note = f"The analysis did not finish: {sentence}"
    return dataclasses.replace(result, warnings=tuple(sorted({*result.warnings, note})))
