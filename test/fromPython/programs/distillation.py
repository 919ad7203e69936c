"""Knowledge distillation: a small student learns from a teacher's logits."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset


def make_net(width, depth, classes=4):
    layers = [nn.Linear(8, width), nn.ReLU()]
    for _ in range(depth - 1):
        layers += [nn.Linear(width, width), nn.ReLU()]
    layers.append(nn.Linear(width, classes))
    return nn.Sequential(*layers)


def loss_fn_kd(outputs, labels, teacher_outputs, params):
    alpha = params["alpha"]
    T = params["temperature"]
    KD_loss = nn.KLDivLoss(reduction="batchmean")(F.log_softmax(outputs / T, dim=1), F.softmax(teacher_outputs / T, dim=1)) * (
        alpha * T * T
    ) + F.cross_entropy(outputs, labels) * (1.0 - alpha)
    return KD_loss


class AverageMeter:
    def __init__(self):
        self.reset()

    def reset(self):
        self.sum = 0.0
        self.count = 0

    def update(self, val, n=1):
        self.sum += val * n
        self.count += n

    @property
    def avg(self):
        return self.sum / max(1, self.count)


def run_epoch(model, loader, optimizer=None, teacher=None, params=None):
    meters = {"loss": AverageMeter(), "acc": AverageMeter()}
    model.train(optimizer is not None)
    for x, y in loader:
        with torch.set_grad_enabled(optimizer is not None):
            logits = model(x)
            if teacher is not None:
                with torch.no_grad():
                    teacher_logits = teacher(x)
                loss = loss_fn_kd(logits, y, teacher_logits, params)
            else:
                loss = F.cross_entropy(logits, y)
        if optimizer is not None:
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        meters["loss"].update(loss.item(), x.size(0))
        meters["acc"].update((logits.argmax(dim=1) == y).float().mean().item(), x.size(0))
    return {name: meter.avg for name, meter in meters.items()}


torch.manual_seed(0)
X = torch.randn(160, 8)
y = (X[:, :4].argmax(dim=1))
train_loader = DataLoader(TensorDataset(X[:128], y[:128]), batch_size=32, shuffle=True)
test_loader = DataLoader(TensorDataset(X[128:], y[128:]), batch_size=32)
teacher = make_net(32, 2)
opt = torch.optim.Adam(teacher.parameters(), lr=1e-2)
for epoch in range(6):
    stats = run_epoch(teacher, train_loader, opt)
print("teacher", {k: round(v, 3) for k, v in run_epoch(teacher, test_loader).items()})
teacher.eval()
for p in teacher.parameters():
    p.requires_grad_(False)
params = {"alpha": 0.9, "temperature": 4}
student = make_net(8, 1)
opt = torch.optim.Adam(student.parameters(), lr=1e-2)
history = {"loss": [], "acc": []}
for epoch in range(6):
    stats = run_epoch(student, train_loader, opt, teacher, params)
    for key, value in stats.items():
        history[key].append(value)
print("student loss", " ".join(f"{v:.3f}" for v in history["loss"]))
print("best acc", f"{max(history['acc']):.3f}", "params", sum(p.numel() for p in student.parameters()))
