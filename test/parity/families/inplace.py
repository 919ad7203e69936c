"""Changes in place: values, gradients through them, through views, and what is refused."""
from parity import Family

family = Family("inplace")
f = family

# --- each form ------------------------------------------------------------------------------------------------------
SMOOTH = ("exp", "sigmoid", "tanh", "sin", "cos", "neg", "abs", "relu", "erf", "expm1", "square", "floor", "ceil", "round", "trunc", "sign", "frac", "sinh", "cosh", "atan", "deg2rad", "erfc",
          "sgn", "sinc", "rad2deg", "exp2", "fix", "nan_to_num", "absolute", "negative", "arctan")
for name in SMOOTH:
    f.op(f"Tensor.{name}_", f.T(2, 3), double=True)
# PyTorch has no derivatives of these in place.
f.op("Tensor.asinh_", f.T(2, 3, grad=False))
f.op("Tensor.atanh_", f.T(2, 3, low=-0.7, high=0.7, grad=False))
f.op("Tensor.acosh_", f.T(2, 3, low=1.5, high=3.0, grad=False))
for name in ("log", "sqrt", "rsqrt", "reciprocal", "log1p", "log2", "log10", "digamma", "lgamma"):
    f.op(f"Tensor.{name}_", f.T(2, 3, low=0.5, high=3.0), double=name not in ("digamma", "lgamma"))
for name in ("asin", "acos", "tan", "erfinv"):
    f.op(f"Tensor.{name}_", f.T(2, 3, low=-0.7, high=0.7), double=True)
f.op("Tensor.logit_", f.T(2, 3, low=0.2, high=0.8), double=True)
for name in ("add", "sub", "mul", "div", "fmod", "remainder", "subtract", "multiply", "divide", "true_divide"):
    f.op(f"Tensor.{name}_", f.T(2, 3), f.T(2, 3, low=0.5), double=name in ("add", "sub", "mul", "div"))
    f.op(f"Tensor.{name}_", f.T(2, 3), f.T(3, low=0.5))
    f.op(f"Tensor.{name}_", f.T(2, 3), 1.5)
    f.op(f"Tensor.{name}_", f.T(2, 3, grad=False), f.T(2, 1, low=0.5))
f.op("Tensor.add_", f.T(2, 3), f.T(2, 3), alpha=2.5)
f.op("Tensor.sub_", f.T(2, 3), f.T(3), alpha=-2)
f.op("Tensor.div_", f.T(2, 3), f.T(2, 3, low=0.5), rounding_mode="floor")
f.op("Tensor.floor_divide_", f.T(2, 3, grad=False), 0.7)
f.op("Tensor.pow_", f.T(2, 3, low=0.5), 2, double=True)
f.op("Tensor.pow_", f.T(2, 3, low=0.5), f.T(2, 3), double=True)
for name in ("atan2", "hypot", "copysign", "xlogy"):
    f.op(f"Tensor.{name}_", f.T(2, 3, low=0.5), f.T(2, 3, low=0.5))
f.op("Tensor.clamp_", f.T(2, 3), -0.5, 1.0, double=True)
f.op("Tensor.clamp_", f.T(2, 3), 0.5, js="(k, x, low) => x.clone().clamp_(low)")
f.op("Tensor.clamp_min_", f.T(2, 3), 0.5)
f.op("Tensor.clamp_max_", f.T(2, 3), 0.5)
f.op("Tensor.clip_", f.T(2, 3), -1, 1)
for name in ("eq", "ne", "lt", "le", "gt", "ge", "greater", "less_equal", "not_equal"):
    f.op(f"Tensor.{name}_", f.V([1.0, 2.0, 3.0], grad=False), f.V([2.0, 2.0, 2.0], grad=False))
    f.op(f"Tensor.{name}_", f.V([1.0, 2.0, 3.0], grad=False), 2)
for name in ("logical_and", "logical_or", "logical_xor"):
    f.op(f"Tensor.{name}_", f.B(6), f.B(6))
