"""The graph and what may be done with it: gradients as functions, hooks, modes, operations of one's own, words of errors."""
from parity import Family

family = Family("autograd")
f = family

# --- gradients as functions -----------------------------------------------------------------------------------------
f.program(
    """
    x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    y = (x ** 3)
    (g,) = torch.autograd.grad(y, x, grad_outputs=torch.tensor([1.0, 0.5, 2.0]), create_graph=True)
    (h,) = torch.autograd.grad(g.sum(), x, create_graph=True)
    (k,) = torch.autograd.grad(h.sum(), x)
    return [g, h, k, x.grad is None]
    """, """
    const x = torch.tensor([1, 2, 3], { requiresGrad: true });
    const y = x.pow(3);
    const [g] = torch.autograd.grad(y, x, { gradOutputs: torch.tensor([1, 0.5, 2]), createGraph: true });
    const [h] = torch.autograd.grad(g.sum(), x, { createGraph: true });
    const [k] = torch.autograd.grad(h.sum(), x);
    return [g, h, k, x.grad === null];
    """, note="grad with weights, three times")
f.program(
    """
    x, z = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    found = torch.autograd.grad((x * 2).sum(), [x, z], allow_unused=True)
    return [found[0], found[1]]
    """, """
    const x = torch.ones(2, { requiresGrad: true }), z = torch.ones(2, { requiresGrad: true });
    return torch.autograd.grad(x.mul(2).sum(), [x, z], { allowUnused: true });
    """, note="unused allowed")
f.program(
    """
    x = torch.tensor([2.0], requires_grad=True)
    w = torch.tensor([3.0], requires_grad=True)
    seen = []
    w.register_hook(lambda g: seen.append(1))
    h = x * x
    y = h * w
    (g,) = torch.autograd.grad(y, h, retain_graph=True)
    (gx,) = torch.autograd.grad(y, x)
    return [g, gx, len(seen), x.grad is None, w.grad is None]
    """, """
    const x = torch.tensor([2], { requiresGrad: true }), w = torch.tensor([3], { requiresGrad: true });
    const seen = [];
    w.registerHook(() => void seen.push(1));
    const h = x.mul(x);
    const y = h.mul(w);
    const [g] = torch.autograd.grad(y, h, { retainGraph: true });
    const [gx] = torch.autograd.grad(y, x);
    return [g, gx, seen.length, x.grad === null, w.grad === null];
    """, note="grad leaves what it wasn't asked for alone")
f.program(
    """
    x, z = torch.tensor([1.0, 2.0], requires_grad=True), torch.tensor([3.0, 4.0], requires_grad=True)
    torch.autograd.backward([(x * z).sum(), x * 2], [None, torch.tensor([1.0, 10.0])])
    return [x.grad, z.grad]
    """, """
    const x = torch.tensor([1, 2], { requiresGrad: true }), z = torch.tensor([3, 4], { requiresGrad: true });
    torch.autograd.backward([x.mul(z).sum(), x.mul(2)], [null, torch.tensor([1, 10])]);
    return [x.grad, z.grad];
    """, note="backward of several")
f.program(
    """
    x, z = torch.tensor([1.0, 2.0], requires_grad=True), torch.tensor([3.0, 4.0], requires_grad=True)
    (x * z).sum().backward(inputs=[z])
    (x * z).sum().backward(inputs=[z])
    return [x.grad is None, z.grad]
    """, """
    const x = torch.tensor([1, 2], { requiresGrad: true }), z = torch.tensor([3, 4], { requiresGrad: true });
    x.mul(z).sum().backward(null, { inputs: [z] });
    x.mul(z).sum().backward(null, { inputs: [z] });
    return [x.grad === null, z.grad];
    """, note="backward into some inputs only")

