"""Where values are not plain: empties, NaN, infinities, ties, zeros under norms, zero divisors, integer and truth types."""
from parity import Family, torch

family = Family("edges")
f = family
NAN, INF = float("nan"), float("inf")

# --- norms where there is nothing, and all that is built on them ---
POINTS = [[0.0, 0.0], [0.0, 2.0], [-1.0, 3.0]]
for p in (0.5, 1, 1.5, 2, 2.5, 3, 4, INF, -INF, -1, -2):
    f.op("torch.norm", f.V(POINTS), p, 1)
    f.op("torch.norm", f.V([0.0, 0.0, 0.0]), p)
    f.op("torch.norm", f.V([0.0, -3.0, 3.0, 1.0]), p, double=p not in (0.5, -1, -2, 2.5))  # its second derivative at 0 is 0; PyTorch says NaN
f.op("torch.norm", f.V([0.0, 2.0, NAN]), 0, gradients=False)
for p in (0, 0.5, 1, 2, 3):
    f.op("torch.norm", f.V([]), p)
for p in (1, 1.5, 2, 3, INF):
    f.op("F.pairwise_distance", f.V([[1.0, 1.0], [0.0, 2.0]]), f.V([[1.0, 1.0], [0.0, 5.0]]), p=p, eps=0)
    f.op("torch.cdist", f.V(POINTS), f.V([[0.0, 0.0], [1.0, 3.0]]), p=p)
    f.op("F.pdist", f.V([[1.0, 1.0], [1.0, 1.0], [0.0, 2.0]]), p)
    f.op("F.normalize", f.V(POINTS), p=p, dim=1)
    f.op("torch.renorm", f.V(POINTS), p, 0, 1.5)
    f.op("torch.dist", f.V([1.0, 2.0]), f.V([1.0, 2.0]), p)
f.op("F.triplet_margin_loss", f.V([[1.0, 1.0]]), f.V([[1.0, 1.0]]), f.V([[0.0, 2.0]]), p=3, eps=0)
f.op("F.cosine_similarity", f.V([[0.0, 0.0], [1.0, 0.0]]), f.V([[1.0, 2.0], [0.0, 0.0]]))
for p in (1, 2, 3):
    f.op("F.lp_pool1d", f.V([[[0.0, 0.0, 1.0, 2.0]]]), p, 2)
    f.op("F.lp_pool2d", f.V([[[0.0, 0.0, 1.0, 2.0], [0.0, 0.0, 0.0, 3.0]]]), p, 2)

# --- running logarithms of sums ---
f.op("torch.logcumsumexp", f.V([0.0, 200.0, -300.0, 1.0]), 0)
f.op("torch.logcumsumexp", f.V([-1000.0, -1000.0, 1000.0]), 0)
f.op("torch.logcumsumexp", f.V([[3.0, -80.0, 90.0], [-1.0, 2.0, 0.5]]), 1, double=True)
f.op("torch.logcumsumexp", f.V([[3.0, -80.0], [90.0, 1.0]]), 0)
f.op("torch.logcumsumexp", f.V([-INF, -INF, 1.0, INF, 2.0, NAN, 3.0], grad=False), 0)
f.op("torch.logcumsumexp", f.V([-INF, 0.0, 1.0, -INF]), 0)
f.op("torch.logcumsumexp", f.V(2.0), 0)
f.op("torch.logcumsumexp", f.T(0, 3), 0)
f.error("torch.logcumsumexp", f.V([1, 2]), 0)

# --- ties and NaN: who gets the gradient ---
TIES = [3.0, 1.0, 1.0, 3.0, 1.0, 3.0]
for name in "max min median nanmedian amax amin".split():
    f.op(f"torch.{name}", f.V(TIES))
    f.op(f"torch.{name}", f.V([TIES, TIES[::-1]]), 1)
for name in "max min median nanmedian".split():
    f.op(f"torch.{name}", f.V([1.0, NAN, NAN, 2.0, 2.0]))
f.op("torch.nanmedian", f.V([NAN, NAN]))
f.op("torch.mode", f.V([TIES]))
f.op("torch.maximum", f.V([1.0, 2.0, 3.0]), f.V([1.0, 3.0, 2.0]), double=False)
f.op("torch.minimum", f.V([1.0, 2.0, 3.0]), f.V([1.0, 3.0, 2.0]), double=False)

