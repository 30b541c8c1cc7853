"""Loading and running whisper models."""

from __future__ import annotations

import lzma
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from app.core.audio import SAMPLE_RATE
from app.core.cancel import CancelToken
from app.core.errors import CancelledError, FileMissingError, ModelError
from app.inference.recognition import RawSegment, SpeechParams
from app.inference.speech_call import Call
from app.inference.speech_file import GgmlKind, peek_ggml, read_ggml
from app.inference.speech_model import SpeechModel
from tests.inference.hearing import bursts, read_wav

SCRIPT = (
    (0.0, 2.5, " Hello from the script test model."),
    (2.5, 6.0, " This is the second segment, number two."),
)


@pytest.fixture(scope="module")
def digits_file() -> Path:
    return Path(__file__).resolve().parents[2] / "resources" / "sample" / "digits-q5_0.bin"


@pytest.fixture(scope="module")
def digits(digits_file: Path) -> Iterator[SpeechModel]:
    with SpeechModel(digits_file, threads=1) as model:
        yield model


@pytest.fixture(scope="module")
def scripted(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SpeechModel]:
    """A multilingual model that writes the same two sentences for any sound."""
    path = tmp_path_factory.mktemp("scripted") / "modèle 脚本 ünï.bin"
    path.write_bytes(lzma.decompress((models_dir / "synthetic-scripted-ggml-tiny.bin.xz").read_bytes()))
    with SpeechModel(path) as model:
        yield model


def text_of(segment: RawSegment) -> str:
    return b"".join(token.data for token in segment.tokens).decode()


def test_the_samples_model_describes_itself(digits: SpeechModel) -> None:
    assert (digits.info.name, digits.info.kind, digits.info.layout) == ("digits-q5_0", "speech", "tiny")
    assert digits.info.sha256 == "a920d68ccd3e18dc6416b0e382f4a997534507d6723743b1ada3d3710c564c88"
    assert not digits.multilingual
    assert (digits.knows("en"), digits.knows("de")) == (True, False)
    assert digits.device in ("cpu", "metal")


def test_a_multilingual_model_knows_its_languages(scripted: SpeechModel) -> None:
    assert scripted.multilingual
    assert [scripted.knows(code) for code in ("en", "de", "zh", "xx", "", "日本")] == [
        True,
        True,
        True,
        False,
        False,
        False,
    ]


def test_known_words_come_with_known_times(scripted: SpeechModel) -> None:
    heard = scripted.recognise(bursts(11.0, [(0.1, 10.0)]), SpeechParams("auto"))
    assert [(each.start_s, each.end_s, text_of(each)) for each in heard.segments] == list(SCRIPT)
    assert heard.language == "en"
    assert all(0.0 <= token.probability <= 1.0 for each in heard.segments for token in each.tokens)


def test_the_language_that_was_asked_for_is_used(scripted: SpeechModel) -> None:
    assert scripted.recognise(bursts(3.0, [(1.0, 2.0)]), SpeechParams("fr")).language == "fr"


def test_parameters_do_not_stay(scripted: SpeechModel) -> None:
    sound = bursts(11.0, [(0.1, 10.0)])
    plain = scripted.recognise(sound, SpeechParams("en"))
    prompted = scripted.recognise(sound, SpeechParams("de", prompt="Names: Ada."))
    assert prompted.segments != plain.segments
    assert scripted.recognise(sound, SpeechParams("en")) == plain


def test_a_multilingual_model_takes_the_order_to_translate(scripted: SpeechModel) -> None:
    """It writes the same whatever it is asked: what real weights make of the order was never tried."""
    heard = scripted.recognise(bursts(11.0, [(0.1, 10.0)]), SpeechParams("fr", translate=True))
    assert heard.language == "fr"
    assert heard.segments


