"""Every public name at least once, and its optional arguments by name: what the other families leave out."""
from parity import Family, torch

family = Family("forms")
f = family
P = f.program
A, B, C = f.T(2, 3), f.T(2, 3), f.T(2, 3)
UNIT, ABOVE, POSITIVE = f.T(2, 3, low=-0.9, high=0.9), f.T(2, 3, low=1.1, high=3), f.T(2, 3, low=0.2, high=2)
SQUARE, BATCH, OTHER = f.T(3, 3), f.T(2, 3, 4), f.T(2, 4, 3)
ROW, COLUMN, SEVEN = f.T(3), f.T(2), f.T(7)
ODD = f.V([1.5, float("nan"), float("inf"), float("-inf"), 0.0], grad=False)
NUMBERS, SHIFTS, TRUTH = f.I(2, 3, low=1, high=9), f.I(2, 3, low=0, high=3), f.B(2, 3)
INDEX = f.V([0, 2])


def each(names, *args, **options):
    """The same call of several methods."""
    for name in names.split():
        f.op(f"Tensor.{name}", *args, **options)


# --- methods without arguments
each("absolute negative ravel fliplr flipud msort adjoint round frexp i0_ arctan arcsinh", A)
each("acos arccos arccos_ arcsin arcsin_ arctanh asin atanh erfinv", UNIT)
each("acosh arccosh", ABOVE)
each("isfinite isinf isnan isneginf isposinf isreal signbit logical_not", ODD)
each("argwhere bitwise_not", NUMBERS)
each("trace", SQUARE)
each("corrcoef", f.T(3, 4, grad=False))
each("is_nonzero", f.V([1.5], grad=False))
P("return torch.tensor([[1.0, 2.0]]).numpy().flatten().tolist()", "return [...torch.tensor([[1, 2]]).toTypedArray()];")

# PyTorch has no gradients of these three in place.
each("arcsinh_ arctanh_", f.T(2, 3, low=-0.9, high=0.9, grad=False))
each("arccosh_", f.T(2, 3, low=1.1, high=3, grad=False))

# --- methods of two operands
each("arctan2 arctan2_ copysign dist divide fmod multiply subtract true_divide", A, POSITIVE)
each("dist", A, POSITIVE, p=1)
each("bitwise_and bitwise_or bitwise_xor gcd lcm", NUMBERS, SHIFTS)
each("bitwise_left_shift bitwise_right_shift bitwise_right_shift_", NUMBERS, SHIFTS)
each("remainder", A, 1.5)
each("equal greater greater_equal greater_equal_ less less_ less_equal not_equal nextafter nextafter_ heaviside heaviside_", f.T(2, 3, grad=False), f.T(2, 3, grad=False))
each("logical_and logical_or logical_xor", TRUTH, f.B(2, 3))
each("float_power", POSITIVE, 2.5)
each("float_power", POSITIVE, exponent=f.T(3))
each("ldexp", A, f.V([1, 2, -1]))
each("ldexp_", f.T(2, 3, grad=False), f.V([1, 2, -1]))
each("xlogy", POSITIVE, POSITIVE)
each("lerp", A, B, 0.3)
each("lerp", A, B, weight=C)
each("dot inner vdot", ROW, f.T(3))
each("ger outer", COLUMN, ROW)
each("mv", A, ROW)
each("bmm", BATCH, OTHER)
each("kron", A, f.T(2, 2))
each("cross", A, B, dim=1)
each("expand_as", f.T(1, 3), f.T(2, 3, grad=False))
each("reshape_as view_as", A, f.T(3, 2, grad=False))
each("where", A, TRUTH, B)
each("prelu", A, f.V([0.2]))
each("matrix_power", SQUARE, 3)
each("broadcast_to", ROW, [2, 3])
each("hardshrink", A, lambd=1.0)
each("allclose isclose", f.V([1.0, float("nan")], grad=False), f.V([1.1, float("nan")], grad=False), rtol=0.2, atol=0.0, equal_nan=True)
f.op("torch.allclose", f.V([1.0, float("nan")], grad=False), f.V([1.1, float("nan")], grad=False), rtol=0.0, atol=0.2, equal_nan=True)

# --- factors, which stand by name only
for name in ("addbmm", "baddbmm"):
    sum_shape = (3, 3) if name == "addbmm" else (2, 3, 3)
    for suffix in ("", "_"):
        f.op(f"Tensor.{name}{suffix}", f.T(*sum_shape), BATCH, OTHER, beta=0.5, alpha=2)
each("addcdiv addcmul", A, B, POSITIVE, value=-0.5)
each("addmm", SQUARE, f.T(3, 4), f.T(4, 3), beta=0.5, alpha=2)
each("addmv addmv_", COLUMN, A, ROW, beta=0.5, alpha=2)
each("addr addr_", A, COLUMN, ROW, beta=0.5, alpha=2)
each("add sub subtract subtract_", A, B, alpha=2)
f.op("torch.rsub", A, B, alpha=2)
f.op("torch.subtract", A, B, alpha=2)
for target in ("Tensor.div", "Tensor.divide", "Tensor.divide_", "torch.divide"):
    f.op(target, A, POSITIVE, rounding_mode="floor")

# --- reductions
each("all any", TRUTH, dim=1, keepdim=True)
f.op("torch.any", TRUTH, dim=1, keepdim=True)
each("logsumexp mean prod median nanmedian nanmean nansum", A, dim=1, keepdim=True)
each("aminmax", f.T(2, 3, grad=False), dim=1, keepdim=True)
for name in ("nanmean", "nansum", "max", "min"):
    f.op(f"torch.{name}", A, dim=1, keepdim=True)
each("kthvalue", A, 2, dim=1, keepdim=True)
each("nanquantile", A, 0.5, dim=1, keepdim=True, interpolation="lower")
f.op("torch.nanquantile", A, 0.5, dim=1, keepdim=True, interpolation="lower")
for name in ("std_mean", "var_mean"):
    f.op(f"torch.{name}", A, dim=1, unbiased=False, keepdim=True)
    f.op(f"torch.{name}", A, dim=1, correction=0, keepdim=True)
each("count_nonzero", TRUTH, dim=1)
f.op("torch.count_nonzero", TRUTH, dim=1)
each("cumprod logcumsumexp", A, dim=1)
each("histc", f.T(9, grad=False), bins=4, min=-1, max=1)
each("bincount", f.V([0, 1, 1, 4]), weights=f.T(4, grad=False), minlength=6)
for target in ("Tensor.cov", "torch.cov"):
    f.op(target, f.T(2, 4, grad=False), correction=0, fweights=f.V([1, 2, 1, 3]), aweights=f.T(4, low=0.5, high=1, grad=False))
each("renorm", A, p=2, dim=0, maxnorm=1.0)
for target in ("torch.trapezoid", "torch.trapz"):
    f.op(target, A, dx=0.5, dim=0)
each("unique", f.V([3, 1, 3, 2]), sorted=True, return_inverse=True, return_counts=True)
each("unique_consecutive", f.V([1, 1, 2, 2, 1]), return_inverse=True, return_counts=True, dim=0)
each("argsort", A, dim=0, descending=True)
each("diff", f.T(2, 5), n=2, dim=1)
each("diff", A, prepend=f.T(2, 1), append=f.T(2, 2))
each("nan_to_num", ODD, nan=1.0, posinf=2.0, neginf=-2.0)
each("nan_to_num_", ODD, nan=1.0, posinf=2.0, neginf=-2.0)
f.op("torch.nan_to_num", ODD, nan=1.0, posinf=2.0, neginf=-2.0)
each("logit logit_", POSITIVE, eps=0.1)
each("clip clip_ clamp_", A, min=-0.5, max=0.5)
f.op("torch.clip", A, min=-0.5)

# --- shapes
each("chunk", SEVEN, 3, dim=0)
f.op("torch.chunk", f.T(2, 5), 3, dim=1)
each("split split_with_sizes", f.T(2, 5), [1, 4], dim=1)
f.op("torch.split", f.T(2, 5), 2, dim=1)
f.op("torch.split_with_sizes", f.T(2, 5), [1, 4], dim=1)
for target in ("Tensor.tensor_split", "torch.tensor_split"):
    f.op(target, f.T(2, 5), 3, dim=1)
    f.op(target, f.T(2, 5), indices=[1, 3], dim=1)
