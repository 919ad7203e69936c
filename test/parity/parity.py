"""Asks PyTorch what Kindling has to answer: each family of cases becomes one file in expected/, which parity.test.ts reads.

    /usr/bin/python3 test/parity/make.py [FAMILY ...]      all families without an argument

A case names its function as PyTorch does ("torch.add", "F.conv2d", "Tensor.clamp_", "nn.Linear"); the TypeScript call
follows from API.md's rules: camelCase, positional stays positional, keywords become the trailing options object. Where
the rules don't give the call, `js` spells it: an arrow function whose first argument is everything that `kindling` exports.
"""
import json
import math
import os
import random
import re
import textwrap
import torch
from torch import nn
import torch.nn.functional as F

HERE = os.path.dirname(os.path.abspath(__file__))
torch.set_num_threads(1)


class Family:
    """Collects cases; `name` is the file in expected/."""

    def __init__(self, name):
        self.name = name
        self.cases = []
        self.random = random.Random(name)

    # --- inputs -----------------------------------------------------------------------------------------------------

    def T(self, *shape, low=-2.0, high=2.0, grad=True, layout=None):
        """float32 of the shape, uniform, three decimals, so that both sides read the very same values. layout: None, "transposed"."""
        count = math.prod(shape)
        data = [round(self.random.uniform(low, high), 3) for _ in range(count)]
        return Input(data, shape, "float32", grad, layout)

    def I(self, *shape, low=0, high=5):
        """Integers from low to high - 1."""
        return Input([self.random.randrange(low, high) for _ in range(math.prod(shape))], shape, "int32", False, None)

    def B(self, *shape):
        """Truth values."""
        return Input([self.random.random() < 0.5 for _ in range(math.prod(shape))], shape, "bool", False, None)

    def V(self, values, grad=True, dtype=None):
        """These values (nested lists)."""
        t = torch.tensor(values)
        kind = dtype or {torch.bool: "bool", torch.int64: "int32"}.get(t.dtype, "float32")
        return Input(t.flatten().tolist(), tuple(t.shape), kind, grad and kind == "float32", None)

    # --- kinds of cases ---------------------------------------------------------------------------------------------

    def op(self, target, *args, js=None, seed=None, note="", double=False, curved=False, gradients=True, atol=None, rtol=None, grad_atol=None, **kwargs):
        """Calls a function; records the results and, unless nothing wants them, gradients of a weighted sum of all results.
        double: second derivatives too, through create_graph. curved: of a weighted sum of squares, so that linear functions
        have second derivatives, too. seed: torch.manual_seed before the call."""
        case = {"kind": "op", "target": target, "args": encode(list(args)), "options": encode(kwargs)}
        tensors = Tensors()
        values, options = tensors.build(list(args)), tensors.build(kwargs)
        if seed is not None:
            torch.manual_seed(seed)
        result = resolve(target, values)(*(values[1:] if target.startswith("Tensor.") else values), **options)
        case["result"] = answer(result)
        wanted = [t for t in tensors.differentiable if t.requires_grad]
        outputs = [t for t in flat_tensors(result) if t.requires_grad]
        if gradients and wanted and outputs:
            loss = weighted([t * t for t in outputs] if curved else outputs)
            found = torch.autograd.grad(loss, wanted, create_graph=double, allow_unused=True)
            case["gradients"] = [answer(g) for g in found]
            if double:
                reached = [g for g in found if g is not None and g.requires_grad]
                if reached:
                    case["second"] = [answer(g) for g in torch.autograd.grad(weighted(reached), wanted, allow_unused=True)]
        self._add(case, js=js, seed=seed, curved=curved or None, note=note, atol=atol, rtol=rtol, gradAtol=grad_atol)

    def twice(self, target, *args, **kwargs):
        """`op` with second derivatives of a weighted sum of squares."""
        self.op(target, *args, double=True, curved=True, **kwargs)

    def error(self, target, *args, js=None, note="", words=None, **kwargs):
        """Calls that fail: PyTorch's words (their first line), or `words` where ours must differ (say why beside it)."""
        values, options = Tensors().build(list(args)), Tensors().build(kwargs)
        try:
            resolve(target, values)(*(values[1:] if target.startswith("Tensor.") else values), **options)
        except Exception as problem:
            text = str(problem).split("\n")[0]
        else:
            raise AssertionError(f"{target} did not fail")
        case = {"kind": "error", "target": target, "args": encode(list(args)), "options": encode(kwargs), "message": words or text}
        self._add(case, js=js, note=note)

    def shown(self, target, *args, js=None, note="", **kwargs):
        """The printed form of a call's result."""
        values, options = Tensors().build(list(args)), Tensors().build(kwargs)
        result = resolve(target, values)(*(values[1:] if target.startswith("Tensor.") else values), **options)
        self._add({"kind": "shown", "target": target, "args": encode(list(args)), "options": encode(kwargs), "text": repr(result)}, js=js, note=note)

    def program(self, python, js, note="", fails=False, words=None, atol=None, rtol=None):
        """Several statements, side by side: the bodies of two functions that return a list of tensors, numbers, texts …
        Both see `torch` (what the other side exports) and `nn`; Python also has `F` and `show`, which is repr.
        fails: both throw, with the same words (PyTorch's first line), or `words` where ours must differ (say why)."""
        space = {"torch": torch, "nn": nn, "F": F, "show": repr}
        exec("def program():\n" + textwrap.indent(textwrap.dedent(python).strip(), "    "), space)
        case = {"kind": "program", "target": "program", "args": [], "options": {}, "js": textwrap.dedent(js).strip()}
        try:
            case["result"] = answer(space["program"]())
        except Exception as problem:
            if not fails:
                raise
            case["message"] = words or str(problem).split("\n")[0]
        else:
            assert not fails, f"{python} did not fail"
        self._add(case, note=note, atol=atol, rtol=rtol)

    def module(self, target, *args, inputs=None, call=None, js=None, js_call=None, note="", evaluate=True, state=True, atol=None, rtol=None,
               grad_atol=None, gradients=True, double=False, train=True, steps=1, **kwargs):
        """Makes a module after manual_seed(0): its printed form, its state; then after manual_seed(1) the training forward,
        gradients of inputs and parameters, the state afterwards (if it has buffers) and the forward in eval mode.
        inputs: positional arguments of the call; call: its keywords (the options object). double: gradients are those of a
        weighted sum of squares, and second derivatives follow."""
        torch.manual_seed(0)
        case = {"kind": "module", "target": target, "args": encode(list(args)), "options": encode(kwargs)}
        m = build_module(target, args, kwargs)
        case["shown"] = repr(m)
        case["state"] = {k: answer(v) if state else list(v.shape) for k, v in m.state_dict().items() if isinstance(v, torch.Tensor)}
        if inputs is not None:
            case["inputs"], case["call"] = encode(list(inputs)), encode(call or {})
            case["forward"] = self._forward(m, inputs, call or {}, train, gradients, double, steps)
            if evaluate and train:
                m.eval()
                with torch.no_grad():
                    tensors = Tensors()
                    case["evaluated"] = answer(m(*tensors.build(list(inputs)), **tensors.build(call or {})))
        self._add(case, js=js, jsCall=js_call, note=note, atol=atol, rtol=rtol, gradAtol=grad_atol, train=train, steps=steps)

    @staticmethod
    def _forward(m, inputs, call, train, gradients, double, steps):
        m.train(train)
        torch.manual_seed(1)
        for _ in range(steps):
            tensors = Tensors()
            result = m(*tensors.build(list(inputs)), **tensors.build(call))
        record = {"result": answer(result)}
        outputs = [t for t in flat_tensors(result) if t.requires_grad]
        if gradients and outputs:
            names = [n for n, p in m.named_parameters() if p.requires_grad]
            parameters = [p for p in m.parameters() if p.requires_grad]
            wanted = [*tensors.differentiable, *parameters]
            found = torch.autograd.grad(weighted([t * t for t in outputs] if double else outputs), wanted, create_graph=double, allow_unused=True)
            if double:
                reached = [g for g in found if g is not None and g.requires_grad]
                record["second"] = [answer(g) for g in torch.autograd.grad(weighted(reached), wanted, allow_unused=True)]
            record["inputGradients"] = [answer(g) for g in found[:len(tensors.differentiable)]]
            record["parameterGradients"] = {n: answer(g) for n, g in zip(names, found[len(tensors.differentiable):])}
        if any(True for _ in m.buffers()):
            record["buffers"] = {n: answer(b) for n, b in m.named_buffers()}
        return record

    def _add(self, case, **extra):
        case.update({k: v for k, v in extra.items() if v not in (None, "")})
        if case.get("train") is True:
            del case["train"]
        if case.get("steps") == 1:
            del case["steps"]
        self.cases.append(case)

    def write(self):
        path = os.path.join(HERE, "expected", self.name + ".json")
        with open(path, "w") as file:
            lines = ",\n".join(compact(case) for case in self.cases)
            file.write("[\n" + lines + "\n]\n")
        print(f"{self.name}: {len(self.cases)} cases, {os.path.getsize(path)} bytes")


