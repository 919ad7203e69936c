"""BYOL on small pictures: online and target networks, an EMA of weights, augmentations, a linear probe."""
import copy
import random
from typing import Any, Callable, Tuple

import torch
import torch.nn.functional as F
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset


def default(val, def_val):
    return def_val if val is None else val


def flatten(t):
    return t.reshape(t.shape[0], -1)


def loss_fn(x, y):
    x = F.normalize(x, dim=-1, p=2)
    y = F.normalize(y, dim=-1, p=2)
    return 2 - 2 * (x * y).sum(dim=-1)


class RandomApply(nn.Module):
    def __init__(self, fn: Callable[[torch.Tensor], torch.Tensor], p: float):
        super().__init__()
        self.fn = fn
        self.p = p

    def forward(self, x):
        if random.random() > self.p:
            return x
        return self.fn(x)


class RandomCrop(nn.Module):
    def __init__(self, size, padding=1):
        super().__init__()
        self.size, self.padding = size, padding

    def forward(self, x):
        x = F.pad(x, [self.padding] * 4, mode="reflect")
        top = random.randint(0, 2 * self.padding)
        left = random.randint(0, 2 * self.padding)
        return x[..., top : top + self.size, left : left + self.size]

    def extra_repr(self):
        return f"size={self.size}, padding={self.padding}"


class EMA:
    def __init__(self, beta):
        super().__init__()
        self.beta = beta

    def update_average(self, old, new):
        if old is None:
            return new
        return old * self.beta + (1 - self.beta) * new


def update_moving_average(ema_updater, ma_model, current_model):
    for current_params, ma_params in zip(current_model.parameters(), ma_model.parameters()):
        old_weight, up_weight = ma_params.data, current_params.data
        ma_params.data = ema_updater.update_average(old_weight, up_weight)


def set_requires_grad(model, val):
    for p in model.parameters():
        p.requires_grad = val


def MLP(dim, projection_size, hidden_size=32):
    return nn.Sequential(
        nn.Linear(dim, hidden_size),
        nn.BatchNorm1d(hidden_size),
        nn.ReLU(inplace=True),
        nn.Linear(hidden_size, projection_size),
    )


class Encoder(nn.Module):
    def __init__(self, width: int = 4) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, width, 3, stride=2, padding=1), nn.BatchNorm2d(width), nn.ReLU(),
            nn.Conv2d(width, 2 * width, 3, stride=2, padding=1), nn.ReLU(),
            nn.AdaptiveAvgPool2d((1, 1)),
        )
        self.out_dim = 2 * width

    def forward(self, x):
        return flatten(self.features(x))


class BYOL(nn.Module):
    def __init__(self, net, image_size, projection_size=8, moving_average_decay=0.9, augment_fn=None):
        super().__init__()
        self.net = net
        self.augment = default(augment_fn, nn.Sequential(RandomApply(lambda x: x.flip(-1), p=0.5), RandomCrop(image_size)))
        self.online_encoder = net
        self.projector = MLP(net.out_dim, projection_size)
        self.online_predictor = MLP(projection_size, projection_size, 16)
        self.target_encoder = None
        self.target_projector = None
        self.target_ema_updater = EMA(moving_average_decay)

    def _get_target(self):
        if self.target_encoder is None:
            self.target_encoder = copy.deepcopy(self.online_encoder)
            self.target_projector = copy.deepcopy(self.projector)
            set_requires_grad(self.target_encoder, False)
            set_requires_grad(self.target_projector, False)
        return self.target_encoder, self.target_projector

    def update_moving_average(self):
        assert self.target_encoder is not None, "target encoder has not been created yet"
        update_moving_average(self.target_ema_updater, self.target_encoder, self.online_encoder)
        update_moving_average(self.target_ema_updater, self.target_projector, self.projector)

    def forward(self, x, return_embedding=False):
        assert not (self.training and x.shape[0] == 1), "you must have greater than 1 sample when training"
        if return_embedding:
            return self.online_encoder(x)
        image_one, image_two = self.augment(x), self.augment(x)
        online_one = self.online_predictor(self.projector(self.online_encoder(image_one)))
        online_two = self.online_predictor(self.projector(self.online_encoder(image_two)))
        with torch.no_grad():
            target_encoder, target_projector = self._get_target()
            target_one = target_projector(target_encoder(image_one)).detach_()
            target_two = target_projector(target_encoder(image_two)).detach_()
        loss = loss_fn(online_one, target_two) + loss_fn(online_two, target_one)
        return loss.mean()


def make_images(n: int, size: int = 8) -> Tuple[torch.Tensor, torch.Tensor]:
    labels = torch.arange(n) % 2
    images = torch.rand(n, 1, size, size) * 0.3
    for i, label in enumerate(labels):
        if label == 0:
            images[i, :, ::2] += 0.7
        else:
            images[i, :, :, ::2] += 0.7
    return images, labels


@torch.no_grad()
def embed(learner: BYOL, images: torch.Tensor) -> torch.Tensor:
    was_training = learner.training
    learner.eval()
    out = learner(images, return_embedding=True)
    learner.train(was_training)
    return out


def main():
    random.seed(0)
    torch.manual_seed(0)
    images, labels = make_images(48)
    loader = DataLoader(TensorDataset(images), batch_size=16, shuffle=True)
    learner = BYOL(Encoder(), image_size=8)
    print(learner.augment[1])
    opt = optim.SGD(learner.parameters(), lr=0.05)
    for epoch in range(3):
        running = []
        for (batch,) in loader:
            loss = learner(batch)
            opt.zero_grad()
            loss.backward()
            opt.step()
            learner.update_moving_average()
            running.append(loss.item())
        print(f"Epoch [{epoch + 1}/3] loss={sum(running) / len(running):.4f} min={min(running):.4f}")
    frozen = [name for name, p in learner.named_parameters() if not p.requires_grad]
    print(len(frozen), frozen[0], any(n.startswith("target_projector") for n in frozen))
    z = embed(learner, images)
    print("embedding", tuple(z.size()), learner.training, f"{z.std(dim=0).mean():.4f}")
    probe = nn.Linear(z.shape[1], 2)
    probe_opt = optim.SGD(probe.parameters(), lr=1.0, momentum=0.9)
    mean, std = z.mean(0, keepdim=True), z.std(0, keepdim=True) + 1e-6
    z = (z - mean) / std
    for _ in range(20):
        probe_opt.zero_grad()
        F.cross_entropy(probe(z), labels).backward()
        probe_opt.step()
    acc = (probe(z).argmax(dim=1) == labels).float().mean()
    print(f"probe accuracy {acc:.2%}")
    with torch.no_grad():
        try:
            learner(images[:1])
        except AssertionError as e:
            print("assert:", e)
    drift = sum((a - b).abs().sum() for a, b in zip(learner.online_encoder.parameters(), learner.target_encoder.parameters()))
    print(f"drift {drift.item():.4f}")


if __name__ == "__main__":
    main()