# --- unique ---
# Before version 2 PyTorch left NaN where it was: see test/engine/ops/values.test.ts.
f.op("torch.unique_consecutive", f.V([1.0, 1.0, NAN, NAN, 2.0, 2.0], grad=False), return_inverse=True, return_counts=True)
f.op("torch.unique", f.V([[1.0, 2.0], [0.0, 5.0], [1.0, 2.0]], grad=False), dim=0, return_inverse=True, return_counts=True)
f.op("torch.unique", f.V([0.0, -0.0, INF, -INF, INF], grad=False), return_counts=True)
f.op("torch.unique", f.V([], grad=False))
f.op("torch.unique", f.V([True, False, True]), return_counts=True)
f.op("torch.isin", f.V([NAN, 1.0], grad=False), f.V([NAN, 1.0], grad=False))

# --- joining with nothing ---
EMPTY, MATRIX = f.V([]), f.T(2, 3)
for dim in (0, 1, -1):
    f.op("torch.cat", [EMPTY, MATRIX], dim)
    f.op("torch.cat", [MATRIX, EMPTY, MATRIX], dim)
f.op("torch.cat", [EMPTY, EMPTY])
f.op("torch.cat", [EMPTY, EMPTY], 1)
f.op("torch.cat", [EMPTY, f.I(2, 3)])
f.op("torch.cat", [f.T(0, 3), MATRIX])
f.op("torch.hstack", [EMPTY, MATRIX])
f.op("torch.hstack", [MATRIX, EMPTY])
f.op("torch.hstack", [EMPTY, f.T(3)])
for name in "vstack dstack column_stack stack".split():
    f.error(f"torch.{name}", [EMPTY, MATRIX])
f.error("torch.cat", [EMPTY, MATRIX], 2)
f.error("torch.cat", [EMPTY, MATRIX, f.T(3)], 1)
f.error("torch.cat", [EMPTY, MATRIX, f.T(3, 2)])
f.error("torch.cat", [EMPTY, f.V(1.0)])
f.error("torch.cat", [f.T(0, 5), MATRIX])
f.error("torch.cat", [])
f.error("torch.hstack", [])

# --- normalisation of nothing ---
for target, shape in (("nn.BatchNorm1d", (0, 2)), ("nn.BatchNorm1d", (0, 2, 3)), ("nn.BatchNorm1d", (2, 2, 0)), ("nn.BatchNorm2d", (0, 2, 3, 3)), ("nn.InstanceNorm1d", (0, 2, 3)),
                      ("nn.InstanceNorm2d", (0, 2, 2, 2))):
    f.module(target, 2, inputs=[f.T(*shape)], steps=2)
f.module("nn.BatchNorm1d", 2, inputs=[f.T(0, 2)], momentum=None)
f.module("nn.GroupNorm", 1, 2, inputs=[f.T(0, 2, 3)])
f.module("nn.LayerNorm", 2, inputs=[f.T(0, 2)])
f.module("nn.BatchNorm1d", 2, inputs=[f.T(0, 2)], train=False)

# --- dividing integers ---
WHOLE, BY = f.V([7, -7, 5, -5, 0]), f.V([2, 2, -3, -3, 4])
for mode in ("floor", "trunc"):
    f.op("torch.div", WHOLE, BY, rounding_mode=mode)
    f.op("torch.div", WHOLE, 2, rounding_mode=mode)
    f.error("torch.div", WHOLE, 0, rounding_mode=mode)
    f.error("torch.div", WHOLE, f.V([1, 0, 1, 1, 1]), rounding_mode=mode)
    f.op("torch.div", f.V([1.0, -1.0, 0.0, NAN, INF, -7.5]), 0, rounding_mode=mode)
    f.op("torch.div", f.V([INF, -INF, 7.0, -7.0, 1.0]), f.V([2.0, 2.0, INF, INF, 0.1]), rounding_mode=mode)
    f.error("Tensor.div_", WHOLE, 0, rounding_mode=mode)
    f.op("Tensor.div_", WHOLE, BY, rounding_mode=mode)
f.op("torch.div", WHOLE, 0)
for name in ("remainder", "fmod"):
    f.op(f"torch.{name}", WHOLE, BY)
    f.op(f"torch.{name}", WHOLE, 3)
    f.op(f"torch.{name}", f.V([1.0, -1.0, 0.0, NAN, INF], grad=False), 0)
    f.op(f"torch.{name}", f.V([INF, -INF, 7.0, -7.0], grad=False), f.V([2.0, 2.0, INF, INF], grad=False))
    f.error(f"torch.{name}", WHOLE, 0)
    f.error(f"torch.{name}", WHOLE, f.V([1, 2, 3, 4, 0]))
    f.error(f"Tensor.{name}_", WHOLE, 0)
    f.error(f"torch.{name}", f.V([3], dtype="uint8"), 0)
    f.op(f"torch.{name}", f.V([200, 3], dtype="uint8"), 7)
