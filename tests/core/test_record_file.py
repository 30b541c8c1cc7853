"""What was measured once: kept whole, forgotten where it cannot be read."""

from __future__ import annotations

import json
import tempfile
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.machine import machine_facts
from app.core.record_file import RecordFile

records = st.dictionaries(st.text(), st.dictionaries(st.text(), st.integers() | st.text() | st.none()))


@given(records, records)
def test_what_is_put_is_read_back(
    first: dict[str, dict[str, object]], then: dict[str, dict[str, object]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = RecordFile(Path(folder) / "new" / "records.json", 1)
        assert file.read() == {}
        file.put(first)
        file.put(then)
        assert file.read() == first | then
        assert RecordFile(file.path, 2).read() == {}
        assert [path.name for path in file.path.parent.iterdir()] == ["records.json"]


@given(st.binary(max_size=200) | st.sampled_from([b"[]", b'{"version": 1}', b'{"version": 1, "records": 3}']))
def test_what_cannot_be_read_counts_as_empty_and_is_replaced(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = RecordFile(Path(folder) / "records.json", 1)
        file.path.write_bytes(data)
        assert file.read() == {}
        file.put({"a": {"b": 1}})
        assert file.read() == {"a": {"b": 1}}


def test_nested_beyond_reason_counts_as_empty(tmp_path: Path) -> None:
    file = RecordFile(tmp_path / "records.json", 1)
    file.path.write_bytes(b'{"version": 1, "records": ' + b'{"a": ' * 100_000)
    assert file.read() == {}


def test_the_newest_are_kept(tmp_path: Path) -> None:
    file = RecordFile(tmp_path / "records.json", 1)
    file.put({str(number): {} for number in range(700)})
    file.put({"400": {}})
    kept = list(file.read())
    assert (kept[0], kept[-1], len(kept)) == ("200", "400", 500)


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = RecordFile(tmp_path / "records.json", 1)
    file.put({"a": {"b": 1}})

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        file.put({"c": {}})
    assert [path.name for path in tmp_path.iterdir()] == ["records.json"]
    assert json.loads(file.path.read_bytes())["records"] == {"a": {"b": 1}}


def test_threads_lose_nothing(tmp_path: Path) -> None:
    file = RecordFile(tmp_path / "records.json", 1)
    threads = [threading.Thread(target=file.put, args=({str(n): {"n": n}},)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert file.read() == {str(n): {"n": n} for n in range(16)}


def test_clearing_forgets_and_may_be_done_twice(tmp_path: Path) -> None:
    file = RecordFile(tmp_path / "records.json", 1)
    file.put({"a": {}})
    file.clear()
    file.clear()
    assert file.read() == {}


def test_the_machine_is_told_in_one_line() -> None:
    assert machine_facts().count("\n") == 0
    assert len(machine_facts()) > 5
