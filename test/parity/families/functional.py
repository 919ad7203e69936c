"""nn.functional's arguments by position and in mixtures, values that leave the beaten track, and what is refused."""
from parity import Family, torch

family = Family("functional")
f = family
P = f.program

# --- convolutions
for n, x, w, t in ((1, f.T(2, 4, 7), f.T(6, 2, 3), f.T(4, 3, 3)), (2, f.T(1, 4, 4, 5), f.T(6, 2, 3, 2), f.T(4, 3, 2, 3)), (3, f.T(1, 4, 2, 3, 3), f.T(6, 2, 2, 3, 2), f.T(4, 3, 2, 1, 2))):
    f.op(f"F.conv{n}d", x, w, f.T(6), 2, 1, 1, 2, double=True, curved=True)
    f.op(f"F.conv{n}d", x, w, None, 1, 1, groups=2)
    f.op(f"F.conv{n}d", x, w, f.T(6), 1, "same", 1, 2)
    f.op(f"F.conv{n}d", x, w, f.T(6), [2] * n, "valid", dilation=1, groups=2)
    f.op(f"F.conv_transpose{n}d", x, t, f.T(6), 3, 1, 1, 2, 2)
    f.op(f"F.conv_transpose{n}d", x, t, None, 2, output_padding=1, groups=2, dilation=1)
X, W = f.T(1, 2, 5, 5), f.T(3, 2, 3, 3)
f.error("F.conv2d", X, W, None, [1, 1, 1], words="expected stride to be a single value or a list of 2 values")
f.error("F.conv2d", X, W, None, 1, 0, 0, words="dilation should be greater than zero")
f.error("F.conv2d", X, f.T(3, 2, 3), words="Expected 4-dimensional weight for conv2d")
f.error("F.conv2d", X, W, None, 2, "same", words="padding='same' is not supported for strided convolutions")
f.error("F.conv_transpose2d", X, f.T(2, 2, 1, 1), None, 1, 4)
f.error("F.conv_transpose2d", X, f.T(2, 2, 1, 1), None, 1, 0, -1)
f.error("F.conv_transpose2d", X, f.T(2, 2, 1, 1), None, 1, 0, 1, words="output padding must be smaller than either stride or dilation")
f.error("F.conv_transpose3d", f.T(1, 2, 2, 2, 2), f.T(2, 3, 1, 1, 1), f.T(1), words="expected bias to be 1-dimensional with 3 elements")

# --- poolings
ROWS, IMAGES, VOLUMES = f.T(2, 3, 9), f.T(1, 2, 7, 6), f.T(1, 1, 5, 4, 4)
for n, x in ((1, ROWS), (2, IMAGES), (3, VOLUMES)):
    f.op(f"F.max_pool{n}d", x, 3, 2, 1, 1, True)
    f.op(f"F.max_pool{n}d", x, 3, None, 1, 1, False, True)
    f.op(f"F.max_pool{n}d", x, 2, 1, 0, 2, double=True, curved=True)
    f.op(f"F.avg_pool{n}d", x, 3, 2, 1, True, False, double=True, curved=True)
    f.op(f"F.lp_pool{n}d", f.T(*x.shape, low=0.1), 3, 2, 1, True) if n < 3 else None
    f.op(f"F.adaptive_max_pool{n}d", x, 3, True)
    f.op(f"F.adaptive_avg_pool{n}d", x, 3, double=True, curved=True)