for target in ("Tensor.unbind", "torch.unbind"):
    f.op(target, A, dim=1)
each("hsplit vsplit", f.T(4, 4), 2)
each("dsplit", f.T(2, 2, 4), 2)
each("diag", SQUARE, diagonal=1)
f.op("torch.diag", ROW, diagonal=-1)
each("diagflat", ROW, offset=1)
f.op("torch.diagflat", ROW, offset=-1)
each("diag_embed diagonal", f.T(2, 3, 3), offset=1, dim1=0, dim2=2)
for target in ("Tensor.diagonal_scatter", "torch.diagonal_scatter"):
    f.op(target, SQUARE, f.T(2), offset=1, dim1=1, dim2=0)
each("select_scatter", A, f.T(3), dim=0, index=1)
each("slice_scatter", f.T(5, 2), f.T(2, 2), dim=0, start=1, end=5, step=2)
each("roll", A, 1, dims=1)
f.op("torch.roll", A, [1, 2], dims=[0, 1])
for target in ("Tensor.rot90", "torch.rot90"):
    f.op(target, A, k=3, dims=[1, 0])
each("repeat_interleave", A, 2, dim=1)
each("moveaxis movedim", BATCH, 0, 2)
each("movedim", BATCH, source=[0, 1], destination=[1, 2])
each("swapaxes", BATCH, axis0=0, axis1=2)
each("swapdims swapdims_", BATCH, dim0=0, dim1=2)
f.op("torch.swapdims", BATCH, dim0=0, dim1=2)
each("tile", A, [2, 1])
each("narrow_copy", f.T(2, 3, grad=False), dim=1, start=1, length=2)
f.op("torch.narrow_copy", f.T(2, 3, grad=False), dim=1, start=1, length=2)
f.op("torch.unflatten", f.T(2, 6), dim=1, sizes=[2, 3])
f.op("torch.flatten", BATCH, start_dim=1, end_dim=2)
each("triu", SQUARE, diagonal=1)
f.op("torch.triu", SQUARE, diagonal=1)
each("tril_ triu_", SQUARE, diagonal=-1)
for name in ("tril_indices", "triu_indices"):
    f.op(f"torch.{name}", 3, 4, offset=1)
for target in ("Tensor.as_strided", "torch.as_strided"):
    f.op(target, A, size=[2, 2], stride=[3, 1], storage_offset=1)
f.op("torch.atleast_1d", f.T())
f.op("torch.detach", f.T(2, grad=False))
f.op("torch.concatenate", [A, B], dim=1)
f.op("torch.concat", [A, B], dim=1)
f.op("torch.broadcast_shapes", [2, 1], [3], gradients=False)
f.op("torch.is_same_size", A, B)
each("fill_diagonal_", f.T(5, 2), 1.5, wrap=True)

# --- indexing and scattering
for suffix in ("", "_"):
    each(f"index_add{suffix}", f.T(3, 2), dim=0, index=INDEX, source=f.T(2, 2), alpha=2)
    each(f"index_reduce{suffix}", f.T(3, 2, grad=False), dim=0, index=INDEX, source=f.T(2, 2, grad=False), reduce="prod", include_self=False)
    each(f"scatter_reduce{suffix}", A, dim=1, index=f.V([[0, 1, 1], [2, 2, 0]]), src=B, reduce="sum", include_self=False)
    each(f"put{suffix}", A, f.V([1, 4, 1]), f.T(3), accumulate=True)
    each(f"index_put{suffix}", A, [f.V([0, 1]), f.V([2, 0])], f.T(2), accumulate=True)
f.op("torch.put", A, f.V([1, 4]), f.T(2), accumulate=False)
f.op("torch.index_put", A, [f.V([0, 1]), f.V([2, 0])], f.T(2), accumulate=True)
f.op("torch.index_reduce", f.T(3, 2, grad=False), dim=0, index=INDEX, source=f.T(2, 2, grad=False), reduce="amax", include_self=True)
each("index_copy", f.T(3, 2), dim=0, index=INDEX, source=f.T(2, 2))
each("index_fill", f.T(3, 2), dim=0, index=INDEX, value=1.5)
each("scatter", A, dim=1, index=f.V([[0], [2]]), src=f.T(2, 1))
each("scatter", A, dim=1, index=f.V([[0], [2]]), value=1.5)
each("scatter_add", A, dim=1, index=f.V([[0], [2]]), src=f.T(2, 1))
each("masked_scatter", A, mask=f.V([True, False, True]), source=f.T(6))
each("masked_select", A, mask=TRUTH)
each("take", A, index=f.V([0, 5, 2]))
for target in ("Tensor.take_along_dim", "torch.take_along_dim"):
    f.op(target, A, f.V([[0, 2], [1, 1]]), dim=1)
f.op("torch.bucketize", A, f.V([-1.0, 0.0, 1.0], grad=False), right=True)

# --- chance, under one seed
each("bernoulli", f.T(2, 3, low=0, high=1, grad=False), seed=1)
each("bernoulli_", f.T(2, 3, grad=False), p=0.3, seed=1)
each("multinomial", f.T(2, 4, low=0.1, high=1, grad=False), 6, replacement=True, seed=1)
f.op("torch.multinomial", f.T(2, 4, low=0.1, high=1, grad=False), 6, replacement=True, seed=1)
each("normal_ log_normal_", f.T(2, 3, grad=False), mean=1.0, std=0.5, seed=1)
each("cauchy_", f.T(2, 3, grad=False), median=1.0, sigma=0.5, seed=1)
each("exponential_", f.T(2, 3, grad=False), lambd=2.0, seed=1)
P("torch.manual_seed(1)\nreturn [torch.empty(4).uniform_(**{'from': -1.0, 'to': 3.0}), torch.empty(4).uniform_(to=2.0)]",
  "torch.manualSeed(1);\nreturn [torch.empty(4).uniform_({ from: -1, to: 3 }), torch.empty(4).uniform_({ to: 2 })];")
P("torch.manual_seed(1)\nreturn [torch.normal(torch.zeros(2), torch.ones(2)), torch.normal(mean=2.0, std=torch.ones(2)), torch.normal(0.0, 1.0, size=(2, 2))]",
  "torch.manualSeed(1);\nreturn [torch.normal(torch.zeros(2), torch.ones(2)), torch.normal({ mean: 2, std: torch.ones(2) }), torch.normal(0, 1, { size: [2, 2] })];")
P("torch.manual_seed(1)\nx = torch.zeros(2, 2)\nreturn [torch.rand_like(x, requires_grad=True), torch.randn_like(x, dtype=torch.float32)]",
  "torch.manualSeed(1);\nconst x = torch.zeros(2, 2);\nreturn [torch.randLike(x, { requiresGrad: true }), torch.randnLike(x, { dtype: 'float32' })];")
P("torch.manual_seed(7)\na = torch.initial_seed()\ng = torch.Generator().manual_seed(3)\nreturn [a, torch.rand(2, generator=g), torch.randint(high=9, size=(3,), generator=g), torch.randperm(5, generator=g)]",
  "torch.manualSeed(7);\nconst a = torch.initialSeed();\nconst generator = new torch.Generator().manualSeed(3);\nreturn [a, torch.rand(2, { generator }), torch.randint({ high: 9, size: [3], generator }), torch.randperm(5, { generator })];")

# --- making tensors
P("x = torch.zeros(2, 2)\nreturn [torch.ones_like(x, dtype=torch.int64), torch.full_like(x, fill_value=3.0), torch.full_like(x, 2, dtype=torch.int64), torch.empty_like(x).shape, torch.empty_strided((2, 3), (1, 2)).stride()]",
  "const x = torch.zeros(2, 2);\nreturn [torch.onesLike(x, { dtype: 'int32' }), torch.fullLike(x, { fillValue: 3 }), torch.fullLike(x, 2, { dtype: 'int32' }), torch.emptyLike(x).shape, torch.emptyStrided([2, 3], [1, 2]).stride()];")
