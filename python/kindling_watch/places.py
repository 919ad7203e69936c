"""The user's own lines: who called, where a class stands, and how long a loop will go on."""
from __future__ import annotations

import ast
import os
import sys
import sysconfig
from itertools import islice
from types import CodeType, FrameType
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Tuple

import torch

Position = Dict[str, Any]

_HERE = os.path.dirname(os.path.abspath(__file__)) + os.sep
_FOREIGN = tuple(
    os.path.abspath(folder) + os.sep
    for folder in {os.path.dirname(torch.__file__), sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"), *map(sysconfig.get_path, ("purelib", "platlib"))}
    if folder
)
_own: Dict[str, bool] = {}


def is_own(file: str) -> bool:
    """Whether a file is the user's: no library's, none of Python's own."""
    known = _own.get(file)
    if known is None:
        path = os.path.abspath(file)
        known = (
            not file.startswith("<")
            and not path.startswith(_HERE)
            and not path.startswith(_FOREIGN)
            and "site-packages" not in path
            and "dist-packages" not in path
        )
        _own[file] = known
    return known


def own_frames(frame: Optional[FrameType]) -> Iterator[FrameType]:
    """Frames of the user's, innermost first."""
    while frame is not None:
        if is_own(frame.f_code.co_filename):
            yield frame
        frame = frame.f_back


def caller() -> Optional[FrameType]:
    """The user's innermost frame."""
    return next(own_frames(sys._getframe(1)), None)


def position_of(frame: Optional[FrameType]) -> Optional[Position]:
    if frame is None:
        return None
    return _position(frame.f_code, frame.f_lineno, frame.f_lasti)


def _position(code: CodeType, line: int, instruction: int) -> Position:
    column = 1
    if hasattr(code, "co_positions"):
        start, _, offset, _ = next(islice(code.co_positions(), instruction // 2, None), (None,) * 4)
        if start is not None and offset is not None:
            line, column = start, offset + 1
    return {"file": os.path.abspath(code.co_filename), "line": max(1, line), "column": column}


def traceback_positions(traceback: Any) -> List[Tuple[str, Position]]:
    """The user's frames of an exception, innermost first, each with its function's name."""
    found = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if is_own(code.co_filename):
            found.append((code.co_name, _position(code, traceback.tb_lineno, traceback.tb_lasti)))
        traceback = traceback.tb_next
    return found[::-1]


_trees: Dict[str, Optional[ast.Module]] = {}


def tree_of(file: str) -> Optional[ast.Module]:
    if file not in _trees:
        try:
            with open(file, "rb") as source:
                _trees[file] = ast.parse(source.read())
        except (OSError, SyntaxError, ValueError):
            _trees[file] = None
    return _trees[file]


def declared_at(kind: type) -> Optional[Position]:
    """Where a class of the user's is declared."""
    module = sys.modules.get(kind.__module__)
    file = getattr(module, "__file__", None)
    tree = tree_of(file) if file and is_own(file) else None
    if tree is None or file is None:
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name == kind.__name__:
            return {"file": os.path.abspath(file), "line": node.lineno, "column": node.col_offset + 1}
    return None


class Loop(NamedTuple):
    #: From 0.
    turn: int
    turns: int
    #: Whether its variable says that a turn is an epoch.
    is_epochs: bool


def outermost_loop(frame: Optional[FrameType]) -> Optional[Loop]:
    """The outermost `for … in range(…)` that the frame's line lies in, or a caller's."""
    found = None
    for own in own_frames(frame):
        found = _loop_in(own) or found
    return found


_loops_at: Dict[Tuple[CodeType, int], List[ast.For]] = {}


def _loop_in(frame: FrameType) -> Optional[Loop]:
    place = (frame.f_code, frame.f_lineno)
    loops = _loops_at.get(place)
    if loops is None:
        loops = _loops_at[place] = _loops_around(*place)
    return next((turns for turns in (_turns(loop, frame) for loop in loops) if turns), None)


def _loops_around(code: CodeType, line: int) -> List[ast.For]:
    """Outermost first."""
    tree = tree_of(code.co_filename)
    if tree is None:
        return []
    if code.co_name == "<module>":
        return list(_loops(tree, line))
    functions = [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == code.co_name and _holds(node, line)]
    return list(_loops(functions[-1], line)) if functions else []


def _holds(node: Any, line: int) -> bool:
    return node.lineno <= line <= (node.end_lineno or node.lineno)


def _loops(scope: ast.AST, line: int) -> Iterator[ast.For]:
    """Outermost first."""
    for node in ast.iter_child_nodes(scope):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            continue
        if hasattr(node, "lineno") and not _holds(node, line):
            continue
        if isinstance(node, ast.For):
            yield node
        yield from _loops(node, line)


def _turns(loop: ast.For, frame: FrameType) -> Optional[Loop]:
    call, target = loop.iter, loop.target
    # `tqdm(range(…))` and its like.
    while isinstance(call, ast.Call) and not _is_range(call) and call.args and isinstance(call.args[0], ast.Call):
        call = call.args[0]
    if not (isinstance(call, ast.Call) and _is_range(call) and isinstance(target, ast.Name)):
        return None
    values = [_number(arg, frame) for arg in call.args]
    now = frame.f_locals.get(target.id)
    if not isinstance(now, int) or any(value is None for value in values) or not values:
        return None
    turns = range(*values)  # type: ignore[arg-type]
    return Loop(turns.index(now), len(turns), "epoch" in target.id.lower()) if now in turns else None


def _is_range(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id in ("range", "trange")


def _number(node: ast.expr, frame: FrameType) -> Optional[int]:
    """What a plain expression comes to; nothing of the program's is called for it."""
    if isinstance(node, ast.Constant):
        value: Any = node.value
    elif isinstance(node, ast.Name):
        value = frame.f_locals.get(node.id, frame.f_globals.get(node.id))
    elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        owner = frame.f_locals.get(node.value.id, frame.f_globals.get(node.value.id))
        value = getattr(owner, "__dict__", {}).get(node.attr)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)):
        left, right = _number(node.left, frame), _number(node.right, frame)
        value = None if left is None or right is None else left + right if isinstance(node.op, ast.Add) else left - right
    else:
        value = None
    return value if isinstance(value, int) and not isinstance(value, bool) else None
