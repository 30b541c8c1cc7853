"""Fixtures for all tests, and the surroundings every test runs in."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.guards"]

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED = REPOSITORY.parent / "shared"
QT_FOLDERS = ("render", "ui", "workers")

_HOME_VARIABLES = (
    "HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA",
    "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME",
)  # fmt: skip

# The same examples on every run: a failure must not depend on the day.
# `--hypothesis-profile=explore` looks further.
settings.register_profile(
    "suite", derandomize=True, deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("explore", deadline=None, max_examples=2000, print_blob=True)
settings.load_profile("suite")


def pytest_configure() -> None:
    """Settle the process before Qt or ONNX Runtime are loaded."""
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    on_linux = sys.platform.startswith("linux")
    if on_linux and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    for name in [name for name in os.environ if name.startswith("REELSCOPE_")]:
        del os.environ[name]


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Know pytest-qt's settings where it is left out because this system cannot load Qt."""
    if not _with_qt(pluginmanager):
        for name in ("qt_api", "qt_log_level_fail", "qt_log_ignore"):
            parser.addini(name, "a setting of pytest-qt")


def _with_qt(plugins: pytest.PytestPluginManager) -> bool:
    return bool(plugins.hasplugin("pytest-qt"))


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out the layers that are made of Qt where it cannot be loaded."""
    made_of_qt = collection_path.parent == REPOSITORY / "tests" and collection_path.name in QT_FOLDERS
    return True if made_of_qt and not _with_qt(config.pluginmanager) else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark by fixture, so that a mark cannot be forgotten."""
    without_qt = pytest.mark.skip(reason="the system libraries of Qt are missing")
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if fixtures & {"shared", "media_dir", "models_dir"}:
            item.add_marker(pytest.mark.shared)
        if "models_dir" in fixtures:
            item.add_marker(pytest.mark.models)
        if fixtures & {"qapp", "qtbot"}:
            item.add_marker(pytest.mark.qt)
        if item.get_closest_marker("qt") and not _with_qt(config.pluginmanager):
            item.add_marker(without_qt)


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty home folder for each test: neither the user's settings nor another test's may matter."""
    home = tmp_path_factory.mktemp("home")
    for name in _HOME_VARIABLES:
        if name.startswith("XDG_"):
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, str(home))
    yield home
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(autouse=True)
def no_end_is_set() -> Iterator[None]:
    """No test may leave an alarm behind, as the code of children sets: it would end all of them later."""
    yield
    if sys.platform != "win32":
        assert signal.alarm(0) == 0, "this process would have been ended some time later"


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the checkout."""
    return REPOSITORY


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real media and models beside the checkout."""
    if not SHARED.is_dir():
        pytest.skip(f"the folder of real media is not there ({SHARED})")
    return SHARED


@pytest.fixture(scope="session")
def media_dir(shared: Path) -> Path:
    """Real, odd and broken media files."""
    return shared / "media"


@pytest.fixture(scope="session")
def models_dir(shared: Path) -> Path:
    """Real detectors, embedders and speech models."""
    return shared / "models"


@pytest.fixture(scope="session")
def sample_dir() -> Path:
    """The bundled sample: sample.mp4, truth.json, shapes.onnx, digits-q5_0.bin."""
    return REPOSITORY / "resources" / "sample"


@pytest.fixture(scope="session")
def sample_video(sample_dir: Path) -> Path:
    """The bundled clip: 24 s, 960x540, 30 fps, four shots, six utterances."""
    return sample_dir / "sample.mp4"


@pytest.fixture(scope="session")
def sample_truth(sample_dir: Path) -> Any:
    """What the generator of the sample knows about it: objects of every frame, shots, utterances."""
    return json.loads((sample_dir / "truth.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def ffmpeg() -> str:
    """An ffmpeg program as an oracle: the system's, else the one that imageio-ffmpeg carries."""
    found = shutil.which("ffmpeg")
    if found is None:
        from imageio_ffmpeg import get_ffmpeg_exe

        found = get_ffmpeg_exe()
    return str(found)


@pytest.fixture(scope="session")
def ffprobe() -> str:
    """An ffprobe program as an oracle."""
    found = shutil.which("ffprobe")
    if found is None:
        pytest.skip("ffprobe is not installed; `python3 dev.py test` installs it where it may")
    return found


@pytest.fixture(scope="session")
def blank_environment() -> dict[str, str]:
    """Only what a program needs to start: nothing of ours, of Python's or of a home folder in it."""
    kept = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LANG", "LD_LIBRARY_PATH")
    return {name: os.environ[name] for name in kept if name in os.environ}


@pytest.fixture
def fresh_python(blank_environment: dict[str, str], own_home: Path) -> Any:
    """Runs a piece of Python in a new interpreter without Qt's or our modules loaded; gives its output.

    `fresh_python(code, *arguments, **environment)`; a failing piece fails the test with what it said.
    """

    def run(code: str, *arguments: str, **environment: str) -> str:
        done = subprocess.run(
            [sys.executable, "-X", "utf8", "-c", code, *arguments],
            env={**blank_environment, "HOME": str(own_home), **environment},
            cwd=REPOSITORY, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"exit code {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    return run
