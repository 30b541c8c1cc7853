"""The workflows: valid, every action pinned to a commit, no more rights than are used."""

from __future__ import annotations

import importlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from app import __version__

_ACTION = re.compile(
    r"^\s*(?:- )?uses: (?P<name>[\w-]+/[\w-]+)@(?P<commit>\S+)(?P<comment>.*)$", re.MULTILINE
)


@pytest.fixture
def workflows(repository: Path) -> dict[str, str]:
    files = (repository / ".github" / "workflows").glob("*.yml")
    return {file.name: file.read_text(encoding="utf-8") for file in files}


def _module(name: str, *words: str) -> None:
    """Run a tool that is a Python package, as a program."""
    program = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    assert program is not None, f"{name} is not installed"
    done = subprocess.run([program, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_they_are_there(workflows: dict[str, str]) -> None:
    assert set(workflows) == {"ci.yml", "release.yml"}


def test_they_follow_their_schema(repository: Path) -> None:
    files = [str(file) for file in (repository / ".github" / "workflows").glob("*.yml")]
    _module("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *files)


def test_they_let_nobody_in(repository: Path) -> None:
    _module("zizmor", "--offline", "--no-progress", "--quiet", str(repository / ".github" / "workflows"))


def test_every_action_is_pinned_to_a_commit_and_names_its_version(workflows: dict[str, str]) -> None:
    commits: dict[str, set[str]] = {}
    for text in workflows.values():
        uses = [line for line in text.splitlines() if re.match(r"\s*(- )?uses:", line)]
        pinned = list(_ACTION.finditer(text))
        assert len(uses) == len(pinned)
        for action in pinned:
            assert re.fullmatch(r"[0-9a-f]{40}", action["commit"]), action[0]
            assert re.fullmatch(r" # v\d+\.\d+\.\d+", action["comment"]), action[0]
            commits.setdefault(action["name"], set()).add(action["commit"])
    assert commits
    assert all(len(each) == 1 for each in commits.values())


def test_rights_are_given_job_by_job(workflows: dict[str, str]) -> None:
    for text in workflows.values():
        assert "\npermissions: {}\n" in text
    assert workflows["release.yml"].count("contents: write") == 1


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck is not installed")
def test_scripts_are_sound(repository: Path) -> None:
    scripts = [str(file) for file in (repository / "packaging").rglob("*.sh")]
    subprocess.run(["shellcheck", *scripts], check=True)


def test_a_tag_of_another_version_stops_a_release(recipe: dict[str, ModuleType]) -> None:
    assert recipe["versions"].main([f"v{__version__}"]) == 0
    assert recipe["versions"].main(["v99.0.0"]) == 1


class TestTryInstalled:
    """What tries installers on their systems, on an archive with nothing real inside."""

    @pytest.fixture
    def archive(self, recipe: dict[str, ModuleType], tmp_path: Path) -> Path:
        folder = tmp_path / "Reelscope"
        folder.mkdir()
        for name in ("reelscope", "Reelscope"):
            (folder / name).write_text("#!/bin/sh\nexit 0\n", encoding="utf-8")
            (folder / name).chmod(0o755)
        made: Path = recipe["installers"].archive(folder, tmp_path / "reelscope-1.tar.xz")
        return made

    @pytest.mark.skipif(os.name == "nt", reason="a shell script for Linux")
    def test_it_installs_and_removes(
        self, recipe: dict[str, ModuleType], archive: Path, tmp_path: Path
    ) -> None:
        tried = importlib.import_module("try_installed")
        (tmp_path / "scratch").mkdir()
        with tried.installed(archive, tmp_path / "scratch") as program:
            subprocess.run([program], check=True)
        assert not program.exists()

    @pytest.mark.skipif(os.name == "nt", reason="a shell script for Linux")
    def test_what_is_left_behind_is_told(
        self, recipe: dict[str, ModuleType], archive: Path, tmp_path: Path
    ) -> None:
        tried = importlib.import_module("try_installed")
        (tmp_path / "scratch").mkdir()
        with (
            pytest.raises(tried.BuildError, match=r"left behind: .*of-nobody"),
            tried.installed(archive, tmp_path / "scratch") as program,
        ):
            program.with_name("of-nobody").touch()

    def test_something_else_is_refused(self, recipe: dict[str, ModuleType], tmp_path: Path) -> None:
        tried = importlib.import_module("try_installed")
        with (
            pytest.raises(tried.BuildError, match="no installer of ours"),
            tried.installed(tmp_path / "a.zip", tmp_path),
        ):
            pass