f.op("F.max_pool2d", IMAGES, 2, return_indices=True)
f.op("F.max_pool2d", f.V([[[[1.0, float("nan")], [2.0, 3.0]]]], grad=False), 2, return_indices=True)
f.op("F.avg_pool1d", ROWS, 2, [])
f.op("F.avg_pool2d", IMAGES, 2, None, 0, False, True, 3, double=True, curved=True)
f.op("F.avg_pool2d", IMAGES, 2, 2, 1, True, True, 5)
f.op("F.avg_pool3d", VOLUMES, 2, None, 1, True, True, 3)
f.op("F.adaptive_avg_pool2d", IMAGES, [None, 2])
f.op("F.adaptive_max_pool2d", IMAGES, [None, 2])
f.op("F.fractional_max_pool2d", IMAGES, 2, None, 0.5, True, seed=0)
f.op("F.fractional_max_pool2d", IMAGES, 2, 3, _random_samples=f.T(1, 2, 2, low=0, high=0.99, grad=False), js="(k, x, size, count, samples) => k.nn.functional.fractionalMaxPool2d(x, size, count, { _randomSamples: samples.RandomSamples })")
f.op("F.fractional_max_pool3d", VOLUMES, 2, [3, 2, 2], seed=1)
v, i = torch.nn.functional.max_pool2d(IMAGES.make(), 2, return_indices=True)
f.op("F.max_unpool2d", f.V(v.tolist()), f.V(i.tolist()), 2, None, 0, [7, 6])
f.op("F.max_unpool2d", f.V(v.tolist()), f.V(i.tolist()), 2, 2, output_size=[1, 2, 7, 6])
f.error("F.max_unpool2d", f.V(v.tolist()), f.V(i.tolist()), 2, None, 0, [9, 6], words='invalid output_size')
f.error("F.max_unpool2d", f.V(v.tolist()), f.V(i.tolist()), 2, None, 0, [6], words="output_size should be a sequence containing")
f.error("F.max_pool2d", IMAGES, [2, 2, 2], words="expected kernelSize to be a single value or a list of 2 values")
f.error("F.max_pool2d", IMAGES, 2, 0, words="stride should be greater than zero")
f.error("F.max_pool2d", IMAGES, 2, 2, -1)
f.error("F.max_pool2d", IMAGES, 2, 2, 0, 0, words="dilation should be greater than zero")
f.error("F.max_pool2d", IMAGES, 9)
f.error("F.avg_pool2d", IMAGES, 2, None, 0, False, True, 0)
f.error("F.avg_pool2d", IMAGES, 2, [1, 1, 1], words="expected stride to be a single value or a list of 2 values")
f.error("F.avg_pool2d", IMAGES, 2, 2, 2, words="pad should be at most half of effective kernel size")
f.error("F.adaptive_avg_pool2d", IMAGES, [1, 1, 1], words="expected outputSize to be a single value or a list of 2 values")
f.error("F.fractional_max_pool2d", IMAGES, 2)
f.error("F.fractional_max_pool2d", IMAGES, 2, 9, words="windows of 2 don't fit")

# --- columns, sizes, channels
f.op("F.unfold", IMAGES, [3, 2], 2, 1, [2, 1], double=True, curved=True)
f.op("F.fold", f.T(1, 8, 9), [4, 5], 2, 1, 1, 2, double=True, curved=True)
f.op("F.fold", f.T(8, 12), [4, 5], [2, 2], 1, 0, stride=1)
f.error("F.unfold", IMAGES, 2, 1, 0, 0, words="stride should be greater than zero")
# PyTorch shows the height twice.
f.error("F.unfold", IMAGES, 9, words="calculated shape of the array of sliding blocks as (-1, -2)")
f.error("F.unfold", IMAGES, 2, 1, -1, words="padding should be non-negative")
f.error("F.fold", f.T(4), 3, 2)
f.op("F.interpolate", ROWS, 5)
f.op("F.interpolate", ROWS, None, 1.5)
f.op("F.interpolate", IMAGES, [9, 4], None, "bilinear", True)
f.op("F.interpolate", IMAGES, None, [1.3, 0.7], "bicubic", False, True)
f.op("F.interpolate", IMAGES, None, [1.3, 0.7], "bilinear", False)
for mode in ("bilinear", "bicubic"):
    for kw in (dict(size=[3, 2]), dict(size=[10, 3]), dict(scale_factor=0.4), dict(size=[3, 4], align_corners=True), dict(scale_factor=[0.5, 1.7], recompute_scale_factor=True)):
        f.op("F.interpolate", IMAGES, mode=mode, antialias=True, **kw)
f.error("F.interpolate", ROWS, 2, None, "nearest", None, True)
f.error("F.interpolate", ROWS, 2, antialias=True)
f.error("F.interpolate", ROWS, 2, 2.0)
f.error("F.interpolate", ROWS)
f.error("F.interpolate", IMAGES, [2, 2, 2], words="expected size to be a single value or a list of 2 values")
f.error("F.pixel_shuffle", f.T(2, 3), 2)
f.error("F.pixel_unshuffle", f.T(1, 4, 3), 2)
f.error("torch.channel_shuffle", f.T(2, 3), 3, words="channel_shuffle expects input with > 2 dims")