f.error("Tensor.floor_divide", WHOLE, 0)
f.error("Tensor.floor_divide_", WHOLE, 0)
f.op("Tensor.floor_divide", WHOLE, BY)
f.op("Tensor.floor_divide", f.V([1.0, 0.3, -7.0, 7.0], grad=False), f.V([0.1, 0.1, 2.0, -2.0], grad=False))
f.op("Tensor.floor_divide", f.V([2147483647, 16777217, -16777217]), 1)
f.op("torch.pow", f.V([2, 1, -1, 0, -1]), f.V([-1, -2, -3, -1, -2]))
f.error("torch.pow", WHOLE, -1)
f.op("torch.pow", f.V([3, -2]), 19)
f.error("torch.add", WHOLE, BY, alpha=0.5)
f.op("torch.square", WHOLE)
f.op("torch.abs", f.V([-16777217, 2147483647]))
f.op("torch.clamp", f.V([-16777217, 16777217, 5]), 0, 16777219)
f.op("torch.clamp", f.V([1, 5]), 0.5, 3)
f.op("torch.clamp", f.V([200, 3], dtype="uint8"), 5, 100)
f.op("torch.clamp", f.V([NAN, 3.0], grad=False), 5, 100)
for name in ("max", "min"):
    f.op(f"torch.{name}", f.V([[16777217, 16777216], [-16777217, -16777216]]), 1)
    f.op(f"torch.{name}", f.V([16777217, 16777216]))
    f.op(f"torch.arg{name}", f.V([16777216, 16777217, 16777217]))
f.op("torch.cumsum", f.V([16777216, 1, 1]), 0)
f.op("torch.cumsum", f.V([[True, True], [False, True]]), 1)
f.op("torch.cumsum", f.V([200, 100], dtype="uint8"), 0)
f.op("torch.cumprod", f.V([7, 11, 13, 17, 19]), 0)
f.op("torch.sum", f.V([200, 100], dtype="uint8"))
f.op("torch.prod", f.V([True, False]))
f.op("torch.dot", f.V([1, 2]), f.V([3, 4]))
f.op("torch.bincount", f.V([0, 1, 1]), f.V([3, 4, 5]))
f.op("torch.bincount", f.V([0, 1, 1]), f.V([0.5, 1.5, 2.0], grad=False))

for reduce in "sum prod mean amax amin".split():
    for include in (True, False):
        f.op("torch.scatter_reduce", f.V([16777217, 7, -7]), 0, f.V([0, 1, 1, 2]), f.V([3, 4, 5, -2]), reduce, include_self=include)
f.op("torch.bitwise_left_shift", f.V([1, -3]), f.V([30, 2]))
f.op("torch.bitwise_right_shift", f.V([-5, 7]), 1)
f.op("torch.remainder", 7, f.V([2, -3]))
f.error("torch.remainder", 7, f.V([2, 0]))
f.op("torch.floor_divide", f.V([7, -7]), 2)
f.error("torch.floor_divide", f.V([7, -7]), 0)
f.error("torch.floor_divide", f.V(7), f.V([1, 0]))

# --- the type of a reduction ---
SOURCES = (f.V([1.7, -2.6, 0.0, 300.0], grad=False), f.V([1, 2, 200, 100]), f.V([200, 100], dtype="uint8"), f.V([True, False, True]))
for source in SOURCES:
    for dtype in (torch.float32, torch.int64, torch.uint8, torch.bool):
        f.op("torch.sum", source, dtype=dtype)
        f.op("torch.prod", source, dtype=dtype)
        if dtype != torch.bool:
            f.op("torch.cumsum", source, 0, dtype=dtype)
            f.op("torch.cumprod", source, 0, dtype=dtype)
    for name in "sum mean prod nansum".split():
        f.op(f"torch.{name}", source, dtype=torch.float32)
    for name in ("softmax", "log_softmax"):
        f.op(f"torch.{name}", source, 0, dtype=torch.float32)
        f.op(f"F.{name}", source, dim=0, dtype=torch.float32)
