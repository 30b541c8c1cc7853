"""Rules for threads that a reader would have to remember otherwise; each was paid for once."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

import pytest

from tests.architecture.source import Module, called, dotted, modules, parse

# Qt converts these to its own containers: a dict with int keys arrives empty, pixels are copied and pile up.
CONVERTED = {"dict", "list", "set", "tuple", "bytes", "bytearray"}


def _calls(module: Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(module.tree) if isinstance(node, ast.Call))


def converting_signals(module: Module) -> list[int]:
    """Signals whose argument Qt would convert, or cut to 32 bits."""
    return [
        call.lineno
        for call in _calls(module)
        if called(call) == "Signal"
        for part in call.args
        if dotted(part) in CONVERTED
    ]


def nested_event_loops(module: Module) -> list[int]:
    """Calls that run other events in the middle of one: state changes under the caller's feet."""
    return [call.lineno for call in _calls(module) if called(call) == "processEvents"]


def daemon_threads(module: Module) -> list[int]:
    """Threads that would be cut off in the middle of native code when the program ends."""
    return [
        call.lineno
        for call in _calls(module)
        for keyword in call.keywords
        if keyword.arg == "daemon"
        and called(call).endswith("Thread")
        and not (isinstance(keyword.value, ast.Constant) and keyword.value.value is False)
    ]


def slots_on_threads(module: Module) -> list[int]:
    """`@Slot` on a QThread subclass: it would run in the thread that made the object, not in itself."""
    threads = [
        node
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef) and any(dotted(base).endswith("QThread") for base in node.bases)
    ]
    return [
        method.lineno
        for thread in threads
        for method in ast.walk(thread)
        if isinstance(method, ast.FunctionDef)
        for mark in method.decorator_list
        if dotted(mark.func if isinstance(mark, ast.Call) else mark).endswith("Slot")
    ]


def forks(module: Module) -> list[int]:
    """Child processes by the system's default or by fork: a copy of a process with threads hangs."""
    bare = {"os.fork", *(f"multiprocessing.{name}" for name in ("Process", "Pool", "Queue", "Pipe"))}
    wrong = [call.lineno for call in _calls(module) if dotted(call.func) in bare]
    contexts = [call for call in _calls(module) if called(call) in ("get_context", "set_start_method")]
    spawn = [call for call in contexts if [getattr(part, "value", None) for part in call.args] == ["spawn"]]
    return wrong + [call.lineno for call in contexts if call not in spawn]


RULES = [converting_signals, nested_event_loops, daemon_threads, slots_on_threads, forks]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_program_keeps_the_rule(rule: Callable[[Module], list[int]]) -> None:
    wrong = [module.where(line) for module in modules() for line in rule(module)]
    assert not wrong, f"{rule.__doc__}\n" + "\n".join(wrong)


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (converting_signals, "class A:\n    done = Signal(dict)"),
        (converting_signals, "pixels = QtCore.Signal(object, bytes)"),
        (nested_event_loops, "QApplication.processEvents()"),
        (daemon_threads, "threading.Thread(target=f, daemon=True).start()"),
        (slots_on_threads, "class A(QtCore.QThread):\n    @Slot(int)\n    def go(self, n): ..."),
        (slots_on_threads, "class A(QThread):\n    @QtCore.Slot\n    def go(self): ..."),
        (forks, "import multiprocessing\nmultiprocessing.Process(target=f)"),
        (forks, "multiprocessing.get_context('fork')"),
        (forks, "multiprocessing.get_context()"),
    ],
)
def test_a_breach_is_seen(rule: Callable[[Module], list[int]], text: str) -> None:
    assert rule(parse(text))


@pytest.mark.parametrize(
    "text",
    [
        "class A(QObject):\n    done = Signal(object)\n    @Slot()\n    def go(self): ...",
        "multiprocessing.get_context('spawn').Process(target=f, daemon=True)",
    ],
)
def test_what_the_rules_allow_is_left_alone(text: str) -> None:
    assert not any(rule(parse(text)) for rule in RULES)
