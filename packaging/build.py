"""Builds the program as one folder that needs no Python, and tries it where there is none.

`python3 dev.py package [--archive]`; the folder is dist/Reelscope, `--archive` also packs it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import distribution, requires, version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist"
FOLDER = DIST / "Reelscope"
WINDOWED = "Reelscope"
CONSOLE = "reelscope" if sys.platform == "linux" else "reelscope-cli"
NOTICE = re.compile(r"(licen[cs]e|copying|notice|authors)", re.IGNORECASE)
TRIAL_SECONDS = 300
WINDOW_SECONDS = 20


class BuildError(Exception):
    """The build, or the built program, failed; the text says where."""


def build() -> None:
    """Freeze the program into dist/Reelscope, the licences of all it contains beside it."""
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "ERROR"]
    places = ["--distpath", str(DIST), "--workpath", str(ROOT / "build")]
    if subprocess.call([*command, *places, str(ROOT / "packaging" / "reelscope.spec")], cwd=ROOT) != 0:
        raise BuildError("PyInstaller failed; what it said stands above.")
    shutil.copy(ROOT / "LICENSE", FOLDER / "LICENSE")
    copy_licences(FOLDER / "licences")


def copy_licences(target: Path) -> None:
    """The licence files of every library in the bundle, in a folder for each."""
    for name in sorted(bundled_libraries()):
        for file in distribution(name).files or ():
            if ".dist-info" in str(file) and NOTICE.search(file.name):
                place = target / name / file.name
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(str(file.locate()), place)


def bundled_libraries() -> set[str]:
    """The libraries that the program is declared to need, and those that these need in turn."""
    from packaging.requirements import Requirement

    found: set[str] = set()
    waiting = ["reelscope"]
    while waiting:
        for line in requires(waiting.pop()) or ():
            wanted = Requirement(line)
            applies = wanted.marker is None or wanted.marker.evaluate({"extra": ""})
            if applies and wanted.name.lower() not in found:
                found.add(wanted.name.lower())
                waiting.append(wanted.name)
    return found


class Trial:
    """Runs the built program in an empty folder, with an empty home and no Python within reach."""

    def __init__(self, folder: Path) -> None:
        self.work, self.home, self.path = (folder / name for name in ("work", "home", "path"))
        for place in (self.work, self.home, self.path):
            place.mkdir()

    def environment(self) -> dict[str, str]:
        """Next to nothing: what the system itself cannot do without, and Qt without a screen."""
        kept = {name: os.environ[name] for name in ("SYSTEMROOT", "TEMP", "TMP") if name in os.environ}
        home = dict.fromkeys(("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"), str(self.home))
        return {**kept, **home, "PATH": str(self.path), "QT_QPA_PLATFORM": "offscreen", "LANG": "C.UTF-8"}

    def run(self, program: str, *arguments: str) -> str:
        """What the program prints as its result; BuildError with all it said where it fails."""
        executable = FOLDER / (program + (".exe" if os.name == "nt" else ""))
        done = subprocess.run(
            [str(executable), *arguments],
            cwd=self.work,
            env=self.environment(),
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=TRIAL_SECONDS,
            check=False,
        )
        shown = f"{program} {' '.join(arguments)}"
        if done.returncode != 0:
            raise BuildError(f"{shown}: exit code {done.returncode}\n{done.stdout}\n{done.stderr}")
        print(f"tried: {shown}", flush=True)
        return done.stdout

    def open_window(self, program: str, video: Path) -> None:
        """Open the window on a video for a while: it must neither end by itself nor complain."""
        executable = FOLDER / (program + (".exe" if os.name == "nt" else ""))
        process = subprocess.Popen(
            [str(executable), str(video)],
            cwd=self.work,
            env=self.environment(),
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        try:
            process.wait(WINDOW_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            ended = False
        else:
            ended = True
        _, said = process.communicate()
        if ended or "Traceback" in said or "Error" in said:
            raise BuildError(f"the window {'ended by itself' if ended else 'complained'}:\n{said}")
        print(f"tried: the window, for {WINDOW_SECONDS} s", flush=True)


def try_program() -> None:
    """Let the frozen program test its parts and analyse its sample, and look at what it found."""
    with tempfile.TemporaryDirectory() as scratch:
        trial = Trial(Path(scratch))
        print(trial.run(CONSOLE, "selftest"), end="")
        trial.run(WINDOWED, "selftest")
        sample = next(FOLDER.rglob("sample.mp4"))
        outputs = ["--json", "sample.json", "--srt", "sample.srt"]
        trial.run(CONSOLE, "analyze", str(sample), "--quiet", *outputs)
        document = json.loads((trial.work / "sample.json").read_text(encoding="utf-8"))
        truth = json.loads((sample.parent / "truth.json").read_text(encoding="utf-8"))
        compare(document, truth)
        written = {str(file.relative_to(scratch)) for file in Path(scratch).rglob("*") if file.is_file()}
        expected = {str(Path("work", name)) for name in ("sample.json", "sample.srt")}
        if written != expected:
            raise BuildError(f"the trial wrote {sorted(written)} instead of {sorted(expected)}")
        trial.open_window(CONSOLE, sample)


def compare(document: dict[str, Any], truth: dict[str, Any]) -> None:
    """Every part of the analysis must have worked: shots, objects and words against the sample's truth."""
    if len(document["shots"]) != len(truth["shots"]):
        raise BuildError(f"{len(document['shots'])} shots instead of {len(truth['shots'])}")
    labels = {found["label"] for found in document["detections"]}
    if not labels or labels - set(truth["classes"]):
        raise BuildError(f"the detector found {sorted(labels)}")
    heard = " ".join(segment["text"].strip() for segment in document["transcript"]["segments"]).split()
    spoken = " ".join(utterance["text"] for utterance in truth["utterances"]).split()
    if len(set(heard) & set(spoken)) < len(set(spoken)) - 1:
        raise BuildError(f"spoken: {' '.join(spoken)}; heard: {' '.join(heard)}")


def print_sizes() -> None:
    """The size of the folder, and the largest things in it."""
    sizes = {
        file: file.stat().st_size for file in FOLDER.rglob("*") if file.is_file() and not file.is_symlink()
    }
    print(f"{FOLDER.relative_to(ROOT)}: {sum(sizes.values()) / 1e6:.0f} MB in {len(sizes)} files")
    for file, size in sorted(sizes.items(), key=lambda item: -item[1])[:8]:
        print(f"  {size / 1e6:6.1f} MB  {file.relative_to(FOLDER)}")


def pack() -> None:
    """One compressed file of the folder, named after version, system and processor."""
    name = f"reelscope-{version('reelscope')}-{platform.system().lower()}-{platform.machine().lower()}"
    form = "zip" if os.name == "nt" else "gztar"
    packed = Path(shutil.make_archive(str(DIST / name), form, DIST, FOLDER.name))
    print(f"{packed.relative_to(ROOT)}: {packed.stat().st_size / 1e6:.0f} MB")


def main() -> int:
    """Build, try, tell the sizes; exit code 1 where anything failed."""
    parser = argparse.ArgumentParser(prog="dev.py package", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--archive", action="store_true", help="also pack the folder into one file")
    arguments = parser.parse_args()
    try:
        build()
        print_sizes()
        try_program()
        if arguments.archive:
            pack()
    except BuildError as error:
        print(f"package: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
