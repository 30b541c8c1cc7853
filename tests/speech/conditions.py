"""The recordings that accuracy is measured on: the same for us and for whisper.cpp's own program."""

from __future__ import annotations

from tests.speech.noises import brown, hum, pink, white
from tests.speech.recordings import Plan

SHORT = {
    "clean": Plan(1),
    "white-20db": Plan(2, noise=white, snr_db=20.0),
    "pink-15db": Plan(3, noise=pink, snr_db=15.0),
    "brown-15db": Plan(4, noise=brown, snr_db=15.0),
    "hum50-20db": Plan(5, noise=hum(50.0), snr_db=20.0),
    "hum60-20db": Plan(6, noise=hum(60.0), snr_db=20.0),
    "quiet": Plan(7, loudness_db=-30.0, noise=pink, snr_db=30.0),
    "one-phrase": Plan(8, seconds=4.0, most=1, noise=pink, snr_db=25.0),
    "one-second": Plan(17, seconds=1.2, lead_s=0.05, most=1),
    "starts-5s": Plan(9, seconds=25.0, lead_s=5.0, noise=pink, snr_db=30.0),
    "starts-40s": Plan(10, seconds=62.0, lead_s=40.0, noise=pink, snr_db=30.0),
    "close-together": Plan(11, pauses_s=(0.75, 0.95), noise=white, snr_db=25.0),
    "far-apart": Plan(12, seconds=90.0, pauses_s=(8.0, 14.0), noise=pink, snr_db=25.0),
}
"""Up to a minute and a half."""

LONG = {
    "3-minutes": Plan(13, seconds=180.0, noise=pink, snr_db=25.0),
    "20-minutes": Plan(15, seconds=1200.0, pauses_s=(0.8, 6.0), noise=pink, snr_db=20.0),
}
"""Over the half minute that whisper hears at once."""

CONDITIONS = SHORT | LONG