# --- torch.autograd.functional --------------------------------------------------------------------------------------
X, W, V = "[[1.0, 2.0], [3.0, 0.5]]", "[0.5, -1.0]", "[[1.0, 0.0], [0.5, 2.0]]"
for name, python, js in (
    ("jacobian", "jacobian(lambda x: (x ** 2).sum(1), x)", "jacobian((x) => x.pow(2).sum(1), x)"),
    ("jacobian of two inputs", "jacobian(lambda x, w: x * w, (x, w))", "jacobian((x, w) => x.mul(w), [x, w])"),
    ("jacobian of two outputs", "jacobian(lambda x: (x.exp(), x.sum()), x)", "jacobian((x) => [x.exp(), x.sum()], x)"),
    ("jacobian of two and two", "jacobian(lambda x, w: ((x * w).sum(), w.exp()), (x, w))", "jacobian((x, w) => [x.mul(w).sum(), w.exp()], [x, w])"),
    ("jacobian of a constant", "jacobian(lambda x: torch.ones(2), x)", "jacobian((x) => torch.ones(2), x)"),
    ("hessian", "hessian(lambda x: (x ** 3).sum() + x.prod(), x)", "hessian((x) => x.pow(3).sum().add(x.prod()), x)"),
    ("hessian of two inputs", "hessian(lambda x, w: (x * w * w).sum(), (x, w))", "hessian((x, w) => x.mul(w).mul(w).sum(), [x, w])"),
    ("vjp", "vjp(lambda x: (x ** 2).sum(1), x, w)", "vjp((x) => x.pow(2).sum(1), x, w)"),
    ("vjp of a scalar", "vjp(lambda x: (x ** 2).sum(), x)", "vjp((x) => x.pow(2).sum(), x)"),
    ("vjp of two inputs", "vjp(lambda x, w: (x * w).sum(0), (x, w), w)", "vjp((x, w) => x.mul(w).sum(0), [x, w], w)"),
    ("jvp", "jvp(lambda x: x.exp().sum(1), x, v)", "jvp((x) => x.exp().sum(1), x, v)"),
    ("jvp of two inputs", "jvp(lambda x, w: x * w, (x, w), (v, w))", "jvp((x, w) => x.mul(w), [x, w], [v, w])"),
    ("vhp", "vhp(lambda x: (x ** 3).sum(), x, v)", "vhp((x) => x.pow(3).sum(), x, v)"),
    ("hvp", "hvp(lambda x: (x ** 3).sum() + x.prod(), x, v)", "hvp((x) => x.pow(3).sum().add(x.prod()), x, v)"),
    ("hvp of two inputs", "hvp(lambda x, w: (x * w * w).sum(), (x, w), (v, w))", "hvp((x, w) => x.mul(w).mul(w).sum(), [x, w], [v, w])"),
):
    f.program(f"x, w, v = torch.tensor({X}), torch.tensor({W}), torch.tensor({V})\nreturn [torch.autograd.functional.{python}]",
              f"const x = torch.tensor({X}), w = torch.tensor({W}), v = torch.tensor({V});\nreturn [torch.autograd.functional.{js}];", note=name)
f.program("x = torch.ones(2)\nreturn torch.autograd.functional.hessian(lambda x: x * 2, x)",
          "return torch.autograd.functional.hessian((x) => x.mul(2), torch.ones(2));", fails=True, note="hessian of a vector")
f.program("x = torch.ones(2)\nreturn torch.autograd.functional.vjp(lambda x: x * 2, x)",
          "return torch.autograd.functional.vjp((x) => x.mul(2), torch.ones(2));", fails=True, note="vjp without a vector")
f.program("x = torch.ones(2)\nreturn torch.autograd.functional.vjp(lambda x: x * 2, x, torch.ones(3))",
          "return torch.autograd.functional.vjp((x) => x.mul(2), torch.ones(2), torch.ones(3));", fails=True, note="vjp with a wrong vector")
