"""A tiny NeRF: positional encoding, an MLP with a skip, volume rendering along rays, PSNR."""
import math
import random
from functools import partial
from typing import Tuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, Dataset


def seed_everything(seed=0):
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    if torch.cuda.is_available():
        torch.cuda.manual_seed_all(seed)


class PositionalEncoder(nn.Module):
    r"""Sine-cosine positional encoder for input points."""

    def __init__(self, d_input: int, n_freqs: int, log_space: bool = False):
        super().__init__()
        self.d_input = d_input
        self.n_freqs = n_freqs
        self.log_space = log_space
        self.d_output = d_input * (1 + 2 * self.n_freqs)
        self.embed_fns = [lambda x: x]
        if self.log_space:
            freq_bands = 2.0 ** torch.linspace(0.0, self.n_freqs - 1, self.n_freqs)
        else:
            freq_bands = torch.linspace(2.0 ** 0.0, 2.0 ** (self.n_freqs - 1), self.n_freqs)
        for freq in freq_bands:
            self.embed_fns.append(lambda x, freq=freq: torch.sin(x * freq))
            self.embed_fns.append(lambda x, freq=freq: torch.cos(x * freq))

    def forward(self, x) -> torch.Tensor:
        return torch.concat([fn(x) for fn in self.embed_fns], dim=-1)


class NeRF(nn.Module):
    def __init__(self, d_input=3, n_layers=4, d_filter=32, skip: Tuple[int, ...] = (2,), d_viewdirs=None):
        super().__init__()
        self.d_input = d_input
        self.skip = skip
        self.act = nn.functional.relu
        self.d_viewdirs = d_viewdirs
        self.layers = nn.ModuleList(
            [nn.Linear(self.d_input, d_filter)]
            + [nn.Linear(d_filter + self.d_input, d_filter) if i in skip else nn.Linear(d_filter, d_filter) for i in range(n_layers - 1)]
        )
        if self.d_viewdirs is not None:
            self.alpha_out = nn.Linear(d_filter, 1)
            self.rgb_filters = nn.Linear(d_filter, d_filter)
            self.branch = nn.Linear(d_filter + self.d_viewdirs, d_filter // 2)
            self.output = nn.Linear(d_filter // 2, 3)
        else:
            self.output = nn.Linear(d_filter, 4)

    def forward(self, x, viewdirs=None):
        if self.d_viewdirs is None and viewdirs is not None:
            raise ValueError("Cannot input x_direction if d_viewdirs was not given.")
        x_input = x
        for i, layer in enumerate(self.layers):
            x = self.act(layer(x))
            if i + 1 in self.skip:
                pass
            if i in [s - 0 for s in self.skip]:
                x = torch.cat([x, x_input], dim=-1)
        if self.d_viewdirs is not None:
            alpha = self.alpha_out(x)
            x = self.rgb_filters(x)
            x = torch.concat([x, viewdirs], dim=-1)
            x = self.act(self.branch(x))
            x = self.output(x)
            x = torch.concat([x, alpha], dim=-1)
        else:
            x = self.output(x)
        return x


def cumprod_exclusive(tensor: torch.Tensor) -> torch.Tensor:
    cumprod = torch.cumprod(tensor, -1)
    cumprod = torch.roll(cumprod, 1, -1)
    cumprod[..., 0] = 1.0
    return cumprod


def get_rays(height: int, width: int, focal_length: float, c2w: torch.Tensor):
    i, j = torch.meshgrid(torch.arange(width, dtype=torch.float32), torch.arange(height, dtype=torch.float32), indexing="ij")
    i, j = i.transpose(-1, -2), j.transpose(-1, -2)
    directions = torch.stack([(i - width * 0.5) / focal_length, -(j - height * 0.5) / focal_length, -torch.ones_like(i)], dim=-1)
    rays_d = torch.sum(directions[..., None, :] * c2w[:3, :3], dim=-1)
    rays_o = c2w[:3, -1].expand(rays_d.shape)
    return rays_o, rays_d


def sample_stratified(rays_o, rays_d, near, far, n_samples, perturb=True):
    t_vals = torch.linspace(0.0, 1.0, n_samples)
    z_vals = near * (1.0 - t_vals) + far * t_vals
    if perturb:
        mids = 0.5 * (z_vals[1:] + z_vals[:-1])
        upper = torch.concat([mids, z_vals[-1:]], dim=-1)
        lower = torch.concat([z_vals[:1], mids], dim=-1)
        t_rand = torch.rand([n_samples])
        z_vals = lower + (upper - lower) * t_rand
    z_vals = z_vals.expand(list(rays_o.shape[:-1]) + [n_samples])
    pts = rays_o[..., None, :] + rays_d[..., None, :] * z_vals[..., :, None]
    return pts, z_vals


def raw2outputs(raw, z_vals, rays_d, white_bkgd=False):
    dists = z_vals[..., 1:] - z_vals[..., :-1]
    dists = torch.cat([dists, 1e10 * torch.ones_like(dists[..., :1])], dim=-1)
    dists = dists * torch.norm(rays_d[..., None, :], dim=-1)
    alpha = 1.0 - torch.exp(-F.relu(raw[..., 3]) * dists)
    weights = alpha * cumprod_exclusive(1.0 - alpha + 1e-10)
    rgb = torch.sigmoid(raw[..., :3])
    rgb_map = torch.sum(weights[..., None] * rgb, dim=-2)
    depth_map = (weights * z_vals).sum(dim=-1)
    acc_map = torch.sum(weights, dim=-1)
    if white_bkgd:
        rgb_map = rgb_map + (1.0 - acc_map[..., None])
    return rgb_map, depth_map, acc_map, weights


def pose_spherical(theta, phi, radius):
    trans_t = lambda t: np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, t], [0, 0, 0, 1]], dtype=np.float32)
    rot_phi = lambda p: np.array([[1, 0, 0, 0], [0, np.cos(p), -np.sin(p), 0], [0, np.sin(p), np.cos(p), 0], [0, 0, 0, 1]], dtype=np.float32)
    c2w = trans_t(radius)
    c2w = rot_phi(phi / 180.0 * np.pi) @ c2w
    return torch.from_numpy(c2w.astype(np.float32))