# --- normalisations
f.op("F.batch_norm", f.T(4, 3), f.T(3, grad=False), f.T(3, low=0.5, grad=False), f.T(3), f.T(3), False, 0.3, 1e-3)
f.op("F.batch_norm", f.T(4, 3), f.T(3, grad=False), f.T(3, low=0.5, grad=False), training=True, momentum=0.3, eps=1e-3)
f.op("F.layer_norm", f.T(2, 4), [4], f.T(4), f.T(4), 1e-2)
f.op("F.group_norm", f.T(2, 4, 3), 2, f.T(4), f.T(4), 1e-2)
f.op("F.instance_norm", f.T(2, 3, 4), f.T(3, grad=False), f.T(3, low=0.5, grad=False), f.T(3), f.T(3), False, 0.3, 1e-2)
f.op("F.instance_norm", f.T(2, 3, 4), None, None, f.T(3), bias=f.T(3), eps=1e-2)
f.op("F.local_response_norm", f.T(1, 4, 3), 3, 0.5, 0.6, 2.0)
f.op("F.normalize", f.T(3, 4), 2, 0)
f.op("F.normalize", f.T(3, 4), 3, dim=-1, eps=2.0)
f.error("F.layer_norm", f.T(2, 3), [])
f.error("F.layer_norm", f.I(2, 3), [3], words="not implemented for 'Long'")
f.error("F.batch_norm", f.I(2, 3), None, None, training=True)
f.error("F.group_norm", f.T(2, 4), 2, None, f.T(1), words="Expected bias to be a vector of size equal to the number of channels in input")
f.error("F.group_norm", f.T(2, 4), 0, words="Expected num groups to be greater than 0")
f.error("F.instance_norm", f.T(2, 3, 4), use_input_stats=False)

# --- losses of classes; targets may be floats that are whole numbers, as tensor([0, 2]) is without a type
LOGITS, WEIGHT = f.T(4, 3), f.T(3, low=0.5, grad=False)
f.op("F.cross_entropy", LOGITS, f.V([0, 2, 1, 1]), WEIGHT)
f.op("F.nll_loss", LOGITS, f.V([0, 2, 1, 1]), WEIGHT, ignore_index=1)
f.op("F.multi_margin_loss", LOGITS, f.V([0, 2, 1, 1]), 2, 0.8, WEIGHT, reduction="sum")
for call in ("cross_entropy(x, y)", "nll_loss(x, y)", "multi_margin_loss(x, y)"):
    name = call.split("(")[0]
    camel = "".join(part if k == 0 else part.capitalize() for k, part in enumerate(name.split("_")))
    P(f"x = torch.tensor([[0.1, 1.2, -0.4], [0.5, 0.3, 2.0]])\nreturn F.{name}(x, torch.tensor([2, 0]))",
      f"const x = torch.tensor([[0.1, 1.2, -0.4], [0.5, 0.3, 2.0]]);\nreturn nn.functional.{camel}(x, torch.tensor([2, 0]));")
P("x = torch.tensor([[0.1, 1.2, -0.4]])\nreturn F.multilabel_margin_loss(x, torch.tensor([[2, 0, -1]]))",
  "const x = torch.tensor([[0.1, 1.2, -0.4]]);\nreturn nn.functional.multilabelMarginLoss(x, torch.tensor([[2, 0, -1]]));")
f.error("F.cross_entropy", LOGITS, f.V([0.5, 1.0, 2.0, 0.0], grad=False))
f.error("F.cross_entropy", LOGITS, f.V([0.0, 1.0, 2.5, 0.0], grad=False), words="class indices have to be whole numbers")
f.error("F.cross_entropy", LOGITS, f.I(4, 3))
f.error("F.cross_entropy", LOGITS, f.I(4, high=3), label_smoothing=1.5)
f.error("F.cross_entropy", LOGITS, f.I(4, high=3), f.I(3))
f.error("F.nll_loss", LOGITS, f.I(4, high=3), f.T(3), words="not differentiable with respect to")
f.op("F.cross_entropy", LOGITS, f.T(4, 3), f.T(3))
f.error("F.multi_margin_loss", LOGITS, f.I(4, high=3), 3)
f.error("F.multi_margin_loss", LOGITS, f.V([0, 3, 1, 1]), words="there is no class 3 among 3")
f.error("F.multilabel_margin_loss", f.T(2, 3), f.V([[0, 3, -1], [1, -1, 0]]))
f.error("F.multilabel_margin_loss", f.T(2, 3), f.V([[0, 1], [1, -1]]))