f.program(
    """
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    j = torch.autograd.functional.jacobian(lambda x: x ** 3, x, create_graph=True)
    j.sum().backward()
    return [j.requires_grad, x.grad]
    """, """
    const x = torch.tensor([1, 2], { requiresGrad: true });
    const j = torch.autograd.functional.jacobian((x) => x.pow(3), x, { createGraph: true });
    j.sum().backward();
    return [j.requiresGrad, x.grad];
    """, note="jacobian that can be differentiated")

# --- operations of one's own ----------------------------------------------------------------------------------------
EXP_PY = """
class Exp(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = x.exp()
        ctx.save_for_backward(y)
        return y
    @staticmethod
    def backward(ctx, g):
        (y,) = ctx.saved_tensors
        return g * y
"""
EXP_JS = """
class Exp extends torch.autograd.Function {
  static forward(ctx, x) { const y = x.exp(); ctx.saveForBackward(y); return y; }
  static backward(ctx, g) { const [y] = ctx.savedTensors; return g.mul(y); }
}
"""


def body(text):
    import textwrap
    return textwrap.dedent(text).strip()


def function(python, js, note, fails=False, exp=True, words=None):
    f.program((EXP_PY if exp else "") + body(python), (EXP_JS if exp else "") + body(js), note=note, fails=fails, words=words)


