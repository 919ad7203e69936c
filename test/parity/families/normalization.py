"""Normalisation, dropout, embeddings and linear layers."""
from parity import Family, torch, nn, M

family = Family("normalization")
f = family
x1, x2, x3 = f.T(4, 6, 5), f.T(3, 6, 4, 3), f.T(2, 6, 2, 3, 2)
for kw in (dict(), dict(momentum=None), dict(affine=False), dict(track_running_stats=False), dict(eps=1e-3, momentum=0.3)):
    f.module("nn.BatchNorm1d", 6, inputs=[x1], steps=2, **kw)
    f.module("nn.BatchNorm2d", 6, inputs=[x2], **kw)
    f.module("nn.BatchNorm3d", 6, inputs=[x3], **kw)
f.module("nn.BatchNorm1d", 6, inputs=[f.T(5, 6)])
for kw in (dict(), dict(affine=True), dict(affine=True, track_running_stats=True)):
    f.module("nn.InstanceNorm1d", 6, inputs=[x1], **kw)
    f.module("nn.InstanceNorm2d", 6, inputs=[x2], steps=2, **kw)
    f.module("nn.InstanceNorm3d", 6, inputs=[x3], **kw)
f.module("nn.InstanceNorm2d", 6, inputs=[f.T(6, 4, 3)])
for groups in (1, 2, 6):
    f.module("nn.GroupNorm", groups, 6, inputs=[x2])
f.module("nn.GroupNorm", 3, 6, affine=False, inputs=[f.T(4, 6)])
f.module("nn.LayerNorm", 5, inputs=[x1])
f.module("nn.LayerNorm", [6, 5], inputs=[x1])
f.module("nn.LayerNorm", 5, eps=1e-2, elementwise_affine=False, inputs=[x1])
for size in (1, 2, 3, 5):
    f.module("nn.LocalResponseNorm", size, inputs=[x2])
f.module("nn.LocalResponseNorm", 3, alpha=0.1, beta=0.5, k=2, inputs=[x1])
f.op("F.group_norm", x2, 2)
f.op("F.instance_norm", x2)
f.op("F.local_response_norm", x2, 3)
f.error("F.group_norm", f.T(2, 5, 3), 2)

for name, x in (("Dropout", f.T(3, 8)), ("Dropout1d", f.T(3, 8, 2)), ("Dropout2d", f.T(3, 8, 2, 2)), ("Dropout3d", f.T(3, 4, 2, 2, 2)), ("AlphaDropout", f.T(3, 8)), ("FeatureAlphaDropout", f.T(3, 8, 2))):
    for p in (0.5, 0.2, 0, 1):
        f.module(f"nn.{name}", p, inputs=[x])
    f.module(f"nn.{name}", inplace=True)
f.module("nn.Dropout1d", 0.5, inputs=[f.T(8, 2)])
f.module("nn.Dropout3d", 0.5, inputs=[f.T(8, 2, 2, 2)])

idx = f.I(2, 3, high=5)
f.module("nn.Embedding", 5, 3, inputs=[idx])
f.module("nn.Embedding", 5, 3, padding_idx=2, inputs=[idx])
f.module("nn.Embedding", 5, 3, padding_idx=-1, inputs=[idx])
f.module("nn.Embedding", 5, 3, scale_grad_by_freq=True, inputs=[idx])
f.module("nn.Embedding", 5, 3, max_norm=1, inputs=[idx], gradients=False)
f.module("nn.Embedding", 5, 3, max_norm=1, norm_type=1, inputs=[idx], gradients=False)
for mode in ("sum", "mean", "max"):
    f.module("nn.EmbeddingBag", 5, 3, mode=mode, inputs=[f.I(2, 4, high=5)])
    f.module("nn.EmbeddingBag", 5, 3, mode=mode, inputs=[f.I(6, high=5), f.V([0, 2, 2])])
    f.module("nn.EmbeddingBag", 5, 3, mode=mode, padding_idx=1, inputs=[f.I(6, high=5), f.V([0, 4])])
f.module("nn.EmbeddingBag", 5, 3, mode="sum", include_last_offset=True, inputs=[f.I(6, high=5), f.V([0, 2, 6])])
f.module("nn.EmbeddingBag", 5, 3, mode="sum", inputs=[f.I(2, 4, high=5)], call=dict(per_sample_weights=f.T(2, 4, grad=False)))
f.module("nn.Linear", 4, 3, inputs=[f.T(2, 4)])
f.module("nn.Linear", 4, 3, bias=False, inputs=[f.T(2, 5, 4)])
f.module("nn.Bilinear", 3, 4, 2, inputs=[f.T(5, 3), f.T(5, 4)])
f.module("nn.Bilinear", 3, 4, 2, bias=False, inputs=[f.T(2, 5, 3), f.T(2, 5, 4)])
f.module("nn.Identity", inputs=[f.T(2, 4)])
f.module("nn.Flatten", inputs=[f.T(2, 4, 3)])
f.module("nn.Unflatten", 1, (2, 2), inputs=[f.T(2, 4)])
f.error("F.layer_norm", f.T(2, 4), [4], f.T(3), None)
