"""Second derivatives: what gradient penalties, MAML and physics-informed networks differentiate once more."""
from parity import Family, torch, nn, M

family = Family("second")
f = family
loose = dict(atol=1e-5, grad_atol=1e-4)
P = lambda *s: f.T(*s, low=0.05, high=0.95)

# --- functions of single elements -----------------------------------------------------------------------------------
# At 0 and where pieces meet, too. PyTorch 1.13 has no second derivative of hardsigmoid: see gradcheck/
KINKS = [[-3.5, -1.0, -0.25, 0.0], [0.25, 0.5, 1.0, 3.5]]
for name in "elu celu selu glu hardshrink hardswish hardtanh logsigmoid mish relu relu6 silu softplus softshrink softsign tanhshrink gelu leaky_relu sigmoid tanh".split():
    f.twice(f"F.{name}", f.V(KINKS))
    f.twice(f"F.{name}", f.T(6, 2, low=-4, high=4, layout="transposed"))
f.twice("F.gelu", f.V(KINKS), approximate="tanh")
f.twice("F.softplus", f.T(2, 6, low=-4, high=4), beta=2, threshold=3)
f.twice("F.elu", f.T(2, 6), 0.5)
f.twice("F.celu", f.T(2, 6), 2.0)
f.twice("F.leaky_relu", f.T(2, 6), 0.2)
f.twice("F.hardtanh", f.T(2, 6), -1.5, 0.5)
f.twice("F.threshold", f.T(2, 6), 0.5, 2.0)
f.twice("F.prelu", f.T(2, 6), f.V([0.2]))
f.twice("F.prelu", f.T(2, 3, 2), f.V([0.1, 0.2, 0.3]))
f.twice("F.rrelu", f.T(3, 4), training=True, seed=0)
f.twice("F.rrelu", f.T(3, 4))
f.twice("F.softmin", f.T(2, 4), 1)
f.twice("F.softmax", f.T(2, 4), 1)
f.twice("F.log_softmax", f.T(2, 4), 0)
f.twice("F.gumbel_softmax", f.T(3, 4), seed=0)
f.twice("F.gumbel_softmax", f.T(3, 4), tau=0.5, hard=True, seed=1)

# --- convolutions ---------------------------------------------------------------------------------------------------
PLAIN = "(k, x, w, o) => k.nn.functional.{}(x, w, null, o)"
x1, x2, x3 = f.T(2, 4, 7), f.T(2, 4, 5, 6), f.T(1, 2, 4, 3, 3)
w1, w2, w3 = f.T(4, 4, 3), f.T(4, 4, 3, 2), f.T(2, 2, 2, 2, 2)
for kw in (dict(), dict(stride=2), dict(padding=1), dict(dilation=2), dict(stride=2, padding=2, dilation=2), dict(padding="same"), dict(padding="valid")):
    for name, x, w, bias in (("conv1d", x1, w1, f.T(4)), ("conv2d", x2, w2, f.T(4)), ("conv3d", x3, w3, f.T(2))):
        f.twice(f"F.{name}", x, w, bias, **kw, **loose)
f.twice("F.conv1d", x1, f.T(6, 2, 3), f.T(6), groups=2, padding=1, **loose)
f.twice("F.conv1d", x1, f.T(4, 4, 4), f.T(4), padding="same", **loose)
f.twice("F.conv2d", x2, f.T(4, 1, 3, 3), f.T(4), groups=4, padding=1, note="depthwise", **loose)
f.twice("F.conv2d", x2, f.T(6, 2, 3, 1), f.T(6), groups=2, stride=[2, 1], padding=[1, 0], dilation=[1, 2], **loose)
f.twice("F.conv2d", x2, f.T(3, 4, 1, 1), js=PLAIN.format("conv2d"), note="1×1, no bias", **loose)
f.twice("F.conv2d", f.T(1, 3, 9, 9), f.T(4, 3, 3, 3), f.T(4), padding=1, **loose)
f.twice("F.conv3d", f.T(1, 4, 3, 3, 3), f.T(4, 2, 2, 1, 2), f.T(4), groups=2, stride=[1, 2, 1], padding=[1, 0, 1], **loose)
f.twice("F.conv1d", f.T(4, 7), w1, f.T(4), padding=1, note="no batch", **loose)
f.twice("F.conv2d", f.T(4, 5, 6), w2, f.T(4), stride=2, note="no batch", **loose)
f.twice("F.conv3d", f.T(2, 4, 3, 3), w3, f.T(2), note="no batch", **loose)
f.twice("F.conv2d", f.T(4, 4, 5, layout="transposed"), f.T(2, 4, 2, 4, layout="transposed"), f.T(2), note="not dense", **loose)
for kw in (dict(), dict(stride=2), dict(stride=2, padding=1, output_padding=1), dict(dilation=2), dict(dilation=3, stride=2, output_padding=2, padding=2)):
    f.twice("F.conv_transpose1d", f.T(2, 4, 4), f.T(4, 3, 3), f.T(3), **kw, **loose)
    f.twice("F.conv_transpose2d", f.T(1, 2, 3, 4), f.T(2, 3, 3, 2), f.T(3), **kw, **loose)
    f.twice("F.conv_transpose3d", f.T(1, 2, 2, 3, 2), f.T(2, 2, 2, 2, 2), f.T(2), **kw, **loose)