def test_no_parameter_is_left_to_chance(scripted: SpeechModel) -> None:
    """Whatever can be set is set: what a version of the library takes for granted must not matter."""
    call = Call(scripted._first.open(), np.zeros(1, np.float32), SpeechParams("auto"), 3, CancelToken())
    given = call.values()
    import _pywhispercpp as library

    settable = {
        name
        for name, kind in vars(library.whisper_full_params).items()
        if isinstance(kind, property) and not name.endswith(("_callback", "_user_data"))
    }
    # Two have methods of their own, the vad's parameters do not count while it is off.
    assert settable - set(given) == {"strategy", "prompt_tokens", "prompt_n_tokens", "vad_params"}
    assert (given["beam_search"], given["greedy"]) == ({"beam_size": 5, "patience": -1.0}, {"best_of": 5})
    assert [given[name] for name in ("temperature", "temperature_inc")] == [0.0, 0.2]
    assert [given[name] for name in ("entropy_thold", "logprob_thold", "no_speech_thold")] == [2.4, -1.0, 0.6]


def test_what_is_wished_for_reaches_the_call(digits: SpeechModel) -> None:
    wishes = SpeechParams("en", "Names: Ada.", beam_size=1, temperature=0.4)
    given = Call(digits._first.open(), np.zeros(1, np.float32), wishes, 3, CancelToken()).values()
    assert [given[name] for name in ("initial_prompt", "temperature", "n_threads")] == ["Names: Ada.", 0.4, 3]
    assert given["beam_search"] == {"beam_size": 1, "patience": -1.0}


def test_the_probability_of_a_found_language_is_told(scripted: SpeechModel) -> None:
    sound = bursts(3.0, [(1.0, 2.0)])
    found = scripted.recognise(sound, SpeechParams("auto")).language_probability
    assert found is not None
    assert 0.0 < found <= 1.0
    assert scripted.recognise(sound, SpeechParams("en")).language_probability is None


def test_a_model_that_knows_no_language_better_than_another_says_so(models_dir: Path) -> None:
    """Without weights each of the hundred languages is as probable as any other."""
    with SpeechModel(models_dir / "for-tests-ggml-tiny.bin", weightless=True) as model:
        heard = model.recognise(bursts(1.0, [(0.2, 0.8)]), SpeechParams("auto"))
    assert heard.language_probability == pytest.approx(0.01)


def test_tokens_are_counted(digits: SpeechModel) -> None:
    assert digits.count_tokens("") == 0
    assert digits.count_tokens(" one two three") == 3
    assert digits.prompt_room == 127  # of a text context of 256


def test_a_late_first_word_keeps_its_time(digits: SpeechModel, shared: Path) -> None:
    """whisper.cpp's default would pull a first word to the first second."""
    speech = read_wav(shared / "sample" / "speech" / "test_speech.wav")
    late = np.concatenate([np.zeros(4 * SAMPLE_RATE, np.float32), speech])
    first = digits.recognise(late, SpeechParams()).segments[0]
    assert text_of(first) == " one two three"
    assert first.start_s == pytest.approx(4.6, abs=0.3)


@pytest.mark.parametrize("samples", [0, 1, 1600, SAMPLE_RATE])
def test_short_sound_is_no_trouble(digits: SpeechModel, samples: int) -> None:
    heard = digits.recognise(np.zeros(samples, np.float32), SpeechParams())
    assert all(segment.end_s <= 1.0 for segment in heard.segments)


def test_odd_arrays_are_understood(digits: SpeechModel, shared: Path) -> None:
    sound = read_wav(shared / "sample" / "speech" / "test_speech.wav")[: 2 * SAMPLE_RATE]
    plain = digits.recognise(sound, SpeechParams())
    strided = np.stack([sound, sound], axis=1)[:, 0]
    assert not strided.flags.c_contiguous
    assert digits.recognise(strided, SpeechParams()) == plain


def test_sound_over_thirty_seconds_is_refused(digits: SpeechModel) -> None:
    with pytest.raises(ValueError, match="at most 30 s"):
        digits.recognise(np.zeros(30 * SAMPLE_RATE + 1, np.float32), SpeechParams())


def test_a_cancelled_token_starts_nothing(digits: SpeechModel) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(CancelledError):
        digits.recognise(np.zeros(SAMPLE_RATE, np.float32), SpeechParams(), cancel)


