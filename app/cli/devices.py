"""``reelscope devices``: what decoding and inference can use here, and why not the rest."""

from __future__ import annotations

import json
from argparse import Namespace
from dataclasses import asdict, dataclass

from app.cli.exit_codes import DONE
from app.core.errors import HardwareError
from app.inference.session import available_devices
from app.media.hardware import known_devices, stream_facts
from app.media.trial_process import judge, try_device
from app.resources import resource_path


@dataclass(frozen=True, slots=True)
class _Row:
    """One device: its name, whether it can be used, and why or why not as a clause."""

    name: str
    available: bool
    reason: str


def devices(arguments: Namespace) -> int:
    """Print both lists; hardware decoders are tried on the bundled sample, in a child process each."""
    decoding = [_Row("software", True, "always there"), *map(_tried, known_devices())]
    inference = [_Row(each.name, each.available, each.reason) for each in available_devices()]
    if arguments.json:
        lists = {"decoding": [*map(asdict, decoding)], "inference": [*map(asdict, inference)]}
        print(json.dumps(lists, indent=2))
        return DONE
    for title, rows in (("decoding", decoding), ("inference", inference)):
        print(f"{title}:")
        for row in rows:
            print(f"  {'yes' if row.available else 'no ':3}  {row.name:12}  {row.reason}")
    return DONE


def _tried(name: str) -> _Row:
    sample = resource_path("sample", "sample.mp4")
    facts = stream_facts(sample)
    if name not in facts.devices:
        return _Row(name, False, f"FFmpeg's {facts.codec} decoder cannot use it")
    try:
        figures = try_device(name, sample)
    except HardwareError as error:
        return _Row(name, False, str(error))
    speed = f"{1 / max(figures.hardware.picture_s, 1e-6):.0f} pictures/s of the sample"
    return _Row(name, True, judge(figures, facts.rate).against_playing or speed)
