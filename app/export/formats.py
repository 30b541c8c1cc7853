"""Every format a result can become: the one list behind ``reelscope export`` and the window's menu."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from app.core.errors import ExportError, UsageError
from app.core.results import AnalysisResult, Segment
from app.export import json_document, subtitles, tables


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """A kind of file a result can become.

    Attributes:
        name: as in ``reelscope export --to NAME``.
        title: for menus and file dialogs.
        suffix: the usual end of file names, dot included.
        needs_transcript: whether it can be made only of a result with a transcript.
    """

    name: str
    title: str
    suffix: str
    needs_transcript: bool
    _write: Callable[[AnalysisResult], bytes]

    def render(self, result: AnalysisResult) -> bytes:
        """Return the whole file.

        Raises:
            ExportError: the result lacks what the format shows, or holds a number that is not finite.
        """
        if self.needs_transcript and result.transcript is None:
            raise ExportError(
                f"There is no transcript to write as {self.title}: "
                f"analyse '{result.media.name}' with a speech model."
            )
        return self._write(result)


def _srt(result: AnalysisResult) -> bytes:
    return subtitles.srt(_segments(result)).encode()


def _vtt(result: AnalysisResult) -> bytes:
    return subtitles.vtt(_segments(result)).encode()


def _detections_csv(result: AnalysisResult) -> bytes:
    return tables.detections_csv(result).encode()


def _transcript_csv(result: AnalysisResult) -> bytes:
    return tables.transcript_csv(result).encode()


def _segments(result: AnalysisResult) -> tuple[Segment, ...]:
    return result.transcript.segments if result.transcript else ()


_ALL = (
    ExportFormat("json", "JSON document", ".json", False, json_document.dump),
    ExportFormat("srt", "SubRip subtitles", ".srt", True, _srt),
    ExportFormat("vtt", "WebVTT subtitles", ".vtt", True, _vtt),
    ExportFormat("csv", "CSV of detections", ".csv", False, _detections_csv),
    ExportFormat("transcript-csv", "CSV of the transcript", ".transcript.csv", True, _transcript_csv),
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
