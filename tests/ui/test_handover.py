"""A second start hands its files over: two real processes, and what may stand in their way."""

from __future__ import annotations

import os
import signal
import socket
import stat
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from app import handover
from app.handover import hand_over, pack, unpack
from app.ui.instance_server import FilesReceived, InstanceServer

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="local sockets are pipes there")

_WINDOW = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from app import handover
from app.ui.instance_server import InstanceServer
application = QCoreApplication([])
server = InstanceServer(Path(sys.argv[1]))
def take(received):
    print(*(ascii(str(path)) for path in received.paths), flush=True)
server.received.connect(take)
print("listening" if server.listen() else "not listening", flush=True)
if sys.argv[2] == "hang":
    sys.stdin.read()
application.exec()
"""

_REAL_WINDOW = """
import sys
from app.ui import application
from app.ui.main_window import MainWindow
def opened(self, paths):
    print("opened", *(ascii(path.name) for path in paths), flush=True)
    self.close()
MainWindow.take_files = lambda self, received: opened(self, received.paths)
MainWindow.fill_strip = lambda self: print("running", flush=True)
from app.main import main
sys.exit(main(sys.argv[1:]))
"""


Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def meeting(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("m")
    folder.chmod(0o700)
    return folder / "s"


@pytest.fixture
def start(repository: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts a process that listens; ends it."""
    running: list[subprocess.Popen[str]] = []

    def begin(code: str, *words: str, **environment: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", code, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            cwd=repository, env={**os.environ, "QT_QPA_PLATFORM": "offscreen", **environment},
        )  # fmt: skip
        running.append(process)
        return process

    yield begin
    for process in running:
        with process:
            process.kill()


def line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


names = st.binary(min_size=1, max_size=40).filter(lambda name: b"\0" not in name and b"/" not in name)


@given(st.lists(names, max_size=5))
def test_any_bytes_in_names_survive(raw: list[bytes]) -> None:
    paths = [Path("/films") / os.fsdecode(name) for name in raw]
    message = pack(paths)
    assert int.from_bytes(message[:4], "big") == len(message) - 4
    assert [os.fsencode(path) for path in unpack(message[4:])] == [os.fsencode(path) for path in paths]


@pytest.mark.parametrize("body", [b"x", b"relative\0", b"/a\0b\0", b"\0", b"/a\0\0"])
def test_a_message_that_names_no_absolute_paths_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match="name"):
        unpack(body)


def test_too_many_names_are_not_sent() -> None:
    with pytest.raises(ValueError, match="too many"):
        pack([Path("/" + "a" * 200)] * 6000)


