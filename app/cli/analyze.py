"""``reelscope analyze``: whole analyses without a window."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from app.analysis.engine import analyse
from app.analysis.request import AnalysisRequest, FramePolicy
from app.cli.choose_models import choose_detector, choose_encoder, choose_speech
from app.cli.exit_codes import DONE, FAILED, USAGE
from app.cli.outputs import Outputs, names_without_clash
from app.cli.progress import ProgressLine
from app.cli.stdout import say_if_anybody_listens
from app.cli.summary import summary
from app.core.cancel import CancelToken
from app.core.errors import ReelscopeError, UsageError
from app.core.events import Cancelled, Done, Failed, Outcome, Stage, WarningRaised
from app.core.results import AnalysisResult
from app.media.names import shown_name
from app.media.opening import Reading, read_by

if TYPE_CHECKING:
    from argparse import Namespace


def analyze(arguments: Namespace) -> int:
    """Analyse each video in turn; one that fails does not stop the others."""
    outputs = _outputs(arguments)
    template = _template(arguments)
    read_by(Reading(arguments.input))
    worst = DONE
    for path, into in zip(arguments.videos, outputs, strict=True):
        try:
            code = _analyze_one(path, template, into, quiet=arguments.quiet)
        except UsageError as error:
            code = _complain(path, str(error), USAGE)
        except ReelscopeError as error:
            code = _complain(path, str(error), FAILED)
        except Exception as error:
            # A fault of ours in one file must not cost the others.
            if arguments.debug or len(arguments.videos) == 1:
                raise
            code = _complain(path, f"Something unexpected went wrong: {error!r}", FAILED)
        worst = max(worst, code)
    return worst


def _analyze_one(path: Path, template: AnalysisRequest, into: Outputs, *, quiet: bool) -> int:
    into.check(path, transcript=template.speech is not None)
    request = dataclasses.replace(template, path=path)
    outcome = _run(request, quiet=quiet)
    result = outcome.result
    if isinstance(outcome, Done):
        into.write(outcome.result)
        if not into.any_on_stdout:
            say_if_anybody_listens(summary(outcome.result, into.written))
        return DONE
    sentence = outcome.sentence if isinstance(outcome, Failed) else "Cancelled."
    if result is not None and _holds_something(result):
        into.write(_unfinished(result, sentence))
        sentence += " What was found until then is kept."
    return _complain(path, sentence, FAILED)


def _run(request: AnalysisRequest, *, quiet: bool) -> Outcome:
    stages = (Stage.PICTURES,) if request.speech is None else (Stage.PICTURES, Stage.SPEECH)
    line = ProgressLine(shown_name(request.path), stages, quiet=quiet)
    try:
        for event in analyse(request, CancelToken()):
            line.take(event)
            if isinstance(event, WarningRaised):
                line.clear()
                print(f"reelscope: {shown_name(request.path)}: {event.sentence}", file=sys.stderr)
            if isinstance(event, Done | Failed | Cancelled):
                return event
    finally:
        line.clear()
    raise AssertionError("an analysis ends with an outcome")


def _outputs(arguments: Namespace) -> list[Outputs]:
    videos: list[Path] = arguments.videos
    named = {
        kind: getattr(arguments, kind) for kind in ("json", "srt", "vtt", "csv") if getattr(arguments, kind)
    }
    if named and len(videos) > 1:
        raise UsageError(f"--{next(iter(named))} names one file, but there are several videos: use -o DIR.")
    if list(named.values()).count("-") > 1:
        raise UsageError("Only one result can go to standard output.")
    if arguments.output is None:
        return [Outputs.to_files(named) for _ in videos]
    if named:
        raise UsageError("Use either -o DIR or the names of single files.")
    if not arguments.output.is_dir():
        raise UsageError(f"There is no folder '{arguments.output}'.")
    return [Outputs.in_folder(arguments.output, name) for name in names_without_clash(videos)]


def _template(arguments: Namespace) -> AnalysisRequest:
    """Return the request that all videos share; its path is filled in for each."""
    return AnalysisRequest(
        path=arguments.videos[0],
        span=arguments.range,
        frames=FramePolicy.parse(arguments.frames),
        detect=choose_detector(arguments),
        speech=choose_speech(arguments),
        embed=choose_encoder(arguments),
        video_track=arguments.video_track,
        audio_track=arguments.audio_track,
        device=arguments.device,
        hwaccel=_hwaccel(arguments.hwaccel),
        hash_media=arguments.hash_media,
    )


def _hwaccel(wish: str) -> str:
    """Return what was asked for.

    Raises:
        UsageError: FFmpeg knows no such device here.
    """
    from app.media.hardware import AUTO, NONE, HardwareChoice

    # The usual words need no look at what FFmpeg knows.
    return wish if wish in (AUTO, NONE) else HardwareChoice.parse(wish).name


def _holds_something(result: AnalysisResult) -> bool:
    return bool(result.keyframes or result.detections or (result.transcript and result.transcript.segments))


def _unfinished(result: AnalysisResult, sentence: str) -> AnalysisResult:
    note = f"The analysis did not finish: {sentence}"
    return dataclasses.replace(result, warnings=tuple(sorted({*result.warnings, note})))


def _complain(path: Path, sentence: str, code: int) -> int:
    name = shown_name(path)
    print(f"reelscope: {sentence if name in sentence else f'{name}: {sentence}'}", file=sys.stderr)
    return code
