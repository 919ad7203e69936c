"""A small LLaMA: RMSNorm, rotary embeddings, grouped-query attention with a kv-cache, SwiGLU, top-k/top-p sampling."""
import math
from dataclasses import dataclass, field
from functools import partial
from typing import Dict, List, NamedTuple, Optional, Tuple

import torch
import torch.nn.functional as F
from torch import nn, einsum


# helpers

def exists(val):
    return val is not None


def default(val, d):
    return val if exists(val) else d


def divisible_by(num, den):
    return (num % den) == 0


@dataclass
class ModelArgs:
    dim: int = 32
    n_layers: int = 2
    n_heads: int = 4
    n_kv_heads: Optional[int] = None
    vocab_size: int = 29
    multiple_of: int = 8
    norm_eps: float = 1e-5
    max_seq_len: int = 64
    betas: Tuple[float, float] = (0.9, 0.95)
    tags: List[str] = field(default_factory=lambda: ["tiny", "gqa"])

    @property
    def head_dim(self) -> int:
        return self.dim // self.n_heads


class Cache(NamedTuple):
    k: torch.Tensor
    v: torch.Tensor


class RMSNorm(nn.Module):
    def __init__(self, dim: int, eps: float = 1e-6):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(dim))

    def _norm(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps)

    def forward(self, x):
        return self._norm(x.float()).type_as(x) * self.weight

    def extra_repr(self):
        return f"{tuple(self.weight.shape)}, eps={self.eps}"


