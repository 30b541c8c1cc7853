"""Installs what was made for this system, silently and twice, tries it, and removes it again.

    python packaging/try_installed.py INSTALLER

Used where releases are made, on machines that hold nothing of value; on Windows it writes to the registry of
the user.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from build import SAMPLE_MODELS, BuildError, compare

if TYPE_CHECKING:
    from collections.abc import Iterator

_PATIENCE_S = 600


def run(*command: str | Path, cwd: Path | None = None) -> None:
    """Run something that must succeed."""
    print("+", *command, flush=True)
    subprocess.run([str(word) for word in command], check=True, timeout=_PATIENCE_S, cwd=cwd)


@contextmanager
def installed(installer: Path, scratch: Path) -> Iterator[Path]:
    """Install, over itself as well; inside, the console program can be run. Nothing may be left behind."""
    if installer.name.endswith(".tar.xz"):
        kind = _on_linux
    elif installer.suffix == ".exe":
        kind = _on_windows
    elif installer.suffix == ".dmg":
        kind = _on_macos
    else:
        raise BuildError(f"{installer.name} is no installer of ours")
    with kind(installer, scratch) as program:
        yield program


@contextmanager
def _on_linux(installer: Path, scratch: Path) -> Iterator[Path]:
    with tarfile.open(installer) as packed:
        packed.extractall(scratch, filter="data")
    script, prefix = next(scratch.glob("*/install.sh")), scratch / "prefix"
    for _ in range(2):
        run(script, "--prefix", prefix)
    yield prefix / "bin" / "reelscope"
    run(script, "--uninstall", "--prefix", prefix)
    _must_be_gone(file for file in prefix.rglob("*") if not file.is_dir() and file.suffix != ".cache")


@contextmanager
def _on_windows(installer: Path, scratch: Path) -> Iterator[Path]:
    folder = scratch / "Reelscope"
    for _ in range(2):
        run(installer, "/S", f"/D={folder}")
    (folder / "notes of the user.txt").touch()
    run("reg", "query", r"HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall\Reelscope")
    yield folder / "reelscope-cli.exe"
    run(folder / "uninstall.exe", "/S", f"_?={folder}")  # with this it waits, and leaves itself
    _must_be_gone(file for file in folder.iterdir() if file.suffix not in (".txt", ".exe"))
    _must_be_gone(
        [folder / name for name in ("Reelscope.exe", "reelscope-cli.exe") if (folder / name).exists()]
    )
    asked = ["reg", "query", r"HKCU\Software\Classes\Applications\Reelscope.exe"]
    if subprocess.run(asked, capture_output=True, check=False).returncode == 0:
        raise BuildError("the uninstaller left keys in the registry")


@contextmanager
def _on_macos(installer: Path, scratch: Path) -> Iterator[Path]:
    mounted = scratch / "mounted"
    run("hdiutil", "attach", "-nobrowse", "-readonly", "-mountpoint", mounted, installer)
    try:
        run("cp", "-R", mounted / "Reelscope.app", scratch)
    finally:
        run("hdiutil", "detach", mounted)
    app = scratch / "Reelscope.app"
    run("plutil", "-lint", app / "Contents" / "Info.plist")
    if os.environ.get("MACOS_SIGN_IDENTITY"):
        run("codesign", "--verify", "--deep", "--strict", app)
    yield app / "Contents" / "MacOS" / "reelscope-cli"


def _must_be_gone(files: Iterator[Path] | list[Path]) -> None:
    left = sorted(str(file) for file in files)
    if left:
        raise BuildError(f"left behind: {', '.join(left[:5])}")


def try_out(program: Path, scratch: Path) -> None:
    """Let the program test its parts, and analyse the sample."""
    run(program, "selftest", cwd=scratch)
    home = program.resolve().parent
    sample = next((home.parent if sys.platform == "darwin" else home).rglob("sample.mp4"))
    run(program, "analyze", sample, "--quiet", *SAMPLE_MODELS, "--json", "sample.json", cwd=scratch)
    document = json.loads((scratch / "sample.json").read_text(encoding="utf-8"))
    compare(document, json.loads(sample.with_name("truth.json").read_text(encoding="utf-8")))


def main(arguments: list[str]) -> int:
    """Exit code 1 where anything went wrong."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        scratch = Path(folder).resolve()
        try:
            with installed(Path(arguments[0]).resolve(), scratch) as program:
                try_out(program, scratch)
        except (BuildError, subprocess.SubprocessError, OSError) as error:
            print(f"try_installed: {error}", file=sys.stderr)
            return 1
    print("Installed, tried and removed.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
