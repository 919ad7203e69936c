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

# --- products and special functions ---------------------------------------------------------------------------------
f.twice("torch.prod", f.V([[2.0, 0.0, 3.0], [1.0, 2.0, 3.0]]), 1, note="a zero elsewhere")
f.twice("torch.prod", f.V([2.0, 0.0, 3.0]))
f.twice("torch.prod", f.V([2.0, 0.0, 0.0, 3.0]))
f.twice("torch.cumprod", f.V([2.0, 0.0, 3.0, 1.5]), 0)
f.twice("torch.digamma", f.V([0.3, 1.0, 4.5, -0.4, 20.0, -3.7]), rtol=1e-3)

# --- tables and linear layers --------------------------------------------------------------------------------------------
f.twice("F.embedding", f.I(2, 3, high=4), f.T(4, 3))
f.twice("F.embedding", f.I(2, 3, high=4), f.T(4, 3), padding_idx=1)
f.twice("F.linear", f.T(2, 3), f.T(4, 3), f.T(4), **loose)
f.twice("F.bilinear", f.T(2, 3), f.T(2, 2), f.T(4, 3, 2), f.T(4), **loose)

# --- modules --------------------------------------------------------------------------------------------------------
whole = dict(double=True, evaluate=False, **loose)
for kw in (dict(padding=1, padding_mode="reflect"), dict(padding=1, padding_mode="replicate"), dict(padding=2, padding_mode="circular", stride=2), dict(padding="same", padding_mode="circular")):
    f.module("nn.Conv1d", 2, 3, 3, inputs=[f.T(2, 2, 6)], **kw, **whole)
    f.module("nn.Conv2d", 2, 3, 3, inputs=[f.T(1, 2, 5, 5)], **kw, **whole)
    f.module("nn.Conv3d", 1, 2, 3, inputs=[f.T(1, 1, 4, 4, 4)], **kw, **whole)
f.module("nn.ConvTranspose2d", 2, 3, 3, stride=2, inputs=[f.T(1, 2, 3, 3), [8, 8]], **whole)
f.module("nn.BatchNorm2d", 3, inputs=[f.T(2, 3, 3, 2)], **whole)
f.module("nn.BatchNorm1d", 3, inputs=[f.T(4, 3)], train=False, **whole)
f.module("nn.InstanceNorm2d", 3, affine=True, track_running_stats=True, inputs=[f.T(2, 3, 3, 2)], **whole)
f.module("nn.GroupNorm", 2, 4, inputs=[f.T(2, 4, 3)], **whole)
f.module("nn.LayerNorm", [3, 4], inputs=[f.T(2, 3, 4)], **whole)
f.module("nn.Dropout", 0.5, inputs=[f.T(3, 8)], **whole)
f.module("nn.GRU", 3, 4, inputs=[f.T(4, 2, 3)], **whole)
f.module("nn.TransformerEncoderLayer", 4, 2, dim_feedforward=8, dropout=0, activation="gelu", inputs=[f.T(3, 2, 4)], **whole)