P("return [torch.linspace(0, 1, steps=5), torch.linspace(start=-1, end=1, steps=3), torch.logspace(0, 2, steps=3, base=2), torch.arange(0, 1, step=0.25), torch.arange(start=2, end=5), torch.arange(end=3)]",
  "return [torch.linspace(0, 1, { steps: 5 }), torch.linspace({ start: -1, end: 1, steps: 3 }), torch.logspace(0, 2, { steps: 3, base: 2 }), torch.arange(0, 1, { step: 0.25 }), torch.arange({ start: 2, end: 5 }), torch.arange({ end: 3 })];")
P("import numpy\nreturn [torch.from_numpy(numpy.array([1, 2], dtype='float32')), torch.finfo(torch.float32).eps, torch.finfo(type=torch.float32).max, torch.iinfo(torch.int32).max]",
  "return [torch.fromNumpy(new Float32Array([1, 2])), torch.finfo('float32').eps, torch.finfo({ type: 'float32' }).max, torch.iinfo('int32').max];")
P("a = torch.get_default_dtype() == torch.float32\ntorch.set_default_dtype(torch.float32)\ntorch.set_num_threads(torch.get_num_threads())\nreturn [a, torch.get_default_dtype() == torch.float32]",
  "const a = torch.getDefaultDtype() === 'float32';\ntorch.setDefaultDtype('float32');\ntorch.setNumThreads(torch.getNumThreads());\nreturn [a, torch.getDefaultDtype() === 'float32'];")
P("return [str(torch.device('cpu')), torch.cuda.is_available(), str(torch.ones(1).device), str(torch.device(type='cpu')), torch.seed() >= 0, torch.ones(1).short().item()]",
  "return [String(torch.device('cpu')), torch.cuda.isAvailable(), String(torch.ones(1).device), String(torch.device({ type: 'cpu' })), torch.seed() >= 0, torch.ones(1).short().item()];")
P("import io\nf = io.BytesIO()\ntorch.save({'a': torch.ones(2)}, f)\nf.seek(0)\nreturn [torch.load(f, map_location='cpu', weights_only=True)['a']]",
  "const { mkdtempSync, rmSync } = process.getBuiltinModule('node:fs');\nconst folder = mkdtempSync(process.getBuiltinModule('node:os').tmpdir() + '/kindling-');\ntorch.save({ a: torch.ones(2) }, folder + '/a.pt');\nconst { a } = torch.load(folder + '/a.pt', { mapLocation: 'cpu', weightsOnly: true });\nrmSync(folder, { recursive: true });\nreturn [a];")
for name in ("abs_", "exp_", "neg_", "relu_", "sigmoid_", "sqrt_", "tanh_"):
    f.op(f"torch.{name}", f.T(2, 3, low=0.2, high=1, grad=False))
f.op("torch.clamp_", f.T(2, 3, grad=False), min=-0.5, max=0.5)
f.op("torch.fill_", f.T(2, 3, grad=False), value=1.5)
for name in ("absolute", "negative", "arctan", "arcsinh"):
    f.op(f"torch.{name}", A)
for name in ("arccos", "arcsin", "arctanh"):
    f.op(f"torch.{name}", UNIT)
f.op("torch.arccosh", ABOVE)
for name in ("arctan2", "multiply", "true_divide"):
    f.op(f"torch.{name}", A, POSITIVE)

# --- functions of networks
for name, options in {"celu": {"alpha": 0.5}, "elu": {"alpha": 0.5}, "hardtanh": {"min_val": -0.5, "max_val": 0.7}}.items():
    f.op(f"F.{name}", A, **options)
    f.op(f"F.{name}", A, inplace=False, **options)
for name, options in {"celu_": {"alpha": 0.5}, "elu_": {"alpha": 0.5}, "hardtanh_": {"min_val": -0.5, "max_val": 0.7}, "leaky_relu_": {"negative_slope": 0.3}, "relu_": {}, "selu_": {},
                      "rrelu_": {"lower": 0.1, "upper": 0.3, "training": False}}.items():
    f.op(f"F.{name}", f.T(2, 3, grad=False), **options)
f.op("F.threshold_", f.T(2, 3, grad=False), threshold=0.1, value=-1.0)
f.op("F.threshold", A, threshold=0.1, value=-1.0, inplace=False)
for name in ("hardsigmoid", "hardswish", "mish", "relu", "relu6", "selu", "silu"):
    f.op(f"F.{name}", A, inplace=False)
for name in ("hardshrink", "softshrink"):
    f.op(f"F.{name}", A, lambd=0.3)
f.op("F.glu", f.T(2, 4), dim=0)
f.op("F.pdist", f.T(3, 4), p=1.0)
f.op("F.linear", A, f.T(4, 3), bias=f.T(4))
f.op("F.bilinear", A, f.T(2, 4), f.T(5, 3, 4), bias=f.T(5))
f.op("F.group_norm", f.T(2, 4, 3), 2, weight=f.T(4), bias=f.T(4), eps=0.01)
f.op("F.channel_shuffle", f.T(1, 4, 2, 2, grad=False), groups=2)
f.op("F.fold", f.T(1, 12, 6), output_size=[4, 3], kernel_size=[2, 3], stride=[1, 2], padding=[0, 1], dilation=1)
for dimensions, shape in ((1, (1, 2, 6)), (2, (1, 2, 4, 6)), (3, (1, 1, 3, 4, 4))):
    f.op(f"F.adaptive_max_pool{dimensions}d", f.T(*shape), 2, return_indices=True)
    f.op(f"F.dropout{dimensions}d", f.T(2, 3, *shape[2:]), p=0.4, training=True, seed=2)
f.op("F.lp_pool1d", f.T(1, 2, 6, low=0.1), 2.0, 3, stride=2, ceil_mode=True)
f.op("F.lp_pool2d", f.T(1, 2, 5, 5, low=0.1), 2.0, 3, stride=2, ceil_mode=True)
f.op("F.max_unpool1d", f.T(1, 1, 2), f.V([[[1, 3]]]), kernel_size=2, stride=2, padding=0, output_size=[5])
f.op("F.max_unpool2d", f.T(1, 1, 2, 2), f.V([[[[0, 3], [9, 14]]]]), kernel_size=2, stride=2, padding=0)
f.op("F.max_unpool3d", f.T(1, 1, 1, 1, 2), f.V([[[[[0, 7]]]]]), kernel_size=2, stride=2)
for name in ("alpha_dropout", "feature_alpha_dropout"):
    f.op(f"F.{name}", f.T(2, 3, 4), p=0.4, training=True, seed=2)
f.op("F.embedding_bag", f.V([1, 2, 4, 3]), f.T(5, 3), offsets=f.V([0, 2]), mode="sum", per_sample_weights=f.T(4))
f.op("F.triplet_margin_with_distance_loss", A, B, C, margin=2.0, swap=True, reduction="sum")
P("torch.manual_seed(0)\nm = nn.MultiheadAttention(4, 2)\nx = torch.randn(3, 1, 4)\nreturn list(F.multi_head_attention_forward(x, x, x, 4, 2, m.in_proj_weight, m.in_proj_bias, None, None, False, 0.0, m.out_proj.weight, m.out_proj.bias, training=False, need_weights=True, average_attn_weights=False))",
  "torch.manualSeed(0);\nconst m = new nn.MultiheadAttention(4, 2);\nconst x = torch.randn(3, 1, 4);\nreturn [...nn.functional.multiHeadAttentionForward(x, x, x, 4, 2, m.inProjWeight, m.inProjBias, null, null, false, 0, m.outProj.weight, m.outProj.bias, { training: false, needWeights: true, averageAttnWeights: false })];", atol=1e-5)

# --- layers
IMAGE, SIGNAL, VOLUME = f.T(2, 3, 4, 4), f.T(2, 3, 6), f.T(1, 3, 3, 3, 3)
for name, options in {"GLU": {"dim": 0}, "Hardshrink": {"lambd": 0.3}, "Hardsigmoid": {"inplace": False}, "LeakyReLU": {"negative_slope": 0.3, "inplace": False}, "ReLU": {"inplace": True}, "Softmax": {"dim": 0},
                      "Softmin": {"dim": 0}, "Softplus": {"beta": 2, "threshold": 1}, "Softshrink": {"lambd": 0.3}, "Threshold": {"threshold": 0.1, "value": -1.5, "inplace": False}}.items():
    f.module(f"nn.{name}", inputs=[f.T(2, 4, grad=not options.get("inplace"))], **options)
