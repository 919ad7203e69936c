"""
A Python that has imported PyTorch and runs scripts for the tests, each in a process of its own that begins right there:
the import takes longer than what most of them do.

Reads a request a line, `{"number", "folder", "args", "environment", "output", "errors"}`: `args` are what would stand behind
`python`. Answers `{"number", "code"}` when that process has ended; what it printed is in the two files.
"""
import json
import os
import runpy
import signal
import sys
import types

import torch  # noqa: F401


def next_request():
    """Returns in the scripts' processes alone, in each with its own."""
    answers = os.dup(1)
    os.write(answers, b'"ready"\n')
    # Who waits for a script is waited for by nobody.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        if os.fork() != 0:
            continue
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        request = json.loads(line)
        script = os.fork()
        if script == 0:
            os.close(answers)
            return request
        status = os.waitpid(script, 0)[1]
        code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else -os.WTERMSIG(status)
        os.write(answers, (json.dumps({"number": request["number"], "code": code}) + "\n").encode())
        os._exit(0)
    os._exit(0)


def settle(request):
    """As in a process that was started for this request."""
    os.chdir(request["folder"])
    os.environ.update(request["environment"])
    for path, stream in ((os.devnull, 0), (request["output"], 1), (request["errors"], 2)):
        file = os.open(path, os.O_RDWR | os.O_CREAT)
        os.dup2(file, stream)
        os.close(file)


def run(args):
    """As `python` runs what stands behind it."""
    first, *rest = args
    sys.argv = rest if first == "-m" else ["-c", *rest[1:]] if first == "-c" else args
    sys.path[0] = os.getcwd() if first in ("-m", "-c") else os.path.dirname(os.path.abspath(first))
    if first == "-m":
        runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
        return
    module = sys.modules["__main__"] = types.ModuleType("__main__")
    if first == "-c":
        text, name = rest[0], "<string>"
    else:
        with open(first, "rb") as source:
            text, name = source.read(), first
        module.__file__ = os.path.abspath(first)
    exec(compile(text, name, "exec"), module.__dict__)


request = next_request()
settle(request)
run(request["args"])
