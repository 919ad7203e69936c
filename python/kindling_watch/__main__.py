"""python -m kindling_watch [-m MODULE | SCRIPT] [ARGUMENTS …]"""
from __future__ import annotations

import os
import runpy
import sys
import types
from typing import Any, Callable, List, Optional, Tuple

import kindling_watch

_USAGE = "python -m kindling_watch [-m MODULE | SCRIPT] [ARGUMENTS …]"


def main(arguments: List[str]) -> int:
    if not arguments or arguments[0] in ("-h", "--help") or arguments == ["-m"]:
        print(f"{_USAGE}\nRuns a PyTorch program as Python does, and writes its training down for Kindling to show.")
        return 0 if arguments and arguments != ["-m"] else 2
    try:
        from . import hooks
        from .session import without_own
        from .watcher import Watcher
    except ModuleNotFoundError as error:
        if error.name != "torch":
            raise
        print(f"PyTorch isn't installed for {sys.executable}. Choose a Python that has it: in VS Code with the setting kindling.python.", file=sys.stderr)
        return 2
    try:
        file, program, own = _program(arguments)
    except OSError as error:
        print(f"kindling_watch: can't read {arguments[0]}: {error.strerror}", file=sys.stderr)
        return 2
    except ImportError as error:
        # As Python says it.
        print(f"{sys.executable}: {error}", file=sys.stderr)
        return 1
    watcher = Watcher(file, own)
    kindling_watch._watcher = watcher
    watcher.take_streams()
    hooks.install(watcher)
    watcher.started()
    state, code = "finished", 0
    try:
        program()
    except SystemExit as error:
        code = _code_of(error)
        state = "finished" if code == 0 else "failed"
    except BaseException as error:
        state, code = ("stopped", 130) if isinstance(error, KeyboardInterrupt) else ("failed", 1)
        if state == "failed":
            watcher.failed(error)
        error.__traceback__ = without_own(error.__traceback__)
        # A program may have one of its own.
        sys.excepthook(type(error), error, error.__traceback__)
    watcher.finish(state, code)
    return code


def _program(arguments: List[str]) -> Tuple[str, Callable[[], Any], List[str]]:
    """The program's file, what runs it, and its own arguments."""
    if arguments[0] == "-m":
        name, own = arguments[1], arguments[2:]
        sys.path.insert(0, os.getcwd())
        spec = runpy._get_module_details(name)[1]  # type: ignore[attr-defined]
        sys.argv = [spec.origin or name, *own]
        return spec.origin or name, lambda: runpy.run_module(name, run_name="__main__", alter_sys=True), own
    script, own = os.path.abspath(arguments[0]), arguments[1:]
    with open(script, "rb") as source:
        text = source.read()
    sys.argv = [arguments[0], *own]
    sys.path[0] = os.path.dirname(script)
    return script, lambda: _run(script, text), own


def _run(script: str, text: bytes) -> None:
    """As Python runs a script: in a module of that name, which stays there until the end."""
    module = types.ModuleType("__main__")
    module.__dict__.update(__file__=script, __builtins__=__builtins__, __spec__=None)
    sys.modules["__main__"] = module
    exec(compile(text, script, "exec"), module.__dict__)


def _code_of(error: SystemExit) -> int:
    code: Optional[Any] = error.code
    if code is None:
        return 0
    if isinstance(code, int):
        return code
    print(code, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
