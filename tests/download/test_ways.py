"""Whom a download may speak to, and on which way: hosts, mirrors, proxies, certificates."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import DownloadError, UsageError
from app.download.connecting import proxy_of
from app.download.rules import Rules, with_mirror
from tests.download.server import CONTENT, LOOPBACK, Behaviour, Client, redirect, serving, status, well

RULES = Rules(("huggingface.co", "*.hf.co"))


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Client:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return Client(tmp_path)


@pytest.mark.parametrize(
    "url",
    [
        "https://huggingface.co/a",
        "https://HuggingFace.co:443/a",
        "https://cdn-lfs.hf.co/a?b=c",
        "https://a.b.hf.co/",
    ],
)
def test_hosts_that_are_listed(url: str) -> None:
    assert RULES.check(url).scheme == "https"


@pytest.mark.parametrize(
    "url",
    [
        "http://huggingface.co/a", "https://hf.co/a", "https://evilhf.co/a", "https://hf.co.evil.org/a",
        "https://huggingface.co@evil.org/a", "https://evil.org/huggingface.co", "file:///etc/passwd",
        "//huggingface.co/a",
        "https://huggingface.co:port/a", "https:///a", "", "http://127.0.0.1/a", "https://127.0.0.1/a",
    ],
)  # fmt: skip
def test_hosts_that_are_not(url: str) -> None:
    with pytest.raises(DownloadError):
        RULES.check(url)


@given(st.text(st.characters(max_codepoint=0x2FF), max_size=40))
def test_whatever_a_server_redirects_to_is_judged(text: str) -> None:
    for url in (text, f"https://{text}", f"https://huggingface.co{text}"):
        try:
            parts = RULES.check(url, "sender")
        except DownloadError:
            continue
        host = parts.hostname or ""
        assert parts.scheme == "https"
        assert host.rstrip(".") == "huggingface.co" or host.rstrip(".").endswith(".hf.co")


def test_a_mirror_takes_the_place_of_the_host() -> None:
    rules = with_mirror(RULES, "https://mirror.example/hf/ ")
    url = rules.mirrored("https://huggingface.co/a/b/resolve/c/d.bin?x=1")
    assert url == "https://mirror.example/hf/a/b/resolve/c/d.bin?x=1"
    assert rules.check(url).hostname == "mirror.example"
    assert rules.check("https://files.mirror.example/d").hostname == "files.mirror.example"
    assert RULES.mirrored("https://huggingface.co/a") == "https://huggingface.co/a"
    assert with_mirror(RULES, " ") is RULES


@pytest.mark.parametrize(
    "mirror", ["http://mirror.example", "mirror.example", "https://", "https://[", "https://a/?b"]
)
def test_what_is_no_mirror(mirror: str) -> None:
    with pytest.raises(UsageError, match="no address that begins with https://"):
        with_mirror(RULES, mirror)


def test_a_file_comes_from_the_mirror(client: Client) -> None:
    with serving(well) as server:
        client.rules = with_mirror(LOOPBACK, server.url.removesuffix("/models/file.bin") + "/copies")
        client.fetch("https://huggingface.co/a/file.bin")
    assert server.requests[0].path == "/copies/a/file.bin"
    assert client.target.read_bytes() == CONTENT


@contextmanager
def _proxy(answer: bytes) -> Iterator[tuple[int, list[bytes]]]:
    """Hands on one connection, if it answers that it does; what it was asked."""
    asked: list[bytes] = []

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            asked.append(connection.recv(65536))
            connection.sendall(answer)
            if b" 200 " not in answer:
                return
            host, port = asked[0].split()[1].decode().rsplit(":", 1)
            with socket.create_connection((host, int(port))) as far:
                far.sendall(connection.recv(65536))
                while data := far.recv(65536):
                    connection.sendall(data)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1], asked
        thread.join()


def test_through_a_proxy(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(well) as server, _proxy(b"HTTP/1.1 200 Connected\r\n\r\n") as (port, asked):
        monkeypatch.setenv("http_proxy", f"http://me:s%20ecret@127.0.0.1:{port}")
        client.fetch(server.url)
    assert client.target.read_bytes() == CONTENT
    assert asked[0].startswith(f"CONNECT 127.0.0.1:{server.port} ".encode())
    assert b"Proxy-Authorization: Basic bWU6cyBlY3JldA==" in asked[0]
    assert "proxy-authorization" not in server.requests[0].headers


def test_a_proxy_that_refuses(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    refusal = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
    with serving(well) as server, _proxy(refusal) as (port, _):
        monkeypatch.setenv("http_proxy", f"127.0.0.1:{port}")
        with pytest.raises(DownloadError, match=r"the proxy 127\.0\.0\.1 refuses \(407"):
            client.fetch(server.url)
    assert not server.requests


def test_no_proxy_for_some(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with serving(well) as server:
        client.fetch(server.url)
    assert client.target.read_bytes() == CONTENT


def test_a_proxy_of_another_kind(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "socks5://127.0.0.1:9")
    with pytest.raises(DownloadError, match="of a kind that is not known"):
        proxy_of("https", "huggingface.co")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate that nobody has signed, for 127.0.0.1, and its key."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("tls")
    made, key = folder / "cert.pem", folder / "key.pem"
    subject = ["-subj", "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1"]
    command = [
        openssl,
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "2",
    ]
    subprocess.run([*command, *subject, "-out", made, "-keyout", key], check=True, capture_output=True)
    return made, key


def _server_side(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context


def test_an_encrypted_connection(client: Client, certificate: tuple[Path, Path]) -> None:
    client.rules, client.tls = Rules(("127.0.0.1",)), ssl.create_default_context(cafile=certificate[0])
    with serving(well, tls=_server_side(certificate)) as server:
        client.fetch(server.url)
    assert client.target.read_bytes() == CONTENT


def test_a_certificate_that_nobody_trusts(client: Client, certificate: tuple[Path, Path]) -> None:
    client.rules = Rules(("127.0.0.1",))
    with (
        serving(well, tls=_server_side(certificate)) as server,
        pytest.raises(DownloadError, match=r"the certificate of 127\.0\.0\.1 is not trusted"),
    ):
        client.fetch(server.url)
    assert not server.requests
    assert not client.rests


def test_a_host_that_speaks_plainly_where_it_must_not(client: Client) -> None:
    client.rules = Rules(("127.0.0.1",))
    with serving(well) as server, pytest.raises(DownloadError, match="no encrypted connection"):
        client.fetch(server.url.replace("http:", "https:"))
    assert not client.names()


_SECRET = "se%20cret"


def test_a_mirror_may_ask_who_asks(client: Client) -> None:
    with serving(well) as far, serving(redirect(far.url)) as server:
        place = server.url.removesuffix("/models/file.bin").replace("//", f"//me:{_SECRET}@")
        client.rules = with_mirror(LOOPBACK, place)
        client.fetch("https://huggingface.co/file.bin")
    assert server.requests[0].headers["authorization"] == "Basic bWU6c2UgY3JldA=="
    assert server.requests[0].headers["host"] == f"127.0.0.1:{server.port}"
    assert "authorization" not in far.requests[0].headers
    assert client.target.read_bytes() == CONTENT


@pytest.mark.parametrize(
    "behaviour",
    [
        status("401 Unauthorized"),
        status("404 Not Found"),
        status("503 Service Unavailable"),
        redirect(f"https://me:{_SECRET}@127.0.0.1/x"),
        redirect(f"http://me:{_SECRET}@example.org/x"),
        redirect(f"https://me:{_SECRET}@example.org:port/x"),
        redirect(f"https://me:{_SECRET}@[/x"),
    ],
)
def test_no_password_stands_in_a_sentence(
    client: Client, behaviour: Behaviour, caplog: pytest.LogCaptureFixture
) -> None:
    with serving(behaviour) as server:
        place = server.url.removesuffix("/models/file.bin").replace("//", f"//me:{_SECRET}@")
        client.rules = with_mirror(LOOPBACK, place)
        with pytest.raises(DownloadError) as caught:
            client.fetch("https://huggingface.co/file.bin")
    trace = "".join(traceback.format_exception(caught.value))
    assert "cret" not in trace + caplog.text + repr(client.rules)


@pytest.mark.parametrize(
    "mirror",
    [
        f"http://me:{_SECRET}@mirror.example",
        f"me:{_SECRET}@mirror.example",
        f"https://me:{_SECRET}@",
        f"https://me:{_SECRET}@[",
        f"https://me:{_SECRET}/x@mirror.example",
        f"https://me:{_SECRET}@mirror.example?x",
    ],
)
def test_no_password_of_what_is_no_mirror(mirror: str) -> None:
    with pytest.raises(UsageError) as caught:
        with_mirror(RULES, mirror)
    assert "cret" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    "named",
    [
        "socks5://me:secret@127.0.0.1:9",
        "http://me:secret@",
        "http://me:secret@[x",
        "http://me:secret/x@proxy:9",
    ],
)
def test_no_password_of_a_proxy(named: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", named)
    with pytest.raises(DownloadError) as caught:
        proxy_of("https", "huggingface.co")
    assert "secret" not in "".join(traceback.format_exception(caught.value))