f.op("Tensor.logical_not_", f.B(4))
for name in ("bitwise_and", "bitwise_or", "bitwise_xor", "bitwise_left_shift", "gcd", "lcm"):
    f.op(f"Tensor.{name}_", f.I(2, 3, high=8), f.I(2, 3, low=1, high=4))
f.op("Tensor.bitwise_not_", f.I(3))
f.op("Tensor.lerp_", f.T(2, 3), f.T(2, 3), 0.3, double=True)
f.op("Tensor.lerp_", f.T(2, 3), f.T(2, 3), f.T(2, 3), double=True)
f.op("Tensor.addcmul_", f.T(2, 3), f.T(2, 3), f.T(3), value=0.5, double=True)
f.op("Tensor.addcdiv_", f.T(2, 3), f.T(2, 3), f.T(2, 3, low=0.5), value=-2, double=True)
f.op("Tensor.addmm_", f.T(2, 3), f.T(2, 4), f.T(4, 3), double=True)
f.op("Tensor.addmm_", f.T(2, 3), f.T(2, 4), f.T(4, 3), beta=0.5, alpha=2)
f.op("Tensor.addmv_", f.T(2), f.T(2, 3), f.T(3))
f.op("Tensor.addr_", f.T(2, 3), f.T(2), f.T(3))
f.op("Tensor.baddbmm_", f.T(2, 2, 3), f.T(2, 2, 2), f.T(2, 2, 3))
f.op("Tensor.fill_", f.T(2, 3), 2.5)
f.op("Tensor.zero_", f.T(2, 3))
f.op("Tensor.copy_", f.T(2, 3), f.T(3), double=True)
f.op("Tensor.copy_", f.T(2, 3), f.I(2, 3))
f.op("Tensor.copy_", f.I(2, 3), f.T(2, 3, grad=False))
f.op("Tensor.masked_fill_", f.T(2, 3), f.B(2, 3), -1.5, double=True)
f.op("Tensor.masked_scatter_", f.T(2, 3), f.B(2, 3), f.T(6))
f.op("Tensor.index_fill_", f.T(3, 4), 1, f.V([0, 2]), 5.0)
f.op("Tensor.index_add_", f.T(3, 4), 0, f.V([0, 2, 0]), f.T(3, 4))
f.op("Tensor.index_copy_", f.T(3, 4), 0, f.V([2, 0]), f.T(2, 4))
f.op("Tensor.index_put_", f.T(3, 4), [f.V([0, 2]), f.V([1, 3])], f.T(2))
f.op("Tensor.scatter_", f.T(3, 4), 1, f.V([[0, 1], [2, 3], [1, 0]]), f.T(3, 2))
f.op("Tensor.scatter_", f.T(3, 4), 1, f.V([[0, 1], [2, 3], [1, 0]]), 1.5)
f.op("Tensor.scatter_add_", f.T(3, 4), 0, f.I(2, 4, high=3), f.T(2, 4))
f.op("Tensor.put_", f.T(3, 4), f.V([0, 5]), f.T(2))
f.op("Tensor.cumsum_", f.T(2, 3), 1)
f.op("Tensor.cumprod_", f.T(2, 3), 1)
f.op("Tensor.tril_", f.T(3, 3))
f.op("Tensor.triu_", f.T(3, 3), 1)
f.op("Tensor.renorm_", f.T(3, 4), 2, 0, 1.0)
f.op("Tensor.fill_diagonal_", f.T(3, 4), 9)
f.op("Tensor.fill_diagonal_", f.T(2, 2, 2, grad=False), 9)
f.op("Tensor.squeeze_", f.T(2, 1, 3, 1))
f.op("Tensor.squeeze_", f.T(2, 1, 3, 1), 1)
f.op("Tensor.unsqueeze_", f.T(2, 3), -1)
f.op("Tensor.transpose_", f.T(2, 3, 4), 0, 2)
f.op("Tensor.swapaxes_", f.T(2, 3), 0, 1)
f.op("Tensor.t_", f.T(2, 3))
for layout in ("transposed",):
    f.op("Tensor.mul_", f.T(2, 3, layout=layout), f.T(2, 3))
    f.op("Tensor.exp_", f.T(2, 3, layout=layout))
    f.op("Tensor.fill_", f.T(2, 3, layout=layout, grad=False), 2)