# --- whole programs -------------------------------------------------------------------------------------------------
f.program(
    """
    torch.manual_seed(0)
    critic = nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1), nn.LeakyReLU(0.2), nn.AvgPool2d(2), nn.Conv2d(8, 16, 3, stride=2, padding=1),
        nn.LayerNorm([16, 2, 2]), nn.LeakyReLU(0.2), nn.Flatten(), nn.Linear(64, 1))
    generator = nn.Sequential(
        nn.Linear(4, 32), nn.ReLU(), nn.Unflatten(1, (8, 2, 2)), nn.ConvTranspose2d(8, 8, 4, 2, 1), nn.BatchNorm2d(8), nn.ReLU(),
        nn.ConvTranspose2d(8, 1, 4, 2, 1), nn.Tanh())
    ofCritic = torch.optim.Adam(critic.parameters(), lr=1e-3, betas=(0.0, 0.9))
    ofGenerator = torch.optim.Adam(generator.parameters(), lr=1e-3, betas=(0.0, 0.9))
    seen = []
    for step in range(3):
        real = torch.randn(4, 1, 8, 8)
        fake = generator(torch.randn(4, 4)).detach()
        share = torch.rand(4, 1, 1, 1)
        between = (share * real + (1 - share) * fake).requires_grad_()
        (slope,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
        penalty = ((slope.flatten(1).norm(2, dim=1) - 1) ** 2).mean()
        loss = critic(fake).mean() - critic(real).mean() + 10 * penalty
        ofCritic.zero_grad()
        loss.backward()
        seen += [loss.item(), penalty.item(), critic[0].weight.grad.clone(), critic[3].weight.grad.clone(), critic[4].weight.grad.clone()]
        ofCritic.step()
        ofGenerator.zero_grad()
        adversary = -critic(generator(torch.randn(4, 4))).mean()
        adversary.backward()
        seen.append(adversary.item())
        ofGenerator.step()
    return seen
    """, """
    torch.manualSeed(0);
    const critic = new nn.Sequential(
      new nn.Conv2d(1, 8, 3, { padding: 1 }), new nn.LeakyReLU(0.2), new nn.AvgPool2d(2), new nn.Conv2d(8, 16, 3, { stride: 2, padding: 1 }),
      new nn.LayerNorm([16, 2, 2]), new nn.LeakyReLU(0.2), new nn.Flatten(), new nn.Linear(64, 1));
    const generator = new nn.Sequential(
      new nn.Linear(4, 32), new nn.ReLU(), new nn.Unflatten(1, [8, 2, 2]), new nn.ConvTranspose2d(8, 8, 4, 2, 1), new nn.BatchNorm2d(8), new nn.ReLU(),
      new nn.ConvTranspose2d(8, 1, 4, 2, 1), new nn.Tanh());
    const ofCritic = new torch.optim.Adam(critic.parameters(), { lr: 1e-3, betas: [0, 0.9] });
    const ofGenerator = new torch.optim.Adam(generator.parameters(), { lr: 1e-3, betas: [0, 0.9] });
    const seen = [];
    for (let step = 0; step < 3; step++) {
      const real = torch.randn(4, 1, 8, 8);
      const fake = generator(torch.randn(4, 4)).detach();
      const share = torch.rand(4, 1, 1, 1);
      const between = share.mul(real).add(share.neg().add(1).mul(fake)).requiresGrad_();
      const [slope] = torch.autograd.grad(critic(between).sum(), between, { createGraph: true });
      const penalty = slope.flatten(1).norm(2, 1).sub(1).square().mean();
      const loss = critic(fake).mean().sub(critic(real).mean()).add(penalty.mul(10));
      ofCritic.zeroGrad();
      loss.backward();
      const layers = [...critic];
      seen.push(loss.item(), penalty.item(), layers[0].weight.grad.clone(), layers[3].weight.grad.clone(), layers[4].weight.grad.clone());
      ofCritic.step();
      ofGenerator.zeroGrad();
      const adversary = critic(generator(torch.randn(4, 4))).mean().neg();
      adversary.backward();
      seen.push(adversary.item());
      ofGenerator.step();
    }
    return seen;
    """, note="WGAN with gradient penalty, convolutional critic", atol=2e-5, rtol=1e-3)