class Input:
    """A tensor argument, written into the case and made anew for each call."""

    def __init__(self, data, shape, dtype, grad, layout):
        self.data, self.shape, self.dtype, self.grad, self.layout = data, tuple(shape), dtype, grad, layout

    def make(self):
        kind = {"float32": torch.float32, "int32": torch.int64, "bool": torch.bool, "uint8": torch.uint8}[self.dtype]
        t = torch.tensor(self.data, dtype=kind).reshape(self.shape)
        if self.layout == "transposed":
            t = t.transpose(0, -1).contiguous().transpose(0, -1)
        return t.requires_grad_() if self.grad else t


class M:
    """A module as an argument of another: M("nn.Linear", 2, 3)."""

    def __init__(self, target, *args, **kwargs):
        self.target, self.args, self.kwargs = target, args, kwargs


class Tensors:
    """Makes the tensors of one call; `differentiable` lists those that want gradients, in order.
    A leaf that is changed in place must not be one, so Tensor.x_ gets a clone: see resolve."""

    def __init__(self):
        self.differentiable = []

    def build(self, value):
        if isinstance(value, Input):
            t = value.make()
            if value.grad:
                self.differentiable.append(t)
            return t
        if isinstance(value, M):
            return build_module(value.target, value.args, value.kwargs)
        if isinstance(value, (list, tuple)):
            return type(value)(self.build(v) for v in value)
        if isinstance(value, dict):
            return {k: self.build(v) for k, v in value.items()}
        return value


