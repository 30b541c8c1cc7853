"""``reelscope analyze``: whole analyses without a window."""

from __future__ import annotations

import dataclasses
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from app.analysis.engine import analyse
from app.analysis.request import AnalysisRequest, FramePolicy
from app.cli.choose_models import choose_detector, choose_encoder, choose_speech
from app.cli.cue_options import cue_style
from app.cli.outputs import Outputs, names_without_clash
from app.cli.parser import RESULTS
from app.cli.report import Report
from app.cli.side_by_side import Told, side_by_side
from app.core.cancel import CancelToken
from app.core.control import Control
from app.core.errors import UsageError
from app.core.events import Event, Stage
from app.core.reading import Reading

if TYPE_CHECKING:
    from argparse import Namespace

    from app.cli.again import Earlier


def analyze(arguments: Namespace) -> int:
    """Analyse each video, several at a time where asked for; one that fails does not stop the others."""
    outputs = _outputs(arguments)
    earlier = _earlier(arguments)
    template = _template(arguments)
    if earlier is not None:
        template = earlier.request(template)
    # Several at a time share the machine, on which one alone was measured.
    report = Report(arguments, outputs, _stages(template), template.speech if arguments.jobs == 1 else None)
    # Found out before any work is done.
    numbers = [number for number in range(len(outputs)) if report.check(number, template)]
    jobs = min(arguments.jobs, len(numbers))
    requests = [dataclasses.replace(template, path=arguments.videos[number], jobs=jobs) for number in numbers]
    # A mapped file that somebody shortens ends the process that reads it.
    aside = jobs > 1 or template.reading is Reading.MAPPED
    said = side_by_side(requests, jobs, _in_child) if aside else one_by_one(requests)
    if earlier is not None:
        from app.cli.again import heard_again

        said = heard_again(said, earlier, template)
    try:
        with closing(said):
            for told in said:
                report.take(numbers[told.number], told.what)
    finally:
        report.close()
    return report.worst


def one_by_one(requests: Sequence[AnalysisRequest]) -> Generator[Told]:
    """Run them in this process, one after the other."""
    for number, request in enumerate(requests):
        try:
            for event in analyse(request, CancelToken()):
                yield Told(number, event)
        except Exception as error:  # noqa: BLE001 - told by the report, which knows what must not be kept quiet
            yield Told(number, error)


def _earlier(arguments: Namespace) -> Earlier | None:
    if arguments.again is None:
        return None
    from app.cli.again import earlier_of

    return earlier_of(arguments)


def _in_child(request: AnalysisRequest, control: Control) -> Iterator[Event]:
    from app.analysis.child.process import EngineProcess, eager_engine_command
    from app.analysis.child.supervision import analyse_in_child

    return analyse_in_child(request, control, start=lambda: EngineProcess(eager_engine_command))


def _stages(template: AnalysisRequest) -> tuple[Stage, ...]:
    return (Stage.PICTURES,) if template.speech is None else (Stage.PICTURES, Stage.SPEECH)


def _outputs(arguments: Namespace) -> list[Outputs]:
    videos: list[Path] = arguments.videos
    style = cue_style(arguments)
    asked = {kind: getattr(arguments, f"to_{kind}") for kind in RESULTS}
    named = {kind: target for kind, target in asked.items() if target}
    if named and len(videos) > 1:
        raise UsageError(f"--{next(iter(named))} names one file, but there are several videos: use -o DIR.")
    if list(named.values()).count("-") > 1:
        raise UsageError("Only one result can go to standard output.")
    if arguments.output is None:
        return [Outputs.to_files(named, style) for _ in videos]
    if named:
        raise UsageError("Use either -o DIR or the names of single files.")
    if not arguments.output.is_dir():
        raise UsageError(f"There is no folder '{arguments.output}'.")
    return [Outputs.in_folder(arguments.output, name, style) for name in names_without_clash(videos)]


def _template(arguments: Namespace) -> AnalysisRequest:
    """Return the request that all videos share; its path is filled in for each."""
    return AnalysisRequest(
        path=arguments.videos[0],
        span=arguments.range,
        frames=FramePolicy.parse(arguments.frames),
        detect=choose_detector(arguments) if arguments.again is None else None,
        speech=choose_speech(arguments),
        embed=choose_encoder(arguments),
        video_track=arguments.video_track,
        audio_track=arguments.audio_track,
        device=arguments.device,
        hwaccel=_hwaccel(arguments.hwaccel),
        hash_media=arguments.hash_media,
        reading=Reading(arguments.input),
    )


def _hwaccel(wish: str) -> str:
    """Return what was asked for.

    Raises:
        UsageError: FFmpeg knows no such device here.
    """
    from app.media.hardware import AUTO, NONE, HardwareChoice

    # The usual words need no look at what FFmpeg knows.
    return wish if wish in (AUTO, NONE) else HardwareChoice.parse(wish).name
