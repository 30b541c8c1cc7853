"""The benchmarks themselves: names, table and JSON as the contract says; nothing here is timed."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.benchmarks import __main__ as command
from tests.benchmarks import registry
from tests.benchmarks.calm import Ticks, calm, ticks
from tests.benchmarks.clips import LONG_1080P, cache_folder, clip_path, first_minute
from tests.benchmarks.rows import Benchmark, Series, percentile, table

CONTRACT = {
    "keyframes": {"h264-low", "h264-high", "hevc", "vp9", "av1"},
    "pipeline": {"yolox-nano", "yolov8n", "all-frames", "embeddings"},
    "player": {"seek-exact-p50", "seek-exact-p95", "seek-keyframe-p95", "seek-cached-p95"},
    "speech": {"tiny", "base", "half-silent", "vad"},
    "start": {"cli", "window"},
}
KEYS = ["name", "group", "ours", "peer_value", "peer", "unit", "ratio", "runs", "spread"]


def _measure(say: Callable[[str], None]) -> Mapping[str, Series]:
    say("measuring")
    timed = Series("ms", peer="other", ours=[[2.0, 4.0], [3.0]], theirs=[[6.0], [12.0, 9.0]])
    rate = Series("1/s", peer="other", more_is_better=True, ours=[[30.0]], theirs=[[10.0]])
    return {"timed": timed, "rate": rate, "alone": Series("%", ours=[[0.0]], note="no peer here")}


FAKE = Benchmark("fake", ("timed", "rate", "alone"), _measure)


def test_every_name_of_the_contract_is_there() -> None:
    found: dict[str, set[str]] = {}
    for benchmark in registry.all_benchmarks():
        found.setdefault(benchmark.group, set()).update(benchmark.names)
    assert all(found[group] >= names for group, names in CONTRACT.items())
    everything = [name for benchmark in registry.all_benchmarks() for name in benchmark.names]
    assert len(everything) == len(set(everything))


def test_benchmarks_are_chosen_by_group_or_row() -> None:
    assert [each.names for each in registry.chosen(["tone-map"])] == [("tone-map",)]
    assert registry.chosen([]) == registry.all_benchmarks()
    assert {each.group for each in registry.chosen(["player"])} == {"player"}
    assert command.main(["nothing-of-that-name"]) == 2


def test_the_rows_are_those_of_the_contract(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "chosen", lambda names: [FAKE])
    assert command.main(["--json", str(tmp_path / "rows.json")]) == 0
    timed, rate, alone = json.loads((tmp_path / "rows.json").read_text(encoding="utf-8"))
    assert list(timed) == KEYS
    assert (timed["ours"], timed["peer_value"], timed["peer"]) == (3.0, 9.0, "other")
    assert (timed["ratio"], timed["runs"], timed["spread"]) == (3.0, 3, 0.0)
    assert rate["ratio"] == 3.0
    assert (alone["peer"], alone["peer_value"], alone["ratio"], alone["spread"]) == (None, None, None, 0.0)
    printed = capsys.readouterr().out
    assert [line.split()[0] for line in printed.splitlines()] == ["name", "timed", "rate", "alone"]
    assert "no peer here" in printed


def test_a_row_with_several_peers_comes_once_for_each() -> None:
    def measure(say: Callable[[str], None]) -> Mapping[str, list[Series]]:
        peers = {"quick": 1.0, "slow": 8.0}
        return {"row": [Series("s", peer=peer, ours=[[2.0]], theirs=[[at]]) for peer, at in peers.items()]}

    rows = list(Benchmark("group", ("row",), measure).rows(lambda text: None))
    assert [(row.name, row.peer, row.ratio) for row in rows] == [("row", "quick", 0.5), ("row", "slow", 4.0)]


def test_an_absent_peer_leaves_the_row_without_ratio() -> None:
    row = Series("ms", percentile(0.95), peer="mpv", note="(mpv is not installed)", ours=[[1.0, 2.0]]).row(
        "seek", "player"
    )
    assert (row.ours, row.peer, row.peer_value, row.ratio) == (2.0, None, None, None)
    assert "(mpv is not installed)" in list(table([row]))[1]


def _machine(*stolen: int) -> Callable[[], Ticks]:
    """A machine that wants 100 ticks in each block, of which others get so many."""
    counted = [Ticks(0, 0)]
    for each in stolen:
        counted += [Ticks(counted[-1].wanted + 100, counted[-1].stolen + each)] * 2
    return iter(counted).__next__


@pytest.mark.parametrize(
    ("stolen", "kept", "share"),
    [
        ((0,), 0, 0.0),
        ((3,), 0, 0.03),
        ((12, 2), 1, 0.02),
        ((12, 30, 1), 2, 0.01),
        ((12, 30, 7, 9), 2, 0.07),
    ],
)
def test_a_block_is_measured_again_while_others_have_the_machine(
    stolen: tuple[int, ...], kept: int, share: float
) -> None:
    blocks, said, series = iter(range(9)), list[str](), Series("s")
    value = calm(blocks.__next__, said.append, series, read=_machine(*stolen))
    assert (value, series.stolen, next(blocks)) == (kept, share, len(stolen))
    assert len(said) == sum(each > 3 for each in stolen)


def test_the_row_tells_its_most_disturbed_block() -> None:
    series = Series("s", ours=[[1.0]])
    for stolen in (1, 3, 2):
        calm(lambda: None, print, series, read=_machine(stolen))
    assert "3.0%" in list(table([series.row("row", "group")]))[1]


def test_where_stolen_time_is_not_counted_each_block_is_taken() -> None:
    blocks = iter(range(9))
    assert calm(blocks.__next__, print, read=lambda: None) == 0


@pytest.mark.skipif(not Path("/proc/stat").is_file(), reason="only Linux counts what its host takes")
def test_the_kernel_counts_what_was_wanted() -> None:
    before = ticks()
    began = time.process_time()
    while time.process_time() < began + 0.1:
        pass
    after = ticks()
    assert before is not None
    assert after is not None
    assert after.wanted - before.wanted >= 5
    assert 0.0 <= before.share_until(after) <= 1.0


@pytest.mark.parametrize(("share", "expected"), [(0.5, 50.0), (0.95, 95.0), (1.0, 100.0), (0.001, 1.0)])
def test_percentiles_are_measured_values(share: float, expected: float) -> None:
    assert percentile(share)([float(value) for value in range(100, 0, -1)]) == expected


def test_clips_are_made_once_outside_the_repository(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, repository: Path
) -> None:
    assert repository not in cache_folder().parents
    monkeypatch.setenv("REELSCOPE_BENCH_CACHE", str(tmp_path / "cache"))
    calls: list[list[str]] = []

    def encode(words: list[str]) -> None:
        calls.append(words)
        Path(words[-1]).write_bytes(b"clip")

    monkeypatch.setattr("tests.benchmarks.clips._run", encode)
    said: list[str] = []
    first = clip_path(LONG_1080P, said.append)
    assert clip_path(LONG_1080P, said.append) == first
    assert (len(calls), said) == (2, ["making h264-1080p30.mp4 (120 s)"])
    assert [path.name for path in first.parent.iterdir()] == [first.name]


def test_the_first_minute_of_a_clip_is_cut_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    calls: list[list[str]] = []

    def cut(words: list[str]) -> None:
        calls.append(words)
        Path(words[-1]).write_bytes(b"clip")

    monkeypatch.setattr("tests.benchmarks.clips._run", cut)
    short = first_minute(tmp_path / "long.mp4")
    assert first_minute(tmp_path / "long.mp4") == short
    assert len(calls) == 1
    assert [path.name for path in tmp_path.iterdir()] == [short.name]


def test_a_clip_that_could_not_be_made_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("REELSCOPE_BENCH_CACHE", str(tmp_path))

    def fail(words: list[str]) -> None:
        Path(words[-1]).write_bytes(b"half")
        raise OSError("full")

    monkeypatch.setattr("tests.benchmarks.clips._run", fail)
    with pytest.raises(OSError, match="full"):
        clip_path(LONG_1080P, lambda text: None)
    assert list(tmp_path.iterdir()) == []
