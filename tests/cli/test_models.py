"""``reelscope models``: pull from a server on this machine, add, list, verify, remove, licence."""

from __future__ import annotations

import hashlib
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.cli.pull import _Board, progress_words
from app.download.fetching import Fetcher, Patience
from app.download.pulls import PullStage, PullState
from app.folders import settings_path
from app.inference.catalogue import Catalogue, CatalogueEntry, catalogue
from tests.cli.conftest import Reelscope
from tests.download.server import (
    CONTENT,
    HALF,
    LOOPBACK,
    SHA256,
    Request,
    Send,
    Server,
    head,
    serving,
    whole,
)


@pytest.fixture
def files(sample_dir: Path) -> dict[str, bytes]:
    """What the server has, by the last part of the address."""
    return {
        "ggml-tiny.bin": (sample_dir / "digits-q5_0.bin").read_bytes(),
        "yolox_nano.onnx": (sample_dir / "shapes.onnx").read_bytes(),
    }


@pytest.fixture
def server(files: dict[str, bytes]) -> Iterator[Server]:
    def answer(request: Request, send: Send) -> None:
        name = request.path.rsplit("/", 1)[-1]
        send(whole(files[name]) if name in files else head("404 Not Found"))

    with serving(answer) as running:
        yield running


@pytest.fixture(autouse=True)
def known(server: Server, files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> Catalogue:
    """A catalogue of small files on this machine, in place of the real one."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)

    def like(entry: CatalogueEntry) -> CatalogueEntry:
        data = files[entry.file]
        url = server.url.rsplit("/", 1)[0] + "/" + entry.file
        return replace(entry, url=url, bytes=len(data), sha256=hashlib.sha256(data).hexdigest())

    small = Catalogue(("127.0.0.1",), tuple(like(catalogue().entry(name)) for name in ("tiny", "yolox_nano")))
    for module in ("inference.model_store", "inference.model_check", "models.library"):
        monkeypatch.setattr(f"app.{module}.catalogue", lambda: small)
    patient = Patience(tries=1)
    monkeypatch.setattr("app.cli.pull.model_fetcher", lambda known, mirror: Fetcher(LOOPBACK, patient))
    return small


def test_models_are_pulled_listed_verified_and_removed(reelscope: Reelscope, server: Server) -> None:
    pulled = reelscope("models", "pull", "tiny", "yolox_nano")
    assert pulled.code == 0, pulled.err
    assert pulled.out.index("together") < pulled.out.index("Installed")
    assert "3.6 MB" in pulled.out
    listed = reelscope("models").out
    assert listed.index("tiny") < listed.index("To be had")
    verified = reelscope("models", "verify", "tiny")
    assert verified.code == 0
    assert "as in the catalogue" in verified.out
    assert reelscope("models", "pull", "tiny").out == "All of that is installed.\n"
    assert len(server.requests) == 2
    assert reelscope("models", "remove", "tiny", "yolox_nano").code == 0
    assert "speech        tiny" in reelscope("models").out.split("To be had")[1]


def test_one_that_fails_leaves_the_others(
    reelscope: Reelscope, files: dict[str, bytes], known: Catalogue
) -> None:
    del files["ggml-tiny.bin"]
    done = reelscope("models", "pull", "tiny", "yolox_nano")
    assert done.code == 1
    assert "ggml-tiny.bin was not fetched: 127.0.0.1 does not have it any more (404)." in done.err
    assert "Installed yolox_nano" in done.out
    assert known.models[0].url in done.out
    assert known.models[1].url not in done.out


def test_what_is_wrong_usage(reelscope: Reelscope, server: Server) -> None:
    assert "did you mean" in reelscope("models", "pull", "tinny").err
    assert "Name the models" in reelscope("models", "pull").err
    assert reelscope("models", "pull", "tinny").code == reelscope("models", "remove", "tiny").code == 2
    assert reelscope("models", "verify", "tiny").code == 2
    assert not server.requests


def test_without_room_nothing_is_asked_for(
    reelscope: Reelscope, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda folder: SimpleNamespace(free=0))
    done = reelscope("models", "pull", "tiny")
    assert done.code == 1
    assert "too little are free" in done.err
    assert not server.requests


def test_a_missing_model_is_answered_with_how_to_get_it(reelscope: Reelscope, sample_video: Path) -> None:
    done = reelscope("analyze", sample_video, "--speech", "tiny")
    assert done.code == 2
    assert "'reelscope models pull tiny' gets it" in done.err
    assert "models pull tiny" in reelscope("analyze", sample_video, "--speech", "ggml-tiny.bin").err
    assert "models pull" not in reelscope("analyze", sample_video, "--detect", "tiny").err


def test_a_folder_is_added_and_what_fails_is_said(
    reelscope: Reelscope, files: dict[str, bytes], tmp_path: Path
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    (stick / "a.bin").write_bytes(files["ggml-tiny.bin"])
    (stick / "b.onnx").write_bytes(b"<html>")
    done = reelscope("models", "add", stick)
    assert done.code == 1
    assert "Added ggml-tiny (speech)" in done.out
    assert "b.onnx" in done.err
    placed = reelscope("models", "add", "--in-place", stick / "a.bin")
    assert placed.code == 0
    assert str(stick / "a.bin") in placed.out


def test_licences_are_shown(reelscope: Reelscope) -> None:
    shown = reelscope("models", "licence", "tiny").out
    assert "Copyright (c) 2022 OpenAI" in shown
    assert "WITHOUT WARRANTY OF ANY KIND" in shown
    assert "came with Reelscope" in reelscope("models", "licence", "shapes").out


def test_a_model_under_the_agpl_says_so(
    reelscope: Reelscope, models_dir: Path, sample_video: Path, tmp_path: Path
) -> None:
    model = models_dir / "yolov8n_int8.onnx"
    assert "AGPL-3.0" in reelscope("models", "add", model).err
    assert "AGPL-3.0" in reelscope("models", "licence", "yolov8n_int8").out
    run = ("analyze", sample_video, "--speech", "none", "--range", "0-1", "--detect", model)
    assert "AGPL-3.0" in reelscope(*run).err
    assert "AGPL-3.0" not in reelscope(*run, "--quiet").err


_INTERRUPTED = """
import sys, hashlib
from dataclasses import replace
from pathlib import Path
import app.cli.pull, app.inference.model_store, app.inference.model_check, app.models.library
from app.download.fetching import Fetcher
from app.download.rules import Rules
from app.inference.catalogue import Catalogue, catalogue
from app.main import main
url, size, sha256 = sys.argv[1:]
tiny = replace(catalogue().entry("tiny"), url=url, bytes=int(size), sha256=sha256)
small = Catalogue(("127.0.0.1",), (tiny,))
for module in (app.inference.model_store, app.inference.model_check, app.models.library):
    module.catalogue = lambda: small
app.cli.pull.model_fetcher = lambda known, mirror: Fetcher(Rules(known.hosts, plain_loopback=True))
sys.exit(main(["models", "pull", "tiny"]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="another process cannot be sent Ctrl+C there")
def test_ctrl_c_ends_a_pull_and_keeps_what_came(own_home: Path, repository: Path) -> None:
    def half(request: Request, send: Send) -> None:
        send(whole(CONTENT)[: -(len(CONTENT) - HALF)])

    def silent(request: Request, send: Send) -> None:
        running.release.wait()

    with serving(half, silent) as running:
        words = [running.url, str(len(CONTENT)), SHA256]
        child = subprocess.Popen(
            [sys.executable, "-c", _INTERRUPTED, *words],
            cwd=repository, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        with child:
            assert child.stderr is not None
            assert any("rests at 50%" in line for line in child.stderr)
            child.send_signal(signal.SIGINT)
            said = child.communicate(timeout=60)[1]
        assert child.returncode == 130
        assert "Interrupted." in said
    (part,) = own_home.rglob("ggml-tiny.bin.part")
    assert part.stat().st_size == HALF
    assert not list(own_home.rglob("ggml-tiny.bin"))
    assert not list(own_home.rglob("*.lock"))


def test_no_answer_to_the_question_is_a_no(
    reelscope: Reelscope, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(_question: str) -> str:
        raise EOFError

    monkeypatch.setattr("app.cli.pull._asks_somebody", lambda: True)
    monkeypatch.setattr("builtins.input", nobody)
    result = reelscope("models", "pull", "tiny")
    assert result.code == 0
    assert "Nothing was downloaded." in result.out
    assert not server.requests


def test_settings_that_cannot_be_read_are_told_and_left_to_the_window(reelscope: Reelscope) -> None:
    """They may name a mirror."""
    path = settings_path()
    path.parent.mkdir(parents=True)
    path.write_bytes(b"{broken")
    result = reelscope("models", "pull", "tiny")
    assert result.code == 0
    assert "The settings could not be read" in result.err
    assert path.read_bytes() == b"{broken"


class _Screen:
    """Takes what is written; ``terminal`` says whether it is one."""

    encoding = "utf-8"

    def __init__(self, *, terminal: bool) -> None:
        self.terminal, self.text = terminal, ""

    def isatty(self) -> bool:
        return self.terminal

    def write(self, text: str) -> None:
        self.text += text

    def flush(self) -> None:
        pass


def _state(done: int, stage: PullStage = PullStage.FETCHING, left_s: float | None = None) -> PullState:
    return PullState("tiny", stage, done, 1000, left_s)


def test_progress_in_words() -> None:
    assert progress_words(_state(0, PullStage.WAITING)) == "tiny waits"
    assert progress_words(_state(420, left_s=72.4)) == "tiny 42% of 1.0 kB, 1:12 left"
    assert progress_words(_state(500, PullStage.CHECKING)) == "tiny is checked, 50%"
    assert "before another try" in progress_words(_state(500, PullStage.RESTING))


def test_elsewhere_than_on_a_terminal_a_line_is_written_for_each_tenth() -> None:
    screen = _Screen(terminal=False)
    board = _Board(quiet=False, stream=screen)  # type: ignore[arg-type]
    for done in range(0, 1001, 10):
        board.take(_state(done))
    assert len(screen.text.splitlines()) == 10
    quiet = _Screen(terminal=False)
    _Board(quiet=True, stream=quiet).take(_state(500))  # type: ignore[arg-type]
    assert quiet.text == ""


def test_on_a_terminal_the_line_is_taken_away_again() -> None:
    screen = _Screen(terminal=True)
    board = _Board(quiet=False, stream=screen)  # type: ignore[arg-type]
    board.take(_state(500))
    assert "50%" in screen.text
    board.take(_state(1000, PullStage.DONE))
    assert screen.text.endswith("\r\x1b[K")
