"""Writes a run down while it goes on, in the format that docs/runs.md describes: what it tells is on disk a moment later."""
from __future__ import annotations

import json
import math
import os
import platform
import random
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from typing import Any, Callable, Deque, Dict, List, Optional, Sequence, Tuple

import torch

from .outline import Outline
from .version import version

#: Seconds that whoever is killed may lose; and in which a run that has nothing to tell says that it is still there.
_INTERVAL = 0.25
_HEARTBEAT = 5.0
#: Bytes that all runs may take together, and the share of it that what one run measured may take.
_ROOM = 500_000_000
_SHARE_OF_SAMPLES = 0.1
#: Bytes of a file of the program's, and of a difference to its repository, that are kept.
_LONGEST_FILE = 1_000_000
_LONGEST_DIFF = 2_000_000

Event = Dict[str, Any]
Row = Tuple[str, int, int, float]


def project_of(file: str) -> str:
    """The nearest folder above a file that has a `.git` or a `package.json`; else the file's own."""
    own = folder = os.path.dirname(os.path.abspath(file))
    while True:
        if any(os.path.exists(os.path.join(folder, mark)) for mark in (".git", "package.json")):
            return folder
        parent = os.path.dirname(folder)
        if parent == folder:
            return own
        folder = parent


def jsonable(value: Any) -> Any:
    """NaN and infinities, which JSON doesn't have, by their names."""
    if isinstance(value, float) and not math.isfinite(value):
        return _name(value)
    if isinstance(value, dict):
        return {key: jsonable(own) for key, own in value.items()}
    if isinstance(value, (list, tuple)):
        return [jsonable(own) for own in value]
    return value


def _name(value: float) -> str:
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _rank() -> Dict[str, Any]:
    """Which of several processes that train together this one is, by the variables that torchrun and its like set."""
    rank, ranks = os.environ.get("RANK", ""), os.environ.get("WORLD_SIZE", "")
    if not (rank.isdigit() and ranks.isdigit() and int(ranks) > 1):
        return {}
    known = [os.environ.get(name, "") for name in ("TORCHELASTIC_RUN_ID", "TORCHELASTIC_RESTART_COUNT", "MASTER_ADDR", "MASTER_PORT")]
    return {"rank": {"number": int(rank), "of": int(ranks), "job": ":".join(known)}}


