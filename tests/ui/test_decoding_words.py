from __future__ import annotations

from app.media.hardware import HardwareReport
from app.ui.decoding_words import decoding_full, decoding_sections, decoding_short
from app.ui.media_facts import Fact
from app.workers.notices import DecodingState

NO_DRIVER = HardwareReport("auto", None, (("cuda", "no NVIDIA driver"), ("qsv", "FFmpeg's decoder cannot")))
SOFTWARE = DecodingState("h264", 2, NO_DRIVER, NO_DRIVER)
SEEKS = HardwareReport("auto", None, (("cuda", "no gain in seeking (10 ms, software 8 ms)"),))
CUDA = DecodingState("hevc", 8, HardwareReport("auto", "cuda"), SEEKS)


def test_software_is_said_with_what_stands_against_the_first_device() -> None:
    assert decoding_short(SOFTWARE, playing=True) == "software (h264, 2 threads)  ·  cuda: no NVIDIA driver"
    off = DecodingState("h264", 1, HardwareReport("none"), HardwareReport("none"))
    assert decoding_short(off, playing=False) == "software (h264, 1 thread)"


def test_a_long_reason_is_left_to_the_tool_tip() -> None:
    slow = HardwareReport("auto", None, (("cuda", "slower than software here (10 against 20 pictures/s)"),))
    state = DecodingState("h264", 2, slow, slow)
    assert decoding_short(state, playing=True) == "software (h264, 2 threads)"
    assert "cuda: slower than software here" in decoding_full(state)


def test_what_is_said_is_what_decodes_now() -> None:
    playing = DecodingState("hevc", 8, CUDA.playing, CUDA.seeking, active=True)
    assert decoding_short(CUDA, playing=True) == "software (hevc, 8 threads)"
    assert decoding_short(playing, playing=True) == "cuda (hevc)"
    assert decoding_short(playing, playing=False) == "software (hevc, 8 threads)"


def test_all_of_it() -> None:
    assert decoding_sections(DecodingState()) == ()
    ((title, facts),) = decoding_sections(SOFTWARE)
    assert title == "Decoding"
    assert facts == (
        Fact("Playing", "software, 2 threads"),
        Fact("Seeking", "software, 2 threads"),
        Fact("Not cuda", "no NVIDIA driver"),
        Fact("Not qsv", "FFmpeg's decoder cannot"),
    )
    assert decoding_full(CUDA).splitlines() == [
        "Playing: cuda",
        "Seeking: software, 8 threads",
        "Not cuda: no gain in seeking (10 ms, software 8 ms)",
    ]