# --- through views --------------------------------------------------------------------------------------------------
START = ("x = torch.arange(1.0, 7.0).reshape(2, 3).requires_grad_()\nw = torch.tensor([[0.5, -1.0, 2.0], [1.5, 0.25, -0.5]])\ny = x * 2\n",
         "const x = torch.arange(1, 7, { dtype: 'float32' }).reshape(2, 3).requiresGrad_();\nconst w = torch.tensor([[0.5, -1, 2], [1.5, 0.25, -0.5]]);\nconst y = x.mul(2);\n")


def views(note, python, js, name=True):
    """`python` and `js` change y; what comes back: y, the gradient of x, the name of its gradient function."""
    end = ("\n(y * y * w).sum().backward()\nreturn [y, x.grad, type(y.grad_fn).__name__]", "\ny.mul(y).mul(w).sum().backward();\nreturn [y, x.grad, y.gradFn.name];")
    if not name:
        end = [text.replace(", type(y.grad_fn).__name__", "").replace(", y.gradFn.name", "") for text in end]
    f.program(START[0] + python + end[0], START[1] + js + end[1], note=note)


views("a row multiplied", "y[0].mul_(3)", "y.select(0, 0).mul_(3);")
views("a column filled", "y[:, 1].fill_(7)", "y.at(null, 1).fill_(7);")
views("a column zeroed", "y[:, 1].zero_()", "y.at(null, 1).zero_();")
views("a column assigned", "y[:, 1] = x[:, 0] * 3", "y.setAt([null, 1], x.at(null, 0).mul(3));")
views("a number assigned", "y[1, 2] = 5", "y.setAt([1, 2], 5);")
views("a slice assigned", "y[0:1, 1:3] = 5", "y.setAt([[0, 1], [1, 3]], 5);")
views("a mask assigned", "y[x > 3] = 5", "y.setAt(x.gt(3), 5);", name=False)
views("listed rows assigned", "y[[1, 0], [2, 1]] = x[0, :2]", "y.indexPut_([torch.tensor([1, 0], { dtype: 'int32' }), torch.tensor([2, 1], { dtype: 'int32' })], x.at(0, [0, 2]));", name=False)
views("slice and list", "y[0:1, torch.tensor([2, 0])] = x[0, :2]", "y.setAt([[0, 1], torch.tensor([2, 0], { dtype: 'int32' })], x.at(0, [0, 2]));")
views("copied into a slice", "y[:, 1:].copy_(x[:, :2])", "y.at(null, [1, null]).copy_(x.at(null, [0, 2]));")
views("through a transposed view", "y.t()[0].mul_(y.t()[1].clone())", "y.t().select(0, 0).mul_(y.t().select(0, 1).clone());")
views("through a flattened view", "y.view(-1)[2:5].exp_()", "y.view(-1).slice(0, 2, 5).exp_();")
views("through a view of a view", "y.view(3, 2).t()[0, 1:].pow_(2)", "y.view(3, 2).t().at(0, [1, null]).pow_(2);")
views("two views after each other", "a, b = y[0], y[:, 0]\na.mul_(2)\nb.add_(x[:, 1])", "const a = y.select(0, 0), b = y.at(null, 0);\na.mul_(2);\nb.add_(x.at(null, 1));")
views("a whole view", "y.view(6).sigmoid_()", "y.view(6).sigmoid_();")
views("a view with an operand that wants gradients", "v = y[1]\nv *= x[0]\nv += v.clone()", "const v = y.select(0, 1);\nv.mul_(x.select(0, 0));\nv.add_(v.clone());")
views("rows by turns", "y[0].mul_(2)\ny[1].mul_(3)", "y.select(0, 0).mul_(2);\ny.select(0, 1).mul_(3);")
f.program(START[0] + "v = y[0]\ny.mul_(3)\n(v * v).sum().backward()\nreturn [v, x.grad, type(v.grad_fn).__name__]",
          START[1] + "const v = y.select(0, 0);\ny.mul_(3);\nv.mul(v).sum().backward();\nreturn [v, x.grad, v.gradFn.name];", note="a view follows its base")
