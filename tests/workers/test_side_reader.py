from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.media import subtitle_track
from app.media.file_status import FileChange, status_of
from app.workers.side_orders import CueSource
from app.workers.side_reader import (
    ContentsFound,
    CuesFound,
    FileChecked,
    FilesListed,
    SideReader,
    TranscriptRead,
)


class Heard:
    """All that a side reader says."""

    def __init__(self, reader: SideReader) -> None:
        self.contents: list[ContentsFound] = []
        self.cues: list[CuesFound] = []
        self.files: list[FilesListed] = []
        self.checks: list[FileChecked] = []
        self.transcripts: list[TranscriptRead] = []
        reader.transcript_read.connect(self.transcripts.append)
        reader.contents_found.connect(self.contents.append)
        reader.cues_found.connect(self.cues.append)
        reader.files_listed.connect(self.files.append)
        reader.file_checked.connect(self.checks.append)


@pytest.fixture
def reader() -> Iterator[SideReader]:
    thread = SideReader()
    thread.start()
    yield thread
    thread.stop()
    thread.wait()


@pytest.fixture
def heard(reader: SideReader) -> Heard:
    return Heard(reader)


def srt(count: int) -> str:
    stamp = "{:02}:{:02}:{:02},{:03}"
    lines = []
    for number in range(count):
        at = [stamp.format(s // 3600, s // 60 % 60, s % 60, ms) for s, ms in ((number, 0), (number, 900))]
        lines.append(f"{number + 1}\n{at[0]} --> {at[1]}\ncue {number}\n")
    return "\n".join(lines)


def test_the_contents_of_a_file_are_found(
    reader: SideReader, heard: Heard, qtbot: QtBot, sample_video: Path
) -> None:
    generation = reader.look_into(sample_video)
    qtbot.waitUntil(lambda: bool(heard.contents))
    assert heard.contents[0].generation == generation
    assert [each.codec for each in heard.contents[0].contents.video] == ["h264"]
    assert heard.contents[0].status == status_of(sample_video)


def test_many_cues_come_in_portions_and_all_in_the_end(
    reader: SideReader, heard: Heard, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "film.srt"
    path.write_text(srt(12_000), encoding="utf-8")
    generation = reader.read_cues(CueSource(path))
    qtbot.waitUntil(lambda: bool(heard.cues) and heard.cues[-1].complete, timeout=20_000)
    assert {each.generation for each in heard.cues} == {generation}
    counts = [len(each.table.cues) for each in heard.cues]
    assert counts == sorted(counts)
    assert counts[0] == 64
    assert counts[-1] == 12_000
    assert len(counts) < 8
    assert [cue.text for cue in heard.cues[-1].table.at(11_999.5)] == ["cue 11999"]


def test_newer_subtitles_replace_those_being_read(
    reader: SideReader, heard: Heard, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "a.srt").write_text(srt(30_000), encoding="utf-8")
    (tmp_path / "b.srt").write_text(srt(3), encoding="utf-8")
    first = reader.read_cues(CueSource(tmp_path / "a.srt"))
    second = reader.read_cues(CueSource(tmp_path / "b.srt"))
    qtbot.waitUntil(lambda: any(each.generation == second and each.complete for each in heard.cues))
    assert not [each for each in heard.cues if each.generation == first and each.complete]


def test_looking_into_another_file_ends_the_subtitles(
    reader: SideReader, heard: Heard, qtbot: QtBot, tmp_path: Path, sample_video: Path
) -> None:
    (tmp_path / "a.srt").write_text(srt(30_000), encoding="utf-8")
    reader.read_cues(CueSource(tmp_path / "a.srt"))
    reader.look_into(sample_video)
    reader.list_files((sample_video,))
    qtbot.waitUntil(lambda: bool(heard.contents) and bool(heard.files))
    assert not any(each.complete for each in heard.cues)


def test_subtitles_that_cannot_be_read_are_told(
    reader: SideReader, heard: Heard, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "a.srt").write_text("no subtitles at all", encoding="utf-8")
    reader.read_cues(CueSource(tmp_path / "a.srt"))
    qtbot.waitUntil(lambda: bool(heard.cues))
    assert heard.cues[0].complete
    assert heard.cues[0].failure == "a.srt holds no subtitles that can be read."


def test_subtitles_are_read_as_a_transcript(
    reader: SideReader, heard: Heard, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "film.en.srt"
    path.write_text(srt(3), encoding="utf-8")
    generation = reader.read_transcript(CueSource(path))
    qtbot.waitUntil(lambda: bool(heard.transcripts))
    (read,) = heard.transcripts
    assert (read.generation, read.failure) == (generation, "")
    assert read.found is not None
    assert [each.text for each in read.found.transcript.segments] == ["cue 0", "cue 1", "cue 2"]
    reader.read_transcript(CueSource(tmp_path / "none.srt"))
    qtbot.waitUntil(lambda: len(heard.transcripts) == 2)
    assert heard.transcripts[1].found is None
    assert heard.transcripts[1].failure.startswith("There is no file none.srt")


@pytest.mark.expect_log("side reader|subtitles met something unexpected")
def test_a_fault_costs_the_subtitles_not_the_thread(
    reader: SideReader, heard: Heard, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> Iterator[object]:
        raise RuntimeError("a fault")

    monkeypatch.setattr(subtitle_track, "file_cues", broken)
    reader.read_cues(CueSource(tmp_path / "a.srt"))
    qtbot.waitUntil(lambda: bool(heard.cues))
    assert "fault of the program" in heard.cues[0].failure
    reader.list_files((tmp_path / "x.mp4",))
    qtbot.waitUntil(lambda: bool(heard.files))


def test_folders_become_files(reader: SideReader, heard: Heard, qtbot: QtBot, tmp_path: Path) -> None:
    for name in ("b.mp4", "a.mp4"):
        (tmp_path / name).write_bytes(b"x")
    reader.list_files((Path("/films/first.mkv"), tmp_path, tmp_path / "none.mp4"))
    qtbot.waitUntil(lambda: bool(heard.files))
    names = [path.name for path in heard.files[0].paths]
    assert names == ["first.mkv", "a.mp4", "b.mp4", "none.mp4"]
    assert heard.files[0].failure == ""


def test_a_folder_of_models_is_told(
    reader: SideReader, heard: Heard, qtbot: QtBot, tmp_path: Path, sample_dir: Path
) -> None:
    for name in ("shapes.onnx", "digits-q5_0.bin"):
        (tmp_path / name).write_bytes((sample_dir / name).read_bytes())
    (tmp_path / "other.bin").write_bytes(b"x" * 100)
    (tmp_path / "readme.txt").write_text("x", encoding="utf-8")
    reader.list_files((tmp_path,))
    qtbot.waitUntil(lambda: bool(heard.files))
    assert (heard.files[0].paths, heard.files[0].failure) == ((), "")
    assert [path.name for path in heard.files[0].models] == ["digits-q5_0.bin", "shapes.onnx"]
    (tmp_path / "a.mp4").write_bytes(b"x")
    reader.list_files((tmp_path,))
    qtbot.waitUntil(lambda: len(heard.files) == 2)
    assert ([path.name for path in heard.files[1].paths], heard.files[1].models) == (["a.mp4"], ())


def test_a_file_is_checked(reader: SideReader, heard: Heard, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"x")
    before = status_of(path)
    assert before is not None
    path.unlink()
    reader.check(path, before)
    qtbot.waitUntil(lambda: bool(heard.checks))
    assert heard.checks[0].change is FileChange.GONE
