"""Downloads from a server that misbehaves end right or with one sentence; a wrong file never has the name."""

from __future__ import annotations

import errno
import gzip
import re
import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.cancel import CancelToken
from app.core.errors import CancelledError, DownloadError
from app.download.partial import PartialFile, discard_part, locked, part_bytes
from app.download.wanted import Stage
from tests.download.server import (
    CONTENT,
    HALF,
    Client,
    Request,
    Send,
    Server,
    head,
    partial,
    redirect,
    serving,
    status,
    well,
    whole,
)

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Client:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return Client(tmp_path)


def _right(client: Client) -> None:
    assert client.target.read_bytes() == CONTENT
    assert client.names() == {"file.bin"}


def _refused(client: Client, server: Server, words: str, *, kept: int | None = None) -> None:
    """One sentence, nothing under the name, and a part only where it can be gone on with."""
    with pytest.raises(DownloadError, match=words) as caught:
        client.fetch(server.url)
    sentence = str(caught.value)
    assert sentence.startswith("file.bin was not fetched: ")
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert not client.target.exists()
    assert part_bytes(client.target) == (kept or 0)
    assert client.names() == (set() if kept is None else {"file.bin.part", "file.bin.part.etag"})


def half(request: Request, send: Send) -> None:
    """Promise the whole file and hang up in the middle."""
    send(whole()[: -(len(CONTENT) - HALF)])


def flipped(request: Request, send: Send) -> None:
    """Send one bit the other way round, near the end."""
    wrong = bytearray(CONTENT)
    wrong[-9] ^= 4
    send(partial(request.offset, bytes(wrong)) if request.offset else whole(bytes(wrong)))


def test_a_file_comes_whole(client: Client) -> None:
    with serving(well) as server:
        client.fetch(server.url)
    _right(client)
    assert "range" not in server.requests[0].headers
    assert server.requests[0].headers["accept-encoding"] == "identity"
    assert client.seen[-1] == (Stage.CHECKING, len(CONTENT))
    done = [count for stage, count in client.seen if stage is Stage.FETCHING]
    assert done == sorted(done)
    assert done[-1] == len(CONTENT)


def test_a_file_that_is_there_is_not_fetched(client: Client) -> None:
    client.target.write_bytes(CONTENT)
    with serving(well) as server:
        client.fetch(server.url)
    assert not server.requests
    _right(client)


def test_a_short_body_is_gone_on_with(client: Client) -> None:
    with serving(half, well) as server:
        client.fetch(server.url)
    _right(client)
    assert server.requests[1].headers["range"] == f"bytes={HALF}-"
    assert server.requests[1].headers["if-range"] == '"one"'
    assert (Stage.RESTING, HALF) in client.seen


def test_a_body_that_stays_short(client: Client) -> None:
    def never_more(request: Request, send: Send) -> None:
        send(partial(HALF)[: -(len(CONTENT) - HALF)]) if request.offset else half(request, send)

    with serving(never_more) as server:
        _refused(client, server, f"sent {HALF} of {len(CONTENT)} bytes; what came is kept", kept=HALF)
    assert len(client.rests) == 5
    bare = [1, 1, 2, 4, 8]
    assert all(
        0.75 * wanted <= rest <= 1.25 * wanted for wanted, rest in zip(bare, client.rests, strict=True)
    )


def test_a_longer_body_that_says_so(client: Client) -> None:
    with serving(lambda request, send: send(whole(CONTENT + b"more"))) as server:
        _refused(client, server, f"offers {len(CONTENT) + 4} bytes")


def test_a_longer_body_that_does_not_say_so(client: Client) -> None:
    with serving(lambda request, send: send(head("200 OK") + CONTENT + bytes(100_000))) as server:
        client.fetch(server.url)
    _right(client)


def test_a_flipped_bit(client: Client) -> None:
    with serving(flipped) as server:
        _refused(client, server, "its checksum is another, so it was removed")
    assert len(server.requests) == 1


