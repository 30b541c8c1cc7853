"""Files appear whole or not at all, and a failure leaves nothing behind."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.core.errors import ExportError
from app.export.files import write_atomic

posix = pytest.mark.skipif(os.name != "posix", reason="permissions and special files of POSIX")


def _names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


@pytest.fixture
def unprivileged() -> Iterator[Path]:
    """A folder of a user who is not root, while that user runs the test."""
    folder = Path(tempfile.mkdtemp())
    root = os.geteuid() == 0
    if root:
        os.chown(folder, 65534, 65534)
        os.seteuid(65534)
    try:
        yield folder
    finally:
        if root:
            os.seteuid(0)
        folder.chmod(0o700)
        shutil.rmtree(folder)


@pytest.mark.parametrize("data", [b"", b"a\r\nb\n\x00\xff", bytes(3_000_000)])
def test_the_file_holds_the_data(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "out.json"
    write_atomic(path, data)
    write_atomic(path, data)
    assert path.read_bytes() == data
    assert _names(tmp_path) == ["out.json"]


def test_a_path_without_a_folder_is_in_the_current_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_atomic(Path("out.srt"), b"1")
    assert (tmp_path / "out.srt").read_bytes() == b"1"


def test_the_temporary_file_stands_beside_the_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def fsync(descriptor: int) -> None:
        assert os.fstat(descriptor).st_size == 3, "flushed to the disk before all was written"
        seen.extend(_names(tmp_path))

    monkeypatch.setattr(os, "fsync", fsync)
    (tmp_path / "out.json").write_bytes(b"old")
    write_atomic(tmp_path / "out.json", b"new")
    old, temporary = seen
    assert old == "out.json"
    assert temporary.startswith("out.json.")


@posix
@pytest.mark.parametrize("mask", [0o022, 0o027, 0o077])
def test_a_new_file_has_the_permissions_of_any_new_file(tmp_path: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        write_atomic(tmp_path / "ours", b"")
        (tmp_path / "any").write_bytes(b"")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "ours").stat().st_mode) == 0o666 & ~mask
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "any").stat().st_mode


@posix
@pytest.mark.parametrize("mode", [0o600, 0o664])
def test_a_replaced_file_keeps_its_permissions(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "out"
    path.write_bytes(b"old")
    path.chmod(mode)
    write_atomic(path, b"new")
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"new", mode)


@posix
def test_a_link_stays_a_link_and_its_target_is_replaced(tmp_path: Path) -> None:
    far = tmp_path / "far"
    far.mkdir()
    (far / "real").write_bytes(b"old")
    link, dangling = tmp_path / "link", tmp_path / "dangling"
    link.symlink_to(Path("far", "real"))
    dangling.symlink_to(far / "new")
    write_atomic(link, b"1")
    write_atomic(dangling, b"2")
    assert link.readlink() == Path("far", "real")
    assert ((far / "real").read_bytes(), (far / "new").read_bytes()) == (b"1", b"2")
    assert (_names(tmp_path), _names(far)) == (["dangling", "far", "link"], ["new", "real"])


@posix
def test_another_name_of_the_old_file_keeps_the_old_data(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old")
    (tmp_path / "b").hardlink_to(tmp_path / "a")
    write_atomic(tmp_path / "a", b"new")
    assert (tmp_path / "b").read_bytes() == b"old"


@posix
def test_what_is_no_file_is_written_to_as_it_is(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    received: list[bytes] = []
    reader = threading.Thread(target=lambda: received.append(pipe.read_bytes()))
    reader.start()
    write_atomic(pipe, b"through")
    reader.join()
    assert received == [b"through"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    write_atomic(Path("/dev/null"), b"gone")
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_a_reader_sees_the_old_or_the_new_file(tmp_path: Path) -> None:
    path = tmp_path / "out"
    contents = [letter * 400_000 for letter in (b"a", b"b")]
    write_atomic(path, contents[0])
    finished = threading.Event()
    seen: list[bytes] = []

    def read() -> None:
        while not finished.is_set():
            seen.append(path.read_bytes())

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for number in range(60):
            write_atomic(path, contents[number % 2])
    finally:
        finished.set()
        reader.join()
    assert seen
    assert set(seen) <= set(contents)


def test_a_process_that_dies_leaves_the_old_file_whole(tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    path.write_bytes(b"old")
    code = (
        "import os, sys; from pathlib import Path; from app.export.files import write_atomic\n"
        "os.fsync = lambda descriptor: os._exit(9)\n"
        "write_atomic(Path(sys.argv[1]), b'n' * 100_000)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], check=False, timeout=60)
    assert done.returncode == 9
    assert path.read_bytes() == b"old"
    left, kept = sorted(_names(tmp_path), reverse=True)
    assert kept == "out.json"
    assert left.startswith("out.json.")


def _sentence(path: Path) -> str:
    with pytest.raises(ExportError) as caught:
        write_atomic(path, b"new" * 1000)
    sentence = str(caught.value)
    assert sentence.startswith(f"'{path}' cannot be written: ")
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence.removeprefix(f"'{path}' cannot be written: ")


def test_a_folder_that_is_missing(tmp_path: Path) -> None:
    assert _sentence(tmp_path / "no" / "out") == f"there is no folder '{tmp_path / 'no'}'."
    (tmp_path / "file").write_bytes(b"")
    assert _sentence(tmp_path / "file" / "out") == f"there is no folder '{tmp_path / 'file'}'."
    assert _names(tmp_path) == ["file"]


def test_a_folder_in_the_place_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    assert _sentence(tmp_path / "out") == "it is a folder."
    assert _names(tmp_path) == ["out"]


@pytest.mark.parametrize("length", [255, 300])
def test_a_name_that_is_too_long(tmp_path: Path, length: int) -> None:
    assert _sentence(tmp_path / ("n" * length)) == "the name is too long."
    assert _names(tmp_path) == []


def test_a_name_that_no_system_takes(tmp_path: Path) -> None:
    assert _sentence(tmp_path / "a\0b") == "the name is not allowed."


@posix
def test_links_in_a_circle(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    assert _sentence(tmp_path / "a") == "its links lead in a circle."
    assert _names(tmp_path) == ["a", "b"]


@posix
def test_a_folder_one_may_not_write_to(unprivileged: Path) -> None:
    (unprivileged / "out").write_bytes(b"old")
    unprivileged.chmod(0o555)
    assert _sentence(unprivileged / "out") == "you may not write there."
    assert _sentence(unprivileged / "new") == "you may not write there."
    unprivileged.chmod(0o000)
    assert _sentence(unprivileged / "out") == "you may not write there."
    unprivileged.chmod(0o755)
    assert _names(unprivileged) == ["out"]
    assert (unprivileged / "out").read_bytes() == b"old"


@posix
def test_a_file_that_is_protected(unprivileged: Path) -> None:
    path = unprivileged / "out"
    path.write_bytes(b"old")
    path.chmod(0o444)
    assert _sentence(path) == "you may not write there."
    assert path.read_bytes() == b"old"
    assert _names(unprivileged) == ["out"]


@posix
def test_a_limit_that_is_met_half_way(tmp_path: Path) -> None:
    import resource

    path = tmp_path / "out"
    path.write_bytes(b"old")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        assert _sentence(path) == "the file would be larger than allowed."
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_bytes() == b"old"
    assert _names(tmp_path) == ["out"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full")
def test_a_device_that_is_full() -> None:
    assert _sentence(Path("/dev/full")) == "the disk is full."


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (errno.ENOSPC, "the disk is full."),
        (errno.EROFS, "the disk is read-only."),
        (errno.EIO, f"{os.strerror(errno.EIO)}."),
    ],
)
@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_disk_that_fails_late(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, reason: str, call: str
) -> None:
    (tmp_path / "out").write_bytes(b"old")

    def fail(*args: Any) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, call, fail)
    assert _sentence(tmp_path / "out") == reason
    assert _names(tmp_path) == ["out"]
    assert (tmp_path / "out").read_bytes() == b"old"


def test_an_interrupt_is_passed_on_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(descriptor: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_atomic(tmp_path / "out", b"new")
    assert _names(tmp_path) == []
