"""The tool that checks the catalogue says what is to be checked, and what contradicts."""

from __future__ import annotations

import pytest

from app.inference.catalogue import catalogue
from tools.check_catalogue import Told, main, read_facts

ONCE = {entry.name for entry in catalogue().models if entry.to_recheck}


def _honest(url: str) -> Told:
    entry = next(entry for entry in catalogue().models if entry.url == url)
    return Told(entry.bytes, entry.sha256)


def test_entries_with_a_single_source_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--offline"]) == 0
    named = {line.split()[1].rstrip(":") for line in capsys.readouterr().out.splitlines()}
    assert named == ONCE
    assert "large-v3-q8_0" in named


def test_hosts_that_agree(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--all"], _honest) == 0
    assert capsys.readouterr().out.count("\nok ") == len(catalogue().models)


@pytest.mark.parametrize(
    ("told", "code", "word"),
    [
        (Told(1, None), 1, "WRONG"),
        (Told(77691713, "0" * 64), 1, "WRONG"),
        (Told(77691713, None), 3, "--download"),
        (Told(None, None), 3, "bytes and sha256"),
    ],
)
def test_what_hosts_say(told: Told, code: int, word: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tiny"], lambda _: told) == code
    assert word in capsys.readouterr().out


def test_without_a_network(capsys: pytest.CaptureFixture[str]) -> None:
    def fail(url: str) -> Told:
        raise OSError("no route")

    assert main(["tiny", "yolox_m"], fail) == 3
    assert "no answer from github.com" in capsys.readouterr().out


def test_an_unknown_name_is_wrong_usage() -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["no-such-model-at-all"])


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ({"content-length": "12"}, Told(12, None)),
        (
            {"content-length": "9", "x-linked-size": "12", "x-linked-etag": f'"{"A" * 64}"'},
            Told(12, "a" * 64),
        ),
        ({"x-linked-etag": '"abc"', "content-length": "many"}, Told(None, None)),
    ],
)
def test_headers(headers: dict[str, str], told: Told) -> None:
    assert read_facts(headers) == told
