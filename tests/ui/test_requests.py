"""What the window asks an analysis for."""

from __future__ import annotations

from pathlib import Path

from app.analysis.request import SpeechRequest
from app.settings import Settings, parse, serialise
from app.ui.model_choice import ChosenModel, ModelChoice
from app.ui.requests import analysis_request

WISHES = Settings(language="de", translate=True, prompt="On trains.", vocabulary="Ada Lovelace, Växjö,\nLund")
HEAD = b"lmgg" + (51_865).to_bytes(4, "little")


def asked(model: Path) -> SpeechRequest:
    choice = ModelChoice(speech=ChosenModel("model", model, is_sample=False))
    request = analysis_request(Path("a.mp4"), None, choice, WISHES).speech
    assert request is not None
    return request


def test_what_the_settings_say_is_asked_of_a_multilingual_model(tmp_path: Path) -> None:
    model = tmp_path / "base.bin"
    model.write_bytes(HEAD)
    terms = ("Ada Lovelace", "Växjö", "Lund")
    assert asked(model) == SpeechRequest(
        model, language="de", translate=True, prompt="On trains.", vocabulary=terms
    )


def test_a_model_of_english_alone_is_asked_for_nothing_else(sample_dir: Path) -> None:
    request = asked(sample_dir / "digits-q5_0.bin")
    assert (request.language, request.translate, request.prompt) == ("auto", False, "On trains.")


def test_a_model_that_cannot_be_read_is_left_to_who_loads_it(tmp_path: Path) -> None:
    assert asked(tmp_path / "none.bin").language == "de"


def test_the_wishes_are_remembered() -> None:
    assert parse(serialise(WISHES)) == WISHES