function("""
x = torch.tensor([0.5, -1.0], requires_grad=True)
y = Exp.apply(x)
(g,) = torch.autograd.grad(y.sum(), x, create_graph=True)
(h,) = torch.autograd.grad(g.sum(), x)
return [y, g, h, y.grad_fn.name(), show(y), y.requires_grad, Exp.apply(x.detach()).requires_grad]
""", """
const x = torch.tensor([0.5, -1], { requiresGrad: true });
const y = Exp.apply(x);
const [g] = torch.autograd.grad(y.sum(), x, { createGraph: true });
const [h] = torch.autograd.grad(g.sum(), x);
return [y, g, h, y.gradFn.name, String(y), y.requiresGrad, Exp.apply(x.detach()).requiresGrad];
""", "twice through an operation of one's own")
function("""
x = torch.tensor([0.5, -1.0], requires_grad=True)
y = Exp.apply(x)
y.sum().backward()
y.sum().backward()
""", """
const x = torch.tensor([0.5, -1], { requiresGrad: true });
const y = Exp.apply(x);
y.sum().backward();
y.sum().backward();
""", "second backward", fails=True, words="Specify { retainGraph: true } if you need to backward")
function("""
x = torch.tensor([0.5, -1.0], requires_grad=True)
y = Exp.apply(x)
y.mul_(2)
y.sum().backward()
""", """
const x = torch.tensor([0.5, -1], { requiresGrad: true });
const y = Exp.apply(x);
y.mul_(2);
y.sum().backward();
""", "saved output changed in place", fails=True, words="is at version 1; expected version 0 instead")
function("""
class Scale(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, factor, w):
        ctx.factor = factor
        ctx.save_for_backward(x, w)
        return x * factor * w, x.long()
    @staticmethod
    def backward(ctx, g, unused):
        x, w = ctx.saved_tensors
        return g * ctx.factor * w if ctx.needs_input_grad[0] else None, None, (g * x * ctx.factor).sum(0) if ctx.needs_input_grad[2] else None
x, w = torch.ones(2, 3, requires_grad=True), torch.tensor([1.0, 2.0, 3.0])
a, b = Scale.apply(x, 3, w)
(a * torch.arange(6).reshape(2, 3)).sum().backward()
w2 = w.clone().requires_grad_()
c, d = Scale.apply(x.detach(), 2, w2)
c.sum().backward()
return [a, b, b.requires_grad, x.grad, w2.grad]
""", """
class Scale extends torch.autograd.Function {
  static forward(ctx, x, factor, w) {
    ctx.factor = factor;
    ctx.saveForBackward(x, w);
    return [x.mul(factor).mul(w), x.long()];
  }
  static backward(ctx, g) {
    const [x, w] = ctx.savedTensors;
    return [ctx.needsInputGrad[0] ? g.mul(ctx.factor).mul(w) : null, null, ctx.needsInputGrad[2] ? g.mul(x).mul(ctx.factor).sum(0) : null];
  }
}
const x = torch.ones(2, 3, { requiresGrad: true }), w = torch.tensor([1, 2, 3]);
const [a, b] = Scale.apply(x, 3, w);
a.mul(torch.arange(6).reshape(2, 3)).sum().backward();
const w2 = w.clone().requiresGrad_();
const [c] = Scale.apply(x.detach(), 2, w2);
c.sum().backward();
return [a, b, b.requiresGrad, x.grad, w2.grad];
""", "several inputs and outputs", exp=False)
function("""
seen = []
class Two(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.set_materialize_grads(False)
        return x * 2, x * 3
    @staticmethod
    def backward(ctx, a, b):
        seen.append(b is None)
        return a
class Constant(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = x * 2
        ctx.mark_non_differentiable(y)
        return x + 1, y
    @staticmethod
    def backward(ctx, a, b):
        seen.append(b.tolist())
        return a * 5
x = torch.ones(2, requires_grad=True)
Two.apply(x)[0].sum().backward()
a, b = Constant.apply(x)
a.sum().backward()
return [x.grad, a.requires_grad, b.requires_grad, seen]
""", """
const seen = [];
class Two extends torch.autograd.Function {
  static forward(ctx, x) { ctx.setMaterializeGrads(false); return [x.mul(2), x.mul(3)]; }
  static backward(ctx, a, b) { seen.push(b === null); return a; }
}
class Constant extends torch.autograd.Function {
  static forward(ctx, x) { const y = x.mul(2); ctx.markNonDifferentiable(y); return [x.add(1), y]; }
  static backward(ctx, a, b) { seen.push(b.tolist()); return a.mul(5); }
}
const x = torch.ones(2, { requiresGrad: true });
Two.apply(x)[0].sum().backward();
const [a, b] = Constant.apply(x);
a.sum().backward();
return [x.grad, a.requiresGrad, b.requiresGrad, seen];
""", "missing gradients and constants", exp=False)
function("""
class Double(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.mark_dirty(x)
        x.mul_(2)
        return x
    @staticmethod
    def backward(ctx, g):
        return g * 2
class Same(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x
    @staticmethod
    def backward(ctx, g):
        return g * 7
leaf = torch.tensor([1.0, 2.0], requires_grad=True)
x = leaf * 3
y = Double.apply(x)
(y * y).sum().backward()
z = Same.apply(leaf)
first = leaf.grad.clone()
z.sum().backward()
return [y, y is x, x.grad_fn.name(), first, leaf.grad, z is leaf, z.grad_fn.name(), leaf.is_leaf]
""", """
class Double extends torch.autograd.Function {
  static forward(ctx, x) { ctx.markDirty(x); x.mul_(2); return x; }
  static backward(ctx, g) { return g.mul(2); }
}
class Same extends torch.autograd.Function {
  static forward(ctx, x) { return x; }
  static backward(ctx, g) { return g.mul(7); }
}
const leaf = torch.tensor([1, 2], { requiresGrad: true });
const x = leaf.mul(3);
const y = Double.apply(x);
y.mul(y).sum().backward();
const z = Same.apply(leaf);
const first = leaf.grad.clone();
z.sum().backward();
return [y, y === x, x.gradFn.name, first, leaf.grad, z === leaf, z.gradFn.name, leaf.isLeaf];
""", "inputs changed in place, inputs handed back", exp=False)
for note, python, js in (
    ("too many", "return g, g", "return [g, g];"),
    ("for a number", "return g, g", "return [g, g];"),
    ("wrong shape", "return torch.ones(3)", "return torch.ones(3);"),
):
    number = ", 2" if note == "for a number" else ""
    more = ", k" if number else ""
    function(f"""
class Bad(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x{more}):
        return x * 2
    @staticmethod
    def backward(ctx, g):
        {python}
Bad.apply(torch.ones(2, requires_grad=True){number}).sum().backward()
""", f"""
class Bad extends torch.autograd.Function {{
  static forward(ctx, x{more}) {{ return x.mul(2); }}
  static backward(ctx, g) {{ {js} }}
}}
Bad.apply(torch.ones(2, {{ requiresGrad: true }}){number}).sum().backward();
""", f"gradients {note}", fails=True, exp=False)
function("""
class Half(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2
Half.apply(torch.ones(2, requires_grad=True)).sum().backward()
""", """
class Half extends torch.autograd.Function { static forward(ctx, x) { return x.mul(2); } }
Half.apply(torch.ones(2, { requiresGrad: true })).sum().backward();
""", "without backward", fails=True, exp=False)

