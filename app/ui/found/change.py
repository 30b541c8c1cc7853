"""Which part of the findings an event touched."""

from __future__ import annotations

import enum


class Change(enum.Flag):
    """Which part of the findings an event touched, so that only that part is painted again."""

    NOTHING = 0
    MEDIA = enum.auto()
    KEYFRAMES = enum.auto()
    SHOTS = enum.auto()
    THUMBNAILS = enum.auto()
    DETECTIONS = enum.auto()
    REGIONS = enum.auto()
    SOUND = enum.auto()
    TRANSCRIPT = enum.auto()
    WARNINGS = enum.auto()
    OUTCOME = enum.auto()
    FILE = MEDIA | KEYFRAMES | SHOTS | THUMBNAILS
    RUN = DETECTIONS | REGIONS | SOUND | TRANSCRIPT | WARNINGS | OUTCOME
    EVERYTHING = FILE | RUN
