"""Every real, odd and broken file goes through the commands: it works, or a sentence says what is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Reelscope
from tests.conftest import SHARED

FILES = sorted(
    path.relative_to(SHARED / "media")
    for folder in ("media", "media/derived")
    for path in (SHARED / folder).glob("*")
    if path.is_file() and path.suffix != ".txt"
)

BROKEN = {
    "am_invalid-bitstream.webm",
    "am_large_stbl_truncated_after_moov.m4b",
    "ft_fixture-moov.mov",
    "derived/empty.mp4",
    "derived/jpeg_renamed.mp4",
    "derived/text_renamed.mp4",
}
"""What cannot give a single picture or sample."""


def test_the_folder_holds_what_is_expected(shared: Path) -> None:
    assert len(FILES) >= 70
    assert {path.as_posix() for path in FILES} >= BROKEN


@pytest.mark.parametrize("file", FILES, ids=str)
def test_probe_keyframes_and_analyze(reelscope: Reelscope, shared: Path, tmp_path: Path, file: Path) -> None:
    video = shared / "media" / file
    broken = file.as_posix() in BROKEN
    probed = reelscope("probe", video, "--json")
    listed = reelscope("keyframes", video, "--json")
    out = tmp_path / "out.json"
    analysed = reelscope("analyze", video, "--json", out, "--quiet")
    for done in (probed, listed, analysed):
        assert done.code in (0, 1)
        assert done.code == 0 or video.name in done.err
    assert analysed.code == (1 if broken else 0), analysed.err
    if broken:
        return
    assert probed.code == 0
    document = json.loads(out.read_bytes())
    if document["media"]["video"] is None:
        assert listed.code == 1
        assert "no video" in listed.err
        assert document["keyframes"] == []
    else:
        found = [keyframe["pts"] for keyframe in document["keyframes"]]
        assert found == [keyframe["pts"] for keyframe in json.loads(listed.out)]
        assert len(found) == json.loads(probed.out)["keyframe_count"] > 0
    if document["media"]["audio"]:
        assert document["transcript"] is not None or document["warnings"]
