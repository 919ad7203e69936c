"""Attention and transformers."""
from parity import Family, torch, nn, M

family = Family("transformer")
f = family
NINF = float("-inf")
q, k = f.T(3, 2, 4), f.T(5, 2, 4)
pad_mask = f.V([[False, False, True, False, True], [False, True, False, False, False]])
bool_mask = f.V([[False, True, False, False, False], [False, False, False, True, False], [True, False, False, False, False]])
float_mask = f.V([[0.0, NINF, 0.5, 0.0, 0.0], [0.0, 0.0, 0.0, NINF, 0.0], [0.1, 0.0, 0.0, 0.0, 0.0]], grad=False)
for kw in (dict(), dict(bias=False), dict(add_bias_kv=True), dict(add_zero_attn=True), dict(dropout=0.3)):
    f.module("nn.MultiheadAttention", 4, 2, inputs=[q, k, k], **kw)
for call in (dict(need_weights=False), dict(average_attn_weights=False), dict(key_padding_mask=pad_mask), dict(attn_mask=bool_mask), dict(attn_mask=float_mask), dict(key_padding_mask=pad_mask, attn_mask=bool_mask)):
    f.module("nn.MultiheadAttention", 4, 2, inputs=[q, k, k], call=call, evaluate=False)
f.module("nn.MultiheadAttention", 4, 2, kdim=3, vdim=5, inputs=[q, f.T(5, 2, 3), f.T(5, 2, 5)], evaluate=False)
f.module("nn.MultiheadAttention", 4, 2, add_bias_kv=True, add_zero_attn=True, inputs=[q, k, k], call=dict(key_padding_mask=pad_mask), evaluate=False)
f.module("nn.MultiheadAttention", 4, 2, batch_first=True, inputs=[f.T(2, 3, 4), f.T(2, 5, 4), f.T(2, 5, 4)], evaluate=False)
f.module("nn.MultiheadAttention", 4, 2, inputs=[f.T(3, 4), f.T(5, 4), f.T(5, 4)], evaluate=False)

s, t = f.T(4, 2, 8), f.T(3, 2, 8)
for kw in (dict(), dict(dropout=0, norm_first=True), dict(activation="gelu", batch_first=True, dropout=0.2), dict(layer_norm_eps=1e-3)):
    f.module("nn.TransformerEncoderLayer", 8, 2, dim_feedforward=6, inputs=[s], evaluate=False, atol=1e-5, **kw)
    kw = {**kw, "batch_first": False}
    f.module("nn.TransformerDecoderLayer", 8, 2, dim_feedforward=6, inputs=[t, s], evaluate=False, atol=1e-5, **kw)
causal = f.V([[0.0, NINF, NINF, NINF], [0.0, 0.0, NINF, NINF], [0.0, 0.0, 0.0, NINF], [0.0] * 4], grad=False)
padding = f.V([[False, False, False, True], [False, False, True, True]])
f.module("nn.TransformerEncoderLayer", 8, 2, 6, inputs=[s], call=dict(src_mask=causal, src_key_padding_mask=padding), evaluate=False, atol=1e-5)
f.module("nn.TransformerDecoderLayer", 8, 2, 6, inputs=[t, s], call=dict(memory_key_padding_mask=padding), evaluate=False, atol=1e-5)
f.module("nn.TransformerEncoder", M("nn.TransformerEncoderLayer", 8, 2, dim_feedforward=6), 2, inputs=[s], call=dict(mask=causal), evaluate=False, atol=1e-5)
f.module("nn.TransformerEncoder", M("nn.TransformerEncoderLayer", 8, 2, dim_feedforward=6), 2, norm=M("nn.LayerNorm", 8), inputs=[s], evaluate=False, atol=1e-5)
f.module("nn.TransformerDecoder", M("nn.TransformerDecoderLayer", 8, 2, dim_feedforward=6), 2, inputs=[t, s], evaluate=False, atol=1e-5)
f.module("nn.Transformer", d_model=8, nhead=2, num_encoder_layers=1, num_decoder_layers=2, dim_feedforward=6, inputs=[s, t], evaluate=False, atol=1e-5)
f.program("return [nn.Transformer.generate_square_subsequent_mask(4)]", "return [nn.Transformer.generateSquareSubsequentMask(4)];")

# scaled_dot_product_attention came with PyTorch 2: softmax(q k^T / sqrt(d) + mask) v by its definition.
SDPA = "q, k, v = torch.randn(2, 3, 4), torch.randn(2, 5, 4), torch.randn(2, 5, 6)\n"
JS = "const [q, k, v] = [torch.randn(2, 3, 4), torch.randn(2, 5, 4), torch.randn(2, 5, 6)];\nconst attention = nn.functional.scaledDotProductAttention;\n"
f.program("torch.manual_seed(0)\n" + SDPA + "return [torch.softmax(q @ k.transpose(-2, -1) / 2, -1) @ v, torch.softmax(q @ k.transpose(-2, -1) * 0.3, -1) @ v]",
          "torch.manualSeed(0);\n" + JS + "return [attention(q, k, v), attention(q, k, v, { scale: 0.3 })];")
