"""Tries a device for a model in a child process, and says in words what came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.cancel import CancelToken
from app.core.errors import TrialFailedError
from app.core.own_program import own_command as program_command
from app.core.trial import NO_CLEAR_ANSWER, ask_child

if TYPE_CHECKING:
    from app.inference.devices import Device
    from app.inference.verdicts import Verdict

WORD = "--provider-trial"
"""The first argument of a program that is to be such a child; DEVICE and MODEL follow."""

MARK = "reelscope-provider-trial:"

LIMIT_S = 120.0
"""How long a trial may take: some devices compile a model for a minute when they meet it first."""

Command = Callable[[str, Path], Sequence[str]]
"""Returns what to run for a device and a model."""


def own_command(device: str, model: Path) -> Sequence[str]:
    """Return how this very program is started as the child."""
    return program_command(WORD, device, str(model.absolute()))


def try_provider(
    device: Device,
    model: Path,
    *,
    cancel: CancelToken | None = None,
    command: Command = own_command,
    limit_s: float = LIMIT_S,
) -> Verdict:
    """Let a child process run ``model`` on ``device`` and on the CPU; waits for it.

    A device that crashes, hangs or does not start is a verdict, too.

    Raises:
        ModelError: the model runs nowhere.
        CancelledError: asked to stop; the child is gone.
    """
    from app.core.errors import ModelError
    from app.inference.verdicts import ProviderFigures, Verdict, judge

    try:
        reply = ask_child(command(device.name, model), MARK, limit_s=limit_s, cancel=cancel)
    except TrialFailedError as error:
        return Verdict(False, str(error))
    if "fault" in reply:
        raise ModelError(str(reply["fault"]))
    if "reason" in reply:
        return Verdict(False, str(reply["reason"]))
    try:
        return judge(ProviderFigures.parse(reply))
    except (TypeError, KeyError, ValueError):
        return Verdict(False, NO_CLEAR_ANSWER)