f.twice("F.conv_transpose1d", f.T(2, 4, 4), f.T(4, 2, 3), f.T(4), groups=2, stride=2, **loose)
f.twice("F.conv_transpose2d", f.T(1, 4, 3, 3), f.T(4, 1, 3, 3), f.T(2), groups=2, stride=[2, 1], padding=[1, 0], output_padding=[1, 0], **loose)
f.twice("F.conv_transpose2d", f.T(1, 2, 3, 3), f.T(2, 3, 2, 2), js=PLAIN.format("convTranspose2d"), note="no bias", **loose)
f.twice("F.conv_transpose3d", f.T(1, 4, 2, 2, 2), f.T(4, 1, 2, 2, 2), f.T(2), groups=2, **loose)
f.twice("F.conv_transpose1d", f.T(4, 4), f.T(4, 3, 3), f.T(3), stride=2, note="no batch", **loose)
f.twice("F.conv_transpose2d", f.T(2, 3, 4), f.T(2, 3, 3, 2), f.T(3), note="no batch", **loose)

# --- pooling --------------------------------------------------------------------------------------------------------
for n, x in ((1, f.T(2, 3, 9)), (2, f.T(2, 2, 7, 6)), (3, f.T(1, 2, 5, 4, 4))):
    for kw in (dict(), dict(stride=1), dict(padding=1), dict(ceil_mode=True), dict(dilation=2, stride=1)):
        f.twice(f"F.max_pool{n}d", x, 2, **kw)
    for kw in (dict(), dict(stride=1), dict(padding=1), dict(ceil_mode=True), dict(padding=1, count_include_pad=False)):
        f.twice(f"F.avg_pool{n}d", x, 3, **kw)
    for size in (1, 3):
        f.twice(f"F.adaptive_avg_pool{n}d", x, size)
        f.twice(f"F.adaptive_max_pool{n}d", x, size)
f.twice("F.max_pool2d", f.T(2, 6, 6), [3, 2], stride=[2, 1], padding=[1, 0], note="no batch")
f.twice("F.max_pool1d", f.T(2, 6), 2, note="no batch")
f.twice("F.max_pool2d", f.V([[[[1.0, 1.0, 0.5], [1.0, 1.0, 1.0], [0.0, 0.0, 0.0]]]]), 2, stride=1, note="ties")
f.twice("F.max_pool2d", f.T(1, 2, 4, 4), 2, return_indices=True)
f.twice("F.avg_pool2d", f.T(2, 6, 6), [3, 2], note="no batch")
f.twice("F.avg_pool2d", f.T(1, 2, 6, 6), 2, divisor_override=3)
f.twice("F.adaptive_avg_pool2d", f.T(2, 5, 6), [2, 3], note="no batch")
f.twice("F.lp_pool1d", f.T(2, 3, 9, low=0.1), 3, 2)
f.twice("F.lp_pool2d", f.T(1, 2, 4, 4, low=0.1), 2, 2)
f.twice("F.fractional_max_pool2d", f.T(2, 2, 7, 6), 2, output_size=3, seed=0)
f.twice("F.fractional_max_pool3d", f.T(1, 2, 5, 4, 4), 2, output_size=2, seed=0)
f.twice("F.max_unpool1d", f.T(1, 2, 3), f.V([[[0, 2, 5], [1, 3, 4]]]), 2)
f.twice("F.max_unpool2d", f.T(1, 1, 2, 2), f.V([[[[0, 3], [9, 14]]]]), 2)
f.twice("F.unfold", f.T(1, 2, 4, 5), 2, padding=1, stride=2)
f.twice("F.fold", f.T(1, 8, 12), [4, 5], 2)