f.op("Tensor.sum", f.T(2, 3), dim=1, keepdim=True, dtype=torch.float64)
f.op("Tensor.mean", f.I(2, 3), dim=0, dtype=torch.float32)
f.op("torch.nanmean", f.V([[1.0, NAN]], grad=False), 1, dtype=torch.float32)
f.op("F.softmin", f.T(2, 3), dim=1, dtype=torch.float32)
f.op("torch.sum", f.T(2, 3), dim=None)
for dtype in (torch.int64, torch.uint8, torch.bool):
    f.error("torch.mean", f.T(3), dtype=dtype)
    f.error("torch.nansum", f.T(3), dtype=dtype)
    f.error("torch.softmax", f.T(3), 0, dtype=dtype)
    f.error("torch.log_softmax", f.T(3), 0, dtype=dtype)
f.error("torch.cumsum", f.T(3), 0, dtype=torch.bool)
f.error("torch.cumprod", f.T(3), 0, dtype=torch.bool)
f.error("torch.nanmean", f.I(3))
# PyTorch lists all its overloads for some of them.
for name in "amax amin argmax argmin logsumexp std var max min median nanmedian mode all any cummax cummin sort".split():
    spelled = "amax amin argmax argmin".split()
    f.error(f"torch.{name}", f.T(2, 2), dim=0, dtype=torch.int64, words=None if name in spelled else f"{name}() got an unexpected keyword argument 'dtype'")

    f.error(f"Tensor.{name}", f.T(2, 2), dim=0, dtype=torch.int64, words=f"{name}() got an unexpected keyword argument 'dtype'")
f.op("torch.dist", f.T(3), f.T(3), p=3)
f.op("Tensor.norm", f.T(2, 3), "fro")
f.error("Tensor.sum", f.T(3), keepdims_=True, words="sum() got an unexpected keyword argument 'keepdims_'")

# --- nothing, scalars and small types: a result or PyTorch's words ---


def asked(target, *args, **options):
    try:
        f.op(target, *args, **options)
    except (RuntimeError, IndexError, ValueError):
        f.error(target, *args, **options)


for value in (f.T(0), f.T(0, 3), f.T(2, 0), f.V(2.5), f.I(0), f.V(3), f.V([3, 200], dtype="uint8")):
    for name in "sum mean prod std amax amin max min nansum all any argmax argmin isinf isfinite abs neg square".split():
        asked(f"torch.{name}", value)
    for dim in (0, -1):
        for name in "sum mean prod amax amin max min median nanmedian mode nansum all any argmax argmin cumsum cumprod logsumexp sort unbind".split():
            asked(f"torch.{name}", value, dim)
        asked("torch.diff", value, dim=dim)
        asked("torch.kthvalue", value, 1, dim)
        if value.dtype == "float32":
            asked("torch.logcumsumexp", value, dim)
            asked("torch.softmax", value, dim)
f.op("torch.median", f.T(0))
f.error("torch.aminmax", f.T(0))
f.op("torch.isinf", f.V([-2147483648, 2147483647, 5]))
f.op("torch.isfinite", f.V([-2147483648, 2147483647, 5]))
f.op("torch.logcumsumexp", f.V([INF, -INF, 0.0]), 0)
f.op("Tensor.relu", f.V([NAN, 1.0, -1.0, INF, -INF, 0.0]), double=True)
f.error("torch.neg", f.B(2))
f.error("torch.sub", f.B(2), f.B(2))

# --- writing numbers that a type can't hold ---
f.op("torch.full", [2], -1, dtype=torch.uint8)
f.error("torch.full", [2], 300, dtype=torch.uint8, words="cannot be converted to type uint8 without overflow")
f.error("torch.full", [2], NAN, dtype=torch.int64, words="cannot be converted to type int32 without overflow")
f.op("torch.add", f.V([200], dtype="uint8"), 100)
f.op("torch.mul", f.V([200], dtype="uint8"), 2)

# --- losses of pairs that don't match ---
for name in "mse_loss l1_loss smooth_l1_loss huber_loss".split():
    f.op(f"F.{name}", f.T(3, 1), f.T(3))
    f.error(f"F.{name}", f.T(2), f.T(3))
for name in "binary_cross_entropy binary_cross_entropy_with_logits soft_margin_loss".split():
    f.error(f"F.{name}", f.T(3, 1, low=0.1, high=0.9), f.T(3, low=0.1, high=0.9, grad=False))