f.program(START[0] + "v, u = y[0], y[:, 0]\nu.mul_(3)\n(v * v).sum().backward()\nreturn [v, x.grad, type(u.grad_fn).__name__, type(y.grad_fn).__name__]",
          START[1] + "const v = y.select(0, 0), u = y.at(null, 0);\nu.mul_(3);\nv.mul(v).sum().backward();\nreturn [v, x.grad, u.gradFn.name, y.gradFn.name];", note="a view follows its sibling")
f.program("base = torch.zeros(2, 3)\nx = torch.ones(3, requires_grad=True)\nrow = base[1]\nrow.copy_(x * 2)\nlater = base[:, 0]\n(base.sum() + later.sum()).backward()\nreturn [base, base.requires_grad, x.grad, row.requires_grad]",
          "const base = torch.zeros(2, 3), x = torch.ones(3, { requiresGrad: true });\nconst row = base.select(0, 1);\nrow.copy_(x.mul(2));\nconst later = base.at(null, 0);\nbase.sum().add(later.sum()).backward();\nreturn [base, base.requiresGrad, x.grad, row.requiresGrad];",
          note="a constant base takes the history of what is put into it")
f.program("out = torch.zeros(4, 2)\nx = torch.arange(8.0).reshape(4, 2).requires_grad_()\nfor i in range(4):\n    out[i] = x[i] * i if i == 0 else out[i - 1] + x[i] * i\n(out * out).sum().backward()\nreturn [out, x.grad]",
          "const out = torch.zeros(4, 2), x = torch.arange(8, { dtype: 'float32' }).reshape(4, 2).requiresGrad_();\nfor (let i = 0; i < 4; i++) out.setAt(i, i === 0 ? x.select(0, i).mul(i) : out.select(0, i - 1).add(x.select(0, i).mul(i)));\nout.mul(out).sum().backward();\nreturn [out, x.grad];",
          note="a recurrence written row by row")
f.program("x = torch.ones(2, 3, requires_grad=True)\nwith torch.no_grad():\n    x[0].mul_(5)\n    x[:, 1] = 2\nreturn [x.detach(), x.requires_grad, x.is_leaf]",
          "const x = torch.ones(2, 3, { requiresGrad: true });\ntorch.noGrad(() => { x.select(0, 0).mul_(5); x.setAt([null, 1], 2); });\nreturn [x.detach(), x.requiresGrad, x.isLeaf];", note="a leaf within noGrad")
f.program("x = torch.ones(2, 2)\nd = x.detach()\nd.add_(1)\nversions = [x._version, d._version]\nx.view(4).mul_(2)\nreturn [x, d, *versions, x._version, x.clone()._version]",
          "const x = torch.ones(2, 2);\nconst d = x.detach();\nd.add_(1);\nconst versions = [x._version, d._version];\nx.view(4).mul_(2);\nreturn [x, d, ...versions, x._version, x.clone()._version];", note="detached tensors and views share values and version")
f.program("x = torch.tensor([[1.0, 2.0]], requires_grad=True)\ny = x * 3\ny.unsqueeze_(0)\ny.transpose_(0, 2)\n(y * y).sum().backward()\nreturn [y, x.grad, y.is_contiguous()]",
          "const x = torch.tensor([[1, 2]], { requiresGrad: true });\nconst y = x.mul(3);\ny.unsqueeze_(0);\ny.transpose_(0, 2);\ny.mul(y).sum().backward();\nreturn [y, x.grad, y.isContiguous()];", note="shapes changed in place")

