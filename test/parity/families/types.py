"""Integers and truth values given to element-wise functions: what they give, and where PyTorch has nothing for them."""
from parity import Family

family = Family("types")
f = family
MASK, OTHER = f.V([True, False, True]), f.V([True, True, False])
WHOLE, FLOATS = f.V([1, 2, 3]), f.V([0.5, -1.5, 2.0], grad=False)

# --- truth values aren't numbers everywhere
for args in ((MASK, OTHER), (MASK, 1), (MASK, WHOLE), (WHOLE, MASK), (MASK, FLOATS)):
    f.error("torch.sub", *args)
f.error("torch.sub", FLOATS, True)
f.error("torch.rsub", MASK, 1)
f.error("Tensor.sub_", WHOLE, MASK)
f.error("torch.neg", MASK)
f.error("Tensor.neg_", MASK)
f.error("torch.positive", MASK)
for name in ("abs", "floor", "ceil", "round", "trunc", "frac", "relu"):
    f.error(f"torch.{name}", MASK)
for name in ("pow", "fmod", "remainder", "floor_divide", "gcd", "lcm", "bitwise_left_shift", "bitwise_right_shift", "hypot", "nextafter", "logaddexp", "logaddexp2"):
    f.error(f"torch.{name}", MASK, OTHER)
for mode in ("floor", "trunc"):
    f.error("torch.div", MASK, OTHER, rounding_mode=mode)
f.error("torch.addcmul", MASK, MASK, MASK)
for name in ("celu", "elu", "gelu", "glu", "hardshrink", "hardsigmoid", "hardswish", "hardtanh", "leaky_relu", "logsigmoid", "mish", "relu", "relu6", "selu", "silu", "softplus", "softshrink",
             "softsign", "tanhshrink"):
    f.error(f"F.{name}", MASK)
f.error("F.threshold", MASK, 0.5, 1.0)
f.error("F.dropout", MASK)
for name, value in (("add_", 1), ("mul_", WHOLE), ("clamp_", 1)):
    f.error(f"Tensor.{name}", MASK, value, words="can't be cast to the desired output type Bool")

# --- floats only
for name in ("celu", "elu", "gelu", "hardshrink", "hardsigmoid", "hardswish", "leaky_relu", "logsigmoid", "mish", "selu", "silu", "softplus", "softshrink", "dropout"):
    f.error(f"F.{name}", WHOLE)
f.error("F.glu", f.V([1, 2]))
for name in ("hypot", "nextafter", "logaddexp", "logaddexp2"):
    f.error(f"torch.{name}", WHOLE, WHOLE)
f.error("torch.gcd", FLOATS, FLOATS)
f.error("torch.frac", WHOLE)
f.error("torch.frexp", WHOLE)
f.error("torch.bernoulli", WHOLE)
f.error("torch.multinomial", WHOLE, 1)
f.error("Tensor.exponential_", WHOLE)
f.error("torch.lerp", WHOLE, WHOLE, 0.5)
f.error("torch.lerp", FLOATS, WHOLE, 0.5)
f.error("torch.lerp", FLOATS, FLOATS, WHOLE)
f.error("torch.heaviside", FLOATS, WHOLE)
f.error("torch.addcdiv", FLOATS, WHOLE, WHOLE, words="Integer division with addcdiv is no longer supported")
f.error("torch.where", FLOATS, FLOATS, FLOATS)
f.error("torch.where", WHOLE, FLOATS, FLOATS)
f.error("Tensor.masked_fill", FLOATS, MASK, f.V([1.0, 2.0, 3.0], grad=False))

# --- what they give
for name in ("add", "mul", "bitwise_and", "bitwise_or", "bitwise_xor"):
    for value in (True, False):
        f.op(f"torch.{name}", MASK, value)
        f.op(f"torch.{name}", WHOLE, value)
    f.op(f"Tensor.{name}_", MASK, True)
f.op("torch.where", MASK, True, False)
f.op("torch.where", MASK, OTHER, False)
f.op("torch.where", MASK, WHOLE, True)
f.op("torch.where", MASK, 0.5, True)
f.op("Tensor.masked_fill", MASK, OTHER, 1)
f.op("Tensor.masked_fill", MASK, OTHER, True)
f.op("Tensor.masked_fill", WHOLE, MASK, 1.5)
f.op("Tensor.masked_fill", WHOLE, MASK, f.V(7.5, grad=False))
f.op("Tensor.masked_fill_", WHOLE, MASK, 1.5)
f.op("torch.clamp", MASK, 0, 1)
f.op("torch.clamp", WHOLE, 1.5, 2.5)
f.op("torch.rsub", WHOLE, 5, alpha=2)
f.op("torch.rsub", f.T(3), f.T(3), alpha=0.5, double=True)
f.op("torch.copysign", WHOLE, -0.0)
f.op("torch.allclose", f.V([1.0], grad=False), f.V([float("inf")], grad=False))
f.op("torch.isclose", f.V([1.0], grad=False), f.V([float("inf")], grad=False))
for name in ("clamp", "clip", "clamp_"):
    f.error(f"Tensor.{name}", FLOATS)
    f.error(f"Tensor.{name}", FLOATS, None, None)
f.error("torch.clamp", WHOLE)
