"""`python -m tests.benchmarks.decoding_bound FILE`: CPU seconds that decoding its keyframes takes.

The packets are in memory before the clock starts, so neither reading nor starting counts; all cores decode,
because on cores that share their units each is slower than alone. No program on these cores with this decoder
can be done sooner than this figure divided by the number of cores.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from app.media.key_packets import key_accesses
from app.media.opening import choose_video, open_media


def decoding_cpu_s(path: Path) -> float:
    """Decode the keyframes of a file whose packets tell them, and return what that took."""
    with open_media(path, packets_only=True) as container:
        stream = choose_video(container)
        assert stream is not None
        packets = [access.packet for access in key_accesses(container, stream)]
    with open_media(path) as container:
        stream = choose_video(container)
        assert stream is not None
        codec = stream.codec_context
        codec.thread_type, codec.skip_frame = "FRAME", "NONKEY"
        began = time.process_time()
        for packet in (*packets, None):
            codec.decode(packet)
        return time.process_time() - began


if __name__ == "__main__":
    print(decoding_cpu_s(Path(sys.argv[1])))