# --- other losses
A, B, PLUS = f.T(4, 3), f.T(4, 3, grad=False), f.T(4, 3, low=0.1, high=0.9)
SIGNS = f.V([1.0, -1.0, 1.0, -1.0], grad=False)
f.op("F.binary_cross_entropy", PLUS, f.T(4, 3, low=0.1, high=0.9, grad=False), WEIGHT)
f.op("F.binary_cross_entropy_with_logits", A, f.T(4, 3, low=0.1, high=0.9, grad=False), WEIGHT, pos_weight=f.T(3, low=0.5, grad=False))
f.op("F.huber_loss", A, B, "sum", 0.4)
f.op("F.smooth_l1_loss", A, B, beta=0.0)
f.op("F.gaussian_nll_loss", A, B, PLUS, True, 0.5, "sum")
f.op("F.gaussian_nll_loss", A, B, f.T(4, 1, low=0.1, high=0.9), full=True)
f.op("F.poisson_nll_loss", A, PLUS, True, True)
f.op("F.hinge_embedding_loss", f.T(4), SIGNS, 0.3)
f.op("F.margin_ranking_loss", f.T(4), f.T(4), SIGNS, 0.3)
f.op("F.cosine_embedding_loss", A, B, SIGNS, 0.3)
f.op("F.triplet_margin_loss", A, B, PLUS, 2.0, 3.0, 0.1, True)
f.op("F.multilabel_soft_margin_loss", A, PLUS, WEIGHT)
f.op("F.triplet_margin_with_distance_loss", A, B, PLUS, margin=2.0, swap=True, reduction="none")
f.op("F.cosine_similarity", A, B, 0)
# As PyTorch 2 has it: shorter vectors count as longer ones, and their gradients are those of their lengths.
P("x, y = torch.tensor([3.0, 4.0], requires_grad=True), torch.tensor([[0.6, -0.8], [8.0, 6.0]], requires_grad=True)\ndef length(v):\n    n = v.norm(dim=-1, keepdim=True)\n    return n + (n.detach().clamp(min=2.0) - n.detach())\nr = (x / length(x) * y / length(y)).sum(-1)\nreturn [r, *torch.autograd.grad(r.square().sum(), [x, y])]",
  "const [x, y] = [torch.tensor([3, 4], { requiresGrad: true }), torch.tensor([[0.6, -0.8], [8, 6]], { requiresGrad: true })];\nconst r = nn.functional.cosineSimilarity(x, y, -1, 2);\nreturn [r, ...torch.autograd.grad(r.square().sum(), [x, y])];")
f.op("F.pairwise_distance", A, B, 2, 0)
f.op("F.pairwise_distance", A, B, 1.0, 0.5, True)
f.op("F.pdist", f.T(4, 3), 3)
f.error("F.smooth_l1_loss", A, B, beta=-1.0)
f.error("F.triplet_margin_loss", A, B, f.T(3))
f.error("F.pdist", A, -1)
LOG = f.V(torch.randn(5, 2, 4, generator=torch.Generator().manual_seed(0)).log_softmax(2).tolist())
f.op("F.ctc_loss", LOG, f.V([[1, 2], [3, 1]]), [5, 4], [2, 1], 0, "sum")
f.op("F.ctc_loss", LOG, f.V([[1, 1, 1], [3, 1, 2]]), [3, 5], [3, 3], 0, "none", True)
f.error("F.ctc_loss", LOG, f.V([[1, 2], [3, 1]]), [5, 4], [2, 3])
f.error("F.ctc_loss", LOG, f.V([1, 2, 3]), [5, 4], [2, 2])