f.module("nn.CosineSimilarity", inputs=[A, B], dim=0, eps=1e-6)
f.module("nn.PairwiseDistance", inputs=[A, B], p=1.0, eps=1e-4, keepdim=True)
f.module("nn.LPPool1d", 2, 3, inputs=[f.T(1, 2, 6, low=0.1)], stride=2, ceil_mode=True)
f.module("nn.CTCLoss", inputs=[f.T(6, 2, 4, low=-3, high=-0.5), f.V([[1, 2], [3, 1]]), f.V([6, 5]), f.V([2, 1])], blank=0, reduction="sum", zero_infinity=True)
f.module("nn.FractionalMaxPool2d", 2, inputs=[f.T(1, 2, 6, 6)], output_size=3, return_indices=True)
f.module("nn.FractionalMaxPool3d", 2, inputs=[f.T(1, 2, 6, 6, 6)], output_ratio=(0.5, 0.5, 0.5))
f.module("nn.MaxUnpool2d", 2, inputs=[f.T(1, 1, 2, 2), f.V([[[[0, 3], [9, 14]]]])], stride=2, padding=0)
f.module("nn.MaxUnpool3d", 2, inputs=[f.T(1, 1, 1, 1, 2), f.V([[[[[0, 7]]]]])], stride=2)
LAZY = {"LazyLinear": ("out_features=4, bias=False", "{ outFeatures: 4, bias: false }", "(2, 3)"),
        **{f"Lazy{kind}{n}d": (f"out_channels=4, kernel_size=2, stride=2, padding=1, bias=False{extra[0]}", f"{{ outChannels: 4, kernelSize: 2, stride: 2, padding: 1, bias: false{extra[1]} }}", str((2, 3, *(4,) * n)))
           for kind, extra in (("Conv", (", padding_mode='zeros'", ", paddingMode: 'zeros'")), ("ConvTranspose", (", output_padding=1", ", outputPadding: 1"))) for n in (1, 2, 3)},
        **{f"Lazy{kind}{n}d": ("eps=0.01, momentum=0.2, affine=True, track_running_stats=True", "{ eps: 0.01, momentum: 0.2, affine: true, trackRunningStats: true }", str((2, 3, *(4,) * n)))
           for kind in ("BatchNorm", "InstanceNorm") for n in (1, 2, 3)}}
for name, (python, js, shape) in LAZY.items():
    P(f"import warnings\nwarnings.simplefilter('ignore')\ntorch.manual_seed(0)\nm = nn.{name}({python})\ny = m(torch.randn{shape})\nreturn [repr(m), y, list(m.state_dict())]",
      f"torch.manualSeed(0);\nconst m = new nn.{name}({js});\nconst y = m(torch.randn{shape});\nreturn [String(m), y, [...m.stateDict().keys()]];", atol=1e-5)
P("torch.manual_seed(0)\nm = nn.TransformerDecoder(nn.TransformerDecoderLayer(d_model=4, nhead=2, dim_feedforward=8, dropout=0.0), num_layers=1, norm=nn.LayerNorm(4))\nreturn [m(torch.randn(2, 1, 4), torch.randn(3, 1, 4), tgt_mask=None), len(list(m.parameters()))]",
  "torch.manualSeed(0);\nconst m = new nn.TransformerDecoder(new nn.TransformerDecoderLayer({ dModel: 4, nhead: 2, dimFeedforward: 8, dropout: 0 }), { numLayers: 1, norm: new nn.LayerNorm(4) });\nreturn [m(torch.randn(2, 1, 4), torch.randn(3, 1, 4), { tgtMask: null }), m.parameters().length];", atol=1e-5)
P("p = nn.Parameter(data=torch.ones(2), requires_grad=False)\nl, d = nn.ParameterList(values=[torch.ones(2)]), nn.ParameterDict(parameters={'a': torch.ones(2)})\nreturn [p, p.requires_grad, len(l), list(d)]",
  "const p = new nn.Parameter({ data: torch.ones(2), requiresGrad: false });\nconst [l, d] = [new nn.ParameterList({ values: [torch.ones(2)] }), new nn.ParameterDict({ parameters: { a: torch.ones(2) } })];\nreturn [p, p.requiresGrad, l.length, [...d]];")
P("m = nn.ModuleDict(modules={'a': nn.Linear(2, 2), 'b': nn.ReLU()})\nl = nn.ModuleList(modules=[nn.ReLU(), nn.Tanh()])\nl.append(module=nn.Sigmoid())\nl.insert(index=0, module=nn.ELU())\nl.extend(modules=[nn.SELU()])\nreturn [repr(m), list(m), repr(l)]",
  "const m = new nn.ModuleDict({ modules: { a: new nn.Linear(2, 2), b: new nn.ReLU() } });\nconst l = new nn.ModuleList({ modules: [new nn.ReLU(), new nn.Tanh()] });\nl.append({ module: new nn.Sigmoid() });\nl.insert({ index: 0, module: new nn.ELU() });\nl.extend({ modules: [new nn.SELU()] });\nreturn [String(m), [...m], String(l)];")
P("class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.a = nn.Linear(2, 2)\n        self.register_buffer(name='kept', tensor=torch.ones(1), persistent=True)\n        self.register_buffer('dropped', torch.ones(1), persistent=False)\n        self.register_parameter(name='p', param=nn.Parameter(torch.ones(1)))\n        self.add_module(name='b', module=nn.ReLU())\nm = Net()\n"
  "m.train(mode=False)\nm.requires_grad_(requires_grad=False)\nreturn [list(m.state_dict(prefix='net.')), [n for n, _ in m.named_parameters(prefix='x', recurse=False)], [n for n, _ in m.named_buffers(prefix='y')], [n for n, _ in m.named_modules(prefix='z')], len(list(m.parameters(recurse=False))), m.a.training, m.p.requires_grad, m.get_submodule(target='a').in_features]",
  "class Net extends nn.Module {\n  constructor() {\n    super();\n    this.a = new nn.Linear(2, 2);\n    this.registerBuffer({ name: 'kept', tensor: torch.ones(1), persistent: true });\n    this.registerBuffer('dropped', torch.ones(1), { persistent: false });\n    this.registerParameter({ name: 'p', param: new nn.Parameter(torch.ones(1)) });\n    this.addModule({ name: 'b', module: new nn.ReLU() });\n  }\n}\nconst m = new Net();\n"
  "m.train({ mode: false });\nm.requiresGrad_({ requiresGrad: false });\nreturn [[...m.stateDict({ prefix: 'net.' }).keys()], [...m.namedParameters({ prefix: 'x', recurse: false })].map(([n]) => n), [...m.namedBuffers({ prefix: 'y' })].map(([n]) => n), [...m.namedModules({ prefix: 'z' })].map(([n]) => n), [...m.parameters({ recurse: false })].length, m.a.training, m.p.requiresGrad, m.getSubmodule({ target: 'a' }).inFeatures];")
P("import warnings\nwarnings.simplefilter('ignore')\nreturn [nn.UninitializedParameter(requires_grad=False).requires_grad, nn.parameter.UninitializedBuffer(requires_grad=False).requires_grad]",
  "return [new nn.UninitializedParameter({ requiresGrad: false }).requiresGrad, new nn.UninitializedBuffer({ requiresGrad: false }).requiresGrad];")

