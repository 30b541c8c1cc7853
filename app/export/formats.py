"""Every format a result can become: the one list behind ``reelscope export`` and the window's menu."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from app.core.cue_style import USUAL, CueStyle
from app.core.errors import ExportError, UsageError
from app.core.results import AnalysisResult, Segment

if TYPE_CHECKING:
    from app.export.cues import Cue


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """A kind of file a result can become.

    Attributes:
        name: as in ``reelscope export --to NAME``.
        title: for menus and file dialogs.
        suffix: the usual end of file names, dot included.
        needs_transcript: whether it can be made only of a result with a transcript.
        in_cues: whether it shows the transcript in cues, to which the whole of a CueStyle applies.
        names_speakers: whether the style says if speakers are named in it.
    """

    name: str
    title: str
    suffix: str
    needs_transcript: bool
    _write: Callable[[AnalysisResult, CueStyle], bytes]
    in_cues: bool = False
    names_speakers: bool = False

    def render(self, result: AnalysisResult, style: CueStyle = USUAL) -> bytes:
        """Return the whole file.

        Raises:
            ExportError: the result lacks what the format shows, or holds a number that is not finite.
        """
        if self.needs_transcript and result.transcript is None:
            raise ExportError(
                f"There is no transcript to write as {self.title}: "
                f"analyse '{result.media.name}' with a speech model."
            )
        return self._write(result, style)


def _json(result: AnalysisResult, _style: CueStyle) -> bytes:
    from app.export import json_document

    return json_document.dump(result)


def _srt(result: AnalysisResult, style: CueStyle) -> bytes:
    from app.export import subtitles

    return subtitles.srt(_cues(result, style, names_in_lines=True)).encode()


def _vtt(result: AnalysisResult, style: CueStyle) -> bytes:
    from app.export import subtitles

    return subtitles.vtt(_cues(result, style)).encode()


def _vtt_words(result: AnalysisResult, style: CueStyle) -> bytes:
    from app.export import subtitles

    return subtitles.vtt_words(_cues(result, style)).encode()


def _ass(result: AnalysisResult, style: CueStyle) -> bytes:
    from app.export import subtitles

    video = result.media.video
    return subtitles.ass(_cues(result, style), video.display_size if video is not None else None).encode()


def _txt(result: AnalysisResult, style: CueStyle) -> bytes:
    from app.export import plain_text

    return plain_text.plain(_segments(result), speakers=style.speakers).encode()


def _txt_times(result: AnalysisResult, style: CueStyle) -> bytes:
    from app.export import plain_text

    return plain_text.timed(_segments(result), speakers=style.speakers).encode()


def _detections_csv(result: AnalysisResult, _style: CueStyle) -> bytes:
    from app.export import tables

    return tables.detections_csv(result).encode()


def _transcript_csv(result: AnalysisResult, _style: CueStyle) -> bytes:
    from app.export import tables

    return tables.transcript_csv(result).encode()


def _transcript_json(result: AnalysisResult, _style: CueStyle) -> bytes:
    from app.export import json_document

    return json_document.dump_transcript(result)


def _segments(result: AnalysisResult) -> tuple[Segment, ...]:
    return result.transcript.segments if result.transcript else ()


def _cues(result: AnalysisResult, style: CueStyle, *, names_in_lines: bool = False) -> tuple[Cue, ...]:
    from app.export.cues import cues

    return cues(
        _segments(result),
        style,
        language=result.transcript.language if result.transcript else "",
        names_in_lines=names_in_lines,
        until_s=result.media.duration_s,
    )


_ALL = (
    ExportFormat("json", "JSON document", ".json", False, _json),
    ExportFormat("srt", "SubRip subtitles", ".srt", True, _srt, True, True),
    ExportFormat("vtt", "WebVTT subtitles", ".vtt", True, _vtt, True, True),
    ExportFormat(
        "vtt-words", "WebVTT with the time of each word", ".words.vtt", True, _vtt_words, True, True
    ),
    ExportFormat("ass", "ASS subtitles", ".ass", True, _ass, True, True),
    ExportFormat("txt", "Text", ".txt", True, _txt, False, True),
    ExportFormat("txt-times", "Text with times", ".times.txt", True, _txt_times, False, True),
    ExportFormat("csv", "CSV of detections", ".csv", False, _detections_csv),
    ExportFormat("transcript-csv", "CSV of the transcript", ".transcript.csv", True, _transcript_csv),
    ExportFormat("transcript-json", "JSON of the transcript", ".transcript.json", True, _transcript_json),
)

FORMATS: Mapping[str, ExportFormat] = MappingProxyType({each.name: each for each in _ALL})
"""Name -> format, in the order of menus."""


def export_format(name: str) -> ExportFormat:
    """Return the format of that name.

    Raises:
        UsageError: there is none.
    """
    try:
        return FORMATS[name]
    except KeyError as error:
        raise UsageError(f"There is no export format '{name}': use {', '.join(FORMATS)}.") from error
