"""Python's x[…] beside x.at(…) and x.setAt([…], v): numbers, slices, lists of positions and masks, mixed."""
from parity import Family, torch

family = Family("subscript")
f = family
SHAPE = (3, 4, 2, 3)


def listed(*values, shape=None):
    """Positions as a tensor: Python's text and JavaScript's."""
    text = str(list(values))
    shaped = f".reshape({list(shape)})" if shape else ""
    return f"torch.tensor({text}){shaped}", f"torch.tensor({text}, {{ dtype: 'int32' }}){shaped}"


def mask(*shape):
    """A mask of the shape with something in it."""
    count = torch.Size(shape).numel()
    bits = [f.random.random() < 0.5 for _ in range(count)]
    if count:
        bits[f.random.randrange(count)] = True
    python = f"torch.tensor({bits}).reshape({list(shape)})"
    return python, python.replace("True", "true").replace("False", "false")


def place(dim, after_wide):
    """One random place for a dimension, or for as many as it takes: texts and their number. PyTorch counts a mask of several
    dimensions as one when it looks for those of numbers and slices after it; NumPy doesn't, nor do we: values.test.ts."""
    size, left = SHAPE[dim], len(SHAPE) - dim
    kind = f.random.choice(["list", "mask", "table"] if after_wide else ["number", "all", "slice", "list", "list", "mask", "wide", "scalar", "table"])
    if kind == "number":
        k = f.random.randrange(-size, size)
        return str(k), str(k), 1
    if kind == "slice":
        start, step = f.random.randrange(size), f.random.choice([1, 1, 2])
        return f"{start}::{step}", f"[{start}, null, {step}]", 1
    if kind == "list":
        return *listed(*(f.random.randrange(-size, size) for _ in range(2))), 1
    if kind == "table":
        return *listed(*(f.random.randrange(-size, size) for _ in range(4)), shape=(2, 2)), 1
    if kind == "scalar":
        return *(text.replace("[", "").replace("]", "") for text in listed(f.random.randrange(size))), 1
    if kind == "mask":
        # Masks go with other lists only where their counts agree: this one has two.
        bits = [False] * size
        for k in f.random.sample(range(size), 2):
            bits[k] = True
        return f"torch.tensor({bits})", f"torch.tensor({str(bits).lower()})", 1
    if kind == "wide" and left >= 2:
        bits = [False] * (size * SHAPE[dim + 1])
        for k in f.random.sample(range(len(bits)), 2):
            bits[k] = True
        shape = f".reshape({[size, SHAPE[dim + 1]]})"
        return f"torch.tensor({bits}){shape}", f"torch.tensor({str(bits).lower()}){shape}", 2
    return ":", "null", 1


START = (f"x = torch.arange(72.0).reshape({list(SHAPE)}).requires_grad_()\n", f"const x = torch.arange(72, {{ dtype: 'float32' }}).reshape({list(SHAPE)}).requiresGrad_();\n")


def read(python, js, note=""):
    f.program(START[0] + f"y = x[{python}]\n(y * torch.arange(y.numel()).reshape(y.shape)).sum().backward()\nreturn [y, x.grad]",
              START[1] + f"const y = x.at({js});\ny.mul(torch.arange(y.numel()).reshape(y.shape)).sum().backward();\nreturn [y, x.grad];", note=note or f"x[{python[:60]}]")


def write(python, js):
    """A number and a tensor are written; gradients of what stays and of what is written."""
    f.program(START[0] + f"a, b = x.clone(), x.detach().clone()\nv = torch.tensor(2.0, requires_grad=True)\na[{python}] = v * 3\nb[{python}] = -1\n(a * a.detach()).sum().backward()\nreturn [a, b, x.grad, v.grad]",
              START[1] + f"const a = x.clone(), b = x.detach().clone(), v = torch.tensor(2, {{ requiresGrad: true }});\na.setAt([{js}], v.mul(3));\nb.setAt([{js}], -1);\na.mul(a.detach()).sum().backward();\nreturn [a, b, x.grad ?? torch.zerosLike(x), v.grad];",
              note=f"x[{python[:60]}] = v")


for _ in range(60):
    python, js, dim = [], [], 0
    while dim < len(SHAPE) and (not python or f.random.random() < 0.8):
        p, j, taken = place(dim, dim > len(python))
        python.append(p)
        js.append(j)
        dim += taken
    read(", ".join(python), ", ".join(js))
    write(", ".join(python), ", ".join(js))