class RayDataset(Dataset):
    """Rays of a glowing ball, rendered from a few sides."""

    def __init__(self, n_views: int, size: int = 6):
        super().__init__()
        focal = 0.5 * size / math.tan(0.5 * 0.8)
        rays = []
        for view in range(n_views):
            pose = pose_spherical(0.0, -30.0 * view / n_views, 4.0)
            rays_o, rays_d = get_rays(size, size, focal, pose)
            rays.append(torch.cat([rays_o.reshape(-1, 3), rays_d.reshape(-1, 3)], dim=1))
        self.rays = torch.cat(rays)
        closest = self.rays[:, :3] - (self.rays[:, :3] * self.rays[:, 3:]).sum(1, keepdim=True) / self.rays[:, 3:].pow(2).sum(1, keepdim=True) * self.rays[:, 3:]
        hit = (closest.norm(dim=1) < 1.0).float()
        self.colours = torch.stack([hit, 0.5 * hit, 1 - hit], dim=1)

    def __len__(self):
        return self.rays.size(0)

    def __getitem__(self, index):
        return self.rays[index], self.colours[index]


mse2psnr = lambda x: -10.0 * torch.log(x) / torch.log(torch.Tensor([10.0]))


def main():
    seed_everything(42)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    dataset = RayDataset(3)
    print(f"{len(dataset)} rays, {dataset.colours.mean(0).tolist()}")
    loader = DataLoader(dataset, batch_size=36, shuffle=True, drop_last=True)
    encoder = PositionalEncoder(3, 3, log_space=True)
    model = NeRF(encoder.d_output).to(device)
    fine = NeRF(encoder.d_output, n_layers=4, d_filter=16, d_viewdirs=3).to(device)
    params = list(model.parameters()) + list(fine.parameters())
    print("parameters", sum(p.numel() for p in params))
    optimizer = torch.optim.Adam(params, lr=5e-3, betas=(0.9, 0.999))
    scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.9)
    render = partial(raw2outputs, white_bkgd=False)
    for epoch in range(3):
        total = 0.0
        psnr = None
        for step, (rays, target) in enumerate(loader, start=1):
            rays, target = rays.to(device), target.to(device)
            rays_o, rays_d = torch.split(rays, [3, 3], dim=-1)
            pts, z_vals = sample_stratified(rays_o, rays_d, 2.0, 6.0, 8)
            viewdirs = F.normalize(rays_d, dim=-1)[:, None].expand(pts.shape).reshape((-1, 3))
            flat = encoder(pts.reshape((-1, 3)))
            raw = model(flat).reshape(list(pts.shape[:-1]) + [-1])
            raw_fine = fine(flat, viewdirs).view(*pts.shape[:2], 4)
            rgb, depth, acc, weights = render(raw, z_vals, rays_d)
            rgb_fine = render(raw_fine, z_vals, rays_d)[0]
            loss = F.mse_loss(rgb, target) + F.mse_loss(rgb_fine, target)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rays)
            psnr = mse2psnr(loss.detach())
        scheduler.step()
        print(f"epoch {epoch + 1}: loss {total / len(dataset):.4f} psnr {psnr.item():.2f} lr {scheduler.get_last_lr()[0]:.2e}")
    with torch.no_grad():
        pts, z_vals = sample_stratified(dataset.rays[:2, :3], dataset.rays[:2, 3:], 2.0, 6.0, 4, perturb=False)
        print(z_vals[0], pts.shape)
    try:
        model(torch.zeros(1, encoder.d_output), torch.zeros(1, 3))
    except ValueError as err:
        print(err)


if __name__ == "__main__":
    main()