def test_a_flipped_bit_in_a_piece_that_lay_there(client: Client) -> None:
    client.leave_part(b"x" + CONTENT[1:HALF])
    with serving(well) as server:
        client.fetch(server.url)
    _right(client)
    assert [request.offset for request in server.requests] == [HALF, 0]


def test_a_flipped_bit_in_every_piece(client: Client) -> None:
    client.leave_part(CONTENT[:HALF])
    with serving(flipped) as server:
        _refused(client, server, "its checksum is another")
    assert [request.offset for request in server.requests] == [HALF, 0]


def test_the_whole_file_where_a_part_was_asked_for(client: Client) -> None:
    client.leave_part(CONTENT[:HALF])
    with serving(lambda request, send: send(whole())) as server:
        client.fetch(server.url)
    _right(client)
    assert server.requests[0].offset == HALF


def test_a_server_that_begins_anew_for_ever(client: Client) -> None:
    with serving(half) as server:
        _refused(client, server, "begins anew each time", kept=HALF)
    assert len(server.requests) == 5


def test_another_version_as_a_whole(client: Client) -> None:
    """``If-Range`` does not match: the server sends all of what it has now."""
    client.leave_part(b"old" * 1000, '"old"')
    with serving(lambda request, send: send(whole(etag='"new"'))) as server:
        client.fetch(server.url)
    _right(client)
    assert server.requests[0].headers["if-range"] == '"old"'


def test_another_version_in_part(client: Client) -> None:
    client.leave_part(b"old" * 1000, '"old"')
    with serving(
        lambda request, send: send(partial(request.offset) if request.offset else whole())
    ) as server:
        client.fetch(server.url)
    _right(client)
    assert [request.offset for request in server.requests] == [3000, 0]


def test_a_weak_mark_is_not_sent_back(client: Client) -> None:
    client.leave_part(CONTENT[:HALF], 'W/"one"')
    with serving(lambda request, send: send(partial(HALF, etag='W/"one"'))) as server:
        client.fetch(server.url)
    _right(client)
    assert "if-range" not in server.requests[0].headers


def test_a_part_from_elsewhere_than_asked_for(client: Client) -> None:
    client.leave_part(CONTENT[:HALF])
    with serving(lambda request, send: send(partial(HALF - 7)), well) as server:
        client.fetch(server.url)
    _right(client)


def test_a_part_of_a_file_of_another_size(client: Client) -> None:
    client.leave_part(CONTENT[:HALF])
    with serving(lambda request, send: send(partial(HALF, CONTENT + b"!"))) as server:
        _refused(client, server, "offers 1200001 bytes")


def test_a_part_that_is_too_long_already(client: Client) -> None:
    client.leave_part(CONTENT + b"!")
    with serving(well) as server:
        client.fetch(server.url)
    _right(client)
    assert server.requests[0].offset == 0


def test_a_part_that_is_whole_already(client: Client) -> None:
    client.leave_part(CONTENT)
    with serving(well) as server:
        client.fetch(server.url)
    _right(client)
    assert not server.requests


def test_no_such_range(client: Client) -> None:
    client.leave_part(CONTENT[:HALF])
    with serving(status("416 Range Not Satisfiable"), well) as server:
        client.fetch(server.url)
    _right(client)


def test_no_such_range_ever(client: Client) -> None:
    with serving(status("416 Range Not Satisfiable")) as server:
        _refused(client, server, "knows no such part")


def test_silence_in_the_middle(client: Client) -> None:
    client.silence_s = 0.1

    def falls_silent(request: Request, send: Send) -> None:
        half(request, send)
        server.release.wait()

    with serving(falls_silent, well) as server:
        client.fetch(server.url)
    _right(client)
    assert server.requests[1].offset == HALF


def test_bytes_that_only_drip(client: Client) -> None:
    hours = iter(range(0, 10**9, 3600))
    client.clock = lambda: next(hours)
    with serving(well) as server, pytest.raises(DownloadError, match="next to nothing any more; what came"):
        client.fetch(server.url)
    assert len(server.requests) == 5
    assert client.names() == {"file.bin.part", "file.bin.part.etag"}