# --- hooks ----------------------------------------------------------------------------------------------------------
f.program(
    """
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = x * 2
    order = []
    first = y.register_hook(lambda g: order.append("a"))
    y.register_hook(lambda g: (order.append("b"), g * 10)[1])
    y.register_hook(lambda g: (order.append(g.tolist()), None)[1])
    y.retain_grad()
    (y * y).sum().backward(retain_graph=True)
    grads = [x.grad.clone(), y.grad.clone()]
    first.remove()
    (y * y).sum().backward()
    return [order, *grads, x.grad, y.grad]
    """, """
    const x = torch.tensor([1, 2], { requiresGrad: true });
    const y = x.mul(2);
    const order = [];
    const first = y.registerHook(() => void order.push("a"));
    y.registerHook((g) => { order.push("b"); return g.mul(10); });
    y.registerHook((g) => void order.push(g.tolist()));
    y.retainGrad();
    y.mul(y).sum().backward(null, { retainGraph: true });
    const grads = [x.grad.clone(), y.grad.clone()];
    first.remove();
    y.mul(y).sum().backward();
    return [order, ...grads, x.grad, y.grad];
    """, note="hooks: order, replacement, removal")
f.program("torch.ones(2).register_hook(print)", "torch.ones(2).registerHook(() => {});", fails=True)
f.program("torch.ones(2).retain_grad()", "torch.ones(2).retainGrad();", fails=True)

# --- the graph ------------------------------------------------------------------------------------------------------
f.program(
    """
    x = torch.ones(2, requires_grad=True)
    y = (x * 2).sum()
    fn = y.grad_fn
    return [fn.name(), fn.next_functions[0][0].name(), fn.next_functions[0][1], type(fn.next_functions[0][0].next_functions[0][0]).__name__,
            fn.next_functions[0][0].next_functions[0][0].variable is x, x.is_leaf, y.is_leaf, y.detach().is_leaf, x.grad_fn is None, y.requires_grad, (x.detach() * 2).requires_grad]
    """, """
    const x = torch.ones(2, { requiresGrad: true });
    const y = x.mul(2).sum();
    const fn = y.gradFn;
    return [fn.name, fn.nextFunctions[0][0].name, fn.nextFunctions[0][1], fn.nextFunctions[0][0].nextFunctions[0][0].name,
      fn.nextFunctions[0][0].nextFunctions[0][0].variable === x, x.isLeaf, y.isLeaf, y.detach().isLeaf, x.gradFn === null, y.requiresGrad, x.detach().mul(2).requiresGrad];
    """)
