"""A mixture of experts with top-k gating."""
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(5)


class Expert(nn.Module):
    def __init__(self, d_model, d_hidden):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(d_model, d_hidden), nn.GELU(), nn.Linear(d_hidden, d_model))

    def forward(self, x):
        return self.net(x)


class MoE(nn.Module):
    def __init__(self, d_model, num_experts=4, k=2, d_hidden=16):
        super().__init__()
        self.k = k
        self.num_experts = num_experts
        self.gate = nn.Linear(d_model, num_experts, bias=False)
        self.experts = nn.ModuleList(Expert(d_model, d_hidden) for _ in range(num_experts))

    def forward(self, x):
        scores = F.softmax(self.gate(x), dim=-1)
        top_w, top_i = scores.topk(self.k, dim=-1)
        top_w = top_w / top_w.sum(-1, keepdim=True)
        out = torch.zeros_like(x)
        for e, expert in enumerate(self.experts):
            mask = (top_i == e)
            rows = mask.any(dim=-1)
            if rows.any():
                weight = (top_w * mask).sum(-1)[rows].unsqueeze(-1)
                out[rows] += weight * expert(x[rows])
        importance = scores.mean(0)
        load = F.one_hot(top_i[:, 0], self.num_experts).float().mean(0)
        aux = self.num_experts * (importance * load).sum()
        return out, aux


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.moe = MoE(8)
        self.head = nn.Linear(8, 3)

    def forward(self, x):
        h, aux = self.moe(x)
        return self.head(x + h), aux


model = Model()
x = torch.randn(64, 8)
y = (x[:, 0] > 0).long() + (x[:, 1] > 0).long()
opt = torch.optim.AdamW(model.parameters(), lr=1e-2)
for step in range(1, 31):
    logits, aux = model(x)
    loss = F.cross_entropy(logits, y) + 0.01 * aux
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 10 == 0:
        acc = (logits.argmax(-1) == y).float().mean()
        print(f"step {step} loss {loss:.4f} aux {aux:.4f} acc {acc:.3f}")
counts = torch.bincount(model.moe.gate(x).argmax(-1), minlength=4)
print(counts.tolist(), counts.sum().item())
