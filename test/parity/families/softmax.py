"""Softmax and its logarithm."""
from parity import Family, torch

family = Family("softmax")
f = family
for shape, dim in (((4,), 0), ((2, 3), 1), ((2, 3, 4), 1), ((0, 3), 1)):
    f.op("torch.softmax", f.T(*shape), dim, double=True)
    f.op("F.log_softmax", f.T(*shape), dim, double=True)
f.op("torch.softmax", f.T(3, 5, layout="transposed"), -1, double=True)
f.error("torch.softmax", f.T(2, 3), 2)
f.module("nn.Softmax", 1, inputs=[f.T(2, 3)])
f.module("nn.LogSoftmax", 1, inputs=[f.T(2, 3)])