def test_files_reach_the_process_that_listens(
    start: Start,
    meeting: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    window = start(_WINDOW, str(meeting), "")
    assert line_of(window) == "listening"
    monkeypatch.chdir(tmp_path)
    odd = os.fsdecode(b"b\xff\n\x01.mkv")
    assert hand_over([Path("a film.mp4"), Path(odd)], meeting)
    assert line_of(window) == f"{str(tmp_path / 'a film.mp4')!a} {str(tmp_path / odd)!a}"
    assert hand_over([], meeting)
    assert line_of(window) == ""


def test_only_this_user_may_come_in(start: Start, meeting: Path) -> None:
    window = start(_WINDOW, str(meeting), "")
    assert line_of(window) == "listening"
    status = meeting.stat()
    assert stat.S_ISSOCK(status.st_mode)
    assert stat.S_IMODE(status.st_mode) & 0o077 == 0


def test_a_second_one_does_not_take_the_place(start: Start, meeting: Path) -> None:
    assert line_of(start(_WINDOW, str(meeting), "")) == "listening"
    assert line_of(start(_WINDOW, str(meeting), "")) == "not listening"
    assert hand_over([], meeting)


def test_one_that_was_killed_leaves_the_place_free(start: Start, meeting: Path) -> None:
    first = start(_WINDOW, str(meeting), "")
    assert line_of(first) == "listening"
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert meeting.exists()
    assert not hand_over([Path("/a.mp4")], meeting)
    second = start(_WINDOW, str(meeting), "")
    assert line_of(second) == "listening"
    assert hand_over([Path("/a.mp4")], meeting)
    assert line_of(second) == "'/a.mp4'"


def test_one_that_hangs_is_left_alone_and_never_gets_the_files(
    start: Start, meeting: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handover, "GREETING_S", 0.2)
    window = start(_WINDOW, str(meeting), "hang")
    assert line_of(window) == "listening"
    assert not hand_over([Path("/lost.mp4")], meeting)
    assert line_of(start(_WINDOW, str(meeting), "")) == "not listening"
    assert window.stdin is not None
    window.stdin.close()
    assert hand_over([Path("/kept.mp4")], meeting)
    assert line_of(window) == "'/kept.mp4'"


def test_the_folder_must_be_this_users_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    # The address of a socket has little room: a test's own folder may have too long a name.
    with tempfile.TemporaryDirectory(prefix="r", dir="/tmp") as short:
        monkeypatch.setenv("XDG_RUNTIME_DIR", short)
        found = handover.address()
        assert found is not None
        assert found.parent.parent == Path(short)
        found.parent.chmod(0o755)
        elsewhere = handover.address()
        assert elsewhere is None or elsewhere.parent.parent != Path(short)


def test_another_display_or_home_is_another_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    here = handover.address()
    monkeypatch.setenv("DISPLAY", ":77")
    there = handover.address()
    monkeypatch.setenv("HOME", str(tmp_path))
    assert len({here, there, handover.address()}) == 3


@pytest.mark.parametrize(
    "sent",
    [
        struct.pack(">I", 2**31) + b"x",
        struct.pack(">I", 3) + b"abc",
        struct.pack(">I", 9) + b"relative\0",
        b"GET / HTTP/1.1\r\n\r\n",
    ],
)
def test_a_bad_message_is_hung_up_on(
    qtbot: QtBot, meeting: Path, sent: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = InstanceServer(meeting)
    received: list[FilesReceived] = []
    server.received.connect(received.append)
    assert server.listen()
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(str(meeting))
        line.settimeout(10)
        qtbot.waitUntil(lambda: _greeted(line))
        line.sendall(sent)
        line.setblocking(False)
        qtbot.waitUntil(lambda: _hung_up(line))
    server.close()
    assert received == []


def _greeted(line: socket.socket) -> bool:
    line.setblocking(False)
    try:
        return line.recv(len(handover.READY)) == handover.READY
    except BlockingIOError:
        return False


def _hung_up(line: socket.socket) -> bool:
    try:
        return line.recv(100) == b""
    except BlockingIOError:
        return False
    except ConnectionResetError:
        return True


def test_nobody_to_meet_is_no_fault(meeting: Path) -> None:
    assert not hand_over([Path("/a.mp4")], meeting)
    assert not hand_over([Path("/a.mp4")], meeting.parent / "no" / "folder")


def test_two_starts_of_the_program_become_one_window(start: Start, repository: Path, own_home: Path) -> None:
    window = start(_REAL_WINDOW)
    assert line_of(window) == "running"
    command = [sys.executable, "-X", "importtime", "-m", "app", "film.mp4", "/b.mkv"]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    second = subprocess.run(
        command, cwd=repository, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert second.returncode == 0
    assert line_of(window) == "opened 'film.mp4' 'b.mkv'"
    assert window.wait() == 0
    assert "PySide6" not in second.stderr
    assert "numpy" not in second.stderr


def test_a_window_of_its_own_can_be_asked_for(start: Start, meeting: Path) -> None:
    first = start(_REAL_WINDOW)
    assert line_of(first) == "running"
    second = start(_REAL_WINDOW, "--new-window")
    assert line_of(second) == "running"
    assert hand_over([Path("/kept.mp4")], handover.address())
    assert line_of(first) == "opened 'kept.mp4'"
    assert second.poll() is None
