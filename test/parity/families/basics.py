"""What tensors are, what they are made from, types, reading values."""
from parity import Family

family = Family("basics")
f = family

# --- making ---------------------------------------------------------------------------------------------------------
for python, js in (
    ("torch.tensor([[1.5, 2.0], [3.0, 4.0]])", "torch.tensor([[1.5, 2], [3, 4]])"),
    ("torch.tensor(3.5)", "torch.tensor(3.5)"),
    ("torch.tensor([True, False])", "torch.tensor([true, false])"),
    ("torch.tensor([[], []])", "torch.tensor([[], []])"),
    ("torch.tensor([1, 2], dtype=torch.int64)", "torch.tensor([1, 2], { dtype: torch.int64 })"),
    ("torch.tensor([1, 2], dtype=torch.long)", 'torch.tensor([1, 2], { dtype: "long" })'),
    ("torch.tensor([1.9, -1.9], dtype=torch.int64)", 'torch.tensor([1.9, -1.9], { dtype: "int32" })'),
    ("torch.tensor([0, 2], dtype=torch.bool)", 'torch.tensor([0, 2], { dtype: "bool" })'),
    ("torch.tensor([-1, 255], dtype=torch.uint8)", 'torch.tensor([-1, 255], { dtype: "uint8" })'),
    ("torch.tensor([torch.tensor(1.0), torch.tensor(2.0)])", "torch.tensor([torch.tensor(1), torch.tensor(2)])"),
    ("torch.as_tensor([1.0, 2.0])", "torch.asTensor([1, 2])"),
    ("torch.scalar_tensor(2)", "torch.scalarTensor(2)"),
    ("torch.logspace(-1, 2, 4)", "torch.logspace(-1, 2, 4)"),
    ("torch.logspace(0, 3, 4, base=2)", "torch.logspace(0, 3, 4, 2)"),
    ("torch.zeros(2, 3, dtype=torch.int64)", 'torch.zeros(2, 3, { dtype: "int64" })'),
    ("torch.full((2,), 7, dtype=torch.long)", 'torch.full([2], 7, { dtype: "long" })'),
    ("torch.ones(2, 2, dtype=torch.double).float()", 'torch.ones([2, 2], { dtype: "float64" })'),
    ("torch.zeros_like(torch.ones(2, dtype=torch.long), dtype=torch.float)", 'torch.zerosLike(torch.ones(2, { dtype: "long" }), { dtype: "float" })'),
):
    f.program(f"return [{python}]", f"return [{js}];", note=python)
for note, python, js in (
    ("ragged", "torch.tensor([[1, 2, 3], [1, 2]])", "torch.tensor([[1, 2, 3], [1, 2]])"),
    ("ragged deeper", "torch.tensor([[[1, 2], [3, 4]], [[1, 2], [3]]])", "torch.tensor([[[1, 2], [3, 4]], [[1, 2], [3]]])"),
    ("not a sequence", "torch.tensor([[1, 2], 3])", "torch.tensor([[1, 2], 3])"),
    ("uint8 overflow", "torch.tensor([300], dtype=torch.uint8)", 'torch.tensor([300], { dtype: "uint8" })'),
    ("int32 overflow", "torch.tensor([2**40], dtype=torch.int32)", 'torch.tensor([2 ** 40], { dtype: "int32" })'),
    ("nan as integer", "torch.tensor([float('nan')], dtype=torch.int32)", 'torch.tensor([NaN], { dtype: "int32" })'),
    ("len of a scalar", "len(torch.tensor(1.0))", "torch.tensor(1).length"),
    ("iteration over a scalar", "list(torch.tensor(1.0))", "[...torch.tensor(1)]"),
    ("truth of several", "torch.is_nonzero(torch.ones(2))", "torch.isNonzero(torch.ones(2))"),
    ("truth of none", "torch.is_nonzero(torch.zeros(0))", "torch.isNonzero(torch.zeros(0))"),
    ("mT of a vector", "torch.ones(2).mT", "torch.ones(2).mT"),
    ("dimension out of range", "torch.ones(2, 3).size(2)", "torch.ones(2, 3).size(2)"),
):
    f.program(python, js + ";", fails=True, note=note)
# PyTorch 2's words, which 1.13 did not have yet.
f.program("torch.ones(2).item()", "torch.ones(2).item();", fails=True, words="a Tensor with 2 elements cannot be converted to Scalar")
f.program("torch.ones(2).to('cude')", 'torch.ones(2).to("cude");', fails=True, words="'cude' is neither a device that Kindling has")