# --- first values, by place and by name
for python, js in (("uniform_(t, a=-1.0, b=2.0)", "uniform_(t, { a: -1, b: 2 })"), ("uniform_(t, -1.0, 2.0)", "uniform_(t, -1, 2)"), ("uniform_(tensor=t, b=2.0)", "uniform_({ tensor: t, b: 2 })"),
                   ("normal_(t, mean=1.0, std=0.02)", "normal_(t, { mean: 1, std: 0.02 })"), ("normal_(t, 1.0, std=0.02)", "normal_(t, 1, { std: 0.02 })"), ("normal_(t, 1.0, 0.02)", "normal_(t, 1, 0.02)"),
                   ("kaiming_normal_(t, a=0.2, mode='fan_out', nonlinearity='leaky_relu')", "kaimingNormal_(t, { a: 0.2, mode: 'fan_out', nonlinearity: 'leaky_relu' })"),
                   ("kaiming_normal_(t, 0.2, 'fan_out')", "kaimingNormal_(t, 0.2, 'fan_out')"),
                   ("kaiming_uniform_(t, a=0.2, mode='fan_out', nonlinearity='relu')", "kaimingUniform_(t, { a: 0.2, mode: 'fan_out', nonlinearity: 'relu' })"),
                   ("kaiming_uniform_(t, 0.2, nonlinearity='tanh')", "kaimingUniform_(t, 0.2, { nonlinearity: 'tanh' })"), ("xavier_normal_(t, gain=2.0)", "xavierNormal_(t, { gain: 2 })"),
                   ("xavier_normal_(t, 2.0)", "xavierNormal_(t, 2)"), ("xavier_uniform_(t, gain=2.0)", "xavierUniform_(t, { gain: 2 })"), ("xavier_uniform_(t, 2.0)", "xavierUniform_(t, 2)"),
                   ("ones_(tensor=t)", "ones_({ tensor: t })"), ("zeros_(t)", "zeros_(t)"), ("constant_(t, val=1.5)", "constant_(t, { val: 1.5 })"), ("eye_(tensor=t)", "eye_({ tensor: t })"),
                   ("sparse_(t, sparsity=0.4, std=0.5)", "sparse_(t, { sparsity: 0.4, std: 0.5 })"), ("trunc_normal_(t, 0.0, 1.0, -0.5, b=0.5)", "truncNormal_(t, 0, 1, -0.5, { b: 0.5 })"),
                   ("orthogonal_(t, 2.0)", "orthogonal_(t, 2)")):
    P(f"torch.manual_seed(1)\nt = torch.empty(5, 4)\nnn.init.{python}\nreturn [t, torch.rand(1)]", f"torch.manualSeed(1);\nconst t = torch.empty(5, 4);\nnn.init.{js};\nreturn [t, torch.rand(1)];", atol=1e-5)
P("return [nn.init.calculate_gain('leaky_relu', 0.2), nn.init.calculate_gain(nonlinearity='leaky_relu', param=0.2), nn.init.calculate_gain('tanh')]",
  "return [nn.init.calculateGain('leaky_relu', 0.2), nn.init.calculateGain({ nonlinearity: 'leaky_relu', param: 0.2 }), nn.init.calculateGain('tanh')];")

# --- nn.utils
GRADIENTS = ("p = [torch.ones(2, requires_grad=True), torch.ones(3, requires_grad=True)]\n(p[0].sum() * 3 + (p[1] * torch.tensor([1.0, -2.0, 4.0])).sum()).backward()\n",
             "const p = [torch.ones(2, { requiresGrad: true }), torch.ones(3, { requiresGrad: true })];\np[0].sum().mul(3).add(p[1].mul(torch.tensor([1, -2, 4])).sum()).backward();\n")
for python, js in (("nn.utils.clip_grad_norm_(p, 1.5, norm_type=1.0, error_if_nonfinite=True)", "nn.utils.clipGradNorm_(p, 1.5, { normType: 1, errorIfNonfinite: true })"),
                   ("nn.utils.clip_grad_norm_(p, max_norm=1.5)", "nn.utils.clipGradNorm_(p, { maxNorm: 1.5 })"), ("nn.utils.clip_grad_norm_(p, 1.5, float('inf'))", "nn.utils.clipGradNorm_(p, 1.5, Infinity)"),
                   ("nn.utils.clip_grad_norm_(parameters=p, max_norm=1.5)", "nn.utils.clipGradNorm_({ parameters: p, maxNorm: 1.5 })")):
    P(f"{GRADIENTS[0]}n = {python}\nreturn [n, p[0].grad, p[1].grad]", f"{GRADIENTS[1]}const n = {js};\nreturn [n, p[0].grad, p[1].grad];")
for python, js in (("p, 2.0", "p, 2"), ("p, clip_value=2.0", "p, { clipValue: 2 }"), ("parameters=p, clip_value=2.0", "{ parameters: p, clipValue: 2 }")):
    P(f"{GRADIENTS[0]}nn.utils.clip_grad_value_({python})\nreturn [p[0].grad, p[1].grad]", f"{GRADIENTS[1]}nn.utils.clipGradValue_({js});\nreturn [p[0].grad, p[1].grad];")
f.op("nn.utils.rnn.pad_sequence", [f.T(2, 3), f.T(4, 3)], batch_first=True, padding_value=-1.0)
f.op("nn.utils.rnn.unpad_sequence", f.T(4, 2, 3, grad=False), f.V([2, 4]), batch_first=False)
P("from torch.nn.utils import rnn\na, b = torch.arange(2.0), torch.arange(3.0)\np = rnn.pack_sequence([a, b], enforce_sorted=False)\nx, n = rnn.pad_packed_sequence(p, batch_first=True, padding_value=-1.0, total_length=4)\nq = rnn.pack_padded_sequence(x, n, batch_first=True, enforce_sorted=False)\nr = rnn.PackedSequence(torch.arange(3.0), batch_sizes=torch.tensor([2, 1]))\n"
  "return [p.data, p.batch_sizes, p.sorted_indices, x, n, q.data, rnn.unpack_sequence(p), rnn.pad_packed_sequence(r)[0]]",
  "const { rnn } = nn.utils;\nconst [a, b] = [torch.arange(2), torch.arange(3)].map((x) => x.float());\nconst p = rnn.packSequence([a, b], { enforceSorted: false });\nconst [x, n] = rnn.padPackedSequence(p, { batchFirst: true, paddingValue: -1, totalLength: 4 });\nconst q = rnn.packPaddedSequence(x, n, { batchFirst: true, enforceSorted: false });\nconst r = new rnn.PackedSequence(torch.arange(3).float(), { batchSizes: torch.tensor([2, 1], { dtype: 'int32' }) });\n"
  "return [p.data, p.batchSizes, p.sortedIndices, x, n, q.data, rnn.unpackSequence(p), rnn.padPackedSequence(r)[0]];")
P("from torch.nn.utils import fusion\ntorch.manual_seed(0)\nl, b = nn.Linear(3, 4).eval(), nn.BatchNorm1d(4).eval()\nb.running_mean.uniform_()\nx = torch.randn(2, 3)\nw, v = fusion.fuse_linear_bn_weights(l.weight, l.bias, b.running_mean, b.running_var, bn_eps=b.eps, bn_w=b.weight, bn_b=b.bias)\n"
  "c, d = nn.ConvTranspose1d(2, 3, 2).eval(), nn.BatchNorm1d(3).eval()\ns, t = fusion.fuse_conv_bn_weights(c.weight, c.bias, d.running_mean, d.running_var, d.eps, d.weight, d.bias, transpose=True)\ny = torch.randn(1, 2, 4)\nreturn [fusion.fuse_linear_bn_eval(linear=l, bn=b)(x), b(l(x)), w, v, s, t, fusion.fuse_conv_bn_eval(c, d, transpose=True)(y)]",
  "torch.manualSeed(0);\nconst [l, b] = [new nn.Linear(3, 4).eval(), new nn.BatchNorm1d(4).eval()];\nb.runningMean.uniform_();\nconst x = torch.randn(2, 3);\nconst U = nn.utils;\nconst [w, v] = U.fuseLinearBnWeights(l.weight, l.bias, b.runningMean, b.runningVar, { bnEps: b.eps, bnW: b.weight, bnB: b.bias });\n"
  "const [c, d] = [new nn.ConvTranspose1d(2, 3, 2).eval(), new nn.BatchNorm1d(3).eval()];\nconst [s, t] = U.fuseConvBnWeights(c.weight, c.bias, d.runningMean, d.runningVar, d.eps, d.weight, d.bias, { transpose: true });\nconst y = torch.randn(1, 2, 4);\nreturn [U.fuseLinearBnEval({ linear: l, bn: b })(x), b(l(x)), w, v, s, t, U.fuseConvBnEval(c, d, { transpose: true })(y)];", atol=1e-5)
