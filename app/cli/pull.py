"""``reelscope models pull``: sizes first, then all at once, each whole or not at all."""

from __future__ import annotations

import shutil
import sys
import time
from typing import TYPE_CHECKING, TextIO

from app.cli.exit_codes import DONE, FAILED
from app.core.errors import CancelledError, DownloadError, UsageError
from app.core.sizes import size_words
from app.core.time import format_short
from app.download.pulls import Pulls, PullStage, PullState
from app.download.space import missing_bytes
from app.models.library import Library, Standing
from app.models.recommended import machine_here, recommended
from app.models.way import model_fetcher
from app.settings import SettingsFile

if TYPE_CHECKING:
    from argparse import Namespace

    from app.inference.catalogue import CatalogueEntry

_LINE_STEP = 0.1
_REDRAW_S = 0.2


def pull(library: Library, arguments: Namespace) -> int:
    """Fetch what was named.

    Raises:
        UsageError: nothing was named, or what there is not.
    """
    names = list(arguments.names)
    if arguments.all_recommended:
        chosen = recommended(library.catalogue, machine_here())
        print(chosen.reason)
        names += [entry.name for entry in chosen.models]
    if not names:
        raise UsageError("Name the models to pull, or --all-recommended; 'reelscope models list' shows them.")
    entries = library.to_fetch(names)
    if not entries:
        print("All of that is installed.")
        return DONE
    loaded = SettingsFile().load(set_aside=False)
    if loaded.message is not None:
        print(f"reelscope: {loaded.message}", file=sys.stderr)  # a mirror may have been among them
    fetcher = model_fetcher(library.catalogue, loaded.settings.model_mirror)
    _tell_sizes(library, entries)
    if not (arguments.yes or _agreed()):
        print("Nothing was downloaded.")
        return DONE
    pulls = Pulls(fetcher.fetch)
    for entry in entries:
        pulls.begin(entry.name, library.wanted(entry))
    return _follow(pulls, _Board(quiet=arguments.quiet), library, entries)


def _tell_sizes(library: Library, entries: list[CatalogueEntry]) -> None:
    """Say what comes, from where and how much, before a connection is opened.

    Raises:
        DownloadError: there is no room for it.
    """
    width = max(len(entry.name) for entry in entries)
    for entry in entries:
        here = library.row(entry.name).here
        rest = f", of which {size_words(here)} are here" if here and here < entry.bytes else ""
        print(f"{entry.name:{width}}  {size_words(entry.bytes):>8}  {entry.licence}, {entry.source}{rest}")
    total = sum(entry.bytes for entry in entries)
    print(f"{'together':{width}}  {size_words(total):>8}  to {library.store.user_folder}", flush=True)
    came = sum(min(library.row(entry.name).here, entry.bytes) for entry in entries)
    missing = missing_bytes(library.store.user_folder, total - came)
    if missing:
        raise DownloadError(f"{size_words(missing)} too little are free in {library.store.user_folder}.")


def _agreed() -> bool:
    """Ask, where somebody sits at a terminal; elsewhere the command itself is the answer."""
    if not _asks_somebody():
        return True
    try:
        answer = input("Download? [Y/n] ")
    except EOFError:
        print()
        return False
    return answer.strip().lower() in ("", "y", "yes")


def _asks_somebody() -> bool:
    return sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()


def _follow(pulls: Pulls, board: _Board, library: Library, entries: list[CatalogueEntry]) -> int:
    """Show how it goes until all have ended."""
    failed = False
    try:
        for state in pulls.changes():
            board.take(state)
            if state.stage is PullStage.DONE:
                print(f"Installed {state.name}: {library.wanted_path(state.name)}", flush=True)
            elif state.stage is PullStage.FAILED:
                print(f"reelscope: {state.sentence}", file=sys.stderr, flush=True)
                failed = True
    except KeyboardInterrupt:
        pulls.stop()
        for _ in pulls.changes():
            pass
        raise CancelledError from None
    finally:
        board.clear()
    if failed:
        _tell_other_way(library, entries)
    return FAILED if failed else DONE


def _tell_other_way(library: Library, entries: list[CatalogueEntry]) -> None:
    """Say how the files that did not come can be brought along."""
    print("The same command goes on behind what came. Or bring these files here and 'models add' them:")
    for entry in entries:
        if library.row(entry.name).standing is not Standing.INSTALLED:
            print(f"  {entry.url}")


class _Board:
    """Progress on standard error: a line on a terminal, plain lines elsewhere."""

    def __init__(self, *, quiet: bool, stream: TextIO | None = None) -> None:
        self._stream = stream if stream is not None else sys.stderr
        self._quiet, self._terminal = quiet, self._stream.isatty()
        self._states: dict[str, PullState] = {}
        self._next: dict[str, float] = {}
        self._drawn_s = 0.0
        self._drawn = False

    def take(self, state: PullState) -> None:
        """Show a state."""
        if state.stage.ended:
            self.clear()
            self._states.pop(state.name, None)
            return
        self._states[state.name] = state
        if self._quiet:
            return
        if self._terminal:
            self._redraw()
        else:
            self._line(state)

    def clear(self) -> None:
        """Take the line off the terminal."""
        if self._drawn:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._drawn = False

    def _redraw(self) -> None:
        now_s = time.monotonic()
        if now_s - self._drawn_s < _REDRAW_S:
            return
        self._drawn_s = now_s
        words = " · ".join(progress_words(state) for state in self._states.values())
        self._stream.write("\r\x1b[K" + words[: shutil.get_terminal_size().columns - 1])
        self._stream.flush()
        self._drawn = True

    def _line(self, state: PullState) -> None:
        share = state.done / state.total
        if state.stage is PullStage.RESTING:
            print(progress_words(state), file=self._stream, flush=True)
        if state.stage is not PullStage.FETCHING or share < self._next.get(state.name, _LINE_STEP):
            return
        self._next[state.name] = (int(share / _LINE_STEP) + 1) * _LINE_STEP
        print(progress_words(state), file=self._stream, flush=True)


def progress_words(state: PullState) -> str:
    """Return a download in words: ``tiny 42% of 78 MB, 0:12 left``."""
    if state.stage is PullStage.WAITING:
        return f"{state.name} waits"
    share = state.done / state.total
    if state.stage is PullStage.RESTING:
        return f"{state.name} rests at {share:.0%} before another try: {state.sentence}"
    if state.stage is PullStage.CHECKING:
        return f"{state.name} is checked, {share:.0%}"
    left = f", {format_short(state.left_s)} left" if state.left_s is not None else ""
    return f"{state.name} {share:.0%} of {size_words(state.total)}{left}"