def build_module(target, args, kwargs):
    tensors = Tensors()
    return resolve(target, None)(*tensors.build(list(args)), **tensors.build(dict(kwargs)))


def resolve(target, values):
    space, name = target.split(".", 1)
    if space == "Tensor":
        receiver = values[0]
        # In-place forms work on a clone of what wants gradients, on both sides.
        if name.endswith("_") and receiver.requires_grad:
            receiver = receiver.clone()
        return getattr(receiver, name)
    found = {"torch": torch, "F": F, "nn": nn, "optim": torch.optim}[space]
    for part in name.split("."):
        found = getattr(found, part)
    return found


def weighted(tensors):
    """One number of all results: each element times -1, -0.8 … 1 in turn."""
    total = 0
    for t in tensors:
        if t.dtype.is_floating_point:
            weights = ((torch.arange(t.numel()) * 7) % 11 - 5).float().reshape(t.shape) / 5
            total = total + (t * weights).sum()
    return total


def flat_tensors(value):
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return [t for v in value for t in flat_tensors(v)]
    return []


NAMES = {torch.float32: "float32", torch.float64: "float32", torch.int64: "int32", torch.int32: "int32", torch.bool: "bool", torch.uint8: "uint8"}


def answer(value):
    """What comes back: tensors, named tuples as objects, tuples as lists."""
    if isinstance(value, torch.Tensor):
        t = torch.zeros(value.shape) if value._is_zerotensor() else value.detach()
        return {"tensor": t.flatten().tolist(), "shape": list(t.shape), "dtype": NAMES[t.dtype]}
    # torch.return_types.max and its like
    if isinstance(value, tuple) and type(value).__module__ == "torch.return_types":
        fields = re.findall(r"^(\w+)=", repr(value), re.M)
        return {"fields": {camel(n): answer(v) for n, v in zip(fields, value)}}
    if isinstance(value, (list, tuple)):
        return [answer(v) for v in value]
    if isinstance(value, dict):
        return {"fields": {k: answer(v) for k, v in value.items()}}
    return value


def encode(value):
    if isinstance(value, Input):
        made = {"tensor": value.data, "shape": list(value.shape), "dtype": value.dtype}
        if value.grad:
            made["grad"] = True
        if value.layout:
            made["layout"] = value.layout
        return made
    if isinstance(value, M):
        return {"module": value.target, "args": encode(list(value.args)), "options": encode(value.kwargs)}
    if isinstance(value, (list, tuple)):
        return [encode(v) for v in value]
    if isinstance(value, dict):
        return {k: encode(v) for k, v in value.items()}
    if isinstance(value, torch.dtype):
        return NAMES[value]
    return value


def camel(name):
    return re.sub(r"_([a-z0-9])", lambda m: m.group(1).upper(), name)


def compact(value):
    """JSON with numbers to seven digits; what JSON can't say of floats is text: "inf", "-inf", "nan"."""
    if isinstance(value, float):
        if math.isnan(value) or math.isinf(value):
            return json.dumps(str(value))
        text = f"{value:.7g}"
        return text
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(k)}:{compact(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(compact(v) for v in value) + "]"
    return json.dumps(value, ensure_ascii=False)