f.program("torch.manual_seed(0)\n" + SDPA + "m = torch.ones(3, 5).tril() == 1\ns = (q @ k.transpose(-2, -1) / 2).masked_fill(~m, float('-inf'))\nreturn [torch.softmax(s, -1) @ v] * 2",
          "torch.manualSeed(0);\n" + JS + "return [attention(q, k, v, { isCausal: true }), attention(q, k, v, { attnMask: torch.ones(3, 5).tril().bool() })];")
f.program("torch.manual_seed(0)\n" + SDPA + """
q.requires_grad_(), k.requires_grad_(), v.requires_grad_()
bias = torch.randn(5, requires_grad=True)
torch.manual_seed(1)
out = F.dropout(torch.softmax(q @ k.transpose(-2, -1) / 2 + bias, -1), 0.25) @ v
out.square().sum().backward()
return [out, q.grad, k.grad, v.grad, bias.grad]""",
          "torch.manualSeed(0);\n" + JS + """
for (const x of [q, k, v]) x.requiresGrad_();
const bias = torch.randn(5, { requiresGrad: true });
torch.manualSeed(1);
const out = attention(q, k, v, { attnMask: bias, dropoutP: 0.25 });
out.square().sum().backward();
return [out, q.grad, k.grad, v.grad, bias.grad];""", note="a mask that wants a gradient, dropout from a seed")
f.program("""
torch.manual_seed(0)
q, k, v = (torch.randn(2, 1, 3, 6, 4).transpose(2, 3).requires_grad_() for _ in range(3))
out = torch.softmax((q @ k.transpose(-2, -1) / 2).masked_fill(torch.ones(3, 3).tril() == 0, float("-inf")), -1) @ v
out.square().sum().backward()
return [out, q.grad, k.grad, v.grad]""", """
torch.manualSeed(0);
const [q, k, v] = [1, 2, 3].map(() => torch.randn(2, 1, 3, 6, 4).transpose(2, 3).requiresGrad_());
const out = nn.functional.scaledDotProductAttention(q, k, v, { isCausal: true });
out.square().sum().backward();
return [out, q.grad, k.grad, v.grad];""", note="causal, over strided heads with more than two leading dimensions")
f.program("""
torch.manual_seed(0)
m = nn.MultiheadAttention(4, 2, dropout=0.3, batch_first=True)
x, mask = torch.randn(2, 3, 4, requires_grad=True), torch.randn(4, 3, 3, requires_grad=True)
padding = torch.tensor([[False, False, True], [False, False, False]])
torch.manual_seed(1)
out, weights = m(x, x, x, attn_mask=mask, key_padding_mask=padding)
(out.square().sum() + weights.square().sum()).backward()
return [out, weights, x.grad, mask.grad, m.in_proj_weight.grad, m.in_proj_bias.grad]""", """
torch.manualSeed(0);
const m = new nn.MultiheadAttention(4, 2, { dropout: 0.3, batchFirst: true });
const [x, mask] = [torch.randn(2, 3, 4, { requiresGrad: true }), torch.randn(4, 3, 3, { requiresGrad: true })];
const keyPaddingMask = torch.tensor([[false, false, true], [false, false, false]]);
torch.manualSeed(1);
const [out, weights] = m(x, x, x, { attnMask: mask, keyPaddingMask });
out.square().sum().add(weights.square().sum()).backward();
return [out, weights, x.grad, mask.grad, m.inProjWeight.grad, m.inProjBias.grad];""", note="self-attention with both masks, its weights differentiated too")
f.program("""
torch.manual_seed(0)
m = nn.MultiheadAttention(4, 2)
x = torch.randn(3, 2, 4, requires_grad=True)
out, weights = m(x, x, x, attn_mask=torch.tensor([[0, 0, 0], [1, 1, 1], [0, 1, 0]]).bool())
out.sum().backward()
return [out, weights, x.grad, m.in_proj_weight.grad]""", """
torch.manualSeed(0);
const m = new nn.MultiheadAttention(4, 2);
const x = torch.randn(3, 2, 4, { requiresGrad: true });
const [out, weights] = m(x, x, x, { attnMask: torch.tensor([[0, 0, 0], [1, 1, 1], [0, 1, 0]]).bool() });
out.sum().backward();
return [out, weights, x.grad, m.inProjWeight.grad];""", note="a query that sees nothing")
f.program("""
torch.manual_seed(0)
m = nn.MultiheadAttention(4, 2, dropout=0.2)
x, y = torch.randn(3, 2, 4, requires_grad=True), torch.randn(5, 2, 4, requires_grad=True)
torch.manual_seed(1)
out, _ = m(x, y, y)
g = torch.autograd.grad(out.square().sum(), [x, y], create_graph=True)
(g[0].square().sum() + g[1].square().sum()).backward()
return [*g, x.grad, y.grad, m.in_proj_weight.grad]""", """
torch.manualSeed(0);
const m = new nn.MultiheadAttention(4, 2, { dropout: 0.2 });
const [x, y] = [torch.randn(3, 2, 4, { requiresGrad: true }), torch.randn(5, 2, 4, { requiresGrad: true })];
torch.manualSeed(1);
const [out] = m(x, y, y);
const g = torch.autograd.grad(out.square().sum(), [x, y], { createGraph: true });
g[0].square().sum().add(g[1].square().sum()).backward();
return [...g, x.grad, y.grad, m.inProjWeight.grad];""", note="second derivatives", atol=1e-4, rtol=1e-4)
