"""Where models are found, how they are installed, and how damage is noticed."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import FileMissingError, ModelError, UsageError
from app.inference.model_entry import ModelSource
from app.inference.model_kind import ModelKind
from app.inference.model_store import ModelStore

SPEECH_HEAD = b"lmgg" + (51_865).to_bytes(4, "little") + bytes(40)


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    """The sample's models, an empty environment, and a user's folder that is not there yet."""
    return ModelStore(folders=(), user_folder=tmp_path / "user" / "models")


@pytest.fixture
def digits(sample_dir: Path) -> Path:
    return sample_dir / "digits-q5_0.bin"


@pytest.fixture
def shapes(sample_dir: Path) -> Path:
    return sample_dir / "shapes.onnx"


def test_only_the_samples_models_at_first(store: ModelStore) -> None:
    assert [(entry.name, entry.kind, entry.is_sample) for entry in store.entries()] == [
        ("digits-q5_0", ModelKind.SPEECH, True),
        ("shapes", ModelKind.DETECTOR, True),
    ]
    assert store.default(ModelKind.VAD) is None
    assert not store.user_folder.parent.exists()


def test_an_edition_that_carries_models_prefers_them_to_the_samples_own(
    tmp_path: Path, digits: Path, shapes: Path
) -> None:
    bundled = tmp_path / "bundle" / "models"
    bundled.mkdir(parents=True)
    shutil.copy(digits, bundled / "ggml-tiny.bin")
    store = ModelStore(folders=(), user_folder=tmp_path / "user", bundled_folder=bundled)
    best = store.default(ModelKind.SPEECH)
    assert best is not None
    assert (best.name, best.source, best.is_sample) == ("ggml-tiny", ModelSource.BUNDLE, False)
    store.user_folder.mkdir()
    shutil.copy(digits, store.user_folder / "ggml-mine.bin")
    own = store.default(ModelKind.SPEECH)
    assert own is not None
    assert own.name == "ggml-mine"
    with pytest.raises(UsageError, match="came with the program"):
        store.remove("tiny")


def test_the_usual_folders(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, digits: Path, own_home: Path
) -> None:
    first, second = tmp_path / "erster ordner", tmp_path / "二"
    for folder in (first, second):
        folder.mkdir()
        shutil.copy(digits, folder / f"ggml-{folder.name[:1]}.bin")
    monkeypatch.setenv(
        "REELSCOPE_MODELS", os.pathsep.join([str(first), "", str(tmp_path / "none"), str(second)])
    )
    store = ModelStore()
    assert [entry.path for entry in store.entries()][:2] == [first / "ggml-e.bin", second / "ggml-二.bin"]
    assert [entry.source for entry in store.entries()][:2] == [ModelSource.ENVIRONMENT] * 2
    assert own_home in store.user_folder.parents
    assert not store.user_folder.exists()


def test_an_installed_model_comes_before_the_samples(store: ModelStore, digits: Path, tmp_path: Path) -> None:
    shutil.copy(digits, tmp_path / "ggml-tiny.bin")
    added = store.add(tmp_path / "ggml-tiny.bin")
    assert store.default(ModelKind.SPEECH) == added
    assert not added.is_sample


def test_a_model_that_cannot_work_is_no_default(digits: Path, tmp_path: Path) -> None:
    (tmp_path / "a-broken.bin").write_bytes(digits.read_bytes()[:100_000])
    (tmp_path / "b-broken.onnx").write_bytes(b"\x00" * 100)
    store = ModelStore(folders=[tmp_path], user_folder=tmp_path / "none")
    speech, detector = store.default(ModelKind.SPEECH), store.default(ModelKind.DETECTOR)
    assert speech is not None
    assert detector is not None
    assert (speech.name, detector.name) == ("digits-q5_0", "shapes")


@pytest.mark.parametrize("name", ["tiny", "TINY", "ggml-tiny", "ggml-tiny.bin", "GGML-Tiny.BIN"])
def test_a_name_finds_its_file(tmp_path: Path, digits: Path, name: str) -> None:
    shutil.copy(digits, tmp_path / "ggml-tiny.bin")
    shutil.copy(digits, tmp_path / "ggml-tiny.en.bin")
    store = ModelStore(folders=[tmp_path], user_folder=tmp_path / "none")
    assert store.resolve(name, ModelKind.SPEECH).path == tmp_path / "ggml-tiny.bin"
    assert store.resolve("tiny.en", ModelKind.SPEECH).path == tmp_path / "ggml-tiny.en.bin"


def test_a_path_finds_its_file(store: ModelStore, digits: Path, tmp_path: Path) -> None:
    odd = tmp_path / "mit leer%zeichen & 名前"
    shutil.copy(digits, odd)
    entry = store.resolve(str(odd), ModelKind.SPEECH)
    assert (entry.path, entry.source) == (odd, ModelSource.FILE)
    assert store.resolve(digits, ModelKind.SPEECH).is_sample


def test_a_file_in_the_current_folder_needs_no_path(
    store: ModelStore, shapes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(shapes, tmp_path / "mine.onnx")
    monkeypatch.chdir(tmp_path)
    assert store.resolve("mine.onnx", ModelKind.DETECTOR).source is ModelSource.FILE


def test_an_unknown_name_is_answered_with_those_that_are_there(store: ModelStore) -> None:
    with pytest.raises(UsageError, match=r"no speech model 'tiny'; installed here: digits-q5_0\."):
        store.resolve("tiny", ModelKind.SPEECH)
    with pytest.raises(UsageError, match=r"no vad model 'silero'; installed here: none\."):
        store.resolve("silero", ModelKind.VAD)


@pytest.mark.parametrize("path", ["/nowhere/tiny", "tiny.bin", "./tiny", "mine.onnx"])
def test_a_path_to_nothing_is_a_missing_file(store: ModelStore, path: str) -> None:
    with pytest.raises(FileMissingError, match="There is no model file"):
        store.resolve(path, ModelKind.SPEECH)


def test_a_model_of_another_kind_is_refused(store: ModelStore, digits: Path, shapes: Path) -> None:
    with pytest.raises(ModelError):
        store.resolve(shapes, ModelKind.SPEECH)
    with pytest.raises(ModelError):
        store.resolve(digits, ModelKind.DETECTOR)
    with pytest.raises(ModelError, match="is a speech model; a vad model is needed"):
        store.resolve(digits, ModelKind.VAD)
    with pytest.raises(UsageError):
        store.resolve("shapes", ModelKind.SPEECH)


def test_names_never_reach_out_of_the_folders(store: ModelStore) -> None:
    for name in ("", ".", "..", "*", "digits*"):
        with pytest.raises((UsageError, ModelError)):
            store.resolve(name, ModelKind.SPEECH)


def test_adding_copies_whole_with_a_checksum(store: ModelStore, digits: Path, shapes: Path) -> None:
    speech, detector = store.add(digits), store.add(shapes)
    for entry, source in ((speech, digits), (detector, shapes)):
        assert entry.path.read_bytes() == source.read_bytes()
        digest = hashlib.sha256(source.read_bytes()).hexdigest()
        assert (entry.path.parent / f"{source.name}.sha256").read_text() == f"{digest}  {source.name}\n"
    assert (speech.kind, detector.kind) == (ModelKind.SPEECH, ModelKind.DETECTOR)
    assert sorted(path.name for path in store.user_folder.iterdir()) == [
        "digits-q5_0.bin", "digits-q5_0.bin.sha256", "shapes.onnx", "shapes.onnx.sha256",
    ]  # fmt: skip


def test_adding_twice_is_no_matter(store: ModelStore, digits: Path) -> None:
    first = store.add(digits)
    assert store.add(digits) == first
    assert store.add(first.path) == first


def test_another_model_of_the_same_name_is_not_overwritten(
    store: ModelStore, digits: Path, models_dir: Path, tmp_path: Path
) -> None:
    first = store.add(digits)
    shutil.copy(models_dir / "digits-q8_0.bin", tmp_path / digits.name)
    with pytest.raises(UsageError, match="Another model named digits-q5_0 is installed"):
        store.add(tmp_path / digits.name)
    assert first.path.read_bytes() == digits.read_bytes()


def test_a_model_without_its_suffix_gets_it(
    store: ModelStore, digits: Path, shapes: Path, tmp_path: Path
) -> None:
    shutil.copy(digits, tmp_path / "speech v1.0")
    shutil.copy(shapes, tmp_path / "detector")
    assert store.add(tmp_path / "speech v1.0").path.name == "speech v1.0.bin"
    assert store.add(tmp_path / "detector").path.name == "detector.onnx"
    assert {entry.name for entry in store.entries() if not entry.is_sample} == {"speech v1.0", "detector"}


def test_the_voice_model_is_recognised(store: ModelStore, models_dir: Path) -> None:
    entry = store.add(models_dir / "for-tests-silero-v6.2.0-ggml.bin")
    assert entry.kind is ModelKind.VAD
    assert store.default(ModelKind.VAD) == entry


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("page.bin", b"<html>not found</html>"),
        ("empty.onnx", b""),
        ("half.bin", SPEECH_HEAD),
        ("film.mp4", b"\x00\x00\x00\x18ftypmp42" + bytes(50)),
    ],
)
def test_what_is_no_model_is_not_added(store: ModelStore, tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ModelError):
        store.add(tmp_path / name)
    assert not store.user_folder.exists()


def test_weightless_models_and_missing_files_are_not_added(
    store: ModelStore, models_dir: Path, tmp_path: Path
) -> None:
    with pytest.raises(ModelError, match="holds no weights"):
        store.add(models_dir / "for-tests-ggml-tiny.bin")
    with pytest.raises(FileMissingError):
        store.add(tmp_path / "none.bin")


def test_a_copy_that_fails_leaves_nothing(
    store: ModelStore, digits: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ModelError, match="No space left on device"):
        store.add(digits)
    assert list(store.user_folder.iterdir()) == []


def test_whole_models_are_verified(store: ModelStore, digits: Path) -> None:
    store.add(digits)
    checks = list(store.verify())
    assert [check.ok for check in checks] == [True, True, True]
    assert "as when it was added" in checks[0].sentence
    assert "no checksum was noted" in checks[1].sentence


@pytest.mark.parametrize("position", [0, 2, 5_000, 3_000_000, 3_646_726])
def test_a_changed_byte_is_noticed(store: ModelStore, digits: Path, position: int) -> None:
    entry = store.add(digits)
    with entry.path.open("r+b") as file:
        file.seek(position)
        byte = file.read(1)[0]
        file.seek(position)
        file.write(bytes([byte ^ 0x10]))
    (check,) = [check for check in store.verify() if check.entry.path == entry.path]
    assert not check.ok
    assert "has changed since it was added" in check.sentence


def test_damage_shows_without_a_checksum_too(tmp_path: Path, digits: Path) -> None:
    (tmp_path / "cut.bin").write_bytes(digits.read_bytes()[:-1])
    store = ModelStore(folders=[tmp_path], user_folder=tmp_path / "none")
    check = next(store.verify())
    assert (check.ok, check.entry.name) == (False, "cut")
    assert "damaged" in check.sentence


def test_a_checksum_that_cannot_be_read_is_said(store: ModelStore, digits: Path) -> None:
    entry = store.add(digits)
    entry.path.with_name(entry.path.name + ".sha256").write_bytes(b"")
    assert not next(store.verify()).ok


@given(st.binary(max_size=200))
def test_no_bytes_are_taken_for_a_speech_model_by_chance(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.mktemp("bytes") / "any.bin"
    path.write_bytes(SPEECH_HEAD + data)
    nowhere = path.parent / "none"
    store = ModelStore(folders=[path.parent], user_folder=nowhere, sample_folder=nowhere)
    assert [check.ok for check in store.verify()] == [False]