def test_chunks(client: Client) -> None:
    with serving(lambda request, send: send(_chunked(CONTENT) + b"0\r\n\r\n")) as server:
        client.fetch(server.url)
    _right(client)


def test_chunks_without_an_end(client: Client) -> None:
    with serving(lambda request, send: send(_chunked(CONTENT[:HALF])), well) as server:
        client.fetch(server.url)
    _right(client)
    assert server.requests[1].offset == HALF


def _chunked(data: bytes) -> bytes:
    pieces = [data[at : at + 50_000] for at in range(0, len(data), 50_000)]
    body = b"".join(f"{len(piece):x}\r\n".encode() + piece + b"\r\n" for piece in pieces)
    return head("200 OK", Transfer_Encoding="chunked", ETag='"one"') + body


def test_a_packed_body(client: Client) -> None:
    packed = gzip.compress(CONTENT, 1)
    answer = head("200 OK", Content_Encoding="gzip", Content_Length=len(packed)) + packed
    with serving(lambda request, send: send(answer)) as server:
        _refused(client, server, r"sends it packed \(gzip\)")


@pytest.mark.parametrize("said", [0, 5, len(CONTENT) - 1, len(CONTENT) + 1])
def test_a_wrong_length(client: Client, said: int) -> None:
    with serving(lambda request, send: send(head("200 OK", Content_Length=said) + CONTENT)) as server:
        _refused(client, server, f"offers {said} bytes, and it has {len(CONTENT)}")


@pytest.mark.parametrize("answer", [b"", b"\x16\x03\x01\x02\x00", b"HTTP/1.1 huh\r\n\r\n", b"SSH-2.0-x\r\n"])
def test_nonsense(client: Client, answer: bytes) -> None:
    with serving(lambda request, send: send(answer)) as server:
        _refused(client, server, "no answer that makes sense")
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("line", "words"),
    [("404 Not Found", "does not have it any more"), ("410 Gone", "does not"), ("403 Forbidden", "refuses")],
)
def test_what_will_not_pass_is_not_tried_again(client: Client, line: str, words: str) -> None:
    with serving(status(line)) as server:
        _refused(client, server, words)
    assert len(server.requests) == 1


def test_what_may_pass_is_tried_again_when_the_host_says(client: Client) -> None:
    with serving(status("503 Busy", Retry_After=17), status("500 Oh"), well) as server:
        client.fetch(server.url)
    _right(client)
    assert client.rests[0] == 17


def test_no_rest_is_longer_than_the_longest(client: Client) -> None:
    with serving(status("429 Too Many", Retry_After=86400), well) as server:
        client.fetch(server.url)
    assert client.rests == [30]


def test_nobody_there(client: Client) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(DownloadError, match=r"127\.0\.0\.1 cannot be reached"):
        client.fetch(f"http://127.0.0.1:{port}/file.bin")
    assert len(client.rests) == 2


def test_a_redirect_is_followed(client: Client) -> None:
    with serving(redirect("/elsewhere?x=1"), well) as server:
        client.fetch(server.url)
    _right(client)
    assert server.requests[1].path == "/elsewhere?x=1"


@pytest.mark.parametrize(
    ("to", "words"),
    [
        ("http://example.org/file.bin", "redirects to http://example.org, which is not encrypted"),
        ("ftp://127.0.0.1/file.bin", "redirects to ftp://127.0.0.1, which is not encrypted"),
        ("https://example.org/file.bin", "redirects to example.org, which is not on the list of hosts"),
        ("https://127.0.0.1.example.org/x", "not on the list"),
        ("https://someone@127.0.0.1/x", "127.0.0.1 with a name or a password"),
        ("https://[/", "no address"),
        ("/models/file.bin", "in circles"),
    ],
)
def test_redirects_that_are_not_followed(client: Client, to: str, words: str) -> None:
    with serving(redirect(to)) as server:
        _refused(client, server, words)
    assert len(server.requests) == 1