def precompute_freqs(dim: int, end: int, theta: float = 10000.0):
    freqs = 1.0 / (theta ** (torch.arange(0, dim, 2)[: (dim // 2)].float() / dim))
    t = torch.arange(end)
    freqs = torch.outer(t, freqs).float()
    return freqs.cos(), freqs.sin()


def rotate_half(x):
    x1, x2 = x.chunk(2, dim=-1)
    return torch.cat((-x2, x1), dim=-1)


def apply_rotary(x, cos, sin):
    cos, sin = map(lambda t: torch.cat((t, t), dim=-1)[None, :, None, :], (cos, sin))
    return x * cos + rotate_half(x) * sin


def repeat_kv(x: torch.Tensor, n_rep: int) -> torch.Tensor:
    bs, slen, n_kv_heads, head_dim = x.shape
    if n_rep == 1:
        return x
    return x[:, :, :, None, :].expand(bs, slen, n_kv_heads, n_rep, head_dim).reshape(bs, slen, n_kv_heads * n_rep, head_dim)


class Attention(nn.Module):
    def __init__(self, args: ModelArgs):
        super().__init__()
        self.n_kv_heads = default(args.n_kv_heads, args.n_heads)
        assert divisible_by(args.n_heads, self.n_kv_heads), f"{args.n_heads=} is no multiple of {self.n_kv_heads}"
        self.n_heads, self.head_dim = args.n_heads, args.head_dim
        self.n_rep = self.n_heads // self.n_kv_heads
        linear = partial(nn.Linear, bias=False)
        self.wq = linear(args.dim, self.n_heads * self.head_dim)
        self.wk = linear(args.dim, self.n_kv_heads * self.head_dim)
        self.wv = linear(args.dim, self.n_kv_heads * self.head_dim)
        self.wo = linear(self.n_heads * self.head_dim, args.dim)

    def forward(self, x, cos, sin, mask=None, cache: Optional[Cache] = None):
        b, n, _ = x.shape
        q, k, v = self.wq(x), self.wk(x), self.wv(x)
        q = q.view(b, n, self.n_heads, self.head_dim)
        k, v = (t.view(b, n, self.n_kv_heads, self.head_dim) for t in (k, v))
        q, k = apply_rotary(q, cos, sin), apply_rotary(k, cos, sin)
        if exists(cache):
            k = torch.cat((cache.k, k), dim=1)
            v = torch.cat((cache.v, v), dim=1)
        new_cache = Cache(k, v)
        k, v = repeat_kv(k, self.n_rep), repeat_kv(v, self.n_rep)
        sim = einsum('b i h d, b j h d -> b h i j', q, k) * self.head_dim ** -0.5
        if exists(mask):
            sim = sim.masked_fill(~mask, -torch.finfo(sim.dtype).max)
        attn = sim.softmax(dim=-1, dtype=torch.float32)
        out = einsum('b h i j, b j h d -> b i h d', attn, v)
        return self.wo(out.reshape(b, n, -1)), new_cache


class FeedForward(nn.Module):
    def __init__(self, dim, hidden_dim, multiple_of):
        super().__init__()
        hidden_dim = int(2 * hidden_dim / 3)
        hidden_dim = multiple_of * ((hidden_dim + multiple_of - 1) // multiple_of)
        self.w1 = nn.Linear(dim, hidden_dim, bias=False)
        self.w2 = nn.Linear(hidden_dim, dim, bias=False)
        self.w3 = nn.Linear(dim, hidden_dim, bias=False)

    def forward(self, x):
        return self.w2(F.silu(self.w1(x)) * self.w3(x))


class Transformer(nn.Module):
    def __init__(self, args: ModelArgs):
        super().__init__()
        self.args = args
        self.tok_embeddings = nn.Embedding(args.vocab_size, args.dim)
        self.layers = nn.ModuleList([])
        for _ in range(args.n_layers):
            self.layers.append(nn.ModuleList([
                RMSNorm(args.dim, eps=args.norm_eps),
                Attention(args),
                RMSNorm(args.dim, eps=args.norm_eps),
                FeedForward(args.dim, 4 * args.dim, args.multiple_of),
            ]))
        self.norm = RMSNorm(args.dim, eps=args.norm_eps)
        self.output = nn.Linear(args.dim, args.vocab_size, bias=False)
        cos, sin = precompute_freqs(args.head_dim, args.max_seq_len)
        self.register_buffer('cos', cos, persistent=False)
        self.register_buffer('sin', sin, persistent=False)
        self.apply(self._init_weights)
        for name, p in self.named_parameters():
            if name.endswith(('wo.weight', 'w2.weight')):
                nn.init.normal_(p, mean=0.0, std=0.02 / math.sqrt(2 * args.n_layers))

    def _init_weights(self, module):
        if isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, mean=0.0, std=0.2)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, nn.Embedding):
            nn.init.normal_(module.weight, mean=0.0, std=0.2)

    def forward(self, tokens, caches: Optional[List[Cache]] = None, return_caches=False):
        n = tokens.shape[-1]
        start = caches[0].k.shape[1] if exists(caches) else 0
        h = self.tok_embeddings(tokens)
        cos, sin = self.cos[start:start + n], self.sin[start:start + n]
        mask = None
        if n > 1:
            mask = torch.ones(n, start + n, dtype=torch.bool).tril(diagonal=start)
        new_caches = []
        for i, (norm1, attn, norm2, ff) in enumerate(self.layers):
            cache = caches[i] if exists(caches) else None
            out, new_cache = attn(norm1(h), cos, sin, mask=mask, cache=cache)
            h = h + out
            h = ff(norm2(h)) + h
            new_caches.append(new_cache)
        logits = self.output(self.norm(h))
        if not return_caches:
            return logits
        return logits, new_caches


def top_k(logits, thres=0.9):
    k = math.ceil((1 - thres) * logits.shape[-1])
    val, ind = torch.topk(logits, k)
    probs = torch.full_like(logits, float('-inf'))
    probs.scatter_(1, ind, val)
    return probs


def top_p(logits, thres=0.9):
    sorted_logits, sorted_indices = torch.sort(logits, descending=True)
    cum_probs = torch.cumsum(F.softmax(sorted_logits, dim=-1), dim=-1)
    sorted_indices_to_remove = cum_probs > thres
    sorted_indices_to_remove[:, 1:] = sorted_indices_to_remove[:, :-1].clone()
    sorted_indices_to_remove[:, 0] = 0
    sorted_logits[sorted_indices_to_remove] = float('-inf')
    return sorted_logits.scatter(1, sorted_indices, sorted_logits)


@torch.no_grad()
def generate(model, prompt, seq_len, temperature=1., filter_fn=top_k, filter_kwargs: Dict[str, float] = dict(), use_cache=True):
    was_training = model.training
    model.eval()
    out, caches = prompt, None
    for _ in range(seq_len):
        inp = out if caches is None else out[:, -1:]
        logits, new_caches = model(inp, caches=caches, return_caches=True)
        if use_cache:
            caches = new_caches
        logits = logits[:, -1, :]
        if temperature == 0.:
            sample = logits.argmax(dim=-1, keepdim=True)
        else:
            filtered = filter_fn(logits, **filter_kwargs)
            sample = torch.multinomial(F.softmax(filtered / temperature, dim=-1), 1)
        out = torch.cat((out, sample), dim=-1)
    model.train(was_training)
    return out[:, prompt.shape[1]:]


def main():
    torch.manual_seed(1337)
    args = ModelArgs(n_kv_heads=2)
    print(args)
    model = Transformer(args)
    n_params = sum(p.numel() for p in model.parameters() if p.requires_grad)
    print(f'{n_params = :,}  kv heads: {model.layers[0][1].n_kv_heads}')

    text = "the quick brown fox jumps over the lazy dog. " * 4
    chars = sorted(set(text))
    stoi = {c: i for i, c in enumerate(chars)}
    itos = {i: c for c, i in stoi.items()}
    encode = lambda s: [stoi[c] for c in s]
    decode = lambda ids: ''.join(itos[i] for i in ids)
    data = torch.tensor(encode(text), dtype=torch.long)

    decay, no_decay = [], []
    for name, p in model.named_parameters():
        (decay if p.ndim >= 2 else no_decay).append(p)
    optim = torch.optim.AdamW([
        {'params': decay, 'weight_decay': 0.1},
        {'params': no_decay, 'weight_decay': 0.},
    ], lr=3e-3, betas=args.betas)
    print(f'decayed {len(decay)}, not decayed {len(no_decay)}')

    for step in range(40):
        ix = torch.randint(len(data) - 17, (8,))
        x = torch.stack([data[i:i + 16] for i in ix])
        y = torch.stack([data[i + 1:i + 17] for i in ix])
        logits = model(x)
        loss = F.cross_entropy(logits.transpose(1, 2), y)
        optim.zero_grad(set_to_none=True)
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optim.step()
        if step % 10 == 0 or step == 39:
            print(f'step {step:>3d} | loss {loss.item():.4f} | norm {norm:.3f} | ppl {math.exp(loss.item()):8.2f}')

    prompt = torch.tensor(encode("the qu"))[None]
    greedy = generate(model, prompt, 20, temperature=0.)
    again = generate(model, prompt, 20, temperature=0., use_cache=False)
    print(repr(decode(greedy[0].tolist())), torch.equal(greedy, again))
    sampled = generate(model, prompt, 10, filter_fn=top_p, filter_kwargs={'thres': 0.8})
    print(decode(sampled[0].tolist()))
    print(model.layers[0][0])


if __name__ == '__main__':
    main()