# --- arguments of PyTorch 2, here as what they stand for
P("x, y, w = torch.tensor([1.0, 2.0, 4.0]), torch.tensor([0.0, 2.5, 1.0]), torch.tensor([1.0, 2.0, 0.5])\nreturn [((x - y) ** 2 * w).sum() / w.sum(), ((x - y).abs() * w).sum() / w.sum(), (F.huber_loss(x, y, 'none', 0.7) * w).mean(), ((x - y) ** 2 * w).sum(), (x - y).abs() * w]",
  "const [x, y, w] = [torch.tensor([1, 2, 4]), torch.tensor([0, 2.5, 1]), torch.tensor([1, 2, 0.5])];\nconst { mseLoss, l1Loss, huberLoss } = nn.functional;\nreturn [mseLoss(x, y, { weight: w }), l1Loss(x, y, 'mean', w), huberLoss(x, y, 'mean', 0.7, w), mseLoss(x, y, 'sum', w), l1Loss(x, y, { reduction: 'none', weight: w })];")
P("q, k, v = [torch.arange(float(n)).reshape(shape).sin() for n, shape in ((64, (1, 4, 2, 8)), (48, (1, 2, 3, 8)), (24, (1, 2, 3, 4)))]\nk, v = k.repeat_interleave(2, -3), v.repeat_interleave(2, -3)\nreturn (q @ k.transpose(-2, -1) / 8 ** 0.5).softmax(-1) @ v",
  "const [q, k, v] = [[1, 4, 2, 8], [1, 2, 3, 8], [1, 2, 3, 4]].map((shape) => torch.arange(shape.reduce((a, b) => a * b)).float().reshape(shape).sin());\nreturn nn.functional.scaledDotProductAttention(q, k, v, { enableGqa: true });")

# --- attention of several heads
P("""
torch.manual_seed(0)
q, k, v = torch.randn(3, 2, 4), torch.randn(5, 2, 4), torch.randn(5, 2, 4)
w, b, o, ob = torch.randn(12, 4), torch.randn(12), torch.randn(4, 4), torch.randn(4)
bk, bv, pad = torch.randn(1, 1, 4), torch.randn(1, 1, 4), torch.tensor([[False, False, True, False, False], [False] * 5])
one = F.multi_head_attention_forward(q, k, v, 4, 2, w, b, bk, bv, True, 0.0, o, ob, True, pad, True, torch.zeros(3, 5), average_attn_weights=False)
two = F.multi_head_attention_forward(q, k, v, 4, 2, None, b, None, None, False, 0.9, o, None, training=False, need_weights=False, use_separate_proj_weight=True, q_proj_weight=w[:4], k_proj_weight=w[4:8], v_proj_weight=w[8:])
three = F.multi_head_attention_forward(q, k, v, 4, 2, w, b, None, None, True, 0.0, o, ob, static_k=torch.randn(4, 6, 2), static_v=torch.randn(4, 6, 2))
return [*one, two[0], *three]
""", """
torch.manualSeed(0);
const [q, k, v] = [torch.randn(3, 2, 4), torch.randn(5, 2, 4), torch.randn(5, 2, 4)];
const [w, b, o, ob] = [torch.randn(12, 4), torch.randn(12), torch.randn(4, 4), torch.randn(4)];
const [bk, bv, pad] = [torch.randn(1, 1, 4), torch.randn(1, 1, 4), torch.tensor([[false, false, true, false, false], [false, false, false, false, false]])];
const attend = nn.functional.multiHeadAttentionForward;
const one = attend(q, k, v, 4, 2, w, b, bk, bv, true, 0, o, ob, true, pad, true, torch.zeros(3, 5), { averageAttnWeights: false });
const [qw, kw, vw] = w.split(4);
const two = attend(q, k, v, 4, 2, null, b, null, null, false, 0.9, o, null, { training: false, needWeights: false, useSeparateProjWeight: true, qProjWeight: qw, kProjWeight: kw, vProjWeight: vw });
const three = attend(q, k, v, 4, 2, w, b, null, null, true, 0, o, ob, { staticK: torch.randn(4, 6, 2), staticV: torch.randn(4, 6, 2) });
return [...one, two[0], ...three];
""")