def test_cancelling_does_not_wait_for_the_encoder(models_dir: Path) -> None:
    """The encoder cannot be stopped: its thread ends later, the caller is let go at once."""
    cancelled_at: list[float] = []
    cancel = CancelToken()

    def stop() -> None:
        cancelled_at.append(time.monotonic())
        cancel.cancel()

    timer = threading.Timer(0.1, stop)
    with SpeechModel(models_dir / "for-tests-ggml-tiny.bin", weightless=True) as model:
        timer.start()
        with pytest.raises(CancelledError):
            model.recognise(bursts(20.0, [(0.5, 19.0)]), SpeechParams(), cancel)
        assert time.monotonic() - cancelled_at[0] < 2.0
    timer.join()


def test_a_model_is_usable_after_a_cancelled_call(digits: SpeechModel, shared: Path) -> None:
    sound = read_wav(shared / "sample" / "speech" / "test_speech.wav")[: 2 * SAMPLE_RATE]
    plain = digits.recognise(sound, SpeechParams())
    for _ in range(3):
        cancel = CancelToken()
        threading.Thread(target=cancel.cancel).start()
        with suppress(CancelledError):
            assert digits.recognise(sound, SpeechParams(), cancel) == plain
    assert digits.recognise(sound, SpeechParams()) == plain


INTERRUPTED = """
import signal, sys, threading
from pathlib import Path
import numpy as np
from app.inference.recognition import SpeechParams
from app.inference.speech_model import SpeechModel
model = SpeechModel(Path(sys.argv[1]), weightless=True)
main = threading.main_thread().ident
threading.Timer(0.2, signal.pthread_kill, [main, signal.SIGINT]).start()
try:
    model.recognise(np.zeros(16000 * 20, np.float32), SpeechParams())
except KeyboardInterrupt:
    model.close()
    print(model._first._call._code)
"""


@pytest.mark.skipif(
    sys.platform == "win32", reason="Ctrl-C reaches a waiting thread only when it wakes there"
)
def test_an_interrupted_call_is_abandoned(models_dir: Path, repository: Path) -> None:
    """whisper.cpp's code -6: stopped between encoder and decoder."""
    command = [sys.executable, "-c", INTERRUPTED, str(models_dir / "for-tests-ggml-base.bin")]
    ended = subprocess.run(command, capture_output=True, cwd=repository, check=False, timeout=120)
    assert (ended.returncode, ended.stdout.split(), ended.stderr) == (0, [b"-6"], b"")


def test_a_closed_model_is_not_run(digits_file: Path) -> None:
    model = SpeechModel(digits_file)
    model.close()
    model.close()
    with pytest.raises(ValueError, match="closed"):
        model.recognise(np.zeros(SAMPLE_RATE, np.float32), SpeechParams())


@pytest.mark.parametrize("length", [4, 44, 5_000, 100_000, 1_000_000, 3_646_000])
def test_a_file_cut_short_is_refused(digits_file: Path, tmp_path: Path, length: int) -> None:
    path = tmp_path / "cut.bin"
    path.write_bytes(digits_file.read_bytes()[:length])
    with pytest.raises(ModelError, match="damaged or was not copied to its end"):
        SpeechModel(path)


def speech_head(words: list[bytes]) -> bytes:
    """A speech model like "tiny" up to the end of its vocabulary, as whisper.cpp's loader reads it."""
    numbers = [51_865, 1500, 384, 6, 4, 448, 384, 6, 4, 80, 1, 80, 201]
    filters = bytes(80 * 201 * 4)
    told = b"".join(struct.pack("<i", len(word)) + word for word in words)
    return b"lmgg" + struct.pack("<13i", *numbers) + filters + struct.pack("<i", len(words)) + told


def test_a_vocabulary_may_be_longer_than_what_is_read_at_once(tmp_path: Path) -> None:
    """Its words end at any place of what is read; the tensor behind them is found."""
    words = [bytes(length) for length in [60_000] * 40 + [0, 1, 2, 3] * 200 + [65_535, 7] * 30]
    tensor = struct.pack("<4i", 1, 2, 0, 3) + b"ab" + bytes(12)
    path = tmp_path / "long.bin"
    path.write_bytes(speech_head(words) + tensor)
    assert (read_ggml(path).layout, read_ggml(path).tensors) == ("tiny", 1)


