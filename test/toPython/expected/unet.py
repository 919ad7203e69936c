"""U-Net: blobs found in noise, skips by concatenation, Dice beside cross entropy."""

import torch
import torch.nn.functional as F
from torch import nn, optim

torch.manual_seed(3)


def doubleConv(inChannels, outChannels):
    return nn.Sequential(
        nn.Conv2d(inChannels, outChannels, 3, padding=1),
        nn.BatchNorm2d(outChannels),
        nn.ReLU(inplace=True),
        nn.Conv2d(outChannels, outChannels, 3, padding=1),
        nn.ReLU(inplace=True),
    )


class UNet(nn.Module):
    def __init__(self, inChannels=1, outChannels=1, features=None):
        if features is None:
            features = [4, 8]
        super().__init__()
        self.downs = nn.ModuleList()
        self.ups = nn.ModuleList()
        self.pool = nn.MaxPool2d(kernel_size=2, stride=2)
        for feature in features:
            self.downs.append(doubleConv(inChannels, feature))
            inChannels = feature
        for feature in list(features)[::-1]:
            self.ups.append(nn.ConvTranspose2d(feature * 2, feature, kernel_size=2, stride=2))
            self.ups.append(doubleConv(feature * 2, feature))
        self.bottleneck = doubleConv(features[-1], features[-1] * 2)
        self.finalConv = nn.Conv2d(features[0], outChannels, kernel_size=1)

    def forward(self, x):
        skips = []
        for down in self.downs:
            x = down(x)
            skips.append(x)
            x = self.pool(x)
        x = self.bottleneck(x)
        skips.reverse()
        for i in range(0, len(self.ups), 2):
            x = self.ups[i](x)
            skip = skips[i // 2]
            if ",".join(map(str, x.shape)) != ",".join(map(str, skip.shape)):
                x = F.interpolate(x, size=skip.shape[2:])
            x = self.ups[i + 1](torch.cat([skip, x], 1))
        return self.finalConv(x)


class DiceLoss(nn.Module):
    """1 − Dice of what is found and what is there."""

    def __init__(self, smooth=1):
        super().__init__()
        self.smooth = smooth

    def forward(self, logits, target):
        probs = logits.sigmoid()
        intersection = (probs * target).sum([1, 2, 3])
        total = probs.sum([1, 2, 3]) + target.sum([1, 2, 3])
        return -((intersection * 2 + self.smooth) / (total + self.smooth)).mean() + 1


def makeBatch(count, size=16):
    masks = torch.zeros(count, 1, size, size)
    for i in range(count):
        top, left = 2 + i * 3 % 8, 1 + i * 5 % 9
        masks[i, 0, top:top + 4, left:left + 5].fill_(1)
    images = masks + torch.randn(count, 1, size, size) * 0.5
    return {"images": images, "masks": masks}


model = UNet()
dice = DiceLoss()
bce = nn.BCEWithLogitsLoss()
optimizer = optim.Adam(model.parameters(), lr=0.01)
scheduler = optim.lr_scheduler.ReduceLROnPlateau(optimizer, mode="min", factor=0.5, patience=1)

for step in range(1, 9):
    parts = makeBatch(6)
    images, masks = parts["images"], parts["masks"]
    output = model(images)
    loss = bce(output, masks) + dice(output, masks)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    scheduler.step(loss)
    with torch.no_grad():
        found = output.sigmoid() > 0.5
        there = masks > 0.5
        iou = found.logical_and(there).sum().item() / found.logical_or(there).sum().item()
    print(f"step {step} loss {loss.item():.4f} IoU {iou:.3f} lr {optimizer.param_groups[0]['lr']}")
print(
    f"noise: {model(torch.rand(1, 1, 16, 16)).mean().item():.4f}",
)
