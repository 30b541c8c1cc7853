"""``analyze --range A-B --again RESULT.json``: a stretch is heard once more, the better text kept."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from app.analysis.again import belongs, confidence_of, first_attempt, new_is_better, note_of
from app.core.errors import UsageError
from app.core.events import Done, WarningRaised
from app.core.marks import reasons
from app.core.results import AnalysisResult, Segment
from app.core.time import WHOLE, TimeSpan, format_short
from app.core.transcript_edits import in_order

if TYPE_CHECKING:
    from argparse import Namespace

    from app.analysis.request import AnalysisRequest
    from app.cli.side_by_side import Told

BETTER, NEW, OLD = "better", "new", "old"


@dataclass(frozen=True, slots=True)
class Earlier:
    """A document whose transcript is to be mended.

    Attributes:
        result: the document.
        span: the stretch that is heard once more.
        keep: which text stays: BETTER, NEW or OLD.
    """

    result: AnalysisResult
    span: TimeSpan
    keep: str

    @property
    def old(self) -> tuple[Segment, ...]:
        """The lines of the stretch."""
        transcript = self.result.transcript
        return tuple(each for each in (transcript.segments if transcript else ()) if belongs(each, self.span))

    def request(self, template: AnalysisRequest) -> AnalysisRequest:
        """Return what is asked: the sound of the stretch alone.

        Where the command line names no other way to hear, one that is likely to help is taken.
        """
        speech = template.speech
        assert speech is not None
        usual = (speech.beam_size, speech.temperature, speech.use_vad) == (5, 0.0, True)
        if usual and speech.model.stem in [model.name for model in self.result.models]:
            speech = first_attempt(self.old).speech(speech)
        return replace(template, speech=speech, detect=None, embed=None, pictures=False)

    def heard(self, request: AnalysisRequest, found: AnalysisResult) -> tuple[AnalysisResult, list[str]]:
        """Return the document with the text that stays, and sentences that say what was compared."""
        heard = found.transcript.segments if found.transcript is not None else ()
        old, new = self.old, tuple(each for each in heard if belongs(each, self.span))
        takes_new = self.keep == NEW or (self.keep == BETTER and new_is_better(old, new))
        place = f"{format_short(self.span.start_s, 1)} to {format_short(self.span.end_s, 1)}"
        sentences = [
            f"{place}, before: {_said(old)}",
            f"{place}, heard again: {_said(new)}",
            f"The {'new' if takes_new else 'old'} text stays.",
        ]
        return (self._mended(request, new) if takes_new else self.result), sentences

    def _mended(self, request: AnalysisRequest, new: tuple[Segment, ...]) -> AnalysisResult:
        assert self.result.transcript is not None
        assert request.speech is not None
        kept = [each for each in self.result.transcript.segments if not belongs(each, self.span)]
        note = note_of(request.speech, self.span)
        return replace(
            self.result,
            transcript=replace(self.result.transcript, segments=in_order((*kept, *new))),
            warnings=tuple(sorted({*self.result.warnings, note})),
        )


def earlier_of(arguments: Namespace) -> Earlier:
    """Return the document that ``--again`` names.

    Raises:
        UsageError: it makes no sense with the rest of the command line.
        ExportError, FileMissingError: it is no result document.
    """
    from app.export.json_document import load_json

    if len(arguments.videos) > 1:
        raise UsageError("--again mends the result of one video.")
    if arguments.range == WHOLE:
        raise UsageError("--again needs the --range that is to be heard once more.")
    if arguments.speech == "none":
        raise UsageError("--again hears speech once more, but --speech is none.")
    result = load_json(arguments.again)
    if result.transcript is None:
        raise UsageError(f"'{arguments.again}' holds no transcript.")
    video: Path = arguments.videos[0]
    if video.is_file() and video.stat().st_size != result.media.bytes:
        raise UsageError(f"'{arguments.again}' is the result of another file: {result.media.name}.")
    return Earlier(result, arguments.range, arguments.keep)


def heard_again(said: Generator[Told], earlier: Earlier, request: AnalysisRequest) -> Generator[Told]:
    """Pass on what is said; the document at the end is the earlier one with the text that stays."""
    with closing(said):
        for told in said:
            if not isinstance(told.what, Done):
                yield told
                continue
            result, sentences = earlier.heard(request, told.what.result)
            for sentence in sentences:
                yield replace(told, what=WarningRaised(sentence))
            yield replace(told, what=Done(result))


def _said(lines: tuple[Segment, ...]) -> str:
    if not lines:
        return "no speech."
    text = " ".join(each.text.strip() for each in lines)
    marks = ", ".join(dict.fromkeys(why for each in lines if (why := reasons(each))))
    confidence = confidence_of(lines)
    facts = [marks] if marks else []
    facts += [] if confidence is None else [f"confidence {confidence:.2f}"]
    return f'"{text}" ({"; ".join(facts)})' if facts else f'"{text}"'
