"""Functions of single elements and of pairs."""
from parity import Family, torch

family = Family("pointwise")
f = family
INF, NAN = float("inf"), float("nan")

ANY = "abs neg exp expm1 sin cos tanh sigmoid relu erf erfc sinh cosh asinh atan square deg2rad rad2deg exp2 sinc floor ceil trunc sign frac fix sgn positive tan i0".split()
POSITIVE = "log log2 log10 log1p sqrt rsqrt reciprocal lgamma digamma".split()
UNIT = "asin acos atanh erfinv logit".split()
for name in ANY:
    double = name not in ("floor", "ceil", "trunc", "sign", "fix", "sgn", "i0", "sinc", "positive")
    f.op(f"torch.{name}", f.T(2, 3), double=double)
    f.op(f"Tensor.{name}", f.T(4, 3, layout="transposed"))
    f.op(f"torch.{name}", f.T(0, 3))
    f.op(f"torch.{name}", f.T())
for name in POSITIVE:
    f.op(f"torch.{name}", f.T(2, 3, low=0.2, high=4), double=name not in ("digamma", "lgamma"))
    f.op(f"Tensor.{name}", f.T(3, 2, low=0.2, high=4, layout="transposed"))
for name in UNIT:
    f.op(f"torch.{name}", f.T(2, 3, low=-0.9 if name != "logit" else 0.1, high=0.9), double=True)
f.op("torch.acosh", f.T(2, 3, low=1.1, high=4), double=True)
f.op("torch.logit", f.T(2, 3, low=-0.5, high=1.5), eps=0.1, js="(k, x, o) => k.logit(x, o.eps)")
for name in "lgamma digamma".split():
    f.op(f"torch.{name}", f.V([-1.5, -0.3, 0.1, 12.5, 100.0]), rtol=1e-3 if name == "digamma" else None)
SPECIAL = [0.0, -0.0, 1.0, -1.0, INF, -INF, NAN]
for name in "abs exp log sqrt tanh sigmoid relu floor sign erf isnan isinf isfinite isposinf isneginf signbit reciprocal nan_to_num cosh atan log1p".split():
    f.op(f"torch.{name}", f.V(SPECIAL, grad=False))
f.op("torch.round", f.V([0.5, 1.5, 2.5, -0.5, -1.5, 2.4]))
f.op("torch.round", f.V([1.2345, 12.345, -0.5555]), decimals=2)
f.op("torch.round", f.V([1234.5, 12.345, 555.0]), decimals=-2)
f.op("torch.abs", f.V([-1, 2, -3]))
f.op("torch.neg", f.V([-1, 2, -3]))
f.op("torch.frexp", f.V([1.0, 0.3, -8.0, 0.0, 5.5], grad=False))
f.op("torch.bitwise_not", f.V([-1, 0, 5]))
f.op("torch.bitwise_not", f.B(4))
f.op("torch.logical_not", f.V([0.0, 1.5], grad=False))
f.op("torch.isreal", f.T(2, grad=False))
f.op("torch.clamp", f.T(2, 3), -0.5, 0.5, double=True)
f.op("torch.clamp", f.T(2, 3), -0.5, js="(k, x, min) => k.clamp(x, min)")
f.op("Tensor.clamp", f.T(2, 3), None, 0.5)
f.op("torch.clamp", f.T(2, 3), f.T(3), f.T(2, 1))
f.op("torch.clamp", f.V([-3, 1, 7]), 0, 5)
f.op("Tensor.clamp_min", f.T(2, 3), 0.1)
f.op("Tensor.clamp_max", f.T(2, 3), 0.1)
f.error("torch.clamp", f.T(2))

# pairs
for name in "add sub mul div maximum minimum fmax fmin atan2 hypot logaddexp logaddexp2".split():
    f.op(f"torch.{name}", f.T(2, 3), f.T(2, 3), double=name not in ("maximum", "minimum", "fmax", "fmin"))
    f.op(f"torch.{name}", f.T(2, 3), f.T(3))
    f.op(f"Tensor.{name}", f.T(2, 1, 3), f.T(4, 1, layout="transposed"))
    f.op(f"torch.{name}", f.T(0, 3), f.T(1, 3))
    f.op(f"torch.{name}", f.T(), f.T(2))
for name in "remainder fmod copysign".split():
    f.op(f"torch.{name}", f.T(2, 3, low=-5, high=5), f.T(3, low=0.5, high=2, grad=name == "copysign"))
    f.op(f"torch.{name}", f.T(2, 3), -1.5)
for name in "add sub mul div remainder fmod".split():
    f.op(f"torch.{name}", f.V([7, -7, 3]), f.V([2, 3, -2]))
    f.op(f"torch.{name}", f.V([7, -7, 3]), 2)
    f.op(f"torch.{name}", f.V([7, -7, 3]), 2.5)
    f.op(f"torch.{name}", f.T(3), f.V([1, 2, 3]))
