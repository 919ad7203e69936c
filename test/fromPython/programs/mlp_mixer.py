"""MLP-Mixer: patches and channels are mixed in turn."""
from functools import partial

import torch
from torch import nn, einsum

torch.manual_seed(3)

pair = lambda x: x if isinstance(x, tuple) else (x, x)


class Rearrange(nn.Module):
    """Pictures to patches: b c (h p1) (w p2) -> b (h w) (p1 p2 c)."""

    def __init__(self, patch_size):
        super().__init__()
        self.patch_size = patch_size

    def forward(self, x):
        b, c, height, width = x.shape
        p = self.patch_size
        x = x.reshape(b, c, height // p, p, width // p, p)
        x = x.permute(0, 2, 4, 3, 5, 1)
        return x.reshape(b, (height // p) * (width // p), p * p * c)


class Reduce(nn.Module):
    def forward(self, x):
        return x.mean(dim=1)


class PreNormResidual(nn.Module):
    def __init__(self, dim, fn):
        super().__init__()
        self.fn = fn
        self.norm = nn.LayerNorm(dim)

    def forward(self, x):
        return self.fn(self.norm(x)) + x


def FeedForward(dim, expansion_factor=4, dropout=0., dense=nn.Linear):
    inner_dim = int(dim * expansion_factor)
    return nn.Sequential(
        dense(dim, inner_dim),
        nn.GELU(),
        nn.Dropout(dropout),
        dense(inner_dim, dim),
        nn.Dropout(dropout)
    )


def MLPMixer(*, image_size, channels, patch_size, dim, depth, num_classes, expansion_factor=4, expansion_factor_token=0.5, dropout=0.):
    image_h, image_w = pair(image_size)
    assert (image_h % patch_size) == 0 and (image_w % patch_size) == 0, 'image must be divisible by patch size'
    num_patches = (image_h // patch_size) * (image_w // patch_size)
    chan_first, chan_last = partial(nn.Conv1d, kernel_size=1), nn.Linear

    return nn.Sequential(
        Rearrange(patch_size),
        nn.Linear((patch_size ** 2) * channels, dim),
        *[nn.Sequential(
            PreNormResidual(dim, FeedForward(num_patches, expansion_factor, dropout, chan_first)),
            PreNormResidual(dim, FeedForward(dim, expansion_factor_token, dropout, chan_last))
        ) for _ in range(depth)],
        nn.LayerNorm(dim),
        Reduce(),
        nn.Linear(dim, num_classes)
    )


model = MLPMixer(image_size=(12, 16), channels=3, patch_size=4, dim=32, depth=3, num_classes=4)
print(f"{sum([p.numel() for p in model.parameters() if p.requires_grad]):,} parameters")

# a bright square in one of four corners
n = 64
images = torch.rand(n, 3, 12, 16) * 0.5
targets = torch.arange(n) % 4
for i, t in enumerate(targets):
    r, c = divmod(int(t), 2)
    images[i, :, r * 8:r * 8 + 4, c * 12:c * 12 + 4] += 0.6

optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, betas=(0.9, 0.99), weight_decay=0.05)
schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=4e-3, epochs=5, steps_per_epoch=4)
for epoch in range(5):
    total = correct = 0
    running = 0.
    for index in torch.randperm(n).split(16):
        logits = model(images[index])
        loss = nn.functional.cross_entropy(logits, targets[index], label_smoothing=0.1)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.)
        optimizer.step()
        schedule.step()
        running += loss.item() * len(index)
        correct += (logits.argmax(-1) == targets[index]).sum().item()
        total += index.numel()
    print(f'[{epoch + 1}/5] loss {running / total:.4f} acc {correct / total:.2%} lr {schedule.get_last_lr()[0]:.2e}')

with torch.no_grad():
    mixed = einsum('b n d, d e -> b n e', torch.ones(1, 2, 3), torch.full((3, 2), 0.5))
print(mixed.shape, mixed.sum().item())
