"""Printed tensors, character for character."""
from parity import Family, torch

family = Family("printing")
f = family


def show(values, dtype=None, note=""):
    f.shown("torch.clone", f.V(values, grad=False, dtype=dtype), note=note)


NAN, INF = float("nan"), float("inf")
for values in (
    [1.5, 2.0, -3.25], [1.0, 2.0, 3.0], [100.0, -1.0], [0.0], [0.0, -0.0], [], [1e-5, 1.0], [1e-5], [0.5, 2000.0], [1.0, 2000.0],
    [1e9], [123456.0], [99999.5], [1e-4, 0.05], [NAN], [INF, 1.0], [-INF, 1.5, NAN], [NAN, 1e-6], [NAN, 3.0, -INF], [1e30, 1.0],
    [0.03125, 0.00005], [1.00005, 2.00015], [0.5, -0.5, 1.5], [12345.5, 123445.0], [1e-38, 1.0], [3e-45],
    [1, 2, 3], [-1, 100, 7], [True, False], [True], [1.0 / 3, 2.0 / 3], [16777216.0, 1.0], [2.5, 1234.625],
):
    show(values)
for value in (1.5, 2.0, 1e-6, 1e10, -0.0, NAN, INF, -INF, 7, True, False):
    show(value)
for values in ([[1.0, 2.0], [3.0, 4.0]], [[1, 2], [3, 4]], [[[1.5]], [[2.5]]], [[[[1.0, 2.0]], [[3.0, 4.0]]]] * 2, [[True, False], [False, True]], [[]], [[[], []]]):
    show(values)
show([1, 2, 255], dtype="uint8")
show([[1], [20]], dtype="uint8")
show([], dtype="uint8")
show([], dtype="int32")
show([], dtype="bool")
for shape in ((30,), (3, 30), (2, 2, 12), (1, 1, 1, 1, 3), (40, 1)):
    f.shown("torch.clone", f.T(*shape, grad=False))
for shape in ((0, 3), (2, 0), (1, 0, 2)):
    f.shown("torch.zeros", *shape)
f.shown("torch.arange", 20)
f.shown("torch.arange", 100)
f.shown("torch.arange", 1000)
for count in (1001, 5000, 100000):
    f.shown("torch.arange", count, note="summarised")
f.shown("torch.zeros", 1001)
f.shown("torch.zeros", 100, 100)
f.shown("torch.zeros", 4, 300)
f.shown("torch.zeros", 300, 4)
f.shown("torch.ones", 20, 20, 20)
f.shown("torch.ones", 2, 7, 8, 10)
f.shown("torch.ones", 1001, dtype=torch.bool, note="summarised")
f.shown("torch.eye", 3)
f.shown("torch.full", [2, 2], 1e-7)

# What stands behind the values.
f.shown("torch.clone", f.T(2), note="a gradient function")
f.shown("torch.clone", f.T(3, 6), note="a gradient function")
for body, js in (
    ("return [show(torch.ones(2, requires_grad=True))]", "return [String(torch.ones(2, { requiresGrad: true }))]"),
    ("return [show(torch.tensor(1.5, requires_grad=True))]", "return [String(torch.tensor(1.5, { requiresGrad: true }))]"),
    ("return [show(torch.zeros(0, 3, requires_grad=True))]", "return [String(torch.zeros(0, 3, { requiresGrad: true }))]"),
    ("return [show(torch.ones(8, requires_grad=True) * 3.125)]", "return [String(torch.ones(8, { requiresGrad: true }).mul(3.125))]"),
    ("return [show(torch.ones(7, requires_grad=True) * 3.125)]", "return [String(torch.ones(7, { requiresGrad: true }).mul(3.125))]"),
    ("return [show(torch.ones(2, 9, requires_grad=True) * 3.125)]", "return [String(torch.ones(2, 9, { requiresGrad: true }).mul(3.125))]"),
    ("return [show(nn.Parameter(torch.ones(2, 2)))]", "return [String(new nn.Parameter(torch.ones(2, 2)))]"),
    ("return [show(nn.Parameter(torch.ones(2), requires_grad=False))]", "return [String(new nn.Parameter(torch.ones(2), { requiresGrad: false }))]"),
):
    f.program(body, js)

