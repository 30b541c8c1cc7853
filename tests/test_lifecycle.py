from __future__ import annotations

import pytest

from app.lifecycle import Phase, Shutdown


def test_steps_run_once_in_order_of_phase_then_of_registration() -> None:
    done: list[str] = []
    shutdown = Shutdown()

    def refuse() -> None:
        done.append("refuse")
        shutdown.run()

    shutdown.register(Phase.SAVE, "save", lambda: done.append("save"))
    shutdown.register(Phase.WAIT_FOR_INFERENCE, "a", lambda: done.append("a"))
    shutdown.register(Phase.WAIT_FOR_INFERENCE, "b", lambda: done.append("b"))
    shutdown.register(Phase.REFUSE_COMMANDS, "refuse", refuse)
    shutdown.run()
    shutdown.run()
    assert done == ["refuse", "a", "b", "save"]


def test_the_decoder_outlives_the_analysis() -> None:
    assert Phase.CLOSE_MAILBOXES < Phase.WAIT_FOR_INFERENCE < Phase.WAIT_FOR_DECODER < Phase.SAVE


@pytest.mark.expect_log("Shutdown step 'bad' failed")
@pytest.mark.parametrize("error", [OSError("disk full"), TypeError("a fault of ours")])
def test_a_failing_step_does_not_stop_the_rest(error: Exception) -> None:
    done: list[str] = []

    def fail() -> None:
        raise error

    shutdown = Shutdown()
    shutdown.register(Phase.CLOSE_MAILBOXES, "bad", fail)
    shutdown.register(Phase.SAVE, "save", lambda: done.append("save"))
    shutdown.run()
    assert done == ["save"]


def test_nothing_joins_a_shutdown_that_has_begun() -> None:
    shutdown = Shutdown()
    shutdown.run()
    assert shutdown.begun
    with pytest.raises(RuntimeError):
        shutdown.register(Phase.SAVE, "late", lambda: None)