for note, python, js in (
    ("backward of a vector", "(torch.ones(2, requires_grad=True) * 2).backward()", "torch.ones(2, { requiresGrad: true }).mul(2).backward();"),
    ("backward of a constant", "torch.ones(1).backward()", "torch.ones(1).backward();"),
    ("gradient of another shape", "(torch.ones(2, requires_grad=True) * 2).backward(torch.ones(3))", "torch.ones(2, { requiresGrad: true }).mul(2).backward(torch.ones(3));"),
    ("unused", "x = torch.ones(1, requires_grad=True)\ntorch.autograd.grad(x * 2, torch.ones(1, requires_grad=True))",
     "const x = torch.ones(1, { requiresGrad: true });\ntorch.autograd.grad(x.mul(2), torch.ones(1, { requiresGrad: true }));"),
    ("not wanting gradients", "x = torch.ones(1, requires_grad=True)\ntorch.autograd.grad(x * 2, torch.ones(1))",
     "const x = torch.ones(1, { requiresGrad: true });\ntorch.autograd.grad(x.mul(2), torch.ones(1));"),
    ("integers", "torch.ones(2, dtype=torch.int64).requires_grad_()", 'torch.ones(2, { dtype: "int32" }).requiresGrad_();'),
    ("flag of a result", "y = torch.ones(2, requires_grad=True) * 2\ny.requires_grad = False", "const y = torch.ones(2, { requiresGrad: true }).mul(2);\ny.requiresGrad = false;"),
    ("inputs empty", "torch.ones(1, requires_grad=True).mul(2).backward(inputs=[])", "torch.ones(1, { requiresGrad: true }).mul(2).backward(null, { inputs: [] });"),
    ("two leaves' second element", "torch.autograd.backward([torch.ones(1, requires_grad=True), torch.ones(1)])", "torch.autograd.backward([torch.ones(1, { requiresGrad: true }), torch.ones(1)]);"),
    ("changed hook size", "x = torch.ones(2, requires_grad=True)\nx.register_hook(lambda g: g[0:1])\n(x * 2).sum().backward()",
     "const x = torch.ones(2, { requiresGrad: true });\nx.registerHook((g) => g.narrow(0, 0, 1));\nx.mul(2).sum().backward();"),
):
    # "Specify retain_graph=True" and the like are spelled as Kindling's options, so these have no option in their words.
    if note == "unused":
        continue
    # PyTorch names a Python hook's function.
    f.program(python, js, fails=True, note=note, words="has changed the size of value" if note == "changed hook size" else None)
f.program(
    """
    x = torch.ones(2, requires_grad=True)
    (x * 2).sum().backward()
    g = x.grad
    (x * 3).sum().backward()
    x.grad.zero_()
    y = x * 2
    y.detach_()
    return [g, g is x.grad, y.requires_grad, y.grad_fn is None]
    """, """
    const x = torch.ones(2, { requiresGrad: true });
    x.mul(2).sum().backward();
    const g = x.grad;
    x.mul(3).sum().backward();
    x.grad.zero_();
    const y = x.mul(2);
    y.detach_();
    return [g, g === x.grad, y.requiresGrad, y.gradFn === null];
    """, note="grad is one tensor that accumulates")

f.program("with torch.autograd.detect_anomaly():\n    x = torch.zeros(2, requires_grad=True)\n    (x.sqrt() * 0).sum().backward()",
          "const x = torch.zeros(2, { requiresGrad: true });\ntorch.autograd.detectAnomaly(() => x.sqrt().mul(0).sum().backward());", fails=True, note="a gradient that isn't a number is found")

f.program(
    """
    x = torch.ones(2, requires_grad=True)
    y = x * 2
    y.retain_grad()
    y.mul_(3)
    (y * y).sum().backward()
    return [y.grad, x.grad]
    """, """
    const x = torch.ones(2, { requiresGrad: true });
    const y = x.mul(2);
    y.retainGrad();
    y.mul_(3);
    y.mul(y).sum().backward();
    return [y.grad, x.grad];
    """, note="a kept gradient is that of the changed value")
f.program(
    """
    p = nn.Parameter(torch.ones(2, 2))
    values = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    p.data = values.t()
    (p * p).sum().backward()
    p.data.add_(1)
    p.data[0] = 0
    return [p, p.grad, values, p.is_leaf, p.requires_grad]
    """, """
    const p = new nn.Parameter(torch.ones(2, 2));
    const values = torch.tensor([[1, 2], [3, 4]]);
    p.data = values.t();
    p.mul(p).sum().backward();
    p.data.add_(1);
    p.data.setAt(0, 0);
    return [p, p.grad, values, p.isLeaf, p.requiresGrad];
    """, note="data read and assigned")