# Gradient functions have PyTorch's names. Not here: reshape and norm, whose names PyTorch 2 changed;
# and split, unbind and repeat, which Kindling composes of others.
for expression in (
    "x + x", "x - 1", "x * 2", "x / 2", "x ** 2", "-x", "x.exp()", "x.log()", "x.sqrt()", "x.relu()", "x.sigmoid()", "x.tanh()", "x.abs()", "x.sum()", "x.sum(1)",
    "x.mean()", "x.mean(0)", "x.max()", "x.t()", "x.T", "x.view(4)", "x.transpose(0, 1)", "x.permute(1, 0)", "x.unsqueeze(0)", "x.squeeze()",
    "x.squeeze(0)", "x.select(0, 1)", "x.narrow(0, 0, 1)", "x.expand(3, 2, 2)", "x.clone()", "x.matmul(x)", "x.mm(x)", "x.clamp(0, 1)", "x.softmax(1)",
    "x.log_softmax(1)", "x.std()", "x.var()", "x.cumsum(0)", "x.prod()", "x.sin()", "x.cos()", "x.reciprocal()",
    "x.gather(0, torch.zeros(1, 2).long())", "x.floor()", "x.erf()", "x.flip(0)", "x.masked_fill(x > 1, 0)",
    "x.index_select(0, torch.zeros(1).long())", "x.tril()", "x.triu()", "x.contiguous().clone()",
):
    js = {"x + x": "x.add(x)", "x - 1": "x.sub(1)", "x * 2": "x.mul(2)", "x / 2": "x.div(2)", "x ** 2": "x.pow(2)", "-x": "x.neg()"}.get(expression)
    js = js or expression.replace("x > 1", "x.gt(1)").replace("log_softmax", "logSoftmax").replace("masked_fill", "maskedFill").replace("index_select", "indexSelect")
    f.program(f"x = torch.ones(2, 2, requires_grad=True)\nreturn [({expression}).grad_fn.name()]",
              f"const x = torch.ones(2, 2, {{ requiresGrad: true }});\nreturn [{js}.gradFn.name];", note=expression)

