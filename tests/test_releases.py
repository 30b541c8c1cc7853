"""The question for a newer release: what goes out, what is made of the answers, and nothing unasked."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from app import releases
from app.core.cancel import CancelToken
from app.releases import (
    Release,
    ReleaseUnknownError,
    https_opener,
    look_for_newer,
    newest_release,
    repository,
)
from tests.system_calls import SystemCalls

REPOSITORY = Path(__file__).resolve().parent.parent


class _Page(BaseHTTPRequestHandler):
    """A page of releases that answers as it is told."""

    status: ClassVar[int] = 200
    body: ClassVar[bytes] = b"{}"
    location: ClassVar[str] = ""
    asked: ClassVar[list[tuple[str, dict[str, str]]]] = []

    def do_GET(self) -> None:
        self.asked.append((self.path, dict(self.headers)))
        self.send_response(self.status)
        if self.location:
            self.send_header("Location", self.location)
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def page() -> Iterator[type[_Page]]:
    """The page; its opener goes there instead of to the host that is named, without encryption."""

    class Page(_Page):
        asked: ClassVar[list[tuple[str, dict[str, str]]]] = []

    server = HTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    Page.port = server.server_port  # type: ignore[attr-defined]
    yield Page
    server.shutdown()
    thread.join()
    server.server_close()


class _Detour(urllib.request.HTTPSHandler):
    """Takes what is meant for an https host to a port of this machine."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self._port = port

    def https_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        def connect(_host: str, *, timeout: float, **_: Any) -> http.client.HTTPConnection:
            return http.client.HTTPConnection("127.0.0.1", self._port, timeout=timeout)

        return self.do_open(connect, request)  # type: ignore[arg-type]


@pytest.fixture
def opener(page: type[_Page]) -> urllib.request.OpenerDirector:
    return https_opener(_Detour(page.port))  # type: ignore[attr-defined]


def _says(page: type[_Page], document: object, status: int = 200, location: str = "") -> None:
    page.body = document if isinstance(document, bytes) else json.dumps(document).encode()
    page.status, page.location = status, location


def test_the_newest_release_and_its_page(page: type[_Page], opener: urllib.request.OpenerDirector) -> None:
    _says(page, {"tag_name": "v1.4.0", "html_url": "https://elsewhere.example/steal"})
    found = newest_release("somebody/reelscope", opener)
    assert found == Release("1.4.0", "https://github.com/somebody/reelscope/releases/tag/v1.4.0")


def test_the_question_tells_nothing_of_who_asks(
    page: type[_Page], opener: urllib.request.OpenerDirector
) -> None:
    _says(page, {"tag_name": "v1.4.0"})
    newest_release("somebody/reelscope", opener)
    ((path, headers),) = page.asked
    assert path == "/repos/somebody/reelscope/releases/latest"
    assert {name.lower() for name in headers} <= {
        "host",
        "user-agent",
        "accept",
        "accept-encoding",
        "connection",
    }
    assert headers["User-Agent"] == "reelscope"


@pytest.mark.parametrize(
    ("document", "status", "sentence"),
    [
        ({}, 200, "no clear answer"),
        ({"tag_name": 7}, 200, "no clear answer"),
        ({"tag_name": "v1.0/../../evil"}, 200, "no clear answer"),
        ([1], 200, "no clear answer"),
        (b"<html>", 200, "no clear answer"),
        (b"[" * 100_000, 200, "no clear answer"),
        ({}, 404, "There is no release yet"),
        ({}, 403, r"refused to answer \(403\)"),
        ({}, 500, r"refused to answer \(500\)"),
    ],
)
def test_other_answers_are_one_sentence(
    page: type[_Page],
    opener: urllib.request.OpenerDirector,
    document: object,
    status: int,
    sentence: str,
) -> None:
    _says(page, document, status)
    with pytest.raises(ReleaseUnknownError, match=sentence):
        newest_release("somebody/reelscope", opener)


