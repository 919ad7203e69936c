# A character-level transformer, in the style of a notebook that was exported as a script
import math, string
import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(1337)

text = """the quick brown fox jumps over the lazy dog. pack my box with five dozen liquor jugs.
how vexingly quick daft zebras jump! sphinx of black quartz, judge my vow."""
chars = sorted(set(text))
vocab_size = len(chars)
stoi = dict((ch, i) for i, ch in enumerate(chars))
itos = {i: ch for ch, i in stoi.items()}
encode = lambda s: [stoi[c] for c in s]
decode = lambda l: ''.join([itos[i] for i in l])
data = torch.tensor(encode(text), dtype=torch.long)
block_size, batch_size, n_embd, n_head = 16, 8, 24, 4

print(f"{len(text)} characters, {vocab_size} of them different: {''.join(chars)!r}")


def get_batch():
    ix = torch.randint(len(data) - block_size, (batch_size,))
    x = torch.stack([data[i:i+block_size] for i in ix])
    y = torch.stack([data[i+1:i+block_size+1] for i in ix])
    return x, y


class PositionalEncoding(nn.Module):
    def __init__(self, d_model, max_len=64):
        super().__init__()
        pe = torch.zeros(max_len, d_model)
        position = torch.arange(0, max_len, dtype=torch.float).unsqueeze(1)
        div_term = torch.exp(torch.arange(0, d_model, 2).float() * (-math.log(10000.0) / d_model))
        pe[:, 0::2] = torch.sin(position * div_term)
        pe[:, 1::2] = torch.cos(position * div_term)
        self.register_buffer('pe', pe.unsqueeze(0), persistent=False)

    def forward(self, x):
        return x + self.pe[:, :x.size(1)]


class Head(nn.Module):
    """ one head of self-attention """

    def __init__(self, head_size):
        super().__init__()
        self.qkv = nn.Linear(n_embd, 3 * head_size, bias=False)
        self.register_buffer('tril', torch.tril(torch.ones(block_size, block_size)))

    def forward(self, x):
        B, T, C = x.shape
        q, k, v = self.qkv(x).chunk(3, dim=-1)
        wei = torch.einsum('btd,bsd->bts', q, k) * k.shape[-1]**-0.5
        wei = wei.masked_fill(self.tril[:T, :T] == 0, float('-inf'))
        self.attention = wei = F.softmax(wei, dim=-1)
        return wei @ v


class Block(nn.Module):
    def __init__(self, n_embd, n_head):
        super().__init__()
        self.heads = nn.ModuleList([Head(n_embd // n_head) for _ in range(n_head)])
        self.proj = nn.Linear(n_embd, n_embd)
        self.mlp = nn.ModuleDict(dict(
            c_fc=nn.Linear(n_embd, 2 * n_embd),
            act=nn.GELU(),
            c_proj=nn.Linear(2 * n_embd, n_embd),
        ))
        self.ln1, self.ln2 = nn.LayerNorm(n_embd), nn.LayerNorm(n_embd)
        m = self.mlp
        self.mlpf = lambda x: m.c_proj(m.act(m.c_fc(x)))

    def forward(self, x):
        y = self.ln1(x)
        x = x + self.proj(torch.cat([h(y) for h in self.heads], dim=-1))
        x = x + self.mlpf(self.ln2(x))
        return x


class CharModel(nn.Module):
    def __init__(self, n_layer=2):
        super().__init__()
        self.transformer = nn.ModuleDict({
            'wte': nn.Embedding(vocab_size, n_embd),
            'pos': PositionalEncoding(n_embd),
            'h': nn.ModuleList(Block(n_embd, n_head) for _ in range(n_layer)),
            'ln_f': nn.LayerNorm(n_embd),
        })
        self.lm_head = nn.Linear(n_embd, vocab_size, bias=False)
        self.lm_head.weight = self.transformer['wte'].weight
        self.apply(self._init_weights)
        for pn, p in self.named_parameters():
            if pn.endswith('c_proj.weight'):
                torch.nn.init.normal_(p, mean=0.0, std=0.02 / math.sqrt(2 * n_layer))

    @staticmethod
    def _init_weights(module):
        if isinstance(module, (nn.Linear, nn.Embedding)):
            module.weight.data.normal_(mean=0.0, std=0.1)
        if isinstance(module, nn.Linear) and module.bias is not None:
            module.bias.data.zero_()

    def forward(self, idx, targets=None):
        x = self.transformer['pos'](self.transformer['wte'](idx))
        for block in self.transformer['h']:
            x = block(x)
        logits = self.lm_head(self.transformer['ln_f'](x))
        if targets is None:
            return logits, None
        B, T, C = logits.shape
        return logits, F.cross_entropy(logits.view(B * T, C), targets.view(B * T), ignore_index=-1)

    def generate(self, idx, max_new_tokens, do_sample=False, top_k=None, temperature=1.0):
        for _ in range(max_new_tokens):
            idx_cond = idx if idx.size(1) <= block_size else idx[:, -block_size:]
            logits, _ = self(idx_cond)
            logits = logits[:, -1, :] / temperature
            if top_k is not None:
                v, _ = torch.topk(logits, min(top_k, logits.size(-1)))
                logits[logits < v[:, [-1]]] = -float('Inf')
            probs = F.softmax(logits, dim=-1)
            if do_sample:
                idx_next = torch.multinomial(probs, num_samples=1)
            else:
                _, idx_next = torch.topk(probs, k=1, dim=-1)
            idx = torch.cat((idx, idx_next), dim=1)
        return idx


model = CharModel()
n_params = sum(p.numel() for p in model.parameters())
print("number of parameters: %.3fK" % (n_params/1e3,))
optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3, betas=(0.9, 0.95))
best = None
for it in range(41):
    xb, yb = get_batch()
    logits, loss = model(xb, yb)
    model.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()
    if it % 10 == 0:
        print(f"iter {it:>4}: loss {loss.item():.4f}, perplexity {loss.exp().item():.2f}")
    if (value := loss.item()) and (best is None or value < best[1]):
        best = it, value
print("best %d %.4f" % best)

model.eval()
with torch.inference_mode():
    out = model.generate(torch.tensor([encode("the ")]), 12)
print(repr(decode(out[0].tolist()[:8])), out.shape)
vowels = {c: text.count(c) for c in 'aeiou'}
print(sorted(vowels.items(), key=lambda kv: (-kv[1], kv[0])), max(vowels, key=vowels.get))
print(string.ascii_lowercase[:5].upper(), "of".join(["a", "b"]), "x".center(5, "-"), "7".zfill(3))