P("torch.manual_seed(0)\nm = nn.utils.skip_init(nn.Linear, 2, 3, bias=False)\nreturn [repr(m), torch.rand(1)]", "torch.manualSeed(0);\nconst m = nn.utils.skipInit(nn.Linear, 2, 3, { bias: false });\nreturn [String(m), torch.rand(1)];")
P("import torch.nn.utils.prune as P\ntorch.manual_seed(0)\nm = nn.Linear(3, 2)\nscores = torch.arange(6.0).reshape(2, 3)\nP.l1_unstructured(m, name='weight', amount=2, importance_scores=scores)\nn = nn.Linear(3, 2)\nP.ln_structured(n, 'weight', amount=1, n=2, dim=1, importance_scores=scores)\n"
  "o = nn.Linear(3, 2)\nP.global_unstructured([(o, 'weight')], pruning_method=P.L1Unstructured, importance_scores=None, amount=3)\nreturn [m.weight, n.weight, o.weight, P.L1Unstructured(amount=2).prune(torch.arange(4.0)), P.RandomUnstructured(amount=0).prune(torch.arange(4.0))]",
  "const P = nn.utils.prune;\ntorch.manualSeed(0);\nconst m = new nn.Linear(3, 2);\nconst scores = torch.arange(6).float().reshape(2, 3);\nP.l1Unstructured(m, { name: 'weight', amount: 2, importanceScores: scores });\nconst n = new nn.Linear(3, 2);\nP.lnStructured(n, 'weight', { amount: 1, n: 2, dim: 1, importanceScores: scores });\n"
  "const o = new nn.Linear(3, 2);\nP.globalUnstructured([[o, 'weight']], { pruningMethod: P.L1Unstructured, importanceScores: null, amount: 3 });\nreturn [m.weight, n.weight, o.weight, new P.L1Unstructured({ amount: 2 }).prune(torch.arange(4).float()), new P.RandomUnstructured({ amount: 0 }).prune(torch.arange(4).float())];")
NORM = ("torch.manual_seed(0)\nm = nn.utils.{0}\nk, y = sorted(m.state_dict()), m(torch.ones(1, 3))\nnn.utils.remove_{1}(m, name='weight')\nreturn [k, y, sorted(m.state_dict())]",
        "torch.manualSeed(0);\nconst m = nn.utils.{0};\nconst [k, y] = [[...m.stateDict().keys()].sort(), m(torch.ones(1, 3))];\nnn.utils.remove{1}(m, {{ name: 'weight' }});\nreturn [k, y, [...m.stateDict().keys()].sort()];")
P(NORM[0].format("weight_norm(nn.Linear(3, 2), name='weight', dim=1)", "weight_norm"), NORM[1].format("weightNorm(new nn.Linear(3, 2), { name: 'weight', dim: 1 })", "WeightNorm"))
P(NORM[0].format("spectral_norm(nn.Linear(3, 2), name='weight', n_power_iterations=2, eps=1e-6, dim=1)", "spectral_norm"),
  NORM[1].format("spectralNorm(new nn.Linear(3, 2), { name: 'weight', nPowerIterations: 2, eps: 1e-6, dim: 1 })", "SpectralNorm"), atol=1e-5)
P("import torch.nn.utils.parametrizations as Q\nimport torch.nn.utils.parametrize as R\ntorch.manual_seed(0)\nm = Q.spectral_norm(nn.Linear(3, 4), name='weight', n_power_iterations=2, eps=1e-6, dim=1)\nclass S(nn.Module):\n    def forward(self, x):\n        return x.triu()\nn = nn.Linear(3, 3)\nR.register_parametrization(n, 'weight', S(), unsafe=True)\n"
  "a = R.is_parametrized(n, tensor_name='bias'), R.is_parametrized(n, 'weight')\nwith R.cached():\n    w = n.weight\nR.remove_parametrizations(n, 'weight', leave_parametrized=False)\nreturn [m(torch.ones(1, 3)), a, w, n.weight]",
  "const { parametrizations: Q, parametrize: R } = nn.utils;\ntorch.manualSeed(0);\nconst m = Q.spectralNorm(new nn.Linear(3, 4), { name: 'weight', nPowerIterations: 2, eps: 1e-6, dim: 1 });\nclass S extends nn.Module { forward(x) { return x.triu(); } }\nconst n = new nn.Linear(3, 3);\nR.registerParametrization(n, 'weight', new S(), { unsafe: true });\n"
  "const a = [R.isParametrized(n, { tensorName: 'bias' }), R.isParametrized(n, 'weight')];\nconst w = R.cached(() => n.weight);\nR.removeParametrizations(n, 'weight', { leaveParametrized: false });\nreturn [m(torch.ones(1, 3)), a, w, n.weight];", atol=1e-5)
P("from torch.nn.utils.stateless import functional_call\nclass N(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.w = nn.Parameter(torch.ones(2))\n    def forward(self, x, scale=1.0):\n        return x * self.w * scale\nreturn [functional_call(N(), {'w': torch.tensor([2.0, 3.0])}, args=(torch.ones(2),), kwargs={'scale': 2.0})]",
  "class N extends nn.Module {\n  constructor() { super(); this.w = new nn.Parameter(torch.ones(2)); }\n  forward(x, { scale = 1 } = {}) { return x.mul(this.w).mul(scale); }\n}\nreturn [nn.utils.stateless.functionalCall(new N(), { w: torch.tensor([2, 3]) }, { args: [torch.ones(2)], kwargs: { scale: 2 } })];")

# --- optimizers and schedules, by place and by name
STEP = ("p = torch.tensor([1.0, -2.0], requires_grad=True)\no = torch.optim.{0}\nfor _ in range(3):\n    o.zero_grad()\n    (p * p).sum().backward()\n    o.step()\nreturn [p]",
        "const p = torch.tensor([1, -2], {{ requiresGrad: true }});\nconst o = new torch.optim.{0};\nfor (let i = 0; i < 3; i++) {{\n  o.zeroGrad();\n  p.mul(p).sum().backward();\n  o.step();\n}}\nreturn [p];")
for python, js in (("SGD([p], 0.1, 0.9)", "SGD([p], 0.1, 0.9)"), ("SGD([p], 0.1, 0.9, 0.0, weight_decay=0.1, nesterov=True)", "SGD([p], 0.1, 0.9, 0, { weightDecay: 0.1, nesterov: true })"),
                   ("SGD(params=[p], lr=0.1, momentum=0.9)", "SGD({ params: [p], lr: 0.1, momentum: 0.9 })"), ("SGD([p], 0.1, maximize=True)", "SGD([p], 0.1, { maximize: true })"), ("Adam([p], 0.1, (0.8, 0.9))", "Adam([p], 0.1, [0.8, 0.9])"),
                   ("Adam([p], 0.1, (0.8, 0.9), 1e-6, 0.1, True)", "Adam([p], 0.1, [0.8, 0.9], 1e-6, 0.1, true)"), ("Adam(params=[p], lr=0.1, eps=1e-6)", "Adam({ params: [p], lr: 0.1, eps: 1e-6 })"),
                   ("AdamW([p], 0.1, (0.8, 0.9), weight_decay=0.2)", "AdamW([p], 0.1, [0.8, 0.9], { weightDecay: 0.2 })"), ("Adamax([p], 0.1, (0.8, 0.9), 1e-6, 0.1)", "Adamax([p], 0.1, [0.8, 0.9], 1e-6, 0.1)"),
                   ("NAdam([p], 0.1, (0.8, 0.9), 1e-6, 0.1, momentum_decay=0.01)", "NAdam([p], 0.1, [0.8, 0.9], 1e-6, 0.1, { momentumDecay: 0.01 })"), ("RAdam([p], 0.1, (0.8, 0.9), weight_decay=0.1)", "RAdam([p], 0.1, [0.8, 0.9], { weightDecay: 0.1 })"),
                   ("Adagrad([p], 0.1, 0.01, 0.1, 0.2)", "Adagrad([p], 0.1, 0.01, 0.1, 0.2)"), ("Adadelta([p], 1.0, 0.8, eps=1e-5)", "Adadelta([p], 1, 0.8, { eps: 1e-5 })"),
                   ("RMSprop([p], 0.1, 0.9, 1e-6, 0.1, 0.5, centered=True)", "RMSprop([p], 0.1, 0.9, 1e-6, 0.1, 0.5, { centered: true })"), ("Rprop([p], 0.1, (0.4, 1.3), step_sizes=(1e-5, 10))", "Rprop([p], 0.1, [0.4, 1.3], { stepSizes: [1e-5, 10] })"),
                   ("ASGD([p], 0.1, 1e-3, alpha=0.5, t0=1.0, weight_decay=0.1)", "ASGD([p], 0.1, 1e-3, { alpha: 0.5, t0: 1, weightDecay: 0.1 })")):
    P(STEP[0].format(python), STEP[1].format(js), atol=1e-5)