def test_nobody_is_followed_elsewhere(page: type[_Page], opener: urllib.request.OpenerDirector) -> None:
    _says(page, {}, 301, "http://elsewhere.example/")
    with pytest.raises(ReleaseUnknownError, match="301"):
        newest_release("somebody/reelscope", opener)
    assert len(page.asked) == 1


def test_nothing_is_asked_without_encryption() -> None:
    with pytest.raises(urllib.error.URLError, match="unknown url type"):
        https_opener().open("http://127.0.0.1:9/")


def test_where_nobody_answers_the_sentence_says_so() -> None:
    with pytest.raises(ReleaseUnknownError, match="cannot be reached"):
        newest_release("somebody/reelscope", https_opener(_Detour(9)))


@pytest.mark.parametrize(
    ("newest", "here", "newer"),
    [
        ("0.2.0", "0.1.0", True),
        ("0.10.0", "0.9.9", True),
        ("1.0", "0.9.9", True),
        ("0.1.0", "0.1.0", False),
        ("0.1.0", "0.2.0", False),
        ("0.1.1", "0.1", True),
        ("0.1", "0.1.0", False),
        ("0.1.0", "0.1", False),
        ("0.2.0", "0.1.0.dev3", True),
        ("0.2.0", "0.2.0rc1", True),
        ("0.2.0", "0.2.0-rc.1", True),
        ("0.2.0", "0.2.0b2", True),
        ("0.2.0", "0.2.0-alpha", True),
        ("0.2.0", "0.2.0.dev3", True),
        ("0.2", "v0.2.0rc1", True),
        ("0.1.9", "0.2.0rc1", False),
        ("0.2.0", "0.2.0.post1", False),
        ("0.2.0", "0.2.0+debian1", False),
    ],
)
def test_numbers_are_compared_as_numbers(newest: str, here: str, newer: bool) -> None:
    assert Release(newest, "").is_newer_than(here) is newer


@pytest.mark.parametrize(
    "text", ['{"repository": "a b/c"}', '{"repository": "../x"}', "[]", "{", '{"repository": 7}', ""]
)
def test_a_copy_that_knows_no_page_says_so(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "origin.json").write_text(text, encoding="utf-8")
    monkeypatch.setattr(releases, "resource_path", tmp_path.joinpath)
    with pytest.raises(ReleaseUnknownError, match="not made by a release"):
        repository()


def test_a_source_tree_knows_no_page_and_starts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(releases, "ask_child", partial(pytest.fail, "a child was started"))
    with pytest.raises(ReleaseUnknownError, match="not made by a release"):
        look_for_newer(CancelToken())


def test_the_child_of_a_copy_without_a_page_connects_to_nothing(tmp_path: Path) -> None:
    calls = SystemCalls(tmp_path / "calls")
    command = [sys.executable, "-m", "app", releases.CHILD]
    done = subprocess.run(calls.watched(command), capture_output=True, text=True, check=True)
    assert "not made by a release" in done.stdout
    assert calls.connections() == []
    assert not calls.written_files()


_WINDOW = """
import sys
from PySide6.QtCore import QTimer
from app.ui import application
made = application.make_window
def make_window(*arguments):
    window = made(*arguments)
    QTimer.singleShot(0, lambda: QTimer.singleShot(0, window.close))
    return window
application.make_window = make_window
sys.exit(application.start([], alone=True))
"""


@pytest.mark.qt
def test_a_window_that_nobody_asked_anything_connects_to_nothing(tmp_path: Path, own_home: Path) -> None:
    calls = SystemCalls(tmp_path / "calls")
    subprocess.run(calls.watched([sys.executable, "-c", _WINDOW]), check=True, cwd=REPOSITORY)
    assert calls.connections() == []
    left = [file for file in own_home.rglob("*") if file.is_file()]
    assert [file.name for file in left if "log" in str(file.relative_to(own_home))] == []
