"""Pooling, borders, other sizes and arrangements of images."""
from parity import Family, torch, nn

family = Family("pooling")
f = family
x1, x2, x3 = f.T(2, 3, 9), f.T(2, 3, 7, 6), f.T(1, 2, 5, 4, 4)
q = dict(evaluate=False)
for kw in (dict(), dict(stride=1), dict(padding=1), dict(ceil_mode=True), dict(dilation=2, stride=1), dict(return_indices=True)):
    f.module("nn.MaxPool1d", 3, inputs=[x1], **kw, **q)
    f.module("nn.MaxPool2d", 3, inputs=[x2], **kw, **q)
    f.module("nn.MaxPool3d", 2, inputs=[x3], **kw, **q)
for kw in (dict(), dict(stride=1), dict(padding=1), dict(ceil_mode=True), dict(padding=1, count_include_pad=False), dict(padding=1, ceil_mode=True)):
    f.module("nn.AvgPool1d", 3, inputs=[x1], **kw, **q)
    f.module("nn.AvgPool2d", 3, inputs=[x2], **kw, **q)
    f.module("nn.AvgPool3d", 2, inputs=[x3], **kw, **q)
f.module("nn.AvgPool2d", 2, divisor_override=3, inputs=[x2], **q)
f.module("nn.MaxPool2d", 2, 1, inputs=[x2], **q)
f.module("nn.MaxPool2d", (3, 2), stride=(2, 1), padding=(1, 0), inputs=[f.T(3, 7, 6)], **q)
f.module("nn.AvgPool2d", (3, 2), inputs=[f.T(3, 7, 6)], **q)
f.module("nn.MaxPool1d", 2, inputs=[f.T(3, 8)], **q)
for n, x, sizes in ((1, x1, (4, 1)), (2, x2, (3, [5, 2], [None, 2], 1)), (3, x3, (2, [3, 2, 1]))):
    for size in sizes:
        f.module(f"nn.AdaptiveAvgPool{n}d", tuple(size) if isinstance(size, list) else size, inputs=[x], **q)
        f.module(f"nn.AdaptiveMaxPool{n}d", tuple(size) if isinstance(size, list) else size, inputs=[x], **q)
    f.module(f"nn.AdaptiveMaxPool{n}d", 2, return_indices=True, inputs=[x], **q)
f.module("nn.LPPool1d", 2, 3, inputs=[f.T(2, 3, 9, low=0.1)], **q)
f.module("nn.LPPool2d", 3, 2, stride=1, inputs=[f.T(2, 3, 5, 5, low=0.1)], **q)
f.op("F.lp_pool2d", f.T(1, 2, 4, 4, low=0.1), 2, 2)
f.op("F.fractional_max_pool2d", x2, 2, output_size=3, seed=0)
f.op("F.fractional_max_pool2d", x2, 2, output_ratio=0.5, seed=0, return_indices=True)
f.op("F.fractional_max_pool3d", x3, 2, output_size=2, seed=0)
v, i = torch.nn.functional.max_pool2d(x2.make(), 2, return_indices=True)
f.module("nn.MaxUnpool2d", 2, inputs=[f.V(v.tolist()), f.V(i.tolist())], **q)
f.module("nn.MaxUnpool2d", 2, inputs=[f.V(v.tolist()), f.V(i.tolist()), [7, 6]], **q)
f.module("nn.MaxUnpool1d", 2, stride=2, inputs=[f.T(1, 2, 3), f.V([[[0, 2, 5], [1, 3, 4]]])], **q)
f.op("F.max_pool2d", f.V([[[[1.0, float("nan")], [2.0, 3.0]]]], grad=False), 2)
f.op("F.avg_pool2d", x2, 2)
f.op("F.adaptive_avg_pool2d", x2, [2, 3])
f.error("F.max_pool2d", x2, 2, padding=2, words="pad should be")

for n, x in ((1, x1), (2, x2), (3, x3)):
    f.module(f"nn.ConstantPad{n}d", 2, 3.5, inputs=[x], **q)
    for kind in ("Reflection", "Replication"):
        f.module(f"nn.{kind}Pad{n}d", 1, inputs=[x], **q)
    f.module(f"nn.ReplicationPad{n}d", tuple([1, 2] * n), inputs=[x], **q)
f.module("nn.ZeroPad2d", (1, 2, 0, 3), inputs=[x2], **q)
f.module("nn.ConstantPad2d", (-1, 2, 1, -1), 1, inputs=[x2], **q)
f.op("F.pad", x2, [1, 2], double=True)
f.op("F.pad", x2, [1, 2, 1, 0], mode="circular")
f.op("F.pad", x2, [1, 2, 1, 0], mode="reflect", double=True)
f.op("F.pad", x1, [1, 1], "constant", 2.5)
f.error("F.pad", x1, [10, 1], mode="reflect", words="Padding size should be less than the corresponding input dimension")

f.module("nn.PixelShuffle", 2, inputs=[f.T(1, 8, 2, 3)], **q)
f.module("nn.PixelUnshuffle", 2, inputs=[f.T(1, 2, 4, 6)], **q)
f.module("nn.ChannelShuffle", 2, inputs=[f.T(1, 4, 2, 2, grad=False)], gradients=False, **q)
f.module("nn.Unfold", 2, inputs=[x2], **q)
f.module("nn.Unfold", (3, 2), dilation=2, padding=1, stride=(2, 1), inputs=[x2], **q)
f.module("nn.Fold", (4, 5), 2, inputs=[f.T(1, 8, 12)], **q)
f.module("nn.Fold", (4, 5), 2, stride=2, padding=1, inputs=[f.T(1, 8, 9)], **q)
for mode in ("nearest", "nearest-exact", "bilinear", "bicubic", "area"):
    for kw in (dict(size=(5, 9)), dict(scale_factor=2), dict(scale_factor=0.6)):
        f.op("F.interpolate", f.T(1, 2, 4, 5), mode=mode, atol=1e-5, **kw)
for mode in ("bilinear", "bicubic"):
    f.op("F.interpolate", f.T(1, 2, 4, 5), size=(7, 3), mode=mode, align_corners=True, atol=1e-5)
f.op("F.interpolate", f.T(1, 2, 4), scale_factor=2.5, mode="linear", align_corners=False, atol=1e-5)
f.op("F.interpolate", f.T(1, 2, 3, 3, 3), size=4, mode="trilinear", atol=1e-5)
f.op("F.interpolate", f.T(1, 2, 3, 3, 3), scale_factor=2)
f.module("nn.Upsample", scale_factor=2, inputs=[x2], **q)
f.module("nn.Upsample", size=(4, 4), mode="bilinear", inputs=[x2], atol=1e-5, **q)
f.module("nn.UpsamplingNearest2d", scale_factor=2, inputs=[x2], **q)
f.module("nn.UpsamplingBilinear2d", scale_factor=2, inputs=[x2], atol=1e-5, **q)