f.op("torch.add", f.T(2, 3), f.T(2, 3), alpha=2.5, double=True)
f.op("torch.sub", f.T(2, 3), f.T(3), alpha=-2)
f.op("torch.rsub", f.T(2, 3), f.T(3))
f.op("torch.add", f.B(3), f.B(3))
f.op("torch.mul", f.B(3), f.V([1, 2, 3]))
for mode in ("floor", "trunc"):
    f.op("torch.div", f.T(2, 3, low=-5, high=5), f.T(3, low=0.5, high=2), rounding_mode=mode)
    f.op("torch.div", f.V([7, -7, 3]), 2, rounding_mode=mode)
f.op("Tensor.floor_divide", f.V([7, -7, 3]), 2)
f.op("torch.pow", f.T(2, 3, low=0.2), f.T(3), double=True)
f.op("torch.pow", f.T(2, 3), 3, double=True)
f.op("torch.pow", f.T(2, 3, low=0.1), 0.5)
f.op("torch.pow", f.T(2, 3), 0)
f.op("torch.pow", 2.0, f.T(3), js="(k, base, x) => k.pow(base, x)")
f.op("torch.pow", f.V([1, 2, 3]), 2)
f.op("torch.float_power", f.V([1, 2, 3]), 2)
f.op("torch.xlogy", f.V([0.0, 1.0, 2.0]), f.V([0.0, 0.5, 3.0]), gradients=False)
f.op("torch.xlogy", f.T(2, 3, low=0.1), f.T(2, 3, low=0.1), double=True)
f.op("torch.ldexp", f.T(3), f.V([1, 2, -1]))
f.op("torch.nextafter", f.V([1.0, 0.0, -1.0], grad=False), f.V([2.0, -1.0, -1.0], grad=False))
f.op("torch.heaviside", f.V([-1.0, 0.0, 2.0], grad=False), f.V([0.5], grad=False))
f.op("torch.gcd", f.V([12, 18, -7]), f.V([8, 12, 21]))
f.op("torch.lcm", f.V([12, 18, -7]), f.V([8, 12, 21]))
for name in "bitwise_and bitwise_or bitwise_xor".split():
    f.op(f"torch.{name}", f.V([12, 7]), f.V([10, 3]))
    f.op(f"torch.{name}", f.B(4), f.B(4))
f.op("torch.bitwise_left_shift", f.V([1, 3]), f.V([2, 4]))
f.op("torch.bitwise_right_shift", f.V([100, -8]), f.V([2, 1]))
for name in "logical_and logical_or logical_xor".split():
    f.op(f"torch.{name}", f.B(5), f.B(5))
    f.op(f"torch.{name}", f.V([0, 1, 2]), f.V([1, 0, 3]))
f.op("torch.lerp", f.T(2, 3), f.T(2, 3), 0.3, double=True)
f.op("torch.lerp", f.T(2, 3), f.T(3), f.T(2, 1))
f.op("torch.addcmul", f.T(2, 3), f.T(3), f.T(2, 1), value=0.5, double=True)
f.op("torch.addcdiv", f.T(2, 3), f.T(3), f.T(2, 1, low=0.5), value=-2, double=True)
f.op("torch.where", f.B(2, 3), f.T(2, 3), f.T(3), double=True)
f.op("torch.where", f.B(2, 3), f.T(3), 0.5)
f.op("torch.where", f.B(4))
f.op("Tensor.masked_fill", f.T(2, 3), f.B(3), -1.5, double=True)

# comparisons
for name in "eq ne lt le gt ge".split():
    f.op(f"torch.{name}", f.V([1.0, 2.0, NAN], grad=False), f.V([1.0, 3.0, NAN], grad=False))
    f.op(f"torch.{name}", f.V([1, 2, 3]), 2)
    f.op(f"Tensor.{name}", f.T(2, 3), f.T(3))
for name in "greater greater_equal less less_equal not_equal".split():
    f.op(f"torch.{name}", f.V([1, 2, 3]), f.V([3, 2, 1]))
f.op("torch.isclose", f.V([1.0, 2.0, NAN, INF], grad=False), f.V([1.000001, 2.1, NAN, INF], grad=False))
f.op("torch.isclose", f.V([1.0, NAN], grad=False), f.V([1.1, NAN], grad=False), rtol=0.2, equal_nan=True)
f.op("torch.isin", f.V([1, 2, 3, 4]), f.V([2, 4]))
f.op("torch.isin", f.V([1, 2, 3, 4]), f.V([2, 4]), invert=True)
f.op("torch.allclose", f.V([1.0, 2.0], grad=False), f.V([1.0, 2.0], grad=False))
f.op("torch.equal", f.V([1.0, 2.0], grad=False), f.V([1.0, 2.5], grad=False))
f.error("torch.add", f.T(2, 3), f.T(4))
f.error("torch.bitwise_not", f.T(2), words="bitwise_not")
f.error("torch.gcd", f.T(2), f.T(2), words="gcd")