f.program("x = torch.ones(2, requires_grad=True)\nx.grad = torch.ones(3)", "torch.ones(2, { requiresGrad: true }).grad = torch.ones(3);", fails=True)
f.program("x = torch.ones(2, requires_grad=True)\nx.data = torch.ones(2).long()", "torch.ones(2, { requiresGrad: true }).data = torch.ones(2).long();", fails=True)
f.program("x = torch.ones(2)\nx.data = torch.arange(3)\nreturn [x]", "const x = torch.ones(2);\nx.data = torch.arange(3);\nreturn [x];")

# --- modes ----------------------------------------------------------------------------------------------------------
f.program(
    """
    x = torch.ones(2, requires_grad=True)
    seen = [torch.is_grad_enabled()]
    with torch.no_grad():
        seen.append((x * 2).requires_grad)
        with torch.enable_grad():
            seen.append((x * 2).requires_grad)
    with torch.set_grad_enabled(False):
        seen.append(torch.is_grad_enabled())
    torch.set_grad_enabled(False)
    seen.append((x * 2).requires_grad)
    torch.set_grad_enabled(True)
    seen.append(torch.is_grad_enabled())
    with torch.inference_mode():
        y = x * 2
        z = x.view(2)
        seen += [y.requires_grad, y.is_inference(), z.is_inference(), x.is_inference(), torch.is_inference_mode_enabled()]
        with torch.inference_mode(False):
            seen.append((x * 2).requires_grad)
    return seen + [y.is_inference(), y.clone().is_inference(), torch.is_inference_mode_enabled(), (y + 1).requires_grad, (x + y).requires_grad]
    """, """
    const x = torch.ones(2, { requiresGrad: true });
    const seen = [torch.isGradEnabled()];
    torch.noGrad(() => {
      seen.push(x.mul(2).requiresGrad);
      torch.enableGrad(() => seen.push(x.mul(2).requiresGrad));
    });
    torch.setGradEnabled(false, () => seen.push(torch.isGradEnabled()));
    torch.setGradEnabled(false);
    seen.push(x.mul(2).requiresGrad);
    torch.setGradEnabled(true);
    seen.push(torch.isGradEnabled());
    let y;
    torch.inferenceMode(() => {
      y = x.mul(2);
      const z = x.view(2);
      seen.push(y.requiresGrad, y.isInference(), z.isInference(), x.isInference(), torch.isInferenceModeEnabled());
      torch.inferenceMode(false, () => seen.push(x.mul(2).requiresGrad));
    });
    return [...seen, y.isInference(), y.clone().isInference(), torch.isInferenceModeEnabled(), y.add(1).requiresGrad, x.add(y).requiresGrad];
    """, note="grad modes")
for note, python, js in (
    ("saved", "(torch.ones(2, requires_grad=True) * y).sum()", "torch.ones(2, { requiresGrad: true }).mul(y).sum();"),
    ("changed in place", "y.add_(1)", "y.add_(1);"),
    ("wants gradients", "y.requires_grad_()", "y.requiresGrad_();"),
):
    f.program(f"with torch.inference_mode():\n    y = torch.ones(2) * 2\n{python}", f"const y = torch.inferenceMode(() => torch.ones(2).mul(2));\n{js}", fails=True, note=f"inference tensor {note}")
f.program("return [torch.autograd.gradcheck(lambda x: x.double().sin().sum(), torch.ones(2, dtype=torch.double, requires_grad=True))]",
          "return [torch.autograd.gradcheck((x) => x.sin().sum(), torch.ones(2, { requiresGrad: true }))];", note="gradcheck")
