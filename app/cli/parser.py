"""The command line as argparse knows it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import app
from app.cli.cue_options import add_cue_options
from app.core.errors import UsageError
from app.core.time import WHOLE, TimeSpan, parse_span

COMMANDS = ("analyze", "probe", "keyframes", "frame", "models", "devices", "export", "report", "selftest")
"""What the first word may be for a headless command."""

LAYOUTS = ("auto", "yolox", "yolov5", "yolov8", "end2end", "detr", "nanodet", "yunet")


RESULTS = {
    "json": "JSON",
    "srt": "SRT",
    "vtt": "VTT",
    "vtt-words": "VTT with the time of each word",
    "ass": "ASS",
    "txt": "the text that is said",
    "txt-times": "the text with its times",
    "csv": "CSV of what is seen",
    "transcript-csv": "CSV of what is said",
    "transcript-json": "JSON of what is said",
}
"""The formats of `app.export.formats`, which is not loaded for this, and what they write."""


def build_parser(only: str = "") -> argparse.ArgumentParser:
    """Return the parser of all headless commands, or of the one that ``only`` names: that takes a tenth."""
    parser = argparse.ArgumentParser(
        prog="reelscope",
        description="Shows what is in a video: keyframes, shots, objects, speech. Without a command, "
        "'reelscope [--new-window] [VIDEO ...]' opens the window, or gives the files to the one that runs.",
        epilog="'reelscope COMMAND --help' tells more. Nothing is written but what you name.",
    )
    parser.add_argument("--version", action="version", version=f"reelscope {app.__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    adders = {
        "analyze": _add_analyze,
        "probe": _add_probe,
        "keyframes": _add_keyframes,
        "frame": _add_frame,
        "models": _add_models,
        "export": _add_export,
        "devices": _add_devices,
        "report": _add_report,
        "selftest": _add_selftest,
    }
    for name, add in adders.items():
        if only == name or only not in adders:
            add(commands)
    return parser


if TYPE_CHECKING:
    _Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def _command(commands: _Commands, name: str, purpose: str) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=purpose, description=purpose[0].upper() + purpose[1:] + ".")
    parser.add_argument("--debug", action="store_true", help="show Python's traceback when something fails")
    return parser


def _add_analyze(commands: _Commands) -> None:
    parser = _command(commands, "analyze", "find keyframes, shots, objects and speech")
    parser.add_argument("videos", nargs="+", type=Path, metavar="VIDEO")
    _add_detection(parser.add_argument_group("objects"))
    _add_encoder(parser.add_argument_group("embeddings"))
    _add_speech(parser.add_argument_group("speech"))
    _add_scope(parser.add_argument_group("what is looked at"))
    _add_machine(parser.add_argument_group("how it runs"))
    _add_again(parser.add_argument_group("a part again"))
    _add_results(parser.add_argument_group("results (without any: a summary)"))
    add_cue_options(parser)


def _add_scope(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--range", type=_span, default=WHOLE, metavar="START-END", help="only this part")
    group.add_argument("--audio-track", type=_count, default=0, metavar="N", help="sound track, from 0")
    group.add_argument("--video-track", type=_count, default=0, metavar="N", help="video track, from 0")
    group.add_argument("--hash-media", action="store_true", help="note the file's SHA-256 (reads all of it)")


def _add_machine(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--device",
        default="auto",
        help="where models run: auto (what `reelscope devices` found faster), cpu, cuda, coreml, ...",
    )
    group.add_argument(
        "--hwaccel",
        default="auto",
        metavar="auto|none|NAME",
        help="what decodes with --frames all, every:N and fps:F; auto: what `reelscope devices` found faster",
    )
    group.add_argument(
        "--jobs", type=_at_least_one, default=1, metavar="N", help="so many videos at a time; default 1"
    )
    group.add_argument(
        "--input",
        choices=("file", "mapped"),
        default="file",
        help="how the bytes come in; mapped: into memory",
    )


def _add_again(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--again",
        type=Path,
        metavar="RESULT.json",
        help="hear --range of this result again; --json writes it",
    )
    group.add_argument(
        "--keep", choices=("better", "new", "old"), default="better", help="which text stays; default better"
    )


def _add_results(group: argparse._ArgumentGroup) -> None:
    for kind, form in RESULTS.items():
        group.add_argument(
            f"--{kind}", dest=f"to_{kind}", metavar="FILE", help=f"write {form} to FILE; - is standard output"
        )
    group.add_argument(
        "-o", "--output", type=Path, metavar="DIR", help="write NAME.json and NAME.srt of each video"
    )
    group.add_argument("--quiet", action="store_true", help="no progress; errors are always said")


def _add_detection(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--frames", default="keyframes", metavar="RULE", help="keyframes (default), all, every:N or fps:F"
    )
    group.add_argument("--detect", default="auto", metavar="MODEL", help="a model's name or file, or none")
    group.add_argument("--layout", choices=LAYOUTS, default="auto", help="when the model file does not tell")
    group.add_argument("--confidence", type=_share, default=0.25, metavar="0..1", help="default 0.25")
    group.add_argument(
        "--iou", type=_share, default=0.45, metavar="0..1", help="overlap in NMS, default 0.45"
    )
    group.add_argument("--labels", default="", metavar="A,B", help="only these classes")


def _add_encoder(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--embed",
        default="none",
        metavar="MODEL",
        help="a picture encoder's file or name, or none (default): a vector for each picture, kept in memory",
    )


def _add_speech(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--speech", default="auto", metavar="MODEL", help="a model's name or file, or none")
    group.add_argument("--language", default="auto", metavar="CODE", help="auto (default), en, de, ...")
    group.add_argument(
        "--vad", default="auto", metavar="auto|none|FILE", help="auto: silero where installed, else loudness"
    )
    group.add_argument("--translate", action="store_true", help="write English, whatever is spoken")
    group.add_argument("--prompt", default="", metavar="TEXT", help="text that is taken to come before")
    group.add_argument("--vocabulary", default="", metavar="A,B", help="names and terms to expect")
    group.add_argument(
        "--beam-size", type=_beams, default=5, metavar="1..8", help="default 5; 1 is quicker, less accurate"
    )
    group.add_argument("--temperature", type=_share, default=0.0, metavar="0..1", help="default 0")
    group.add_argument(
        "--threads", type=_at_least_one, metavar="N", help="of the speech model; default: all cores, up to 8"
    )


def _add_probe(commands: _Commands) -> None:
    parser = _command(commands, "probe", "say what a file is, and what is odd about it")
    parser.add_argument("video", type=Path, metavar="VIDEO")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument(
        "--verify",
        type=_number,
        nargs="?",
        metavar="=N",
        help="seek to N random times (default 25) and every keyframe, and compare with linear decoding",
    )
    parser.add_argument("--seed", type=_number, metavar="N", help="repeat the random times of a --verify")


def _add_keyframes(commands: _Commands) -> None:
    parser = _command(commands, "keyframes", "list the keyframes")
    parser.add_argument("video", type=Path, metavar="VIDEO")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--decode", action="store_true", help="list only those that decode to a picture")
    parser.add_argument("--hash", action="store_true", help="decode each and add its framecrc checksum")
    parser.add_argument("--images", type=Path, metavar="DIR", help="write each as DIR/NAME-PTS.png")


def _add_frame(commands: _Commands) -> None:
    parser = _command(commands, "frame", "give the picture shown at a time")
    parser.add_argument("video", type=Path, metavar="VIDEO")
    parser.add_argument("--at", required=True, metavar="TIME", help="83.2, 1:23.2 or 0:01:23.200")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE.png", help="write the picture")
    parser.add_argument("--hash", action="store_true", help="add its framecrc checksum")


def _add_models(commands: _Commands) -> None:
    parser = _command(commands, "models", "list, pull, add, verify and remove models")
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    actions.add_parser("list", help="list what is installed and what can be had (the default)")
    pull = actions.add_parser("pull", help="download models of the catalogue, checked and resumed")
    pull.add_argument("names", nargs="*", metavar="NAME")
    pull.add_argument("--all-recommended", action="store_true", help="those that suit this machine")
    pull.add_argument("--yes", action="store_true", help="do not ask on a terminal before downloading")
    pull.add_argument("--quiet", action="store_true", help="no progress; errors are always said")
    add = actions.add_parser(
        "add", help="copy a model file, or all of a folder, into the user's model folder"
    )
    add.add_argument("file", type=Path, metavar="FILE|FOLDER")
    add.add_argument("--in-place", action="store_true", help="leave the files where they are")
    verify = actions.add_parser("verify", help="read every model and compare it with its recorded hash")
    verify.add_argument("names", nargs="*", metavar="NAME")
    remove = actions.add_parser("remove", help="remove models that were pulled or added")
    remove.add_argument("names", nargs="+", metavar="NAME")
    actions.add_parser("licence", help="show a model's licence").add_argument("name", metavar="NAME")


def _add_export(commands: _Commands) -> None:
    parser = _command(commands, "export", "turn a result document, or subtitles, into another format")
    parser.add_argument(
        "result", type=Path, metavar="FILE", help="RESULT.json, SRT, VTT, ASS, or a video with subtitles"
    )
    parser.add_argument(
        "--track",
        type=_count,
        metavar="N",
        help="which subtitles of a video, from 0; default: its usual ones",
    )
    parser.add_argument("--to", required=True, metavar="FORMAT", help=", ".join(RESULTS))
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="instead of standard output")
    add_cue_options(parser)


def _add_devices(commands: _Commands) -> None:
    parser = _command(commands, "devices", "say what decoding and models can use here, and why not the rest")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument(
        "--model",
        action="append",
        default=[],
        metavar="MODEL",
        help="try the devices with this detector or encoder; without, with all that are installed",
    )
    parser.add_argument(
        "--video", type=Path, metavar="VIDEO", help="try decoding on this video, not on the bundled sample"
    )
    parser.add_argument("--again", action="store_true", help="measure anew what was measured before")


def _add_report(commands: _Commands) -> None:
    _command(commands, "report", "print versions, devices and the log, without names and words of yours")


def _add_selftest(commands: _Commands) -> None:
    _command(commands, "selftest", "try every native part once")


def _span(text: str) -> TimeSpan:
    try:
        return parse_span(text)
    except UsageError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _share(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0.0 <= value <= 1.0:
        raise argparse.ArgumentTypeError(f"'{text}' is no number between 0 and 1")
    return value


def _number(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"'{text}' is no whole number")
    return int(text)


def _at_least_one(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"'{text}' is no whole number from 1 on")
    return int(text)


def _beams(text: str) -> int:
    if text not in "12345678" or len(text) != 1:
        raise argparse.ArgumentTypeError(f"'{text}' is no whole number from 1 to 8")
    return int(text)


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"'{text}' is no track number: tracks count from 0")
    return int(text)
