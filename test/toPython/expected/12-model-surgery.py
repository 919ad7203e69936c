"""Model surgery: a new head on frozen features, and its training."""

import torch
from torch import nn, optim

from networks import parameterCount
from printing import percent, size, thousands

torch.manual_seed(0)


class PretrainedFeatureExtractor(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Linear(100, 256), nn.ReLU(),
            nn.Linear(256, 256), nn.ReLU(),
            nn.Linear(256, 128), nn.ReLU(),
        )
        self.classifier = nn.Linear(128, 1000)

    def forward(self, x):
        feat = self.features(x)
        return self.classifier(feat)


pretrained = PretrainedFeatureExtractor()
print(f"Original classifier: {pretrained.classifier}")
print("Original output classes: 1000")

pretrained.classifier = nn.Sequential(
    nn.Dropout(0.3),
    nn.Linear(128, 5),
)

for param in pretrained.features.parameters():
    param.requires_grad = False

print(f"\nNew classifier: {pretrained.classifier}")
print("New output classes: 5")

trainable = sum(p.numel() for p in [p for p in pretrained.parameters() if p.requires_grad])
total = parameterCount(pretrained)
print(f"Trainable: {thousands(trainable)} / {thousands(total)} ({percent(trainable / total)})")

x = torch.randn(16, 100)
output = pretrained(x)
print(f"\nForward pass: input {size(x)} -> output {size(output)}")

optimizer = optim.Adam([p for p in pretrained.parameters() if p.requires_grad], lr=0.001)

y = torch.randint(0, 5, (16,))
lossFn = nn.CrossEntropyLoss()

for epoch in range(10):
    pred = pretrained(x)
    loss = lossFn(pred, y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    acc = (pred.argmax(1) == y).float().mean()
    print(f"Epoch {epoch}: loss={loss.item():.6f}, acc={percent(acc.item())}")
