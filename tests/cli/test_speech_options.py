"""How the command line asks for speech."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.analysis.request import AnalysisRequest, SpeechRequest
from app.analysis.settings_record import settings_record
from app.cli.choose_models import choose_speech
from app.cli.parser import build_parser


def asked(model: Path, *words: str) -> SpeechRequest:
    arguments = build_parser("analyze").parse_args(
        ["analyze", "a.mp4", "--speech", str(model), "--vad", "none", *words]
    )
    request = choose_speech(arguments)
    assert request is not None
    return request


def test_without_a_wish_all_is_as_in_whisper_cpp(sample_dir: Path) -> None:
    model = sample_dir / "digits-q5_0.bin"
    assert asked(model) == SpeechRequest(model, use_vad=False)
    assert (SpeechRequest(model).beam_size, SpeechRequest(model).temperature) == (5, 0.0)


def test_every_wish_is_asked_for_and_recorded(sample_dir: Path) -> None:
    words = ["--language", "de", "--translate", "--prompt", "On trains.", "--vocabulary", "Ada, Växjö,"]
    words += ["--beam-size", "2", "--temperature", "0.4", "--threads", "3"]
    request = asked(sample_dir / "digits-q5_0.bin", *words)
    assert settings_record(AnalysisRequest(Path("a.mp4"), speech=request))["speech"] == {
        "model": "digits-q5_0",
        "language": "de",
        "vad": "none",
        "prompt": "On trains.",
        "translate": True,
        "vocabulary": ["Ada", "Växjö"],
        "beam_size": 2,
        "temperature": 0.4,
        "threads": 3,
    }


@pytest.mark.parametrize(
    "words", [("--beam-size", "0"), ("--beam-size", "9"), ("--temperature", "1.1"), ("--threads", "0")]
)
def test_what_whisper_cannot_do_is_refused(
    sample_dir: Path, words: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        asked(sample_dir / "digits-q5_0.bin", *words)
    assert f"argument {words[0]}" in capsys.readouterr().err
