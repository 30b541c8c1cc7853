"""How every model stands: here, to be had, partly there, broken, or a file of the user's own."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from app.core.errors import FileMissingError, ModelError, UsageError
from app.inference.catalogue import Catalogue, CatalogueEntry, catalogue
from app.inference.model_kind import ModelKind
from app.inference.model_store import ModelStore
from app.models.library import Library, LibraryRow, Standing
from app.models.recommended import Machine, machine_here, recommended
from app.models.way import model_rules


@pytest.fixture
def digits(sample_dir: Path) -> Path:
    return sample_dir / "digits-q5_0.bin"


@pytest.fixture
def shapes(sample_dir: Path) -> Path:
    return sample_dir / "shapes.onnx"


def _known(digits: Path, shapes: Path) -> Catalogue:
    """A catalogue of two small real files under the names of others."""

    def like(name: str, file: Path) -> CatalogueEntry:
        data = file.read_bytes()
        return replace(catalogue().entry(name), bytes=len(data), sha256=hashlib.sha256(data).hexdigest())

    return Catalogue(("127.0.0.1",), (like("tiny", digits), like("yolox_nano", shapes)))


@pytest.fixture
def library(tmp_path: Path, digits: Path, shapes: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    known = _known(digits, shapes)
    for module in ("model_store", "model_check"):
        monkeypatch.setattr(f"app.inference.{module}.catalogue", lambda: known)
    return Library(ModelStore((), tmp_path / "user"), known)


def _row(library: Library, name: str) -> LibraryRow:
    return library.row(name)


def test_at_first_all_is_to_be_had(library: Library) -> None:
    rows = library.rows()
    assert [(row.name, row.standing) for row in rows] == [
        ("tiny", Standing.AVAILABLE),
        ("yolox_nano", Standing.AVAILABLE),
        ("digits-q5_0", Standing.INSTALLED),
        ("shapes", Standing.INSTALLED),
    ]
    assert rows[2].remark == "the sample's own"
    assert not library.store.user_folder.exists()


def test_a_part_and_a_cut_file_are_seen(library: Library, shapes: Path) -> None:
    folder = library.store.user_folder
    folder.mkdir()
    (folder / "ggml-tiny.bin.part").write_bytes(b"abc")
    (folder / "yolox_nano.onnx").write_bytes(shapes.read_bytes()[:-1])
    assert (_row(library, "tiny").standing, _row(library, "tiny").here) == (Standing.PARTLY, 3)
    broken = _row(library, "yolox_nano")
    assert broken.standing is Standing.BROKEN
    assert "are there" in broken.remark
    assert [entry.name for entry in library.to_fetch(["tiny", "yolox_nano"])] == ["tiny", "yolox_nano"]


def test_a_pulled_file_is_installed_and_needs_no_note(library: Library, digits: Path) -> None:
    library.store.user_folder.mkdir()
    shutil.copy(digits, library.wanted_path("tiny"))
    row = _row(library, "ggml-tiny.bin")
    assert row.standing is Standing.INSTALLED
    assert library.to_fetch(["tiny"]) == []
    assert "as in the catalogue" in next(iter(library.verify())).sentence


@pytest.mark.parametrize("position", [0, 5000])
def test_a_pulled_file_that_changed_is_noticed(library: Library, digits: Path, position: int) -> None:
    library.store.user_folder.mkdir()
    data = bytearray(digits.read_bytes())
    data[position] ^= 1
    library.wanted_path("tiny").write_bytes(data)
    check = next(iter(library.verify()))
    assert not check.ok
    assert "remove it and pull it again" in check.sentence
    assert library.to_fetch(["tiny"]) == []  # by its size it is installed: pulling alone would change nothing
    library.remove("tiny")
    assert [entry.name for entry in library.to_fetch(["tiny"])] == ["tiny"]


@pytest.mark.parametrize("where", ["folders", "bundled_folder"])
def test_a_file_that_was_put_in_place_is_verified_by_the_catalogue(
    library: Library, digits: Path, tmp_path: Path, where: str
) -> None:
    folder = tmp_path / "carried"
    folder.mkdir()
    shutil.copy(digits, folder / "ggml-tiny.bin")
    store = (
        ModelStore((), tmp_path / "user", bundled_folder=folder)
        if where == "bundled_folder"
        else ModelStore((folder,), tmp_path / "user")
    )
    check = next(iter(store.verify()))
    assert check.ok
    assert "as in the catalogue" in check.sentence
    data = bytearray(digits.read_bytes())
    data[5000] ^= 1
    (folder / "ggml-tiny.bin").write_bytes(data)
    check = next(iter(store.verify()))
    assert not check.ok
    assert "it is not the ggml-tiny.bin of the catalogue" in check.sentence
    assert ("install Reelscope again" in check.sentence) is (where == "bundled_folder")


def test_a_file_of_ones_own_may_be_called_like_one_of_the_catalogue(
    library: Library, shapes: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "ggml-tiny.bin").write_bytes((shapes.parent / "digits-q5_0.bin").read_bytes())
    (folder / "yolox_nano.onnx").write_bytes(shapes.read_bytes() + b"\x72\x00")
    sentences = [check.sentence for check in ModelStore((folder,), tmp_path / "user").verify()]
    assert "as in the catalogue" in sentences[0]
    assert "no checksum was noted" in sentences[1]


def test_a_file_brought_on_a_stick_gets_its_name(library: Library, digits: Path, tmp_path: Path) -> None:
    brought = tmp_path / "stick" / "download (1).bin"
    brought.parent.mkdir()
    shutil.copy(digits, brought)
    (added,) = library.add(brought)
    assert added.model is not None
    assert added.model.path == library.wanted_path("tiny")
    assert _row(library, "tiny").standing is Standing.INSTALLED
    assert _row(library, "tiny").listed is not None


def test_a_folder_is_added_file_by_file(library: Library, digits: Path, shapes: Path, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    shutil.copy(digits, stick / "a.bin")
    shutil.copy(shapes, stick / "b.onnx")
    (stick / "c.onnx").write_bytes(b"shopping list")
    (stick / "film.mp4").write_bytes(b"film")
    added = {each.file.name: each for each in library.add(stick)}
    assert set(added) == {"a.bin", "b.onnx", "c.onnx"}
    assert [name for name, each in added.items() if each.model is None] == ["c.onnx"]
    assert "c.onnx" in added["c.onnx"].sentence


def test_an_empty_folder_is_said(library: Library, tmp_path: Path) -> None:
    (tmp_path / "stick").mkdir()
    for in_place in (False, True):
        with pytest.raises(ModelError, match="no model in"):
            library.add(tmp_path / "stick", in_place=in_place)
    with pytest.raises(FileMissingError):
        library.add(tmp_path / "none")


def test_a_file_in_place_is_used_and_stays(library: Library, digits: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.bin"
    shutil.copy(digits, mine)
    (added,) = library.add(mine, in_place=True)
    assert added.model is not None
    assert library.store.resolve("mine", ModelKind.SPEECH).path == mine
    assert {path.name for path in library.store.user_folder.iterdir()} == {"places.json"}
    assert "as it was" in library.remove("mine")
    assert mine.exists()
    assert list(library.store.user_folder.iterdir()) == []
    with pytest.raises(UsageError):
        library.remove("mine")


def test_a_folder_in_place_grows_with_the_folder(library: Library, digits: Path, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    shutil.copy(digits, stick / "a.bin")
    library.add(stick, in_place=True)
    shutil.copy(digits, stick / "b.bin")
    assert {"a", "b"} <= {row.name for row in library.rows()}
    with pytest.raises(UsageError, match="forgets that folder"):
        library.remove("a")
    library.remove(str(stick))
    assert "a" not in {row.name for row in library.rows()}
    assert (stick / "a.bin").exists()


def test_what_is_gone_from_its_place_is_not_listed(library: Library, digits: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.bin"
    shutil.copy(digits, mine)
    library.add(mine, in_place=True)
    mine.unlink()
    assert "mine" not in {row.name for row in library.rows()}


@pytest.mark.parametrize("text", ["", "[]", '{"version": 9, "places": ["/"]}', '{"version": 1, "places": 3}'])
def test_a_list_of_places_that_cannot_be_read_is_none(library: Library, text: str) -> None:
    library.store.user_folder.mkdir()
    (library.store.user_folder / "places.json").write_text(text)
    assert len(library.rows()) == 4


def test_removing_takes_the_file_its_note_and_its_part(library: Library, digits: Path) -> None:
    folder = library.store.user_folder
    library.add(digits)
    assert "Removed" in library.remove("tiny")
    assert list(folder.iterdir()) == []
    (folder / "ggml-tiny.bin.part").write_bytes(b"abc")
    (folder / "ggml-tiny.bin.part.etag").write_text("x")
    assert "what had come" in library.remove("tiny")
    assert list(folder.iterdir()) == []


def test_what_is_not_the_users_is_not_removed(library: Library) -> None:
    with pytest.raises(UsageError, match="came with the program"):
        library.remove("shapes")
    with pytest.raises(UsageError, match="no model 'nothing'"):
        library.remove("nothing")


def test_a_part_that_is_growing_is_not_removed(library: Library) -> None:
    from app.download.partial import locked

    library.store.user_folder.mkdir()
    (library.store.user_folder / "ggml-tiny.bin.part").write_bytes(b"abc")
    with locked(library.wanted_path("tiny")), pytest.raises(ModelError, match="is fetching it already"):
        library.remove("tiny")


def test_an_own_file_with_a_listed_name_is_not_written_over(
    library: Library, sample_dir: Path, tmp_path: Path
) -> None:
    mine = tmp_path / "yolox_nano.onnx"
    data = (sample_dir / "shapes.onnx").read_bytes()
    mine.write_bytes(data + b"\x72\x00")  # an empty note: the same model, other bytes
    library.add(mine)
    row = _row(library, "yolox_nano")
    assert (row.standing, row.listed) == (Standing.INSTALLED, None)
    assert "of your own" in row.remark
    with pytest.raises(UsageError, match="remove it first"):
        library.to_fetch(["yolox_nano"])


def test_encoders_are_told_apart_from_detectors(models_dir: Path, tmp_path: Path) -> None:
    library = Library(ModelStore((), tmp_path / "user"))
    kinds = {}
    for name in ("synthetic_toyclip_vision", "synthetic_toyclip_text", "osnet_x0_25", "nanodet_m"):
        (added,) = library.add(models_dir / f"{name}.onnx")
        assert added.model is not None
        kinds[name] = added.model.kind
    assert kinds == {
        "synthetic_toyclip_vision": ModelKind.ENCODER,
        "synthetic_toyclip_text": ModelKind.TEXT_ENCODER,
        "osnet_x0_25": ModelKind.ENCODER,
        "nanodet_m": ModelKind.DETECTOR,
    }
    assert {row.name: row.kind for row in library.rows() if row.name in kinds} == kinds
    default = library.store.default(ModelKind.DETECTOR)
    assert default is not None
    assert default.name == "nanodet_m"
    for name in ("synthetic_toyclip_vision", "osnet_x0_25"):
        assert library.store.resolve(name, ModelKind.ENCODER).kind is ModelKind.ENCODER


def test_every_entry_of_the_catalogue_is_a_row(tmp_path: Path) -> None:
    rows = Library(ModelStore((), tmp_path)).rows()
    assert [row.name for row in rows if row.listed] == [entry.name for entry in catalogue().models]


@pytest.mark.parametrize(
    ("cores", "gigabytes", "speech", "detector"),
    [
        (1, 2, "tiny-q5_1", "yolox_nano"),
        (2, 4, "base-q5_1", "yolox_nano"),
        (2, 64, "base-q5_1", "yolox_nano"),
        (4, 7.7, "small-q5_1", "yolox_tiny"),
        (8, 15.6, "large-v3-turbo-q5_0", "yolox_s"),
        (16, None, "base-q5_1", "yolox_s"),
    ],
)
def test_what_suits_a_machine(cores: int, gigabytes: float | None, speech: str, detector: str) -> None:
    memory = None if gigabytes is None else int(gigabytes * 10**9)
    found = recommended(catalogue(), Machine(cores, memory))
    assert [entry.name for entry in found.models] == [speech, "silero-v6.2.0", detector]
    assert found.bytes == sum(entry.bytes for entry in found.models)
    assert "nothing was measured here yet" in found.reason


def test_what_was_measured_comes_before_cores() -> None:
    times = {catalogue().entry("yolox_nano").sha256: 4.0, catalogue().entry("yolox_s").sha256: 90.0}
    found = recommended(catalogue(), Machine(2, 8 * 10**9, measured_ms=times.get))
    assert found.models[-1].name == "yolox_s"
    assert "90 ms a picture" in found.reason
    slow = dict.fromkeys((catalogue().entry(name).sha256 for name in ("yolox_s", "yolox_tiny")), 900.0)
    found = recommended(catalogue(), Machine(8, 8 * 10**9, measured_ms=slow.get))
    assert found.models[-1].name == "yolox_nano"


def test_a_device_that_trials_found_gets_a_larger_detector() -> None:
    found = recommended(catalogue(), Machine(4, 16 * 10**9, "cuda"))
    assert found.models[-1].name == "rfdetr_nano"
    assert "cuda" in found.reason


def test_this_machine_is_told_without_writing_anything(own_home: Path) -> None:
    machine = machine_here()
    assert machine.cores >= 1
    assert machine.memory is None or machine.memory > 10**8
    assert not list(own_home.rglob("*"))


def test_the_variable_comes_before_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    assert model_rules(catalogue()).mirror == ""
    assert model_rules(catalogue(), "https://a.example").mirror == "https://a.example"
    monkeypatch.setenv("REELSCOPE_MIRROR", "https://b.example")
    assert model_rules(catalogue(), "https://a.example").mirror == "https://b.example"
    assert not model_rules(catalogue()).plain_loopback
    monkeypatch.setenv("REELSCOPE_MIRROR", "http://127.0.0.1:8000")
    with pytest.raises(UsageError, match="https"):
        model_rules(catalogue())