def test_a_vocabulary_that_the_file_cuts_short_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "cut.bin"
    path.write_bytes(speech_head([b"word"] * 100)[:-1])
    with pytest.raises(ModelError, match="damaged or was not copied to its end"):
        read_ggml(path)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "is not a ggml model file"),
        (b"<!DOCTYPE html><html>", "is not a ggml model file"),
        (b"GGUF" + bytes(100), "is a GGUF file"),
        (b"lmgg" + (7).to_bytes(4, "little") + b"unknown" + bytes(50), "neither a speech model nor"),
        (b"lmgg" + bytes(60), "neither a speech model nor"),
        (b"lmgg" + (51_865).to_bytes(4, "little") + b"\xff" * 60, "damaged"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, data: bytes, sentence: str) -> None:
    path = tmp_path / "other.bin"
    path.write_bytes(data)
    with pytest.raises(ModelError, match=sentence):
        SpeechModel(path)


def test_a_folder_and_nothing_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError):
        SpeechModel(tmp_path)
    with pytest.raises(FileMissingError):
        SpeechModel(tmp_path / "tiny")


def test_what_only_the_library_notices_is_an_error_too(digits_file: Path, tmp_path: Path) -> None:
    """Whole by its structure, but with a tensor of another name: the library returns a null pointer."""
    data = digits_file.read_bytes()
    path = tmp_path / "renamed.bin"
    path.write_bytes(data.replace(b"decoder.blocks.1.", b"xecoder.blocks.1.", 1))
    assert read_ggml(path).tensors == 143
    with pytest.raises(ModelError, match=r"cannot be loaded: .*unknown tensor"):
        SpeechModel(path)


def test_a_model_without_weights_is_refused(models_dir: Path) -> None:
    with pytest.raises(ModelError, match="holds no weights"):
        SpeechModel(models_dir / "for-tests-ggml-tiny.bin")


def test_a_voice_model_is_no_speech_model(models_dir: Path) -> None:
    path = models_dir / "for-tests-silero-v6.2.0-ggml.bin"
    assert peek_ggml(path) is GgmlKind.VAD
    with pytest.raises(ModelError, match="a speech model is needed"):
        SpeechModel(path)


def test_outlines_are_those_of_the_published_sizes(models_dir: Path) -> None:
    """Layers as in the table of the Whisper paper (Radford et al., 2022, table 1)."""
    outlines = {
        size: read_ggml(models_dir / f"for-tests-ggml-{size}.bin") for size in ("tiny", "base", "small")
    }
    assert {size: (file.layout, file.text_layers) for size, file in outlines.items()} == {
        "tiny": ("tiny", 4),
        "base": ("base", 6),
        "small": ("small", 12),
    }
    assert all(file.multilingual for file in outlines.values())
    assert not read_ggml(models_dir / "for-tests-ggml-base.en.bin").multilingual


QUIET = """
import sys
sys.stderr = None if sys.argv[3] == "windowed" else sys.stderr
from pathlib import Path
import numpy as np
from app.inference.recognition import SpeechParams
from app.inference.speech_model import SpeechModel
model = SpeechModel(Path(sys.argv[1]))
model.recognise(np.zeros(16000, np.float32), SpeechParams())
try:
    SpeechModel(Path(sys.argv[2]))
except Exception as error:
    assert type(error).__name__ == "ModelError", error
assert "requests" not in sys.modules and "pywhispercpp" not in sys.modules
print("done")
"""


@pytest.mark.parametrize("kind", ["console", "windowed"])
def test_nothing_is_printed_and_the_end_is_clean(
    digits_file: Path, tmp_path: Path, repository: Path, kind: str
) -> None:
    """In a process of its own: from loading until after the interpreter has gone, the model never closed."""
    broken = tmp_path / "renamed.bin"
    broken.write_bytes(digits_file.read_bytes().replace(b"encoder.blocks.0.", b"xncoder.blocks.0.", 1))
    command = [sys.executable, "-c", QUIET, str(digits_file), str(broken), kind]
    ended = subprocess.run(command, capture_output=True, cwd=repository, check=False, timeout=120)
    assert (ended.returncode, ended.stdout.split(), ended.stderr) == (0, [b"done"], b"")
