"""Begins to watch a process, and ends with it."""
from __future__ import annotations

import atexit
import os
import sys
from types import TracebackType
from typing import Any, Optional, Type

from . import hooks
from .watcher import Watcher

_HERE = os.path.dirname(os.path.abspath(__file__)) + os.sep


def begin() -> Watcher:
    """For a program that asks for it while it runs."""
    main = getattr(sys.modules.get("__main__"), "__file__", None) or os.path.join(os.getcwd(), "interactive.py")
    watcher = Watcher(main, sys.argv[1:])
    watcher.take_streams()
    hooks.install(watcher)
    hooks.find_existing(watcher)
    watcher.started()
    state = {"state": "finished"}
    told = sys.excepthook

    def excepthook(kind: Type[BaseException], error: BaseException, traceback: Optional[TracebackType]) -> None:
        state["state"] = "stopped" if issubclass(kind, KeyboardInterrupt) else "failed"
        if not issubclass(kind, KeyboardInterrupt):
            watcher.failed(error)
        told(kind, error, without_own(traceback))

    sys.excepthook = excepthook
    atexit.register(lambda: watcher.finish(state["state"]))
    return watcher


def without_own(traceback: Optional[TracebackType]) -> Optional[TracebackType]:
    """A traceback as it would be if nobody watched."""
    while traceback is not None and traceback.tb_frame.f_code.co_filename.startswith(_HERE):
        traceback = traceback.tb_next
    one = traceback
    while one is not None:
        following = one.tb_next
        while following is not None and following.tb_frame.f_code.co_filename.startswith(_HERE):
            following = following.tb_next
        one.tb_next = following
        one = following
    return traceback