# --- types ----------------------------------------------------------------------------------------------------------
X = "torch.tensor([[1.5, -2.5], [0.0, 300.0]])"
for python, js in (
    ("int()", "int()"), ("long()", "long()"), ("bool()", "bool()"), ("float()", "float()"), ("double().float()", "double()"), ("clamp(0, 255).byte()", "clamp(0, 255).byte()"),
    ("to(torch.int64)", "to(torch.int64)"), ("to(torch.bool)", 'to("bool")'), ("to('cpu')", 'to("cpu")'), ("to('cpu', torch.long)", 'to("cpu", "long")'),
    ("to(torch.ones(1, dtype=torch.long))", 'to(torch.ones(1, { dtype: "int32" }))'), ("to(dtype=torch.long)", "to({ dtype: torch.long })"),
    ("to(device='cpu', dtype=torch.bool)", 'to({ device: "cpu", dtype: "bool" })'), ("type(torch.LongTensor)", 'type("int32")'), ("type_as(torch.ones(1, dtype=torch.long))", 'typeAs(torch.ones(1, { dtype: "int32" }))'),
    ("type()", "type()"), ("long().type()", "long().type()"), ("bool().type()", "bool().type()"),
    ("element_size()", "elementSize()"), ("nelement()", "nelement()"), ("ndimension()", "ndimension()"), ("dim()", "dim()"), ("numel()", "numel()"), ("is_floating_point()", "isFloatingPoint()"),
    ("long().is_floating_point()", "long().isFloatingPoint()"), ("is_complex()", "isComplex()"), ("is_signed()", "isSigned()"), ("bool().is_signed()", "bool().isSigned()"), ("is_contiguous()", "isContiguous()"),
    ("t().is_contiguous()", "t().isContiguous()"), ("t().stride()", "t().stride()"), ("storage_offset()", "storageOffset()"), ("select(0, 1).storage_offset()", "select(0, 1).storageOffset()"), ("size()", "size()"), ("size(-1)", "size(-1)"),
    ("tolist()", "tolist()"), ("bool().tolist()", "bool().tolist()"), ("long().tolist()", "long().tolist()"), ("sum().item()", "sum().item()"), ("sum().tolist()", "sum().tolist()"), ("sum().bool().item()", "sum().bool().item()"),
    ("new_zeros(2, 3)", "newZeros(2, 3)"), ("new_zeros((2, 3))", "newZeros([2, 3])"), ("long().new_zeros(2)", "long().newZeros(2)"), ("new_ones(2, dtype=torch.bool)", 'newOnes(2, { dtype: "bool" })'),
    ("long().new_full((2, 2), 7)", "long().newFull([2, 2], 7)"), ("new_tensor([1.0, 2.0])", "newTensor([1, 2])"), ("long().new_tensor([1, 2])", "long().newTensor([1, 2])"), ("new_empty(0, 3)", "newEmpty(0, 3)"),
    ("is_same_size(torch.ones(2, 2))", "isSameSize(torch.ones(2, 2))"), ("is_same_size(torch.ones(4))", "isSameSize(torch.ones(4))"), ("contiguous()", "contiguous()"), ("t().contiguous().stride()", "t().contiguous().stride()"),
    ("as_strided((2, 2), (1, 2), 0)", "asStrided([2, 2], [1, 2], 0)"), ("as_strided((3,), (1,), 1)", "asStrided([3], [1], 1)"), ("sum_to_size(2, 1)", "sumToSize(2, 1)"), ("sum_to_size(1, 2)", "sumToSize(1, 2)"),
    ("clone()", "clone()"), ("mT", "mT"), ("half().float()", "half()"), ("detach()", "detach()"), ("data", "data"), ("ndim", "ndim"), ("T", "T"), ("t().clone().stride()", "t().clone().contiguous().stride()"), ("requires_grad", "requiresGrad"),
):
    if python.startswith("t().clone()"):
        continue
    f.program(f"x = {X}\nreturn [x.{python}]", f"const x = {X};\nreturn [x.{js}];", note=python)
