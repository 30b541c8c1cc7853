"""Where the results of one video go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.cli.stdout import write_stdout
from app.core.cue_style import USUAL, CueStyle
from app.core.errors import UsageError
from app.core.results import AnalysisResult
from app.export.files import write_atomic
from app.export.formats import export_format

STDOUT = "-"


@dataclass(slots=True)
class Outputs:
    """Formats and where each goes.

    Attributes:
        targets: pairs of format name and file name; "-" is standard output.
        named_by_user: each was asked for, so none may be left out.
        style: the shape of subtitles.
        written: the files that were written.
    """

    targets: tuple[tuple[str, str], ...] = ()
    named_by_user: bool = True
    style: CueStyle = USUAL
    written: list[Path] = field(default_factory=list)

    @classmethod
    def to_files(cls, named: Mapping[str, str], style: CueStyle = USUAL) -> Outputs:
        """Take what the user named, format by format."""
        return cls(tuple(named.items()), style=style)

    @classmethod
    def in_folder(cls, folder: Path, name: str, style: CueStyle = USUAL) -> Outputs:
        """Take NAME.json and NAME.srt in ``folder``."""
        return cls(
            (("json", str(folder / f"{name}.json")), ("srt", str(folder / f"{name}.srt"))),
            named_by_user=False,
            style=style,
        )

    @property
    def any_on_stdout(self) -> bool:
        """Whether standard output carries a result, so that no summary may stand there."""
        return any(target == STDOUT for _, target in self.targets)

    def check(self, video: Path, *, transcript: bool) -> None:
        """Find out before the work whether everything can go where it should.

        Args:
            video: what is analysed.
            transcript: whether there will be one.

        Raises:
            UsageError: there is no such folder, the video itself or another output would be overwritten, or
                subtitles are to be made of no transcript.
        """
        files = [Path(target) for _, target in self.targets if target != STDOUT]
        for file in files:
            check_target(file, video)
        if len({file.resolve() for file in files}) < len(files):
            raise UsageError("Two results cannot go to the same file.")
        missing = [
            name for name, _ in self.targets if export_format(name).needs_transcript and not transcript
        ]
        if missing and self.named_by_user:
            raise UsageError(f"--{missing[0]} needs a transcript, but --speech is none.")

    def write(self, result: AnalysisResult) -> None:
        """Write every format; in a folder no subtitles where no speech was looked for.

        Raises:
            ExportError: a file cannot be written.
        """
        for name, target in self.targets:
            wanted = export_format(name)
            if wanted.needs_transcript and result.transcript is None and not self.named_by_user:
                continue
            data = wanted.render(result, self.style)
            if target == STDOUT:
                write_stdout(data)
            else:
                write_atomic(Path(target), data)
                self.written.append(Path(target))


def check_target(target: Path, source: Path) -> None:
    """Refuse a target without a folder, and one that is the very file it is made of.

    Raises:
        UsageError: it is one of these.
    """
    try:
        if not target.absolute().parent.is_dir():
            raise UsageError(f"'{target}' cannot be written: there is no such folder.")
        if target.exists() and source.exists() and target.samefile(source):
            raise UsageError(f"'{target}' is the file that is read: name another one to write.")
    except OSError as error:
        raise UsageError(f"'{target}' cannot be written: {error.strerror}.") from error


def names_without_clash(videos: Sequence[Path]) -> list[str]:
    """Return a name for each video's results: its stem; a second NAME becomes NAME-2.

    Names that differ only in case count as the same: on many disks they are.
    """
    taken: set[str] = set()
    names = []
    for video in videos:
        name, number = video.stem, 1
        while name.casefold() in taken:
            number += 1
            name = f"{video.stem}-{number}"
        taken.add(name.casefold())
        names.append(name)
    return names
