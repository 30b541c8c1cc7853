"""Builds the program as one folder that needs no Python, and tries it where there is none.

`python3 dev.py package [--archive] [--installer] [--models FOLDER] [--repository OWNER/NAME]`

The folder is dist/Reelscope. `--archive` also packs it, `--installer` makes what users install, `--models`
carries models for an edition without a network, `--repository` names the page of releases.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import carried
import contents
import installers
from versions import VERSION, write_version_info

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist"
WORK = ROOT / "build"
BILL = DIST / "reelscope.cdx.json"
FOLDER = DIST / "Reelscope"
WINDOWED = "Reelscope"
CONSOLE = "reelscope" if sys.platform == "linux" else "reelscope-cli"
TRIAL_SECONDS = 300
WINDOW_SECONDS = 20
SAMPLE_MODELS = ("--detect", "shapes", "--speech", "digits-q5_0")
"""Those that know the sample; an edition with models takes others by itself."""


class BuildError(Exception):
    """The build, or the built program, failed; the text says where."""


def build(environment: dict[str, str]) -> None:
    """Freeze the program into dist/Reelscope, the licences of all it contains beside it."""
    write_version_info(WORK / "version.txt")
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "ERROR"]
    places = ["--distpath", str(DIST), "--workpath", str(WORK)]
    recipe = str(ROOT / "packaging" / "reelscope.spec")
    if subprocess.call([*command, *places, recipe], cwd=ROOT, env=environment) != 0:
        raise BuildError("PyInstaller failed; what it said stands above.")
    shutil.copy(ROOT / "LICENSE", FOLDER / "LICENSE")
    frozen = json.loads((WORK / "contents.json").read_text(encoding="utf-8"))
    found = contents.contents_of(frozen["modules"], frozen["files"])
    contents.write_licences(FOLDER / "licences", found)
    bill = contents.bill_of_materials(found, VERSION)
    BILL.write_text(json.dumps(bill, indent=1) + "\n", encoding="utf-8")


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

    def run(self, program: str, *arguments: str, quiet: bool = False) -> str:
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
        if not quiet:
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


def try_program(models: Path | None) -> None:
    """Let the frozen program test its parts and analyse its sample, and look at what it found.

    Of the edition that carries ``models`` these must be what is used where nobody names any.
    """
    with tempfile.TemporaryDirectory() as scratch:
        trial = Trial(Path(scratch))
        print(trial.run(CONSOLE, "selftest"), end="")
        trial.run(WINDOWED, "selftest")
        if "PySide6 " not in trial.run(CONSOLE, "report"):
            raise BuildError("the report does not tell the versions of libraries")
        sample = next(FOLDER.rglob("sample.mp4"))
        outputs = ["--json", "sample.json", "--srt", "sample.srt"]
        trial.run(CONSOLE, "analyze", str(sample), "--quiet", *SAMPLE_MODELS, *outputs)
        document = json.loads((trial.work / "sample.json").read_text(encoding="utf-8"))
        truth = json.loads((sample.parent / "truth.json").read_text(encoding="utf-8"))
        compare(document, truth)
        if models is not None:
            try_carried(trial, sample, models)
        written = {str(file.relative_to(scratch)) for file in Path(scratch).rglob("*") if file.is_file()}
        expected = {str(Path("work", name)) for name in ("sample.json", "sample.srt")}
        if written != expected:
            raise BuildError(f"the trial wrote {sorted(written)} instead of {sorted(expected)}")
        trial.open_window(CONSOLE, sample)
        print_start(trial)


def try_carried(trial: Trial, sample: Path, models: Path) -> None:
    """Analyse with what the edition takes by itself: nothing but models that it carries."""
    trial.run(CONSOLE, "models", "verify")
    document = json.loads(trial.run(CONSOLE, "analyze", str(sample), "--quiet", "--json", "-"))
    used = {model["name"]: model["sha256"] for model in document["models"]}
    carried_hashes = {hashlib.sha256(file.read_bytes()).hexdigest() for file in models.iterdir()}
    others = sorted(name for name, sha256 in used.items() if sha256 not in carried_hashes)
    if others or not used:
        raise BuildError(f"the edition with models used {others or 'none'}, which it does not carry")
    print(f"used by themselves: {', '.join(sorted(used))}", flush=True)


def print_start(trial: Trial) -> None:
    """How long a short command takes from the start to its end: the best of some."""
    taken = []
    for _ in range(5):
        begun = time.perf_counter()
        trial.run(CONSOLE, "--version", quiet=True)
        taken.append(time.perf_counter() - begun)
    print(f"start (--version): {min(taken):.2f} s")


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


def file_name(*, offline: bool) -> str:
    """What a download is called: version, system, processor."""
    edition = "-offline" if offline else ""
    return f"reelscope-{VERSION}{edition}-{platform.system().lower()}-{platform.machine().lower()}"


def pack(name: str) -> None:
    """One compressed file of the folder: zip for Windows, else tar with xz."""
    form = "zip" if os.name == "nt" else "xztar"
    _tell(Path(shutil.make_archive(str(DIST / f"{name}-portable"), form, DIST, FOLDER.name)))


def _tell(made: Path) -> None:
    print(f"{made.relative_to(ROOT)}: {made.stat().st_size / 1e6:.0f} MB", flush=True)


def main() -> int:
    """Build, try, tell the sizes; exit code 1 where anything failed."""
    parser = argparse.ArgumentParser(prog="dev.py package", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--archive", action="store_true", help="also pack the folder into one file")
    parser.add_argument("--installer", action="store_true", help="also make this system's installer")
    parser.add_argument(
        "--windows-trial",
        action="store_true",
        help="compile the Windows installer around this system's folder",
    )
    parser.add_argument("--models", type=Path, metavar="FOLDER", help="carry these models of the catalogue")
    parser.add_argument("--repository", metavar="OWNER/NAME", help="whose page of releases to ask")
    arguments = parser.parse_args()
    name = file_name(offline=arguments.models is not None)
    try:
        WORK.mkdir(exist_ok=True)
        DIST.mkdir(exist_ok=True)
        build(carried.environment(arguments.repository, arguments.models, WORK))
        print_sizes()
        try_program(arguments.models)
        if arguments.archive:
            pack(name)
        if arguments.installer:
            _tell(installers.make(FOLDER, DIST / name))
        if arguments.windows_trial:
            _tell(installers.windows(FOLDER, DIST / f"{name}-trial-setup.exe", (WINDOWED, CONSOLE)))
    except (BuildError, carried.NotCarriedError, contents.UncoveredError, installers.InstallerError) as error:
        print(f"package: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
