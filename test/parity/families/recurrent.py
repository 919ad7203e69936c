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
def run(kind, options, py_input, js_input, py_loss, js_loss, py_result, js_result):
    """One layer in both directions with a first state that wants gradients, packed unevenly."""
    out = 2 if "proj_size" in options else 3
    js_options = ", ".join(f"{'numLayers' if k == 'num_layers' else 'projSize' if k == 'proj_size' else k}: {str(v).lower() if isinstance(v, bool) else repr(v)}" for k, v in options.items()).replace("'", '"')
    py_options = ", ".join(f"{k}={v!r}" for k, v in options.items())
    states = 2 * options.get("num_layers", 1)
    lstm = kind == "LSTM"
    f.program(IMPORTS + f"torch.manual_seed(0)\nm = nn.{kind}(3, 3, {py_options})\nx = torch.randn(5, 4, 3).requires_grad_()\nh = torch.randn({states}, 4, {out}).requires_grad_()\n"
              + (f"c = torch.randn({states}, 4, 3).requires_grad_()\n" if lstm else "") + f"{py_input}\no, {'(a, b)' if lstm else 'a'} = m(p, {'(h, c)' if lstm else 'h'})\n{py_loss}\nreturn {py_result}",
              f"torch.manualSeed(0);\nconst m = new nn.{kind}(3, 3, {{ {js_options} }});\nconst x = torch.randn(5, 4, 3).requiresGrad_();\nconst h = torch.randn({states}, 4, {out}).requiresGrad_();\n"
              + (f"const c = torch.randn({states}, 4, 3).requiresGrad_();\n" if lstm else "") + f"{js_input};\nconst [o, {'[a, b]' if lstm else 'a'}] = m(p, {'[h, c]' if lstm else 'h'});\n{js_loss};\nreturn {js_result};")

PACKED = ("p = pack_padded_sequence(x, [2, 5, 3, 1], enforce_sorted=False)", "const p = nn.utils.rnn.packPaddedSequence(x, [2, 5, 3, 1], { enforceSorted: false })")
PADDED = ("p = x", "const p = x")
KINDS = [("RNN", dict(bidirectional=True)), ("RNN", dict(bidirectional=True, nonlinearity="relu")), ("GRU", dict(bidirectional=True)), ("GRU", dict(bidirectional=True, bias=False, num_layers=2)),
         ("LSTM", dict(bidirectional=True)), ("LSTM", dict(bidirectional=True, bias=False, num_layers=2)), ("LSTM", dict(bidirectional=True, proj_size=2))]
for kind, options in KINDS:
    lstm = kind == "LSTM"
    cell, cell_grad = ("+ (b * b * b).sum()", ", c.grad") if lstm else ("", "")
    js_cell = ".add(b.mul(b).mul(b).sum())" if lstm else ""
    # Output and last state both count, then each alone.
    run(kind, options, *PACKED, f"((o.data * o.data).sum() + (a * a * a).sum() {cell}).backward()", f"o.data.mul(o.data).sum().add(a.mul(a).mul(a).sum()){js_cell}.backward()",
        f"[x.grad, h.grad{cell_grad}, *[w.grad for w in m.parameters()]]", f"[x.grad, h.grad{cell_grad}, ...[...m.parameters()].map((w) => w.grad)]")
    run(kind, options, *PACKED, "(a * a).sum().backward()", "a.mul(a).sum().backward()", "[x.grad, h.grad, m.weight_hh_l0.grad, m.weight_hh_l0_reverse.grad]", "[x.grad, h.grad, m.weight_hh_l0.grad, m.weight_hh_l0_reverse.grad]")
    # The output may be changed in place, and what a layer gave may be used twice.
    run(kind, options, *PADDED, "y = o[1:].sum()\no.mul_(0.5)\n(o.sum() + y).backward(retain_graph=True)\no[0].sum().backward()",
        "const y = o.narrow(0, 1, 4).sum();\no.mul_(0.5);\no.sum().add(y).backward(undefined, { retainGraph: true });\no.select(0, 0).sum().backward()", "[o, x.grad, h.grad, m.weight_ih_l0.grad]", "[o, x.grad, h.grad, m.weight_ih_l0.grad]")
    # Second derivatives, as a gradient penalty takes them.
    run(kind, options, *PADDED, "g, s = torch.autograd.grad((o * o).sum() + (a * a).sum(), [x, h], create_graph=True)\n((g * g).sum() + (s * s).sum()).backward()",
        "const [g, s] = torch.autograd.grad(o.mul(o).sum().add(a.mul(a).sum()), [x, h], { createGraph: true });\ng.mul(g).sum().add(s.mul(s).sum()).backward()",
        "[g, s, x.grad, h.grad, *[w.grad for w in m.parameters()]]", "[g, s, x.grad, h.grad, ...[...m.parameters()].map((w) => w.grad)]")
