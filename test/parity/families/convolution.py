"""Convolutions in all dimensions, transposed too."""
from parity import Family, torch, nn

family = Family("convolution")
f = family
x1, x2, x3 = f.T(2, 4, 9), f.T(2, 4, 7, 6), f.T(1, 2, 5, 4, 4)
loose = dict(atol=1e-5)
for kw in (dict(), dict(stride=2), dict(padding=1), dict(dilation=2), dict(groups=2), dict(bias=False), dict(padding="same"), dict(padding="valid"), dict(padding=1, padding_mode="reflect"),
           dict(padding=2, padding_mode="circular", stride=2), dict(padding=1, padding_mode="replicate"), dict(padding="same", padding_mode="circular")):
    f.module("nn.Conv1d", 4, 6, 3, inputs=[x1], evaluate=False, **kw, **loose)
    f.module("nn.Conv2d", 4, 6, 3, inputs=[x2], evaluate=False, **kw, **loose)
    if "groups" not in kw:
        f.module("nn.Conv3d", 2, 2, 2, inputs=[x3], evaluate=False, **{**kw, **({"dilation": 1} if "dilation" in kw else {})}, **loose)
f.module("nn.Conv1d", 4, 6, 4, padding="same", inputs=[x1], evaluate=False, **loose)
f.module("nn.Conv2d", 4, 6, [4, 2], padding="same", dilation=[1, 2], inputs=[x2], evaluate=False, **loose)
f.module("nn.Conv2d", 4, 8, [3, 1], stride=[2, 1], padding=[1, 0], groups=4, inputs=[x2], evaluate=False, **loose)
f.module("nn.Conv1d", 4, 6, 3, inputs=[f.T(4, 9)], evaluate=False, **loose)
f.module("nn.Conv2d", 4, 6, 3, inputs=[f.T(4, 7, 6)], evaluate=False, **loose)
f.module("nn.Conv3d", 2, 2, [2, 1, 3], stride=[1, 2, 1], padding=[1, 0, 1], dilation=[2, 1, 1], groups=2, inputs=[x3], evaluate=False, **loose)
for kw in (dict(), dict(stride=2), dict(stride=2, padding=1, output_padding=1), dict(dilation=2), dict(groups=2), dict(bias=False)):
    f.module("nn.ConvTranspose1d", 4, 6, 3, inputs=[x1], evaluate=False, **kw, **loose)
    f.module("nn.ConvTranspose2d", 4, 6, 3, inputs=[x2], evaluate=False, **kw, **loose)
    f.module("nn.ConvTranspose3d", 2, 2, 2, inputs=[f.T(1, 2, 3, 2, 2)], evaluate=False, **kw, **loose)
f.module("nn.ConvTranspose2d", 4, 6, 3, stride=2, inputs=[x2, [16, 14]], evaluate=False, **loose)
f.module("nn.ConvTranspose2d", 4, 6, 3, inputs=[f.T(4, 3, 3)], evaluate=False, **loose)
f.op("F.conv2d", f.T(1, 2, 4, 4), f.T(3, 2, 3, 3), f.T(3), padding=1, stride=2, **loose)
f.op("F.conv1d", f.T(1, 2, 6), f.T(3, 2, 3), padding="same", js="(k, x, w, o) => k.nn.functional.conv1d(x, w, null, o)", **loose)
f.op("F.conv_transpose2d", f.T(1, 2, 4, 4), f.T(2, 3, 3, 3), f.T(3), stride=2, **loose)
f.op("F.conv2d", f.T(0, 2, 4, 4), f.T(3, 2, 3, 3), gradients=False)
f.error("F.conv2d", f.T(1, 3, 8, 8), f.T(4, 1, 3, 3))
f.error("F.conv2d", f.T(1, 1, 2, 2), f.T(4, 1, 3, 3))
f.error("F.conv2d", f.T(8, 8), f.T(4, 1, 3, 3))
f.error("F.conv1d", f.T(8, 8, 3, 3), f.T(4, 8, 3))
f.error("F.conv_transpose2d", f.T(1, 3, 4, 4), f.T(2, 3, 3, 3))

# What addresses are computed from is checked first.
f.error("F.conv2d", f.T(1, 2, 5, 5), f.T(3, 2, 3, 3), f.T(2))
f.error("F.conv2d", f.T(1, 2, 5, 5), f.T(3, 1, 3, 3), groups=2, js="(k, x, w) => k.nn.functional.conv2d(x, w, { groups: 2 })")
f.error("F.conv2d", f.T(1, 2, 5, 5), f.T(3, 2, 3, 3), stride=0)
f.error("F.conv2d", f.T(1, 2, 5, 5), f.T(3, 2, 3, 3), padding=-1)
f.error("F.max_pool2d", f.I(1, 2, 4, 4), 2, words='"max_pool2d" not implemented for \'Long\'')
# Options by position.
f.module("nn.Conv2d", 2, 3, 3, 2, 1, inputs=[f.T(1, 2, 6, 6)], evaluate=False, **loose)
f.module("nn.ConvTranspose2d", 2, 3, 4, 2, 1, inputs=[f.T(1, 2, 3, 3)], evaluate=False, **loose)
f.op("F.conv2d", f.T(1, 2, 5, 5), f.T(3, 2, 3, 3), f.T(3), 2, 1, **loose)
f.op("F.conv2d", f.T(1, 2, 5, 5), f.T(3, 2, 3, 3), padding=1, **loose)
f.op("F.conv_transpose2d", f.T(1, 2, 3, 3), f.T(2, 3, 4, 4), f.T(3), 2, 1, **loose)
f.op("F.max_pool2d", f.T(1, 2, 6, 6), 3, 2, 1)
f.op("F.avg_pool2d", f.T(1, 2, 6, 6), 3, 2, 1)
f.op("F.interpolate", f.T(1, 2, 3, 3), 6)
INF = float("inf")
f.op("F.avg_pool1d", f.V([[[INF, 1.0, 2.0, 3.0, 4.0, 5.0]]], grad=False), 2)
f.op("F.adaptive_avg_pool1d", f.V([[[INF, 1.0, 2.0, 3.0, 4.0, 5.0]]], grad=False), 3)
f.op("F.interpolate", f.V([[[INF, 1.0, 2.0, 3.0]]], grad=False), size=8, mode="linear", align_corners=False)