# Also of what PyTorch computes in one step, and Kindling in several. Names of products are those that PyTorch shows for the shape.
for python, js in (
    *((f"F.linear(torch.ones({shape}), w{bias})", f"nn.functional.linear(torch.ones({shape}), w{bias})")
      for shape in ("4", "2, 4", "3, 2, 4", "5, 3, 2, 4") for bias in ("", ", b")),
    ("F.linear(torch.ones(2, 3, 4).transpose(0, 1), w, b)", "nn.functional.linear(torch.ones(2, 3, 4).transpose(0, 1), w, b)"),
    ("w.matmul(torch.ones(4))", "w.matmul(torch.ones(4))"), ("b.matmul(w)", "b.matmul(w)"), ("b.dot(b)", "b.dot(b)"),
    ("torch.ones(2, 5, 3).matmul(w)", "torch.ones(2, 5, 3).matmul(w)"), ("torch.ones(2, 5, 3).matmul(w.expand(2, 3, 4))", "torch.ones(2, 5, 3).matmul(w.expand(2, 3, 4))"),
    ("torch.addmm(b, w, torch.ones(4, 3))", "torch.addmm(b, w, torch.ones(4, 3))"), ("torch.stack([b, b])", "torch.stack([b, b])"),
    ("w.logsumexp(1)", "w.logsumexp(1)"), ("w.trace()", "w.trace()"), ("torch.addcmul(w, w, w)", "torch.addcmul(w, w, w)"),
    ("w.masked_select(w > 0)", "w.maskedSelect(w.gt(0))"), ("w.take(torch.tensor([0, 3]))", "w.take(torch.tensor([0, 3]))"),
    ("w.index_add(0, torch.tensor([0]), torch.ones(1, 4))", "w.indexAdd(0, torch.tensor([0]), torch.ones(1, 4))"),
    ("w.masked_scatter(w > 0, torch.ones(3, 4))", "w.maskedScatter(w.gt(0), torch.ones(3, 4))"),
    *((f"F.{name}(w)", f"nn.functional.{name}(w)") for name in ("celu", "selu", "glu", "hardshrink", "softshrink", "hardtanh", "relu6")),
    ("F.threshold(w, 0.5, 0)", "nn.functional.threshold(w, 0.5, 0)"), ("F.prelu(w, b[:1])", "nn.functional.prelu(w, b.narrow(0, 0, 1))"),
    ("F.group_norm(w, 2)", "nn.functional.groupNorm(w, 2)"),
    ("F.conv1d(torch.ones(1, 4, 9), w.unsqueeze(2))", "nn.functional.conv1d(torch.ones(1, 4, 9), w.unsqueeze(2))"),
    ("F.conv3d(torch.ones(1, 4, 2, 2, 2), w.view(3, 4, 1, 1, 1))", "nn.functional.conv3d(torch.ones(1, 4, 2, 2, 2), w.view(3, 4, 1, 1, 1))"),
    ("F.conv_transpose1d(torch.ones(1, 3, 9), w.unsqueeze(2))", "nn.functional.convTranspose1d(torch.ones(1, 3, 9), w.unsqueeze(2))"),
    ("F.mse_loss(w, torch.zeros(3, 4))", "nn.functional.mseLoss(w, torch.zeros(3, 4))"),
    ("F.mse_loss(w, torch.zeros(3, 4), reduction='none')", 'nn.functional.mseLoss(w, torch.zeros(3, 4), "none")'),
    ("F.smooth_l1_loss(w, torch.zeros(3, 4))", "nn.functional.smoothL1Loss(w, torch.zeros(3, 4))"), ("F.huber_loss(w, torch.zeros(3, 4))", "nn.functional.huberLoss(w, torch.zeros(3, 4))"),
    ("F.binary_cross_entropy(w, torch.zeros(3, 4))", "nn.functional.binaryCrossEntropy(w, torch.zeros(3, 4))"),
    ("F.binary_cross_entropy_with_logits(w, torch.zeros(3, 4))", "nn.functional.binaryCrossEntropyWithLogits(w, torch.zeros(3, 4))"),
    ("F.soft_margin_loss(w, torch.ones(3, 4))", "nn.functional.softMarginLoss(w, torch.ones(3, 4))"),
    ("F.cross_entropy(w, torch.tensor([0, 1, 2]))", "nn.functional.crossEntropy(w, torch.tensor([0, 1, 2]))"),
    ("F.cross_entropy(w.unsqueeze(2), torch.tensor([[0], [1], [2]]))", "nn.functional.crossEntropy(w.unsqueeze(2), torch.tensor([[0], [1], [2]]))"),
):
    f.program(f"w, b = torch.ones(3, 4, requires_grad=True), torch.ones(3, requires_grad=True)\nreturn [({python}).grad_fn.name()]",
              f"const [w, b] = [torch.ones(3, 4, {{ requiresGrad: true }}), torch.ones(3, {{ requiresGrad: true }})];\nreturn [{js}.gradFn.name];", note=python)

# Print options.
SAMPLE = "[0.12345678, 12.5, 100.0]"
for python, js in (
    ("precision=2", "{ precision: 2 }"), ("precision=6", "{ precision: 6 }"), ("precision=0", "{ precision: 0 }"), ("sci_mode=True", "{ sciMode: true }"),
    ("sci_mode=False", "{ sciMode: false }"), ("profile='short'", '{ profile: "short" }'), ("profile='full'", '{ profile: "full" }'), ("linewidth=40", "{ linewidth: 40 }"),
    ("threshold=5", "{ threshold: 5 }"), ("threshold=5, edgeitems=1", "{ threshold: 5, edgeitems: 1 }"), ("profile='short', precision=3", '{ profile: "short", precision: 3 }'),
):
    f.program(
        f"""
        torch.set_printoptions({python})
        texts = [show(torch.tensor({SAMPLE})), show(torch.tensor([1e-6, 1.5])), show(torch.tensor([1.0, 2.0])), show(torch.arange(30)), show(torch.zeros(2, 8, 2)), show(torch.tensor([12345.5, 1e20]))]
        torch.set_printoptions(profile='default')
        return texts + [show(torch.tensor({SAMPLE}))]
        """,
        f"""
        torch.setPrintoptions({js});
        const tensors = [torch.tensor({SAMPLE}), torch.tensor([1e-6, 1.5]), torch.tensor([1, 2]), torch.arange(30), torch.zeros(2, 8, 2), torch.tensor([12345.5, 1e20])];
        const texts = tensors.map(String);
        torch.setPrintoptions({{ profile: "default" }});
        return [...texts, String(torch.tensor({SAMPLE}))];
        """, note=python)
