"""Recurrent layers and cells, packed and padded."""
from parity import Family, torch, nn

family = Family("recurrent")
f = family
x, u = f.T(5, 3, 4), f.T(5, 4)
for name in ("RNN", "LSTM", "GRU"):
    for kw in (dict(), dict(num_layers=2), dict(bidirectional=True), dict(batch_first=True), dict(bias=False), dict(num_layers=2, dropout=0.4, bidirectional=True), dict(num_layers=3, dropout=0.5)):
        f.module(f"nn.{name}", 4, 3, inputs=[x], **kw)
    f.module(f"nn.{name}", 4, 3, inputs=[u], evaluate=False)
    h = f.T(2, 3, 3)
    f.module(f"nn.{name}", 4, 3, num_layers=2, inputs=[x, [h, f.T(2, 3, 3)] if name == "LSTM" else h], evaluate=False)
f.module("nn.RNN", 4, 3, nonlinearity="relu", inputs=[x], evaluate=False)
f.module("nn.LSTM", 4, 5, proj_size=2, num_layers=2, bidirectional=True, inputs=[x], evaluate=False)
f.module("nn.LSTM", 4, 3, 2, inputs=[x], evaluate=False)
for name in ("RNNCell", "LSTMCell", "GRUCell"):
    f.module(f"nn.{name}", 4, 3, inputs=[f.T(2, 4)], evaluate=False)
    h = f.T(2, 3)
    f.module(f"nn.{name}", 4, 3, bias=False, inputs=[f.T(2, 4), [h, f.T(2, 3)] if name == "LSTMCell" else h], evaluate=False)
    f.module(f"nn.{name}", 4, 3, inputs=[f.T(4)], evaluate=False)
f.module("nn.RNNCell", 4, 3, nonlinearity="relu", inputs=[f.T(2, 4)], evaluate=False)

IMPORTS = "from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pack_sequence, unpack_sequence, pad_sequence, unpad_sequence\n"
for kind in ("RNN", "LSTM", "GRU"):
    for bi in (False, True):
        state = "h[0], h[1]" if kind == "LSTM" else "h"
        f.program(IMPORTS + f"torch.manual_seed(0)\nm = nn.{kind}(3, 2, num_layers=2, bidirectional={bi})\nx = torch.randn(5, 4, 3).requires_grad_()\n"
                  f"p = pack_padded_sequence(x, [2, 5, 3, 1], enforce_sorted=False)\no, h = m(p)\ny, n = pad_packed_sequence(o)\n(y * y).sum().backward()\nreturn [y, n, {state}, x.grad, m.weight_hh_l0.grad]",
                  f"torch.manualSeed(0);\nconst m = new nn.{kind}(3, 2, {{ numLayers: 2, bidirectional: {str(bi).lower()} }});\nconst x = torch.randn(5, 4, 3).requiresGrad_();\n"
                  f"const p = nn.utils.rnn.packPaddedSequence(x, [2, 5, 3, 1], {{ enforceSorted: false }});\nconst [o, h] = m(p);\nconst [y, n] = nn.utils.rnn.padPackedSequence(o);\ny.mul(y).sum().backward();\nreturn [y, n, {state}, x.grad, m.weight_hh_l0.grad];")
f.program(IMPORTS + "a = [torch.arange(3), torch.arange(2), torch.arange(1)]\np = pack_sequence(a)\nreturn [p.data, p.batch_sizes, *unpack_sequence(p), pad_sequence(a), pad_sequence(a, batch_first=True, padding_value=-1), *pad_packed_sequence(p, batch_first=True, total_length=5)]",
          "const a = [torch.arange(3), torch.arange(2), torch.arange(1)];\nconst r = nn.utils.rnn;\nconst p = r.packSequence(a);\nreturn [p.data, p.batchSizes, ...r.unpackSequence(p), r.padSequence(a), r.padSequence(a, { batchFirst: true, paddingValue: -1 }), ...r.padPackedSequence(p, { batchFirst: true, totalLength: 5 })];")
f.program("nn.LSTM(4, 3)(torch.zeros(5, 3, 7))", "new nn.LSTM(4, 3)(torch.zeros(5, 3, 7));", fails=True)
f.program("nn.GRU(4, 3)(torch.zeros(5, 3, 4), torch.zeros(1, 2, 3))", "new nn.GRU(4, 3)(torch.zeros(5, 3, 4), torch.zeros(1, 2, 3));", fails=True)
f.program("nn.LSTM(4, 3)(torch.zeros(5, 3, 4), (torch.zeros(1, 2, 3), torch.zeros(1, 2, 3)))", "new nn.LSTM(4, 3)(torch.zeros(5, 3, 4), [torch.zeros(1, 2, 3), torch.zeros(1, 2, 3)]);", fails=True)
f.program(IMPORTS + "pack_padded_sequence(torch.zeros(5, 2, 1), [1, 3])", "nn.utils.rnn.packPaddedSequence(torch.zeros(5, 2, 1), [1, 3]);", fails=True)
