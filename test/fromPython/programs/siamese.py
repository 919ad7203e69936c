"""A siamese network with contrastive loss on pairs."""
import random
import torch
from torch import nn
import torch.nn.functional as F
from torch.utils.data import Dataset, DataLoader

random.seed(3)
torch.manual_seed(3)


class PairDataset(Dataset):
    """Pairs of points, alike (label 0) or not (label 1)."""

    def __init__(self, points, labels):
        self.points = points
        self.labels = labels
        self.by_label = {}
        for i, label in enumerate(labels.tolist()):
            self.by_label.setdefault(label, []).append(i)

    def __getitem__(self, index):
        x0, label0 = self.points[index], self.labels[index].item()
        same = random.randint(0, 1)
        if same:
            other = random.choice(self.by_label[label0])
        else:
            other_label = random.choice([l for l in self.by_label if l != label0])
            other = random.choice(self.by_label[other_label])
        return x0, self.points[other], torch.tensor([float(not same)])

    def __len__(self):
        return len(self.points)


class SiameseNetwork(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(8, 16), nn.ReLU(inplace=True), nn.Linear(16, 2))

    def forward_once(self, x):
        return self.body(x)

    def forward(self, input1, input2):
        output1 = self.forward_once(input1)
        output2 = self.forward_once(input2)
        return output1, output2


class ContrastiveLoss(torch.nn.Module):
    """
    Contrastive loss function.
    Based on: "Dimensionality reduction by learning an invariant mapping".
    """

    def __init__(self, margin=2.0):
        super(ContrastiveLoss, self).__init__()
        self.margin = margin

    def forward(self, output1, output2, label):
        euclidean_distance = F.pairwise_distance(output1, output2, keepdim=True)
        loss_contrastive = torch.mean((1 - label) * torch.pow(euclidean_distance, 2) +
                                      label * torch.pow(torch.clamp(self.margin - euclidean_distance, min=0.0), 2))
        return loss_contrastive


centers = torch.randn(3, 8) * 2
labels = torch.arange(60) % 3
points = centers[labels] + torch.randn(60, 8) * 0.5
loader = DataLoader(PairDataset(points, labels), shuffle=True, batch_size=12)
net = SiameseNetwork()
criterion = ContrastiveLoss()
optimizer = torch.optim.Adam(net.parameters(), lr=0.005)

counter = []
loss_history = []
iteration_number = 0
for epoch in range(3):
    for i, (x0, x1, label) in enumerate(loader, 0):
        optimizer.zero_grad()
        out1, out2 = net(x0, x1)
        loss = criterion(out1, out2, label)
        loss.backward()
        optimizer.step()
        if i % 2 == 0:
            iteration_number += 2
            counter.append(iteration_number)
            loss_history.append(round(loss.item(), 3))
    print("Epoch number {} Current loss {:.4f}".format(epoch, loss.item()))
print(counter, len(loss_history))