# A first state that comes from the input: what goes through it mustn't count twice, and what waits there mustn't get lost.
f.program("torch.manual_seed(0)\nm = nn.GRU(3, 3)\nx = torch.randn(4, 2, 3).requires_grad_()\ny = x.tanh()\no, n = m(y, y[:1])\ng, = torch.autograd.grad((o * o).sum() + (y * y).sum(), [x], create_graph=True)\n(g * g).sum().backward()\nreturn [g, x.grad, m.weight_hh_l0.grad]",
          "torch.manualSeed(0);\nconst m = new nn.GRU(3, 3);\nconst x = torch.randn(4, 2, 3).requiresGrad_();\nconst y = x.tanh();\nconst [o] = m(y, y.narrow(0, 0, 1));\nconst [g] = torch.autograd.grad(o.mul(o).sum().add(y.mul(y).sum()), [x], { createGraph: true });\ng.mul(g).sum().backward();\nreturn [g, x.grad, m.weight_hh_l0.grad];")
for kind in ("RNN", "LSTM", "GRU"):
    state = "(torch.zeros(3, 3), torch.zeros(3, 3))" if kind == "LSTM" else "torch.zeros(3, 3)"
    js_state = state.replace("(torch.zeros(3, 3), ", "[torch.zeros(3, 3), ")[:-1] + "]" if kind == "LSTM" else state
    f.program(f"nn.{kind}Cell(4, 3)(torch.zeros(2, 5))", f"new nn.{kind}Cell(4, 3)(torch.zeros(2, 5));", fails=True)
    f.program(f"nn.{kind}Cell(4, 3)(torch.zeros(2, 4), {state})", f"new nn.{kind}Cell(4, 3)(torch.zeros(2, 4), {js_state});", fails=True)
    f.program(f"nn.{kind}(4, 3)(torch.zeros(0, 2, 4))", f"new nn.{kind}(4, 3)(torch.zeros(0, 2, 4));", fails=True)
    f.program(f"m = nn.{kind}(4, 3)\no, _ = m(torch.zeros(2, 0, 4))\nreturn o", f"const m = new nn.{kind}(4, 3);\nconst [o] = m(torch.zeros(2, 0, 4));\nreturn o;")
f.program(IMPORTS + "a = [torch.arange(3), torch.arange(2), torch.arange(1)]\np = pack_sequence(a)\nreturn [p.data, p.batch_sizes, *unpack_sequence(p), pad_sequence(a), pad_sequence(a, batch_first=True, padding_value=-1), *pad_packed_sequence(p, batch_first=True, total_length=5)]",
          "const a = [torch.arange(3), torch.arange(2), torch.arange(1)];\nconst r = nn.utils.rnn;\nconst p = r.packSequence(a);\nreturn [p.data, p.batchSizes, ...r.unpackSequence(p), r.padSequence(a), r.padSequence(a, { batchFirst: true, paddingValue: -1 }), ...r.padPackedSequence(p, { batchFirst: true, totalLength: 5 })];")
f.program("nn.LSTM(4, 3)(torch.zeros(5, 3, 7))", "new nn.LSTM(4, 3)(torch.zeros(5, 3, 7));", fails=True)
f.program("nn.GRU(4, 3)(torch.zeros(5, 3, 4), torch.zeros(1, 2, 3))", "new nn.GRU(4, 3)(torch.zeros(5, 3, 4), torch.zeros(1, 2, 3));", fails=True)
f.program("nn.LSTM(4, 3)(torch.zeros(5, 3, 4), (torch.zeros(1, 2, 3), torch.zeros(1, 2, 3)))", "new nn.LSTM(4, 3)(torch.zeros(5, 3, 4), [torch.zeros(1, 2, 3), torch.zeros(1, 2, 3)]);", fails=True)
f.program(IMPORTS + "pack_padded_sequence(torch.zeros(5, 2, 1), [1, 3])", "nn.utils.rnn.packPaddedSequence(torch.zeros(5, 2, 1), [1, 3]);", fails=True)
