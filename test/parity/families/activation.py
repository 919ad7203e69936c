"""Nonlinearities, as functions and as modules."""
from parity import Family, torch, nn

family = Family("activation")
f = family
x = lambda *s: f.T(*(s or (2, 6)), low=-4, high=4)
for name in "elu celu selu glu hardshrink hardsigmoid hardswish hardtanh logsigmoid mish relu relu6 silu softplus softshrink softsign tanhshrink gelu leaky_relu sigmoid tanh".split():
    second = name in "elu celu selu glu hardshrink hardtanh relu relu6 softshrink softsign tanhshrink sigmoid tanh leaky_relu mish silu gelu softplus".split() and name not in ("celu", "selu", "elu")
    f.op(f"F.{name}", x(), double=second and name not in ("mish", "silu", "gelu", "softplus"))
    f.op(f"F.{name}", f.T(6, 2, layout="transposed"))
    if name != "glu":
        f.op(f"F.{name}", x(0, 3))
f.op("F.elu", x(), 0.5)
f.op("F.celu", x(), 2.0)
f.op("F.gelu", x(), approximate="tanh")
f.op("F.glu", x(4, 3), 0)
f.op("F.hardtanh", x(), -2.0, 0.5)
f.op("F.softplus", x(), beta=2, threshold=3)
f.op("F.threshold", x(), 0.5, 20.0)
f.op("F.softmin", x(), 1)
f.op("F.prelu", x(), f.V([0.2]))
f.op("F.prelu", x(2, 3, 4), f.V([0.1, 0.2, 0.3]))
f.op("F.rrelu", x(3, 8), training=True, seed=0)
f.op("F.rrelu", x(3, 8))
f.op("F.gumbel_softmax", x(3, 4), seed=0)
f.op("F.gumbel_softmax", x(5, 4), tau=0.5, hard=True, seed=1)
for name in "ELU CELU SELU GLU Hardshrink Hardsigmoid Hardswish Hardtanh LogSigmoid Mish ReLU ReLU6 SiLU Softplus Softshrink Softsign Tanhshrink GELU LeakyReLU Sigmoid Tanh PReLU RReLU".split():
    f.module(f"nn.{name}", inputs=[x()])
for name in "ELU CELU SELU Hardswish Hardtanh Mish ReLU6 SiLU RReLU".split():
    case = dict(inplace=True)
    f.module(f"nn.{name}", **case)
f.module("nn.ELU", 0.5, inputs=[x()])
f.module("nn.Hardtanh", -2, 2, inputs=[x()])
f.module("nn.Hardtanh", -2.5, 0.5, inputs=[x()])
f.module("nn.LeakyReLU", 0.2, inputs=[x()])
f.module("nn.PReLU", 3, inputs=[x(2, 3, 2)])
f.module("nn.PReLU", init=0.1, inputs=[x()])
f.module("nn.RReLU", 0.1, 0.3, inputs=[x()])
f.module("nn.Softmax2d", inputs=[x(2, 3, 2, 2)])
f.module("nn.Softmin", 1, inputs=[x()])
f.module("nn.Softplus", 2, 10, inputs=[x()])
f.module("nn.Threshold", 0.1, 20, inputs=[x()])
f.module("nn.GLU", 0, inputs=[x(4, 3)])
f.module("nn.Hardshrink", 0.3, inputs=[x()])
f.error("F.glu", f.T(3))
f.error("F.prelu", f.T(2, 3), f.V([0.1, 0.2]))

# --- negative alphas, and results that are changed afterwards
for name in ("elu", "celu"):
    for alpha in (-0.5, -2.0, 0.3):
        f.op(f"F.{name}", x(), alpha, double=True)
f.op("F.leaky_relu", x(), -0.3, double=True)
f.op("F.softplus", x(), -1.5, 3.0, double=True)
f.op("F.elu", f.V([-200.0, -1.0, 0.0, 1.0, 200.0]), 1.5, double=True)
f.program("""
x = torch.tensor([-1.5, -0.5, 0.5, 2.0], requires_grad=True)
y = F.elu(x, 0.7)
y.mul_(3)
y.sum().backward()
return [y, x.grad]
""", """
const x = torch.tensor([-1.5, -0.5, 0.5, 2], { requiresGrad: true });
const y = nn.functional.elu(x, 0.7);
y.mul_(3);
y.sum().backward();
return [y, x.grad];
""")
f.program("""
x = torch.tensor([-1.5, -0.5, 0.5, 2.0], requires_grad=True)
y = F.elu(x * 2, 0.7, inplace=True)
y.sum().backward()
return [y, x.grad]
""", """
const x = torch.tensor([-1.5, -0.5, 0.5, 2], { requiresGrad: true });
const y = nn.functional.elu(x.mul(2), 0.7, { inplace: true });
y.sum().backward();
return [y, x.grad];
""")