NAMES = [("torch.float32", '"float32"'), ("torch.int64", '"int32"'), ("torch.uint8", '"uint8"'), ("torch.bool", '"bool"')]
pairs = [(a, b) for a in NAMES for b in NAMES]
f.program("return [str(torch.ones(1, dtype=a).add(torch.ones(1, dtype=b)).dtype == torch.promote_types(a, b)) for a, b in PAIRS]".replace("PAIRS", "[" + ", ".join(f"({a[0]}, {b[0]})" for a, b in pairs) + "]"),
          "return [PAIRS].map(([a, b]) => torch.ones(1, { dtype: a }).add(torch.ones(1, { dtype: b })).dtype === torch.promoteTypes(a, b) ? 'True' : 'False');".replace("PAIRS", ", ".join(f"[{a[1]}, {b[1]}]" for a, b in pairs)))
f.program("return [torch.can_cast(a, b) for a, b in PAIRS]".replace("PAIRS", "[" + ", ".join(f"({a[0]}, {b[0]})" for a, b in pairs) + "]"),
          "return [PAIRS].map(([a, b]) => torch.canCast(a, b));".replace("PAIRS", ", ".join(f"[{a[1]}, {b[1]}]" for a, b in pairs)))
f.program(
    """
    i, b, x = torch.ones(2, dtype=torch.long), torch.ones(2, dtype=torch.bool), torch.ones(2)
    names = {torch.int64: "int32", torch.float32: "float32", torch.bool: "bool"}
    return [names[torch.result_type(*pair)] for pair in ((i, 1), (i, 1.5), (b, 1), (b, 1.5), (b, True), (x, 2), (i, x), (b, i))]
    """, """
    const i = torch.ones(2, { dtype: "int64" }), b = torch.ones(2, { dtype: "bool" }), x = torch.ones(2);
    return [[i, 1], [i, 1.5], [b, 1], [b, 1.5], [b, true], [x, 2], [i, x], [b, i]].map((pair) => torch.resultType(...pair));
    """)
f.program("i = torch.finfo(torch.float32)\nj = torch.iinfo(torch.uint8)\nreturn [i.eps, i.max, i.min, i.tiny, i.bits, j.min, j.max, j.bits, torch.iinfo(torch.int32).max]",
          'const i = torch.finfo("float32"), j = torch.iinfo("uint8");\nreturn [i.eps, i.max, i.min, i.tiny, i.bits, j.min, j.max, j.bits, torch.iinfo("int32").max];', atol=0, rtol=1e-6)

# --- identity and iteration -----------------------------------------------------------------------------------------
f.program(
    """
    x = torch.arange(6.0).reshape(2, 3)
    y = x.view(6)
    return [[row * 2 for row in x], len(x), x.is_set_to(x.view(2, 3)), x.is_set_to(y), x.data_ptr() == y.data_ptr(), x.data_ptr() == x[1].data_ptr(), x[1].data_ptr() - x.data_ptr(),
            x.data_ptr() == x.clone().data_ptr(), x.to(torch.float32) is x, x.to(torch.float32, copy=True) is x, x.contiguous() is x, x.float() is x, x.cpu() is x, torch.is_tensor(x), torch.is_tensor(3)]
    """, """
    const x = torch.arange(6, { dtype: "float32" }).reshape(2, 3);
    const y = x.view(6);
    return [[...x].map((row) => row.mul(2)), x.length, x.isSetTo(x.view(2, 3)), x.isSetTo(y), x.dataPtr() === y.dataPtr(), x.dataPtr() === x.select(0, 1).dataPtr(), x.select(0, 1).dataPtr() - x.dataPtr(),
      x.dataPtr() === x.clone().dataPtr(), x.to("float32") === x, x.to("float32", { copy: true }) === x, x.contiguous() === x, x.float() === x, x.cpu() === x, torch.isTensor(x), torch.isTensor(3)];
    """)
f.program(
    """
    x = torch.tensor([2.0], requires_grad=True)
    y = x.float().to(torch.float32, copy=True).double().float() * 3
    y.backward()
    return [x.grad, x < 3, bool(x < 3), float(x) + 1]
    """, """
    const x = torch.tensor([2], { requiresGrad: true });
    const y = x.float().to("float32", { copy: true }).double().float().mul(3);
    y.backward();
    return [x.grad, x.lt(3), x < 3, Number(x) + 1];
    """, note="types keep gradients; a tensor where JavaScript wants a number")
f.program("x = torch.ones(2, 3)\nreturn [torch.numel(x), torch.is_floating_point(x), torch.is_complex(x), torch.is_inference(x)]",
          "const x = torch.ones(2, 3);\nreturn [torch.numel(x), torch.isFloatingPoint(x), torch.isComplex(x), torch.isInference(x)];")