class RunFolder:
    """One run's folder, and the thread that writes into it."""

    def __init__(self, file: str, arguments: Sequence[str]) -> None:
        self.file = os.path.abspath(file)
        self._started = time.time()
        # Somebody may set the other clock.
        self._begun = time.monotonic()
        rank = _rank()
        runs = os.path.join(project_of(self.file), ".kindling", "runs")
        os.makedirs(runs, exist_ok=True)
        # Where a project is in git, its runs are not.
        with open(os.path.join(runs, "..", ".gitignore"), "w") as ignore:
            ignore.write("*\n")
        self.id = _run_id(self._started, self.file, rank["rank"]["number"] if rank else None)
        self.folder = os.path.join(runs, self.id)
        os.mkdir(self.folder)
        self._whole(
            "run.json",
            {
                "format": 1,
                "id": self.id,
                "file": self.file,
                "arguments": list(arguments),
                "startedAt": int(self._started * 1000),
                "kindling": version,
                "python": platform.python_version(),
                "torch": torch.__version__,
                "platform": f"{sys.platform}-{platform.machine()}",
                "threads": torch.get_num_threads(),
                "process": os.getpid(),
                "host": socket.gethostname(),
                **rank,
            },
        )
        self._series = open(os.path.join(self.folder, "series.jsonl"), "a", encoding="utf-8")
        self._events = open(os.path.join(self.folder, "events.jsonl"), "a", encoding="utf-8")
        self._lock = threading.Lock()
        # The program's thread adds while the other one takes: neither waits.
        self._rows: Deque[Row] = deque()
        self._waiting: Deque[Event] = deque()
        self._outlines: Dict[str, Outline] = {}
        self._count = 0
        self._measured = 0
        self._measured_bytes = 0
        self.skipped_step: Optional[int] = None
        self._state = "starting"
        self._end: Dict[str, Any] = {}
        self._is_over = False
        #: Up to this step all is written; and the same where no more can be.
        self._written = 0
        self._kept_up_to: Optional[int] = None
        self._wake = threading.Event()
        #: Called before each writing, for what is known by then; returns how far the run is.
        self.progress: Callable[[], Optional[Dict[str, Any]]] = lambda: None
        self._last_progress: Optional[Dict[str, Any]] = None
        self.tell({"type": "state", "state": "starting", "at": int(self._started * 1000)})
        self._write()
        self._thread = threading.Thread(target=self._run, name="kindling_watch", daemon=True)
        self._thread.start()

    @property
    def elapsed(self) -> float:
        """Seconds since the run began."""
        return time.monotonic() - self._begun

    def add(self, name: str, step: int, epoch: int, value: float) -> None:
        self._rows.append((name, step, epoch, value))

    def tell(self, event: Event) -> None:
        if event["type"] == "state":
            self._state = event["state"]
        self._waiting.append(event)

    def tell_statistics(self, event: Event) -> None:
        """All of a short run's steps; the more room they take, the fewer."""
        room = _ROOM * _SHARE_OF_SAMPLES
        doublings = math.floor(-math.log2(max(1e-9, 1 - self._measured_bytes / room)))
        self._measured += 1
        if (self._measured - 1) % 2**doublings:
            self.skipped_step = event["statistics"]["step"]
            return
        self._measured_bytes += len(event["statistics"]["tensors"]["numbers"]) + len(event["statistics"]["tensors"]["wholes"]) + 500
        self.tell(event)

    def rename(self, old: str, new: str) -> None:
        """Those before it go by the other name."""
        with self._lock:
            self._write_rows()
            outline = self._outlines.pop(old, None)
            if outline:
                self._outlines[new] = outline
            self.tell({"type": "renamed", "from": old, "to": new, "rows": self._count})

    def close(self, state: str, exit_code: Optional[int] = None) -> None:
        if self._is_over and self._kept_up_to is None:
            return
        at = int(time.time() * 1000)
        code = {} if exit_code is None else {"exitCode": exit_code}
        self._end = {"endedAt": at, "took": self.elapsed * 1000, **code}
        with self._lock:
            self._last_progress = self.progress() or self._last_progress
            if self._kept_up_to is None:
                # What was printed comes before the end.
                self.tell({"type": "state", "state": state, "at": at, **code})
                try:
                    self._write()
                except (OSError, ValueError) as error:
                    self._lose(error)
            if self._kept_up_to is not None:
                self._state = state
                self._write_lost()
            self._is_over = True
            self._kept_up_to = None
            for file in (self._series, self._events):
                try:
                    file.close()
                except OSError:
                    # What could not be written before can't be now.
                    pass
        self._wake.set()

    def leave(self) -> None:
        """Another process was forked off: it is not the one that writes."""
        self._is_over = True

    def _run(self) -> None:
        self._keep_git()
        self._prune()
        written = 0.0
        while not self._wake.wait(_INTERVAL):
            try:
                with self._lock:
                    if self._is_over:
                        return
                    if self._rows or self._waiting or time.monotonic() - written > _HEARTBEAT:
                        self._write()
                        written = time.monotonic()
            except (OSError, ValueError) as error:
                self._lose(error)

    def _lose(self, error: Exception) -> None:
        """The disk is full, or the folder is gone: the training goes on."""
        self._is_over = True
        self._kept_up_to = self._written
        print(f"kindling-watch: from step {self._written} on this run is not kept: {error}. The training goes on.", file=sys.stderr)

    def _write_lost(self) -> None:
        """Of a run that could not be written any more there is at least to be seen that it ended, and how."""
        try:
            self._whole("summary.json", self._summary())
            return
        except OSError:
            pass
        try:
            # Where there is no room for a second file: over what is there.
            with open(os.path.join(self.folder, "summary.json"), "r+", encoding="utf-8") as file:
                file.write(json.dumps(jsonable(self._summary()), ensure_ascii=False) + "\n")
                file.truncate()
        except OSError:
            pass

    def _write(self) -> None:
        self._last_progress = self.progress() or self._last_progress
        self._write_rows()
        events = _taken(self._waiting)
        if events:
            self._events.write("".join(json.dumps(jsonable(event), ensure_ascii=False) + "\n" for event in events))
            self._events.flush()
        self._whole("summary.json", self._summary())
        self._written = self._last_progress["step"] if self._last_progress else 0

    def _summary(self) -> Dict[str, Any]:
        progress = self._last_progress
        return {
            "state": self._state,
            **self._end,
            "steps": progress["step"] if progress else 0,
            "epochs": progress["epoch"] + 1 if progress else 0,
            "series": {name: outline.summary for name, outline in self._outlines.items()},
            **({"progress": progress} if progress else {}),
            **({} if self._kept_up_to is None else {"keptUpTo": self._kept_up_to}),
        }

    def _write_rows(self) -> None:
        rows = _taken(self._rows)
        if not rows:
            return
        self._count += len(rows)
        names: Dict[str, str] = {}
        lines = []
        for name, step, epoch, value in rows:
            quoted = names.get(name)
            if quoted is None:
                quoted = names[name] = json.dumps(name, ensure_ascii=False)
                self._outlines.setdefault(name, Outline())
            self._outlines[name].add(value)
            text = repr(float(value)) if math.isfinite(value) else f'"{_name(value)}"'
            lines.append(f'{{"name":{quoted},"step":{step},"epoch":{epoch},"value":{text}}}\n')
        self._series.write("".join(lines))
        self._series.flush()

    def _whole(self, name: str, value: Any) -> None:
        """Half a file never takes the place of a whole one."""
        path = os.path.join(self.folder, name)
        with open(path + ".new", "w", encoding="utf-8") as file:
            file.write(json.dumps(jsonable(value), ensure_ascii=False) + "\n")
        os.replace(path + ".new", path)

    def keep_code(self, files: Sequence[str]) -> None:
        """The program's own files as they are."""
        files = [file for file in files if os.path.isfile(file) and os.path.getsize(file) <= _LONGEST_FILE]
        if not files:
            return
        root = os.path.commonpath([os.path.dirname(file) for file in files])
        kept = [{"path": file, "name": os.path.relpath(file, root).replace(os.sep, "/")} for file in files]
        for one in kept:
            copy = os.path.join(self.folder, "code", one["name"])
            os.makedirs(os.path.dirname(copy), exist_ok=True)
            shutil.copyfile(one["path"], copy)
        self._whole("files.json", kept)
        self.tell({"type": "files", "files": files})

    def _keep_git(self) -> None:
        def git(*arguments: str) -> str:
            command = ["git", "-C", os.path.dirname(self.file), *arguments]
            environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0"}
            return subprocess.run(command, check=True, timeout=10, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.decode(
                "utf-8", "replace"
            )

        try:
            commit = git("rev-parse", "HEAD").strip()
            branch = git("rev-parse", "--abbrev-ref", "HEAD").strip()
            is_dirty = git("status", "--porcelain", "--untracked-files=no").strip() != ""
            self._whole("git.json", {"commit": commit, "isDirty": is_dirty, **({} if branch == "HEAD" else {"branch": branch})})
            difference = git("diff", "HEAD") if is_dirty else ""
            if 0 < len(difference) <= _LONGEST_DIFF:
                with open(os.path.join(self.folder, "diff.patch"), "w", encoding="utf-8") as file:
                    file.write(difference)
        except (OSError, subprocess.SubprocessError):
            return

    def _prune(self) -> None:
        """The oldest runs go where all take more room than they may, but none that is pinned or under way."""
        try:
            runs = os.path.dirname(self.folder)
            folders = sorted(entry.path for entry in os.scandir(runs) if entry.is_dir() and entry.name != self.id)
            sizes = {folder: _size(folder) for folder in folders}
            total = sum(sizes.values())
            for folder in folders:
                if total <= _ROOM:
                    return
                if _may_go(folder):
                    shutil.rmtree(folder, ignore_errors=True)
                    total -= sizes[folder]
        except OSError:
            return


def _run_id(at: float, file: str, rank: Optional[int]) -> str:
    """Sorts by time: `20261127-215530-digits-4f2a`."""
    stem = re.sub(r"[^\w.-]+", "_", re.sub(r"\.py$", "", os.path.basename(file)), flags=re.ASCII)[:40]
    # Numbers of its own: the program's random numbers are not touched.
    salt = "".join(random.SystemRandom().choices("0123456789abcdefghijklmnopqrstuvwxyz", k=6))
    part = "" if rank is None else f"-rank{rank}"
    return f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime(at))}-{stem}{part}-{salt}"


def _size(folder: str) -> int:
    """Of what is there: a link may lead nowhere, and another process may remove what it likes."""
    files = (os.path.join(place, name) for place, _, names in os.walk(folder) for name in names)
    return sum(os.path.getsize(file) for file in files if os.path.isfile(file))


def _may_go(folder: str) -> bool:
    try:
        with open(os.path.join(folder, "summary.json"), encoding="utf-8") as file:
            is_over = json.load(file)["state"] in ("finished", "stopped", "failed", "interrupted")
        label = os.path.join(folder, "label.json")
        if not os.path.exists(label):
            return is_over
        with open(label, encoding="utf-8") as file:
            return is_over and not json.load(file).get("pinned", False)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _taken(waiting: Deque[Any]) -> List[Any]:
    return [waiting.popleft() for _ in range(len(waiting))]
