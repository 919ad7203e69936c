"""Reading and writing at positions."""
from parity import Family, torch

family = Family("indexing")
f = family
idx = lambda *s, high: f.I(*s, high=high)
f.op("torch.gather", f.T(3, 4), 1, idx(3, 2, high=4), double=True)
f.op("torch.gather", f.T(3, 4), 0, idx(2, 3, high=3))
f.op("torch.scatter", f.T(3, 4), 1, f.V([[0, 1], [2, 3], [1, 0]]), f.T(3, 2), double=True)
f.op("torch.scatter", f.T(3, 4), 0, idx(2, 3, high=3), 1.5)
f.op("torch.scatter", f.T(3, 4), 1, f.V([[0, 1], [2, 3]]), f.T(3, 4), gradients=False)
f.op("torch.scatter", f.T(3, 4), 1, f.V([[0, 1], [2, 3]]), f.T(3, 4), reduce="add", gradients=False)
f.op("torch.scatter", f.T(3, 4), 1, f.V([[0, 0], [2, 3]]), 2.0, reduce="multiply", gradients=False)
f.op("torch.scatter_add", f.T(3, 4), 0, idx(5, 4, high=3), f.T(5, 4), double=True)
for r in ("sum", "mean", "prod", "amax", "amin"):
    for own in (True, False):
        f.op("torch.scatter_reduce", f.T(3, 4), 1, idx(3, 5, high=4), f.T(3, 5), r, include_self=own)
f.op("torch.index_select", f.T(3, 4), 1, f.V([0, 2, 2]), double=True)
f.op("torch.index_select", f.T(3, 4, layout="transposed"), 0, f.V([2, 0]))
f.op("torch.index_select", f.B(3, 4), 1, f.V([3, 0]))
f.op("torch.gather", f.B(3, 4), 1, idx(3, 2, high=4))
f.op("torch.gather", f.T(4, 3, layout="transposed"), 0, idx(2, 3, high=3))
f.op("torch.scatter_add", f.V([16777216, 1, 2]), 0, f.V([0, 0, 2]), f.V([1, 0, 5]))
f.op("torch.scatter", f.V([1, 2, 3]), 0, f.V([0, 2]), f.V([16777217, 5]))
f.op("torch.index_add", f.T(3, 4), 0, f.V([0, 2, 0]), f.T(3, 4), alpha=2, double=True)
f.op("torch.index_copy", f.T(3, 4), 1, f.V([0, 2]), f.T(3, 2))
f.op("torch.index_fill", f.T(3, 4), 0, f.V([0, 2]), -1)
f.op("torch.index_put", f.T(3, 4), [f.V([0, 2]), f.V([1, 3])], f.T(2))
f.op("torch.index_put", f.T(3, 4), [f.V([0, 0])], f.T(4), True, js="(k, x, i, v) => x.indexPut(i, v, { accumulate: true })")
f.op("torch.masked_fill", f.T(2, 3), f.B(2, 3), 0.5)
f.op("torch.masked_select", f.T(2, 3), f.V([[True, False, True], [False, True, True]]), double=True)
f.op("torch.masked_scatter", f.T(2, 3), f.V([[True, False, True], [False, True, True]]), f.T(5))
f.op("torch.take", f.T(3, 4), f.V([[0, 5], [-1, 2]]))
f.op("torch.take_along_dim", f.T(3, 4), f.V([[0], [3], [1]]), 1)
f.op("Tensor.put", f.T(3, 4), f.V([0, 5]), f.T(2))
f.op("torch.nonzero", f.V([[0, 1], [2, 0]]))
f.op("torch.nonzero", f.V([[0, 1], [2, 0]]), as_tuple=True, js="(k, x) => x.nonzero({ asTuple: true })")
f.op("torch.argwhere", f.V([[0, 1], [2, 0]]))
f.op("F.one_hot", f.V([0, 2, 1]))
f.op("F.one_hot", f.V([[0, 2], [1, 1]]), 4)

def index(x, py, js):
    f.op("Tensor.__getitem__", x, py, js=js)


index(f.T(3, 4), [f.V([0, 2]), f.V([1, 3])], "(k, x, i) => x.index(i)")
index(f.T(3, 4), f.V([-1, 0]), "(k, x, i) => x.index(i)")
index(f.T(3, 4), f.V([[0, 1], [2, 0]]), "(k, x, i) => x.index([i])")
index(f.T(3, 4), f.V([[True, False, True, True], [False] * 4, [True] * 4]), "(k, x, i) => x.index(i)")
index(f.T(3, 4), f.V([True, False, True]), "(k, x, i) => x.index(i)")
f.op("torch.index_select", f.T(2, 3, 4), 1, f.V([2, 0]), js="(k, x, d, i) => x.index([null, i])")
f.error("torch.gather", f.T(3), 0, f.V([5]))
f.error("torch.index_select", f.T(3), 0, f.V([5]))
f.error("torch.index_select", f.T(3, 2), 0, f.V([[0]]))
f.error("Tensor.__getitem__", f.T(3), f.V([5]), js="(k, x, i) => x.index(i)", words="index 5 is out of bounds for dimension 0 with size 3")
f.error("torch.select", f.T(3), 0, 3)
f.error("torch.gather", f.T(3, 2), 0, f.V([0]))

# in place, also through views
for name, args in (("add_", (f.T(3),)), ("mul_", (f.T(3),)), ("sub_", (2.0,)), ("div_", (1.5,)), ("pow_", (2,)), ("sin_", ()), ("exp_", ()), ("square_", ()), ("relu_", ()), ("sigmoid_", ()),
                   ("tanh_", ()), ("clamp_", (-0.5, 0.5)), ("neg_", ()), ("abs_", ()), ("floor_", ()), ("fill_", (3.0,)), ("zero_", ()), ("atan_", ()), ("erf_", ()), ("tril_", ()),
                   ("copy_", (f.T(3),)), ("masked_fill_", (f.B(2, 3), 1.0)), ("lerp_", (f.T(2, 3), 0.3)), ("cumsum_", (1,)), ("eq_", (0.5,)),
                   ("index_add_", (0, f.V([0, 1]), f.T(2, 3))), ("index_fill_", (0, f.V([0]), 2.0)), ("scatter_", (1, f.V([[0], [2]]), f.T(2, 1))), ("addcmul_", (f.T(3), f.T(2, 1)))):
    f.op(f"Tensor.{name}", f.T(2, 3), *args)