# --- borders and other sizes ----------------------------------------------------------------------------------------
for mode in ("constant", "reflect", "replicate", "circular"):
    f.twice("F.pad", f.T(1, 2, 4, 4), [1, 2, 2, 1], mode=mode)
f.twice("F.pad", f.T(2, 4), [-1, 2], value=3.0)
for mode in ("nearest", "bilinear", "bicubic", "area"):
    f.twice("F.interpolate", f.T(1, 2, 3, 4), size=(5, 6), mode=mode, **loose)
f.twice("F.interpolate", f.T(1, 2, 4), scale_factor=2, mode="linear", align_corners=True, **loose)
f.twice("F.interpolate", f.T(1, 1, 2, 3, 2), scale_factor=2, mode="trilinear", **loose)
f.twice("F.pixel_shuffle", f.T(1, 4, 2, 3), 2)
f.twice("F.pixel_unshuffle", f.T(1, 1, 4, 6), 2)

# --- normalisation --------------------------------------------------------------------------------------------------
# With a bias alone PyTorch 1.13 fails at the second derivative.

for shape in ((5, 3), (4, 3, 2), (3, 3, 2, 2), (2, 3, 2, 2, 2)):
    f.twice("F.batch_norm", f.T(*shape), None, None, f.T(3), f.T(3), True, **loose)
f.twice("F.batch_norm", f.T(4, 3, 2), f.T(3, grad=False), f.T(3, low=0.5, high=2, grad=False), f.T(3), f.T(3), False, note="running statistics", **loose)
f.twice("F.batch_norm", f.T(5, 3), f.T(3, grad=False), f.T(3, low=0.5, high=2, grad=False), note="running statistics, no weight", **loose)
f.twice("F.batch_norm", f.T(5, 3), None, None, None, None, True, note="no weight", **loose)
f.twice("F.batch_norm", f.T(5, 3), None, None, f.T(3), None, True, note="no bias", **loose)
f.op("F.batch_norm", f.T(5, 3), None, None, None, f.T(3), True, note="bias alone", **loose)
f.twice("F.batch_norm", f.T(5, 3), None, None, f.T(3), f.T(3), True, 0.1, 0.1, note="large eps", **loose)
f.twice("F.layer_norm", f.T(3, 5), [5], f.T(5), f.T(5), **loose)
f.twice("F.layer_norm", f.T(2, 3, 4), [3, 4], f.T(3, 4), f.T(3, 4), **loose)
f.twice("F.layer_norm", f.T(2, 3, 4), [4], **loose)
f.twice("F.layer_norm", f.T(3, 5), [5], f.T(5), None, note="no bias", **loose)
f.op("F.layer_norm", f.T(3, 5), [5], None, f.T(5), note="bias alone", **loose)
f.twice("F.layer_norm", f.T(3, 5), [5], f.T(5), f.T(5), 0.1, note="large eps", **loose)
f.twice("F.layer_norm", f.T(4, 3, layout="transposed"), [3], f.T(3), f.T(3), note="not dense", **loose)
for groups in (1, 2, 4):
    f.twice("F.group_norm", f.T(2, 4, 3), groups, f.T(4), f.T(4), **loose)
f.twice("F.group_norm", f.T(2, 4, 2, 2), 2, **loose)
f.twice("F.instance_norm", f.T(2, 3, 4), weight=f.T(3), bias=f.T(3), **loose)
f.twice("F.instance_norm", f.T(2, 3, 2, 3), **loose)
f.twice("F.instance_norm", f.T(2, 3, 4), running_mean=f.T(3, grad=False), running_var=f.T(3, low=0.5, high=2, grad=False), use_input_stats=False, **loose)
f.twice("F.local_response_norm", f.T(1, 4, 3), 3, alpha=0.5, **loose)
f.twice("F.normalize", f.T(3, 4), **loose)

