"""SimCLR: two views of each picture are drawn together, all others apart (NT-Xent)."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, Dataset

torch.manual_seed(0)


class TwoViews:
    """Applies the same random transform twice."""

    def __init__(self, base_transform, n_views=2):
        self.base_transform = base_transform
        self.n_views = n_views

    def __call__(self, x):
        return [self.base_transform(x) for _ in range(self.n_views)]


class Augment:
    def __init__(self, strength=0.2):
        self.strength = strength

    def __call__(self, x):
        x = x + self.strength * torch.randn_like(x)
        if torch.rand(1).item() < 0.5:
            x = torch.flip(x, dims=[-1])
        scale = 0.8 + 0.4 * torch.rand(1)
        return x * scale


class Patterns(Dataset):
    """Stripes, columns, checks and blobs of 12 by 12 pixels."""

    def __init__(self, n, transform=None):
        self.transform = transform
        grid_y, grid_x = torch.meshgrid(torch.arange(12), torch.arange(12), indexing="ij")
        kinds = [
            (grid_y % 3 == 0).float(),
            (grid_x % 3 == 0).float(),
            ((grid_y + grid_x) % 2).float(),
            torch.exp(-((grid_y - 5.5) ** 2 + (grid_x - 5.5) ** 2) / 8.0),
        ]
        self.labels = torch.randint(0, len(kinds), (n,))
        self.images = torch.stack([kinds[label] for label in self.labels.tolist()]).unsqueeze(1)

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        image, label = self.images[index], self.labels[index]
        if self.transform is not None:
            image = self.transform(image)
        return image, label


class SimCLR(nn.Module):
    def __init__(self, base_dim=16, out_dim=8):
        super(SimCLR, self).__init__()
        self.backbone = nn.Sequential(
            nn.Conv2d(1, base_dim, 3, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(base_dim),
            nn.ReLU(inplace=True),
            nn.Conv2d(base_dim, base_dim * 2, 3, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(base_dim * 2),
            nn.ReLU(inplace=True),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
        )
        dim_mlp = base_dim * 2
        # add a projection head
        self.projector = nn.Sequential(nn.Linear(dim_mlp, dim_mlp), nn.ReLU(), nn.Linear(dim_mlp, out_dim))

    def forward(self, x):
        h = self.backbone(x)
        return h, self.projector(h)


def info_nce_loss(features, n_views=2, temperature=0.5):
    batch_size = features.shape[0] // n_views
    labels = torch.cat([torch.arange(batch_size) for i in range(n_views)], dim=0)
    labels = (labels.unsqueeze(0) == labels.unsqueeze(1)).float()

    features = F.normalize(features, dim=1)
    similarity_matrix = torch.matmul(features, features.T)

    # discard the main diagonal from both: labels and similarities matrix
    mask = torch.eye(labels.shape[0], dtype=torch.bool)
    labels = labels[~mask].view(labels.shape[0], -1)
    similarity_matrix = similarity_matrix[~mask].view(similarity_matrix.shape[0], -1)

    # select and combine multiple positives
    positives = similarity_matrix[labels.bool()].view(labels.shape[0], -1)
    negatives = similarity_matrix[~labels.bool()].view(similarity_matrix.shape[0], -1)

    logits = torch.cat([positives, negatives], dim=1)
    labels = torch.zeros(logits.shape[0], dtype=torch.long)
    logits = logits / temperature
    return logits, labels


class NTXentLoss(nn.Module):
    def __init__(self, batch_size, temperature):
        super().__init__()
        self.batch_size = batch_size
        self.temperature = temperature
        self.mask = self.mask_correlated_samples(batch_size)
        self.criterion = nn.CrossEntropyLoss(reduction="sum")

    @staticmethod
    def mask_correlated_samples(batch_size):
        N = 2 * batch_size
        mask = torch.ones((N, N), dtype=bool)
        mask = mask.fill_diagonal_(0)
        for i in range(batch_size):
            mask[i, batch_size + i] = 0
            mask[batch_size + i, i] = 0
        return mask

    def forward(self, z_i, z_j):
        N = 2 * self.batch_size
        z = torch.cat((z_i, z_j), dim=0)
        sim = F.cosine_similarity(z.unsqueeze(1), z.unsqueeze(0), dim=2) / self.temperature
        sim_i_j = torch.diag(sim, self.batch_size)
        sim_j_i = torch.diag(sim, -self.batch_size)
        positive_samples = torch.cat((sim_i_j, sim_j_i), dim=0).reshape(N, 1)
        negative_samples = sim[self.mask].reshape(N, -1)
        labels = torch.zeros(N).long()
        logits = torch.cat((positive_samples, negative_samples), dim=1)
        return self.criterion(logits, labels) / N


def accuracy(output, target, topk=(1,)):
    """Computes the accuracy over the k top predictions for the specified values of k"""
    with torch.no_grad():
        maxk = max(topk)
        batch_size = target.size(0)
        _, pred = output.topk(maxk, 1, True, True)
        pred = pred.t()
        correct = pred.eq(target.view(1, -1).expand_as(pred))
        res = []
        for k in topk:
            correct_k = correct[:k].reshape(-1).float().sum(0, keepdim=True)
            res.append(correct_k.mul_(100.0 / batch_size))
        return res


batch_size = 16
train_dataset = Patterns(96, transform=TwoViews(Augment(0.3)))
train_loader = DataLoader(train_dataset, batch_size=batch_size, shuffle=True, drop_last=True)
model = SimCLR()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3, weight_decay=1e-6)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=len(train_loader) * 4, eta_min=0, last_epoch=-1)
criterion = nn.CrossEntropyLoss()
nt_xent = NTXentLoss(batch_size, 0.5)

for epoch_counter in range(4):
    for images, _ in train_loader:
        images = torch.cat(images, dim=0)
        _, features = model(images)
        logits, labels = info_nce_loss(features)
        loss = criterion(logits, labels)
        other = nt_xent(*features.chunk(2))

        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        scheduler.step()
    top1, top5 = accuracy(logits, labels, topk=(1, 5))
    print(f"Epoch: {epoch_counter}\tLoss: {loss:.4f}\tNT-Xent: {other.item():.4f}\tTop1 accuracy: {top1[0]:.2f}\tTop5: {top5[0]:.2f}")

# linear probe on frozen features
model.eval()
plain = Patterns(64)
with torch.no_grad():
    h, _ = model(plain.images)
probe = nn.Linear(h.shape[1], 4)
opt = torch.optim.SGD(probe.parameters(), lr=0.5, momentum=0.9)
for step in range(60):
    loss = F.cross_entropy(probe(h), plain.labels)
    opt.zero_grad()
    loss.backward()
    opt.step()
acc = (probe(h).argmax(dim=1) == plain.labels).float().mean()
print("probe loss %.3f, accuracy %.3f" % (loss.item(), acc))
