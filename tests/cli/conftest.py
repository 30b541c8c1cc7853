"""Commands in this process: quicker than a new interpreter for each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest

from app.main import main


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str


Reelscope = Callable[..., Ran]


@pytest.fixture
def reelscope(capfdbinary: pytest.CaptureFixture[bytes]) -> Reelscope:
    """Runs ``reelscope WORDS...`` and returns exit code and output, native libraries' included."""

    def run(*words: object) -> Ran:
        argv: Sequence[str] = [str(word) for word in words]
        capfdbinary.readouterr()
        code = main(argv)
        out, err = capfdbinary.readouterr()
        ran = Ran(code, out.decode(), err.decode())
        assert "Traceback" not in ran.err
        return ran

    return run