RATES = ("o = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=0.1, momentum=0.9)\nS = torch.optim.lr_scheduler\ns = S.{0}\nrates = []\nfor _ in range(6):\n    o.step()\n    s.step()\n    rates.append(o.param_groups[0]['lr'])\nreturn rates",
         "const o = new torch.optim.SGD([torch.ones(1, {{ requiresGrad: true }})], {{ lr: 0.1, momentum: 0.9 }});\nconst S = torch.optim.lrScheduler;\nconst s = new S.{0};\nconst rates = [];\nfor (let i = 0; i < 6; i++) {{\n  o.step();\n  s.step();\n  rates.push(o.paramGroups[0].lr);\n}}\nreturn rates;")
for python, js in (("StepLR(o, 2, 0.5)", "StepLR(o, 2, 0.5)"), ("StepLR(o, step_size=2, gamma=0.5)", "StepLR(o, { stepSize: 2, gamma: 0.5 })"), ("StepLR(optimizer=o, step_size=2, last_epoch=-1)", "StepLR({ optimizer: o, stepSize: 2, lastEpoch: -1 })"),
                   ("MultiStepLR(o, [2, 4], 0.5)", "MultiStepLR(o, [2, 4], 0.5)"), ("MultiStepLR(o, milestones=[2, 4])", "MultiStepLR(o, { milestones: [2, 4] })"), ("ExponentialLR(o, gamma=0.9, last_epoch=-1)", "ExponentialLR(o, { gamma: 0.9, lastEpoch: -1 })"),
                   ("LambdaLR(o, lr_lambda=lambda e: 0.9 ** e, last_epoch=-1)", "LambdaLR(o, { lrLambda: (e) => 0.9 ** e, lastEpoch: -1 })"), ("MultiplicativeLR(o, lambda e: 0.9, last_epoch=-1)", "MultiplicativeLR(o, () => 0.9, { lastEpoch: -1 })"),
                   ("ConstantLR(o, 0.5, 3)", "ConstantLR(o, 0.5, 3)"), ("LinearLR(o, 0.5, 1.0, total_iters=3)", "LinearLR(o, 0.5, 1, { totalIters: 3 })"), ("PolynomialLR(o, 4, 2.0)", "PolynomialLR(o, 4, 2)"), ("PolynomialLR(o, total_iters=4, power=2.0)", "PolynomialLR(o, { totalIters: 4, power: 2 })"),
                   ("CosineAnnealingLR(o, 5, 0.01)", "CosineAnnealingLR(o, 5, 0.01)"), ("CosineAnnealingLR(o, T_max=5, eta_min=0.01)", "CosineAnnealingLR(o, { tMax: 5, etaMin: 0.01 })"), ("CosineAnnealingWarmRestarts(o, 2, 2, eta_min=0.01)", "CosineAnnealingWarmRestarts(o, 2, 2, { etaMin: 0.01 })"),
                   ("CyclicLR(o, 0.01, 0.2, 2, mode='triangular2')", "CyclicLR(o, 0.01, 0.2, 2, { mode: 'triangular2' })"), ("OneCycleLR(o, 0.2, 8, pct_start=0.5)", "OneCycleLR(o, 0.2, 8, { pctStart: 0.5 })"), ("OneCycleLR(o, max_lr=0.2, epochs=4, steps_per_epoch=2)", "OneCycleLR(o, { maxLr: 0.2, epochs: 4, stepsPerEpoch: 2 })"),
                   ("SequentialLR(o, [S.ConstantLR(o, 0.5, 2), S.ExponentialLR(o, 0.9)], milestones=[3], last_epoch=-1)", "SequentialLR(o, [new S.ConstantLR(o, 0.5, 2), new S.ExponentialLR(o, 0.9)], { milestones: [3], lastEpoch: -1 })"),
                   ("ChainedScheduler(schedulers=[S.ConstantLR(o, 0.5, 2), S.ExponentialLR(o, 0.9)])", "ChainedScheduler({ schedulers: [new S.ConstantLR(o, 0.5, 2), new S.ExponentialLR(o, 0.9)] })")):
    P(RATES[0].format(python), RATES[1].format(js))
P(RATES[0].format("ReduceLROnPlateau(o, 'max', 0.5, patience=1, threshold=0.1, threshold_mode='abs', min_lr=0.01)").replace("s.step()", "s.step(metrics=1.0)"),
  RATES[1].format("ReduceLROnPlateau(o, 'max', 0.5, { patience: 1, threshold: 0.1, thresholdMode: 'abs', minLr: 0.01 })").replace("s.step()", "s.step({ metrics: 1 })"))
P(RATES[0].format("ReduceLROnPlateau(o, patience=0)").replace("s.step()", "s.step(1.0)"), RATES[1].format("ReduceLROnPlateau(o, { patience: 0 })").replace("s.step()", "s.step(1)"))
P("from torch.optim.swa_utils import AveragedModel, SWALR, update_bn\ntorch.manual_seed(0)\nm = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))\na = AveragedModel(m, avg_fn=lambda mean, new, count: 0.5 * mean + 0.5 * new, use_buffers=False)\nnn.init.ones_(m[0].weight)\na.update_parameters(m)\na.update_parameters(model=m)\nupdate_bn([torch.randn(4, 2), torch.randn(4, 2)], model=a)\n"
  "o = torch.optim.SGD(m.parameters(), 0.1)\ns = SWALR(o, swa_lr=0.02, anneal_epochs=2, anneal_strategy='linear')\ns.step()\nreturn [a.module[0].weight, a.module[1].running_mean, o.param_groups[0]['lr']]",
  "const { AveragedModel, SWALR, updateBn } = torch.optim.swaUtils;\ntorch.manualSeed(0);\nconst m = new nn.Sequential(new nn.Linear(2, 2), new nn.BatchNorm1d(2));\nconst a = new AveragedModel(m, { avgFn: (mean, next) => mean.mul(0.5).add(next.mul(0.5)), useBuffers: false });\nnn.init.ones_(m.at(0).weight);\na.updateParameters(m);\na.updateParameters({ model: m });\nupdateBn([torch.randn(4, 2), torch.randn(4, 2)], { model: a });\n"
  "const o = new torch.optim.SGD(m.parameters(), 0.1);\nconst s = new SWALR(o, { swaLr: 0.02, annealEpochs: 2, annealStrategy: 'linear' });\ns.step();\nreturn [a.module.at(0).weight, a.module.at(1).runningMean, o.paramGroups[0].lr];")
P("class O(torch.optim.Optimizer):\n    def step(self, closure=None):\n        for g in self.param_groups:\n            for p in g['params']:\n                p.data.sub_(p.grad, alpha=g['lr'])\np = torch.ones(2, requires_grad=True)\no = O([p], {'lr': 0.5})\n(p * p).sum().backward()\no.step()\no.zero_grad(set_to_none=True)\nreturn [p, p.grad is None, len(o.param_groups)]",
  "class O extends torch.optim.Optimizer {\n  step() { torch.noGrad(() => { for (const g of this.paramGroups) for (const p of g.params) p.sub_(p.grad, { alpha: g.lr }); }); }\n}\nconst p = torch.ones(2, { requiresGrad: true });\nconst o = new O([p], { lr: 0.5 });\np.mul(p).sum().backward();\no.step();\no.zeroGrad({ setToNone: true });\nreturn [p, p.grad === null, o.paramGroups.length];")