def test_redirects_without_an_end(client: Client) -> None:
    def further(request: Request, send: Send) -> None:
        redirect(f"{request.path}x")(request, send)

    with serving(further) as server:
        _refused(client, server, "in circles")
    assert len(server.requests) == 9


def test_a_redirect_to_nowhere(client: Client) -> None:
    with serving(status("302 Found"), well) as server:
        client.fetch(server.url)
    _right(client)


def test_plain_connections_are_for_tests_alone(client: Client) -> None:
    client.rules = type(client.rules)(("127.0.0.1",))
    with serving(well) as server:
        _refused(client, server, "http://127.0.0.1, which is not encrypted")
    assert not server.requests


def test_no_room_before(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=64 << 20))
    with serving(well) as server:
        _refused(client, server, "it takes 1.2 MB, and 1.2 MB too little are free")
    assert not server.requests


def test_no_room_in_the_middle(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    written = PartialFile.append

    def full(part: PartialFile, data: bytes) -> None:
        if part.size > HALF:
            raise OSError(errno.ENOSPC, "No space left on device")
        written(part, data)

    monkeypatch.setattr(PartialFile, "append", full)
    with serving(well) as server:
        _refused(client, server, "is full; what had come was removed again")


@pytest.mark.skipif(sys.platform == "win32", reason="a full device is made otherwise there")
def test_a_device_without_room(client: Client) -> None:
    """The real thing: whatever is written to /dev/full fails when buffers are emptied."""
    client.part.symlink_to("/dev/full")
    with serving(well) as server:
        _refused(client, server, "is full")


def test_a_folder_that_cannot_be_made(client: Client) -> None:
    client.folder = client.folder / "file" / "models"
    client.folder.parent.write_bytes(b"")
    with pytest.raises(DownloadError, match="cannot be written to"):
        client.fetch("http://127.0.0.1:9/file.bin")


def test_a_failure_leaves_what_was_there(client: Client) -> None:
    client.target.write_bytes(b"older")
    with serving(flipped) as server, pytest.raises(DownloadError):
        client.fetch(server.url)
    assert client.target.read_bytes() == b"older"
    with serving(well) as server:
        client.fetch(server.url)
    _right(client)


def _cancels_in_the_middle(client: Client, server: Server) -> Any:
    def behave(request: Request, send: Send) -> None:
        half(request, send)
        client.cancel.cancel()
        server.release.wait()

    return behave


def test_cancelling_while_nothing_comes(client: Client) -> None:
    with serving(well) as server:
        server.behaviours = [_cancels_in_the_middle(client, server)]
        with pytest.raises(CancelledError):
            client.fetch(server.url)
        client.cancel = CancelToken()
        kept = part_bytes(client.target)
        server.behaviours = [well]
        client.fetch(server.url)
    _right(client)
    assert server.requests[1].offset == kept


def test_cancelling_before_an_answer(client: Client) -> None:
    def silent(request: Request, send: Send) -> None:
        client.cancel.cancel()
        server.release.wait()

    with serving(silent) as server, pytest.raises(CancelledError):
        client.fetch(server.url)
    assert client.names() == set()


def test_cancelling_a_look_up_that_hangs(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    answered = threading.Event()

    def hang(*args: Any, **kwargs: Any) -> list[Any]:
        client.cancel.cancel()
        answered.wait()
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    with pytest.raises(CancelledError):
        client.fetch("http://127.0.0.1:9/file.bin")
    answered.set()


def test_cancelling_while_it_rests() -> None:
    from app.download.fetching import rest

    token = CancelToken()
    threading.Timer(0.0, token.cancel).start()
    with pytest.raises(CancelledError):
        rest(600.0, token)


_CHILD = """
import sys
from pathlib import Path
from app.core.cancel import CancelToken
from app.download.fetching import Fetcher
from app.download.wanted import Wanted
from app.download.rules import Rules
url, target, size, sha256 = sys.argv[1:]
fetcher = Fetcher(Rules(("127.0.0.1",), plain_loopback=True))
told = lambda stage, done, why="": print(done, flush=True)
fetcher.fetch(Wanted(url, Path(target), int(size), sha256), told, CancelToken())
"""


def _child(server: Server, client: Client) -> subprocess.Popen[str]:
    from tests.download.server import SHA256

    words = [server.url, str(client.target), str(len(CONTENT)), SHA256]
    return subprocess.Popen(
        [sys.executable, "-c", _CHILD, *words], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True
    )


def _stops_half_way(server: Server) -> Any:
    def behave(request: Request, send: Send) -> None:
        half(request, send)
        server.release.wait()
        send(CONTENT[HALF:])

    return behave


def _until_half(child: subprocess.Popen[str]) -> None:
    assert child.stdout is not None
    assert any(int(line) >= HALF for line in child.stdout)


def test_killed_in_the_middle(client: Client) -> None:
    with serving(well) as server:
        server.behaviours = [_stops_half_way(server), well]
        with _child(server, client) as child:
            _until_half(child)
            child.kill()
        assert not client.target.exists()
        kept = part_bytes(client.target)
        assert HALF - 65536 <= kept <= HALF
        client.fetch(server.url)
    _right(client)
    assert server.requests[1].offset == kept


def test_two_programs_at_once(client: Client) -> None:
    with serving(well) as server:
        server.behaviours = [_stops_half_way(server), well]
        with _child(server, client) as child:
            _until_half(child)
            with pytest.raises(DownloadError, match="another Reelscope is fetching it already"):
                client.fetch(server.url)
            server.release.set()
            assert child.communicate()[0]
        assert child.returncode == 0
    _right(client)
    assert len(server.requests) == 1


def test_a_lock_is_one_for_threads_too(tmp_path: Path) -> None:
    target = tmp_path / "file.bin"
    with locked(target), pytest.raises(DownloadError, match="already"), locked(target):
        pass
    with locked(target):
        pass
    assert not list(tmp_path.iterdir())


def test_what_is_left_of_a_download_can_be_removed(client: Client) -> None:
    client.leave_part(b"abc")
    discard_part(client.target)
    assert client.names() == set()


def test_every_file_a_download_makes_is_named_after_it(client: Client) -> None:
    with serving(half, status("404 Gone")) as server, pytest.raises(DownloadError):
        client.fetch(server.url)
    assert all(re.fullmatch(r"file\.bin\.part(\.etag)?", name) for name in client.names())


def _other_tag(request: Request, send: Send) -> None:
    send(partial(request.offset, etag='"two"') if request.offset else whole(etag='"two"'))


def _packed(request: Request, send: Send) -> None:
    send(head("200 OK", Content_Encoding="gzip", Content_Length=3) + b"abc")


def _chunks_cut(request: Request, send: Send) -> None:
    send(_chunked(CONTENT[:HALF]))


def _always_whole(request: Request, send: Send) -> None:
    send(whole())


def _a_piece(request: Request, send: Send) -> None:
    send(partial(request.offset)[:300_000] if request.offset else whole()[:300_000])


_WAYS = (
    well, half, flipped, _other_tag, _packed, _chunks_cut, _always_whole, _a_piece, redirect("/elsewhere"),
    status("416 Range Not Satisfiable"), status("503 Busy"), status("404 Gone"),
)  # fmt: skip


@settings(max_examples=50)
@given(st.lists(st.sampled_from(_WAYS), min_size=1, max_size=6), st.integers(0, 3))
def test_whatever_a_server_does_no_wrong_file_has_the_name(
    tmp_path_factory: pytest.TempPathFactory, behaviours: list[Any], begun: int
) -> None:
    """A part may lie there from before, right or wrong."""
    client = Client(tmp_path_factory.mktemp("any"))
    client.rests.clear()
    if begun:
        client.leave_part((CONTENT[:HALF], b"wrong" * 9, CONTENT)[begun - 1], '"one"')
    with serving(*behaviours, well) as server:
        try:
            client.fetch(server.url)
        except DownloadError:
            assert not client.target.exists()
        else:
            _right(client)
    assert len(server.requests) < 30