f.program(
    """
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv1d(1, 4, 3, padding=1), nn.ReLU(), nn.MaxPool1d(2), nn.Flatten(), nn.Linear(16, 8), nn.ELU(), nn.Linear(8, 3))
    outer = torch.optim.SGD(model.parameters(), lr=0.1)
    names = [name for name, _ in model.named_parameters()]
    seen = []
    for step in range(2):
        total = 0
        for task in range(2):
            x, y = torch.randn(5, 1, 8), torch.randint(0, 3, (5,))
            fast = dict(model.named_parameters())
            for inner in range(2):
                loss = F.cross_entropy(torch.nn.utils.stateless.functional_call(model, fast, (x,)), y, label_smoothing=0.1)
                slopes = torch.autograd.grad(loss, list(fast.values()), create_graph=True)
                fast = {name: p - 0.4 * g for name, p, g in zip(names, fast.values(), slopes)}
            query, answer = torch.randn(5, 1, 8), torch.randint(0, 3, (5,))
            total = total + F.cross_entropy(torch.nn.utils.stateless.functional_call(model, fast, (query,)), answer)
        outer.zero_grad()
        total.backward()
        seen += [total.item(), *[p.grad.clone() for p in model.parameters()]]
        outer.step()
    return seen
    """, """
    torch.manualSeed(0);
    const model = new nn.Sequential(
      new nn.Conv1d(1, 4, 3, { padding: 1 }), new nn.ReLU(), new nn.MaxPool1d(2), new nn.Flatten(), new nn.Linear(16, 8), new nn.ELU(), new nn.Linear(8, 3));
    const outer = new torch.optim.SGD(model.parameters(), { lr: 0.1 });
    const names = [...model.namedParameters()].map(([name]) => name);
    const { crossEntropy } = nn.functional;
    const seen = [];
    for (let step = 0; step < 2; step++) {
      let total = torch.tensor(0);
      for (let task = 0; task < 2; task++) {
        const [x, y] = [torch.randn(5, 1, 8), torch.randint(0, 3, [5])];
        let fast = [...model.parameters()];
        const call = (input) => nn.utils.stateless.functionalCall(model, Object.fromEntries(fast.map((p, i) => [names[i], p])), [input]);
        for (let inner = 0; inner < 2; inner++) {
          const loss = crossEntropy(call(x), y, { labelSmoothing: 0.1 });
          const slopes = torch.autograd.grad(loss, fast, { createGraph: true });
          fast = fast.map((p, i) => p.sub(slopes[i].mul(0.4)));
        }
        const [query, answer] = [torch.randn(5, 1, 8), torch.randint(0, 3, [5])];
        total = total.add(crossEntropy(call(query), answer));
      }
      outer.zeroGrad();
      total.backward();
      seen.push(total.item(), ...[...model.parameters()].map((p) => p.grad.clone()));
      outer.step();
    }
    return seen;
    """, note="MAML with cross entropy", atol=1e-5, rtol=1e-3)
f.program(
    """
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.GELU(), nn.BatchNorm2d(2), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(2, 3))
    y = torch.tensor([0, 2, 1])
    return [torch.autograd.functional.hessian(lambda x: F.cross_entropy(model(x), y, label_smoothing=0.1), torch.randn(3, 1, 4, 4))]
    """, """
    torch.manualSeed(0);
    const model = new nn.Sequential(new nn.Conv2d(1, 2, 3), new nn.GELU(), new nn.BatchNorm2d(2), new nn.MaxPool2d(2), new nn.Flatten(), new nn.Linear(2, 3));
    const y = torch.tensor([0, 2, 1], { dtype: "int32" });
    return [torch.autograd.functional.hessian((x) => nn.functional.crossEntropy(model(x), y, { labelSmoothing: 0.1 }), torch.randn(3, 1, 4, 4))];
    """, note="Hessian of a convolutional classifier", atol=1e-5, rtol=1e-3)
# PyTorch takes the statistics of its fused norms for constants at the third derivative, so its side is made of products.
f.program(
    """
    def standard(x, dims):
        centred = x - x.mean(dims, keepdim=True)
        return centred * (centred.square().mean(dims, keepdim=True) + 1e-5).rsqrt()
    torch.manual_seed(0)
    x, w, b = torch.randn(3, 5).requires_grad_(), torch.randn(5).requires_grad_(), torch.randn(5).requires_grad_()
    seen = []
    for dim in (1, 0):
        loss = (standard(x, dim) * w + b).pow(3).sum()
        for order in range(3):
            (g,) = torch.autograd.grad(loss, x, create_graph=True)
            loss = (g * torch.arange(15).reshape(3, 5).sub(7) / 7).sum()
        seen += [g, *torch.autograd.grad(loss, [w, b])]
    return seen
    """, """
    torch.manualSeed(0);
    const x = torch.randn(3, 5).requiresGrad_(), w = torch.randn(5).requiresGrad_(), b = torch.randn(5).requiresGrad_();
    const seen = [];
    for (const norm of [() => nn.functional.layerNorm(x, [5], w, b), () => nn.functional.batchNorm(x, null, null, w, b, true)]) {
      let loss = norm().pow(3).sum();
      let g;
      for (let order = 0; order < 3; order++) {
        [g] = torch.autograd.grad(loss, x, { createGraph: true });
        loss = g.mul(torch.arange(15).reshape(3, 5).sub(7)).div(7).sum();
      }
      seen.push(g, ...torch.autograd.grad(loss, [w, b]));
    }
    return seen;
    """, note="third derivatives of norms", atol=1e-3, rtol=2e-3)