# --- autograd
P("x = torch.tensor([1.0, 2.0], requires_grad=True)\ny = x ** 3\ntorch.autograd.backward(y, grad_tensors=torch.tensor([1.0, 0.5]), retain_graph=True, inputs=[x])\ny.backward(gradient=torch.ones(2), create_graph=False)\n(g,) = torch.autograd.grad((x ** 3).sum(), x, create_graph=True, retain_graph=True, allow_unused=False)\nreturn [x.grad, g]",
  "const x = torch.tensor([1, 2], { requiresGrad: true });\nconst y = x.pow(3);\ntorch.autograd.backward(y, { gradTensors: torch.tensor([1, 0.5]), retainGraph: true, inputs: [x] });\ny.backward({ gradient: torch.ones(2), createGraph: false });\nconst [g] = torch.autograd.grad(x.pow(3).sum(), x, { createGraph: true, retainGraph: true, allowUnused: false });\nreturn [x.grad, g];")
P("from torch.autograd import functional as U, gradcheck\nx, v = torch.tensor([1.0, 2.0]), torch.tensor([0.5, -1.0])\nh = lambda x: (x ** 3).sum()\nk = lambda x: x ** 2\nreturn [U.jacobian(k, x, create_graph=False, strict=False), U.hessian(h, x, strict=False), U.hvp(h, x, v=v), U.vhp(h, x, v=v, strict=False), U.vjp(k, x, v=v), U.jvp(k, x, v=v, create_graph=False)]",
  "const U = torch.autograd.functional;\nconst [x, v] = [torch.tensor([1, 2]), torch.tensor([0.5, -1])];\nconst h = (x) => x.pow(3).sum();\nconst k = (x) => x.pow(2);\nreturn [U.jacobian(k, x, { createGraph: false, strict: false }), U.hessian(h, x, { strict: false }), U.hvp(h, x, { v }), U.vhp(h, x, { v, strict: false }), U.vjp(k, x, { v }), U.jvp(k, x, { v, createGraph: false })];", atol=1e-4)
P("import warnings\nwarnings.simplefilter('ignore')\nx = torch.tensor([0.5, 1.5], requires_grad=True)\nreturn [torch.autograd.gradcheck(lambda x: x * x, (x,), eps=1e-2, atol=1e-2, rtol=1e-2, raise_exception=False)]",
  "const x = torch.tensor([0.5, 1.5], { requiresGrad: true });\nreturn [torch.autograd.gradcheck((x) => x.mul(x), [x], { eps: 1e-2, atol: 1e-2, rtol: 1e-2, raiseException: false })];")
P("x = torch.ones(2, requires_grad=True)\nwith torch.no_grad():\n    with torch.enable_grad():\n        a = (x * 2).requires_grad\n    b = (x * 2).requires_grad\nwith torch.inference_mode(mode=True):\n    c = (x * 2).requires_grad\nwith torch.set_grad_enabled(mode=False):\n    d = (x * 2).requires_grad\nreturn [a, b, c, d]",
  "const x = torch.ones(2, { requiresGrad: true });\nconst grad = () => x.mul(2).requiresGrad;\nconst [a, b] = torch.noGrad(() => [torch.enableGrad(grad), grad()]);\nconst inference = torch.inferenceMode({ mode: true });\nconst c = grad();\ninference[Symbol.dispose]();\nconst silent = torch.setGradEnabled({ mode: false });\nconst d = grad();\nsilent[Symbol.dispose]();\nreturn [a, b, c, d];")

# --- data
DATA = ("from torch.utils.data import (BatchSampler, ConcatDataset, DataLoader, RandomSampler, SequentialSampler, Subset, SubsetRandomSampler, TensorDataset, WeightedRandomSampler,\n    default_collate, default_convert, get_worker_info, random_split)\ntorch.manual_seed(3)\nd = TensorDataset(torch.arange(7), torch.arange(7) * 2)\n", "const D = torch.data;\ntorch.manualSeed(3);\nconst d = new D.TensorDataset(torch.arange(7), torch.arange(7).mul(2));\n")
for python, js in (("d, 3", "d, 3"), ("d, 3, True", "d, 3, true"), ("d, batch_size=3, shuffle=False, drop_last=True", "d, { batchSize: 3, shuffle: false, dropLast: true }"), ("dataset=d, batch_size=4", "{ dataset: d, batchSize: 4 }"),
                   ("d, 2, sampler=SequentialSampler(d)", "d, 2, { sampler: new D.SequentialSampler(d) }"), ("d, 2, None, [3, 1, 2]", "d, 2, null, [3, 1, 2]"), ("d, batch_sampler=[[0, 1], [4]]", "d, { batchSampler: [[0, 1], [4]] }"),
                   ("d, 3, collate_fn=default_collate, generator=torch.Generator().manual_seed(1), shuffle=True", "d, 3, { collateFn: D.defaultCollate, generator: new torch.Generator().manualSeed(1), shuffle: true }")):
    P(f"{DATA[0]}return [list(b) for b in DataLoader({python})]", f"{DATA[1]}return [...new D.DataLoader({js})].map((batch) => [...batch]);")
SAMPLERS = (("RandomSampler(d, True, 5)", "RandomSampler(d, true, 5)"), ("RandomSampler(data_source=d, replacement=True, num_samples=5)", "RandomSampler({ dataSource: d, replacement: true, numSamples: 5 })"),
            ("SequentialSampler(data_source=d)", "SequentialSampler({ dataSource: d })"), ("SubsetRandomSampler([1, 5, 6], generator=torch.Generator().manual_seed(1))", "SubsetRandomSampler([1, 5, 6], { generator: new torch.Generator().manualSeed(1) })"),
            ("WeightedRandomSampler([0.1, 0.9, 0.5], 2, False)", "WeightedRandomSampler([0.1, 0.9, 0.5], 2, false)"), ("WeightedRandomSampler(weights=[0.1, 0.9], num_samples=3, replacement=True)", "WeightedRandomSampler({ weights: [0.1, 0.9], numSamples: 3, replacement: true })"),
            ("BatchSampler(SequentialSampler(d), batch_size=3, drop_last=True)", "BatchSampler(new D.SequentialSampler(d), { batchSize: 3, dropLast: true })"), ("DistributedSampler(d, 2, 1, False)", "DistributedSampler(d, 2, 1, false)"),
            ("DistributedSampler(d, num_replicas=2, rank=0, shuffle=True, seed=4, drop_last=True)", "DistributedSampler(d, { numReplicas: 2, rank: 0, shuffle: true, seed: 4, dropLast: true })"))
for python, js in SAMPLERS:
    P(f"from torch.utils.data.distributed import DistributedSampler\n{DATA[0]}return list({python})", f"{DATA[1]}return [...new D.{js}];")
P(DATA[0] + "a, b = random_split(d, lengths=[4, 3], generator=torch.Generator().manual_seed(2))\ns, c = Subset(dataset=d, indices=[5, 1]), ConcatDataset(datasets=[Subset(d, [0]), Subset(d, [6])])\nreturn [[x[0] for x in p] for p in (a, b, s, c)] + [get_worker_info() is None, default_convert([1.0, torch.ones(1)])[1], default_collate(batch=[1.5, 2.5])]",
  DATA[1] + "const [a, b] = D.randomSplit(d, { lengths: [4, 3], generator: new torch.Generator().manualSeed(2) });\nconst [s, c] = [new D.Subset({ dataset: d, indices: [5, 1] }), new D.ConcatDataset({ datasets: [new D.Subset(d, [0]), new D.Subset(d, [6])] })];\n"
  "return [...[a, b, s, c].map((p) => Array.from({ length: p.length }, (_, i) => p.get(i)[0])), D.getWorkerInfo() === null, D.defaultConvert([1, torch.ones(1)])[1], D.defaultCollate({ batch: [1.5, 2.5] })];")