# --- what is refused ------------------------------------------------------------------------------------------------
for note, python, js, words in (
    ("a leaf", "torch.ones(2, requires_grad=True).add_(1)", "torch.ones(2, { requiresGrad: true }).add_(1);", None),
    ("a leaf's shape", "torch.ones(2, requires_grad=True).unsqueeze_(0)", "torch.ones(2, { requiresGrad: true }).unsqueeze_(0);", None),
    ("a view of a leaf", "torch.ones(2, 2, requires_grad=True)[0].add_(1)", "torch.ones(2, 2, { requiresGrad: true }).select(0, 0).add_(1);", None),
    ("a view of a leaf by number", "x = torch.ones(2, 2, requires_grad=True)\nx[0] = 1", "torch.ones(2, 2, { requiresGrad: true }).setAt(0, 1);", None),
    ("an expanded tensor", "torch.ones(3).expand(2, 3).add_(1)", "torch.ones(3).expand(2, 3).add_(1);", None),
    ("integers by a fraction", "torch.ones(2, dtype=torch.long).add_(0.5)", "torch.ones(2, { dtype: 'int32' }).add_(0.5);", None),
    ("integers divided", "torch.ones(2, dtype=torch.long).div_(2)", "torch.ones(2, { dtype: 'int32' }).div_(2);", None),
    ("truth by floats", "torch.ones(2, dtype=torch.bool).mul_(torch.ones(2))", "torch.ones(2, { dtype: 'bool' }).mul_(torch.ones(2));", None),
    ("to a larger shape", "torch.ones(2).add_(torch.ones(2, 2))", "torch.ones(2).add_(torch.ones(2, 2));", None),
    ("copy of another shape", "torch.ones(2).copy_(torch.ones(3))", "torch.ones(2).copy_(torch.ones(3));", None),
    ("a view made without recording", "x = torch.ones(2, requires_grad=True) * 2\nwith torch.no_grad():\n    v = x[0:1]\nv.mul_(2)",
     "const x = torch.ones(2, { requiresGrad: true }).mul(2);\nconst v = torch.noGrad(() => x.narrow(0, 0, 1));\nv.mul_(2);", "A view was created in no_grad mode and is being modified inplace with grad mode enabled."),
    ("a view detached in place", "(torch.ones(2, 2, requires_grad=True) * 2)[0].detach_()", "torch.ones(2, 2, { requiresGrad: true }).mul(2).select(0, 0).detach_();", "Can't detach views in-place. Use detach() instead."),
    ("a saved result", "x = torch.ones(2, requires_grad=True)\ny = x.exp()\ny.add_(1)\ny.sum().backward()", "const x = torch.ones(2, { requiresGrad: true });\nconst y = x.exp();\ny.add_(1);\ny.sum().backward();",
     "one of the variables needed for gradient computation has been modified by an inplace operation: [torch.FloatTensor [2]]"),
    ("a saved operand through a view", "x = torch.ones(2, 2, requires_grad=True)\nw = torch.ones(2, 2)\ny = (x * w).sum()\nw[0].add_(1)\ny.backward()",
     "const x = torch.ones(2, 2, { requiresGrad: true }), w = torch.ones(2, 2);\nconst y = x.mul(w).sum();\nw.select(0, 0).add_(1);\ny.backward();", "is at version 1; expected version 0 instead."),
    ("a saved operand through detach", "x = torch.ones(2, requires_grad=True)\nw = torch.ones(2)\ny = (x * w).sum()\nw.detach().add_(1)\ny.backward()",
     "const x = torch.ones(2, { requiresGrad: true }), w = torch.ones(2);\nconst y = x.mul(w).sum();\nw.detach().add_(1);\ny.backward();", "is at version 1; expected version 0 instead."),
):
    # The hints at the end are Kindling's own, so only the first sentence is compared where `words` are given.
    f.program(python, js, fails=True, note=note, words=words)
