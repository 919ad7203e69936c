"""What the program prints goes where it goes, and into the run as well."""
from __future__ import annotations

import re
from typing import Any, Callable, Dict, List

#: Lines that are told in a quarter of a second; those before them are counted.
_MOST = 500
_LONGEST = 2_000
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07]*\x07|[\x00-\x08\x0b-\x1f\x7f]")


class Printed:
    def __init__(self, step: Callable[[], int]) -> None:
        self._step = step
        self._lines: List[Dict[str, Any]] = []
        self._skipped = 0

    def add(self, text: str, is_error: bool) -> None:
        # A line that was written over, as progress bars do, is what it was last.
        shown = _CONTROL.sub("", text.rstrip("\r").rsplit("\r", 1)[-1])[:_LONGEST]
        self._lines.append({"step": self._step(), "text": shown, **({"isError": True} if is_error else {})})
        if len(self._lines) > _MOST:
            del self._lines[0]
            self._skipped += 1

    def take(self) -> List[Dict[str, Any]]:
        """The event that tells it, if there is anything to tell."""
        if not self._lines:
            return []
        lines, self._lines, skipped, self._skipped = self._lines, [], self._skipped, 0
        return [{"type": "printed", "lines": lines, "skipped": skipped}]


class Stream:
    """Stands in the place of `sys.stdout` or `sys.stderr`."""

    def __init__(self, stream: Any, printed: Printed, is_error: bool) -> None:
        self._stream, self._printed, self._is_error = stream, printed, is_error
        self._open = ""

    def write(self, text: str) -> int:
        written = self._stream.write(text)
        lines = (self._open + text).split("\n")
        self._open = lines.pop()[-10_000:]
        for line in lines:
            self._printed.add(line, self._is_error)
        return written

    def finish(self) -> None:
        """What was begun of a line is all of it."""
        if self._open:
            self._printed.add(self._open, self._is_error)
            self._open = ""

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def __iter__(self) -> Any:
        return iter(self._stream)
