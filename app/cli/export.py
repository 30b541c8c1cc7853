"""``reelscope export``: a result document, or subtitles, in another format."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.cue_options import cue_style
from app.cli.exit_codes import DONE
from app.cli.outputs import check_target
from app.cli.stdout import write_stdout
from app.core.cue_style import USUAL
from app.core.errors import ExportError, MediaError
from app.core.results import AnalysisResult, MediaInfo
from app.export.files import write_atomic
from app.export.formats import export_format
from app.export.json_document import load_json

if TYPE_CHECKING:
    from argparse import Namespace


def export(arguments: Namespace) -> int:
    """Read what is named and write it in the format asked for.

    What comes from subtitles keeps its times, but where the command line names a rule for them.
    """
    wanted = export_format(arguments.to)
    as_asked = cue_style(arguments)
    if arguments.output is not None:
        check_target(arguments.output, arguments.result)
    result = _result(arguments.result, arguments.track)
    taken_over = result.transcript is not None and result.transcript.source is not None
    style = cue_style(arguments, USUAL.with_times_kept()) if taken_over else as_asked
    data = wanted.render(result, style)
    if arguments.output is None:
        write_stdout(data)
    else:
        write_atomic(arguments.output, data)
    return DONE


def _result(path: Path, track: int | None) -> AnalysisResult:
    """Read a document; where the file is none, the subtitles that it holds."""
    if path.suffix.lower() != ".json":
        return _of_subtitles(path, track)
    try:
        return load_json(path)
    except ExportError:
        # The transcript of a document alone is one, too; where it is not, what is wrong is told as before.
        try:
            return _of_subtitles(path, None)
        except ExportError:
            pass
        raise


def _of_subtitles(path: Path, track: int | None) -> AnalysisResult:
    from app.analysis.exportable import exportable
    from app.analysis.importing import import_transcript, is_importable

    if is_importable(path):
        media = _media_of_text(path)
        read = import_transcript(path)
    else:
        from app.media.probe import probe

        read = import_transcript(path, _text_track(path) if track is None else track)
        media = probe(path).media
    if read.note:
        print(f"reelscope: {read.note}", file=sys.stderr)
    result = exportable(None, media, read.transcript)
    assert result is not None, "there is a file and a transcript"
    return result


def _text_track(path: Path) -> int:
    from app.analysis.importing import best_text_track
    from app.media.names import shown_name
    from app.media.tracks import contents_of

    track = best_text_track(contents_of(path).subtitles)
    if track is None:
        raise MediaError(f"{shown_name(path)} holds no text subtitles: analyse it to get a transcript.")
    return track


def _media_of_text(path: Path) -> MediaInfo:
    from app.media.names import clean_text, shown_name

    try:
        size = path.stat().st_size
    except OSError:
        size = 0  # reading it says what is wrong
    suffix = path.suffix.lower().removeprefix(".")
    return MediaInfo(clean_text(str(path)), shown_name(path), size, None, suffix, 0.0, None, None, ())
