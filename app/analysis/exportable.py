"""The document to export: what was found, with a transcript that was edited or read from subtitles."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import app
from app.core.results import AnalysisResult, AppInfo, MediaInfo, RunInfo, Transcript


def exportable(
    result: AnalysisResult | None,
    media: MediaInfo | None,
    transcript: Transcript | None,
    notes: tuple[str, ...] = (),
) -> AnalysisResult | None:
    """Return the result with this transcript; one of nothing else where nothing was analysed.

    None where there is neither a result nor a transcript of a known file. ``notes`` join its warnings.
    """
    if result is not None:
        warnings = tuple(sorted({*result.warnings, *notes})) if notes else result.warnings
        return result if transcript is None else replace(result, transcript=transcript, warnings=warnings)
    if media is None or transcript is None:
        return None
    run = RunInfo(datetime.now(UTC).isoformat(timespec="milliseconds"), 0.0, {}, ())
    about = AppInfo("reelscope", app.__version__)
    return AnalysisResult(about, media, {}, (), run, transcript=transcript, warnings=tuple(sorted(notes)))
