"""Optional arguments by position and by name give the same."""
from parity import Family, torch, nn

family = Family("arguments")
f = family
x = f.T(3, 4)
for target, args, forms in (
    ("torch.sum", (1, True), ("k.sum(x, 1, true)", "k.sum(x, 1, { keepdim: true })", "k.sum(x, { dim: 1, keepdim: true })", "x.sum({ dim: 1, keepdim: true })", "x.sum(1, true)")),
    ("torch.mean", (0,), ("x.mean({ dim: 0 })", "k.mean(x, { dim: [0] })")),
    ("torch.argmax", (1,), ("x.argmax({ dim: 1 })", "k.argmax(x, 1)")),
    ("torch.softmax", (1,), ("x.softmax({ dim: 1 })", "k.softmax(x, { dim: 1 })", "k.nn.functional.softmax(x, { dim: 1 })")),
    ("torch.clamp", (0,), ("x.clamp({ min: 0 })", "k.clamp(x, { min: 0 })", "x.clamp(0)")),
    ("torch.topk", (2, 1, False), ("x.topk(2, 1, false)", "x.topk(2, { dim: 1, largest: false })", "k.topk(x, 2, { dim: 1, largest: false })")),
    ("torch.sort", (1, True), ("x.sort({ dim: 1, descending: true })", "x.sort(1, { descending: true })", "x.sort(1, true)")),
    ("torch.max", (1, True), ("x.max({ dim: 1, keepdim: true })", "x.max(1, true)")),
    ("torch.var", (1, False), ("x.var(1, false)", "x.var({ dim: 1, unbiased: false })")),
    ("torch.norm", (2, 1), ("x.norm({ p: 2, dim: 1 })", "x.norm(2, 1)", "x.norm({ dim: 1 })")),
    ("torch.flatten", (), ("x.flatten()", "x.flatten({ startDim: 0 })", "new k.nn.Flatten({ startDim: 0 })(x)")),
    ("torch.tril", (1,), ("x.tril({ diagonal: 1 })", "k.tril(x, { diagonal: 1 })")),
    ("torch.median", (1,), ("x.median({ dim: 1 })", "x.median(1)")),
    ("torch.quantile", (0.5, 1), ("x.quantile(0.5, { dim: 1 })", "x.quantile(0.5, 1)")),
    ("F.leaky_relu", (0.2,), ("k.nn.functional.leakyRelu(x, { negativeSlope: 0.2 })", "k.nn.functional.leakyRelu(x, 0.2)")),
    ("F.layer_norm", ([4],), ("k.nn.functional.layerNorm(x, [4], { eps: 1e-5 })", "k.nn.functional.layerNorm(x, [4])")),
    ("F.log_softmax", (1,), ("new k.nn.LogSoftmax({ dim: 1 })(x)", "new k.nn.LogSoftmax(1)(x)")),
):
    for form in forms:
        f.op(target, x, *args, js=f"(k, x) => {form}")
f.op("F.dropout", x, p=0.3, training=True, seed=0)
f.op("F.dropout", x, 0.3, True, seed=0)
f.op("F.dropout", x, 0.3, training=False, seed=0)
f.op("F.batch_norm", x, f.T(4, grad=False), f.T(4, low=0.5, high=1, grad=False), weight=f.T(4), bias=f.T(4))
f.op("F.batch_norm", x, f.T(4, grad=False), f.T(4, low=0.5, high=1, grad=False), training=True)
f.op("torch.cat", [f.T(2, 3), f.T(2, 3)], dim=1)
f.op("torch.stack", [f.T(2, 3), f.T(2, 3)], dim=1)
f.op("F.one_hot", f.V([0, 2, 1]), num_classes=4)
