"""An analysis writes nothing but its outputs, opens no connection and needs no Qt: watched from outside."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.system_calls import SystemCalls

_STARTED = re.compile(r'\bexecve\("[^"]*python')


def test_the_watch_sees_what_it_should(tmp_path: Path) -> None:
    """A check that cannot fail proves nothing: a program that writes and connects is caught."""
    code = "import socket; open('left', 'w').close(); socket.socket().connect_ex(('127.0.0.1', 9))"
    calls = traced([sys.executable, "-B", "-c", code], tmp_path, {})
    assert calls.written_files() == ["left"]
    assert calls.connections() == ["AF_INET"]


WAYS: dict[str, tuple[str, ...]] = {
    "one": (),
    "side by side": ("--jobs", "2"),
    "mapped": ("--input", "mapped", "--speech", "none"),
    "every frame": ("--frames", "all", "--range", "0-3"),
    "spoken": (
        "--vad",
        "{models}/for-tests-silero-v6.2.0-ggml.bin",
        "--language",
        "en",
        "--frames",
        "fps:0.1",
    ),
    "vectors": ("--embed", "{models}/derived_mobilenetv2_int8_feat1280.onnx", "--speech", "none"),
    "devices": ("--device", "auto", "--hwaccel", "auto", "--speech", "none"),
}


@pytest.fixture
def models(way: str, request: pytest.FixtureRequest) -> Path | None:
    """The folder of real models, where a way names one."""
    folder: Path | None = None
    if any("{models}" in word for word in WAYS[way]):
        folder = request.getfixturevalue("models_dir")
    return folder


@pytest.mark.parametrize("way", WAYS)
def test_an_analysis_writes_its_outputs_and_connects_to_nobody(
    sample_video: Path, repository: Path, tmp_path: Path, blank_environment: dict[str, str],
    way: str, models: Path | None,
) -> None:  # fmt: skip
    """Its child processes are watched, too."""
    home, work, temporary, films = (tmp_path / name for name in ("home", "work", "temporary", "films"))
    for folder in (home, work, temporary, films):
        folder.mkdir()
    environment = {
        **blank_environment,
        "HOME": str(home),
        "TMPDIR": str(temporary),
        "PYTHONPATH": str(repository),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    videos = [shutil.copy(sample_video, films / f"{name}.mp4") for name in ("out", "out2")]
    words = [word.format(models=models) for word in WAYS[way]]
    command = [sys.executable, "-m", "app", "analyze", *map(str, videos), "-o", ".", *words]
    calls = traced(command, work, environment)
    names = (
        ["out.json", "out2.json"] if "none" in WAYS[way] else ["out.json", "out.srt", "out2.json", "out2.srt"]
    )
    assert sorted(path.name for path in work.iterdir()) == names
    assert list(home.rglob("*")) == []
    assert list(temporary.rglob("*")) == []
    assert sorted(path.name for path in films.iterdir()) == ["out.mp4", "out2.mp4"]
    touched = calls.written_files()
    assert {Path(name).name.split(".")[0] for name in touched} == {"out", "out2"}
    assert {Path(name).parent for name in touched} <= {Path(), work}
    assert calls.connections() == []
    assert len(_STARTED.findall(calls.text)) == (3 if way in ("side by side", "mapped") else 1)


def traced(command: list[str], folder: Path, environment: dict[str, str]) -> SystemCalls:
    """Run ``command`` and return what it did, threads and children included."""
    calls = SystemCalls(folder.parent / "calls.txt")
    done = subprocess.run(
        calls.watched(command), cwd=folder, env=environment or None,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return calls


@pytest.mark.parametrize("action", [("list",), ("verify",), ("licence", "tiny"), ("add", "shapes.onnx")])
def test_only_pulling_a_model_opens_connections(
    action: tuple[str, ...], sample_dir: Path, repository: Path, tmp_path: Path,
    blank_environment: dict[str, str],
) -> None:  # fmt: skip
    home, work = tmp_path / "home", tmp_path / "work"
    for folder in (home, work):
        folder.mkdir()
    shutil.copy(sample_dir / "shapes.onnx", work)
    own = {"HOME": str(home), "PYTHONPATH": str(repository), "PYTHONDONTWRITEBYTECODE": "1"}
    calls = traced([sys.executable, "-m", "app", "models", *action], work, {**blank_environment, **own})
    assert calls.connections() == []
    written = {path.name for path in home.rglob("*") if path.is_file()}
    assert written == ({"shapes.onnx", "shapes.onnx.sha256"} if action[0] == "add" else set())


def test_an_analysis_needs_no_qt(sample_video: Path, tmp_path: Path, repository: Path) -> None:
    """With Qt's modules and its libraries out of reach the headless commands work."""
    code = (
        "import sys\n"
        "class NoQt:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.partition('.')[0] in ('PySide6', 'shiboken6', 'pyqtgraph'):\n"
        "            raise ImportError('libEGL.so.1: cannot open shared object file')\n"
        "sys.meta_path.insert(0, NoQt())\n"
        "from app.main import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    out = tmp_path / "out.json"
    run = [sys.executable, "-c", code]
    done = subprocess.run(
        [*run, "analyze", sample_video, "--json", out, "--range", "0-5"],
        cwd=repository, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert out.exists()
    window = subprocess.run([*run, sample_video], cwd=repository, capture_output=True, text=True, check=False)
    assert window.returncode == 1
    assert "the window cannot open" in window.stderr
    assert "Traceback" not in window.stderr
