"""Finding out what a model is for in a child process: a file that crashes the runtime costs a sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from app.core.cancel import CancelToken
from app.core.errors import ModelError, ReelscopeError, TrialFailedError
from app.core.own_program import own_command as program_command
from app.core.trial import NO_CLEAR_ANSWER, answer, ask_child, live_briefly
from app.inference.file_kind import checked_kind, loaded_kind
from app.inference.model_kind import ModelKind

CHILD = "--model-kind"
_MARK = "reelscope-model-kind:"
_LIMIT_S = 120.0

Command = Callable[[Path], Sequence[str]]


def own_command(path: Path) -> Sequence[str]:
    """Return what runs ``main`` as a child."""
    return program_command(CHILD, str(path.resolve()))


def kind_in_child(path: Path, cancel: CancelToken | None = None, command: Command = own_command) -> ModelKind:
    """Return what a model file is for; one that has to be loaded to know is loaded in a child.

    Raises:
        FileMissingError: no such file.
        ModelError: it is of no use here.
        CancelledError: ``cancel`` was set.
    """
    if checked_kind(path) not in (ModelKind.DETECTOR, ModelKind.ENCODER):
        return loaded_kind(path)  # nothing of it is run
    try:
        reply = ask_child(command(path), _MARK, limit_s=_LIMIT_S, cancel=cancel)
    except TrialFailedError as error:
        raise ModelError(f"The model {path.name} cannot be used: {error}.") from error
    if isinstance(reply.get("refused"), str):
        raise ModelError(reply["refused"])
    found = next((kind for kind in ModelKind if kind.value == reply.get("kind")), None)
    if found is None:
        raise ModelError(f"The model {path.name} cannot be used: {NO_CLEAR_ANSWER}.")
    return found


def main(argv: Sequence[str]) -> int:
    """Be the child: load the file that is named, and say what it is for."""
    live_briefly(int(_LIMIT_S) + 10)
    try:
        answer(_MARK, {"kind": loaded_kind(Path(argv[0])).value})
    except ReelscopeError as error:
        answer(_MARK, {"refused": str(error)})
    return 0