# --- losses ---------------------------------------------------------------------------------------------------------
PM = lambda n: f.V([(-1.0) ** i for i in range(n)], grad=False)
for red in ("mean", "sum", "none"):
    r = dict(reduction=red)
    weight = f.T(3, low=0.2, high=2, grad=False)
    f.twice("F.cross_entropy", f.T(4, 3), f.I(4, high=3), **r)
    f.twice("F.cross_entropy", f.T(4, 3), f.I(4, high=3), weight=weight, label_smoothing=0.1, **r)
    f.twice("F.cross_entropy", f.T(4, 3), f.V([0, 2, -100, 1]), label_smoothing=0.2, **r)
    f.twice("F.cross_entropy", f.T(4, 3), f.V([0, 2, 1, 1]), ignore_index=1, weight=weight, **r)
    f.twice("F.cross_entropy", f.T(2, 3, 4), f.I(2, 4, high=3), weight=weight, **r)
    f.twice("F.cross_entropy", f.T(2, 3, 2, 2), f.I(2, 2, 2, high=3), **r)
    f.twice("F.cross_entropy", f.T(4, 3), P(4, 3), **r)
    f.twice("F.cross_entropy", f.T(4, 3), P(4, 3), weight=weight, label_smoothing=0.1, **r)
    f.twice("F.cross_entropy", f.T(3), f.V(1), **r)
    f.twice("F.nll_loss", f.T(4, 3), f.I(4, high=3), **r)
    f.twice("F.nll_loss", f.T(2, 3, 2, 2), f.I(2, 2, 2, high=3), weight=weight, ignore_index=2, **r)
    f.twice("F.mse_loss", f.T(4, 3), f.T(4, 3), **r)
    f.twice("F.l1_loss", f.T(4, 3), f.T(4, 3), **r)
    f.twice("F.smooth_l1_loss", f.T(4, 3), f.T(4, 3), beta=0.5, **r)
    f.twice("F.huber_loss", f.T(4, 3), f.T(4, 3), delta=0.7, **r)
    f.twice("F.binary_cross_entropy", P(4, 3), f.T(4, 3, low=0, high=1, grad=False), weight=weight, **r)
    f.twice("F.binary_cross_entropy_with_logits", f.T(4, 3), f.T(4, 3, low=0, high=1, grad=False), weight=weight, **r)
    f.twice("F.binary_cross_entropy_with_logits", f.V(KINKS), P(2, 4), pos_weight=f.T(4, low=0.5, high=2, grad=False), **r)
    f.twice("F.kl_div", f.T(4, 3), P(4, 3), **r)
    f.twice("F.kl_div", f.T(4, 3), f.T(4, 3), log_target=True, **r)
    f.twice("F.poisson_nll_loss", f.T(4, 3), f.T(4, 3, low=0, high=5, grad=False), **r)
    f.twice("F.poisson_nll_loss", P(4, 3), f.T(4, 3, low=0.5, high=5, grad=False), log_input=False, full=True, **r)
    f.twice("F.gaussian_nll_loss", f.T(4, 3), f.T(4, 3), P(4, 3), **loose, **r)
    f.twice("F.soft_margin_loss", f.V([[0.0, -1.0, 1.5]]), f.V([[1.0, -1.0, 1.0]], grad=False), **r)
    f.twice("F.hinge_embedding_loss", f.T(4), PM(4), margin=0.8, **r)
    f.twice("F.margin_ranking_loss", f.T(4), f.T(4), PM(4), margin=0.3, **r)
    f.twice("F.cosine_embedding_loss", f.T(4, 3), f.T(4, 3), PM(4), margin=0.2, **r)
    f.twice("F.triplet_margin_loss", f.T(4, 3), f.T(4, 3), f.T(4, 3), **loose, **r)
    f.twice("F.multilabel_soft_margin_loss", f.T(4, 3), f.V([[1.0, 0.0, 1.0]] * 4, grad=False), **r)
f.twice("F.kl_div", f.T(4, 3), P(4, 3), reduction="batchmean")
f.twice("F.cosine_similarity", f.T(4, 3), f.T(4, 3), **loose)
f.twice("F.pairwise_distance", f.T(4, 3), f.T(4, 3), **loose)

# --- tables and products --------------------------------------------------------------------------------------------
f.twice("F.embedding", f.I(2, 3, high=4), f.T(4, 3))
f.twice("F.embedding", f.I(2, 3, high=4), f.T(4, 3), padding_idx=1)
f.twice("F.linear", f.T(2, 3), f.T(4, 3), f.T(4), **loose)
f.twice("F.bilinear", f.T(2, 3), f.T(2, 2), f.T(4, 3, 2), f.T(4), **loose)