I, M = listed(0, 2), mask(3, 4)
for python, js in (
    ("...", '"..."'), ("..., 0", '"...", 0'), ("0, ...", '0, "..."'), ("0, ..., 1", '0, "...", 1'), (f"..., {I[0]}", f'"...", {I[1]}'), (f"{I[0]}, ...", f'{I[1]}, "..."'),
    (f"{I[0]}, ..., {listed(1, 2)[0]}", f'{I[1]}, "...", {listed(1, 2)[1]}'), (f"..., {mask(2, 3)[0].replace('False', 'True')}", f'"...", {mask(2, 3)[1].replace("false", "true")}'),
    (f"0, :, {listed(1, 0)[0]}", f"0, null, {listed(1, 0)[1]}"), (f"{listed(1, 0)[0]}, 0, {listed(1, 0)[0]}", f"{listed(1, 0)[1]}, 0, {listed(1, 0)[1]}"),
    (f"{listed(1, 0)[0]}, :, 0, {listed(1, 0)[0]}", f"{listed(1, 0)[1]}, null, 0, {listed(1, 0)[1]}"),
    (f"{listed(0, 1, shape=(2, 1))[0]}, {listed(0, 1, 3)[0]}", f"{listed(0, 1, shape=(2, 1))[1]}, {listed(0, 1, 3)[1]}"),
    ("torch.tensor(True)", "torch.tensor(true)"), ("torch.tensor(False)", "torch.tensor(false)"), ("1, torch.tensor(True)", "1, torch.tensor(true)"),
    ("torch.zeros(3, dtype=torch.bool)", "torch.zeros(3, { dtype: 'bool' })"), ("torch.tensor([], dtype=torch.long)", "torch.tensor([], { dtype: 'int32' })"),
    ("torch.zeros(3, 4, dtype=torch.bool)", "torch.zeros(3, 4, { dtype: 'bool' })"), ("x > 40", "x.gt(40)"), ("x[:, 0, 0, 0] > 20, 1:3, ..., 2", "x.at(null, 0, 0, 0).gt(20), [1, 3], '...', 2"),
):
    read(python, js)
    write(python, js)

# What fails, in PyTorch's words.
for python, js in (
    ("torch.ones(2, 4, dtype=torch.bool)", "torch.ones(2, 4, { dtype: 'bool' })"), ("torch.ones(3, 3, dtype=torch.bool)", "torch.ones(3, 3, { dtype: 'bool' })"),
    (":, torch.ones(3, dtype=torch.bool)", "null, torch.ones(3, { dtype: 'bool' })"), ("1:, torch.ones(3, dtype=torch.bool)", "[1, null], torch.ones(3, { dtype: 'bool' })"),
    ("0, 0, 0, 0, 0", "0, 0, 0, 0, 0"), ("torch.ones(3, 4, 2, dtype=torch.bool), 0, 0", "torch.ones(3, 4, 2, { dtype: 'bool' }), 0, 0"),
    (f"{listed(0, 3)[0]}", f"{listed(0, 3)[1]}"), (f":, {listed(0, -5)[0]}", f"null, {listed(0, -5)[1]}"), ("0, 4", "0, 4"), ("-4", "-4"), ("torch.tensor(3)", "torch.tensor(3, { dtype: 'int32' })"),
    (f"{listed(0, 1)[0]}, {listed(0, 1, 2)[0]}", f"{listed(0, 1)[1]}, {listed(0, 1, 2)[1]}"),
):
    # Of positions PyTorch says where their dimension went, we where it is.
    words = "index -5 is out of bounds for dimension 1 with size 4" if "-5" in python else None
    f.program(f"x = torch.zeros({list(SHAPE)})\nreturn x[{python}]", f"const x = torch.zeros({list(SHAPE)});\nreturn x.at({js});", note=f"x[{python[:60]}]", fails=True, words=words)
    f.program(f"x = torch.zeros({list(SHAPE)})\nx[{python}] = 1", f"const x = torch.zeros({list(SHAPE)});\nx.setAt([{js}], 1);", note=f"x[{python[:60]}] = 1", fails=True, words=words)
f.program("return torch.tensor(1.0)[0]", "return torch.tensor(1).at(0);", fails=True, words="invalid index of a 0-dim tensor")
f.program("return torch.ones(3)[torch.tensor([0.5])]", "return torch.ones(3).at(torch.tensor([0.5]));", fails=True, words="tensors used as indices must be long, int, byte or bool tensors")
f.program("x = torch.zeros(3, 2)\nx[torch.tensor([0, 1])] = torch.ones(3)", "torch.zeros(3, 2).setAt([torch.tensor([0, 1], { dtype: 'int32' })], torch.ones(3));", fails=True)
# API.md takes whole numbers in floats as positions.
f.program("return torch.arange(3)[torch.tensor([2, 0])]", "return torch.arange(3).at(torch.tensor([2, 0]));")
f.program("x = torch.arange(6).reshape(2, 3)\nreturn [x[x > 2], x[torch.tensor([1, 0], dtype=torch.uint8)], x[1, torch.tensor([True, False, True])]]",
          "const x = torch.arange(6).reshape(2, 3);\nreturn [x.at(x.gt(2)), x.at(torch.tensor([1, 0], { dtype: 'uint8' })), x.at(1, torch.tensor([true, false, true]))];")