for name, python, js in (("tanh", "nn.Tanh()", "new nn.Tanh()"), ("gelu", "nn.GELU()", "new nn.GELU()"), ("gelu by tanh", 'nn.GELU(approximate="tanh")', 'new nn.GELU({ approximate: "tanh" })'),
                         ("silu", "nn.SiLU()", "new nn.SiLU()"), ("softplus", "nn.Softplus()", "new nn.Softplus()"), ("mish", "nn.Mish()", "new nn.Mish()")):
    f.program(
        f"""
        torch.manual_seed(0)
        u = nn.Sequential(nn.Linear(2, 8), {python}, nn.Linear(8, 8), {python}, nn.Linear(8, 1))
        optimizer = torch.optim.Adam(u.parameters(), lr=0.01)
        seen = []
        for step in range(3):
            x, t = (torch.rand(6, 1) * 2 - 1).requires_grad_(), torch.rand(6, 1).requires_grad_()
            value = u(torch.cat([x, t], 1))
            ux, ut = torch.autograd.grad(value.sum(), [x, t], create_graph=True)
            (uxx,) = torch.autograd.grad(ux.sum(), x, create_graph=True)
            (uxxx,) = torch.autograd.grad(uxx.sum(), x, create_graph=True)
            residual = ut + value * ux - 0.1 * uxx + 0.01 * uxxx
            start = u(torch.cat([x.detach(), torch.zeros(6, 1)], 1)) + torch.sin(torch.pi * x.detach())
            loss = residual.square().mean() + start.square().mean()
            optimizer.zero_grad()
            loss.backward()
            seen += [loss.item(), uxx, uxxx, *[p.grad.clone() for p in u.parameters()]]
            optimizer.step()
        return seen
        """, f"""
        torch.manualSeed(0);
        const u = new nn.Sequential(new nn.Linear(2, 8), {js}, new nn.Linear(8, 8), {js}, new nn.Linear(8, 1));
        const optimizer = new torch.optim.Adam(u.parameters(), {{ lr: 0.01 }});
        const seen = [];
        for (let step = 0; step < 3; step++) {{
          const x = torch.rand(6, 1).mul(2).sub(1).requiresGrad_(), t = torch.rand(6, 1).requiresGrad_();
          const value = u(torch.cat([x, t], 1));
          const [ux, ut] = torch.autograd.grad(value.sum(), [x, t], {{ createGraph: true }});
          const [uxx] = torch.autograd.grad(ux.sum(), x, {{ createGraph: true }});
          const [uxxx] = torch.autograd.grad(uxx.sum(), x, {{ createGraph: true }});
          const residual = ut.add(value.mul(ux)).sub(uxx.mul(0.1)).add(uxxx.mul(0.01));
          const start = u(torch.cat([x.detach(), torch.zeros(6, 1)], 1)).add(x.detach().mul(Math.PI).sin());
          const loss = residual.square().mean().add(start.square().mean());
          optimizer.zeroGrad();
          loss.backward();
          seen.push(loss.item(), uxx, uxxx, ...[...u.parameters()].map((p) => p.grad.clone()));
          optimizer.step();
        }}
        return seen;
        """, note=f"a physics-informed network of {name}", atol=2e-5, rtol=1e-3)
