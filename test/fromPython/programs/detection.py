"""A one-stage detector on one square per picture: anchors, IoU, NMS, focal loss, a collate function."""
import collections
import math
from typing import List, Tuple

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, Dataset


def box_iou(boxes1: torch.Tensor, boxes2: torch.Tensor) -> torch.Tensor:
    area1 = (boxes1[:, 2] - boxes1[:, 0]) * (boxes1[:, 3] - boxes1[:, 1])
    area2 = (boxes2[:, 2] - boxes2[:, 0]) * (boxes2[:, 3] - boxes2[:, 1])
    lt = torch.max(boxes1[:, None, :2], boxes2[:, :2])
    rb = torch.min(boxes1[:, None, 2:], boxes2[:, 2:])
    wh = (rb - lt).clamp(min=0)
    inter = wh[..., 0] * wh[..., 1]
    return inter / (area1[:, None] + area2 - inter)


def nms(boxes, scores, threshold=0.5):
    order = scores.argsort(descending=True)
    keep = []
    while order.numel() > 0:
        i = order[0]
        keep.append(i.item())
        if order.numel() == 1:
            break
        iou = box_iou(boxes[i].unsqueeze(0), boxes[order[1:]]).squeeze(0)
        order = order[1:][iou <= threshold]
    return keep


class FocalLoss(nn.Module):
    def __init__(self, alpha=0.25, gamma=2.0, reduction='sum'):
        super().__init__()
        self.alpha, self.gamma, self.reduction = alpha, gamma, reduction

    def forward(self, logits, targets):
        p = torch.sigmoid(logits)
        ce = F.binary_cross_entropy_with_logits(logits, targets, reduction="none")
        p_t = p * targets + (1 - p) * (1 - targets)
        loss = ce * ((1 - p_t) ** self.gamma)
        if self.alpha >= 0:
            alpha_t = self.alpha * targets + (1 - self.alpha) * (1 - targets)
            loss = alpha_t * loss
        if self.reduction == 'mean':
            return loss.mean()
        return loss.sum() if self.reduction == 'sum' else loss


class Squares(Dataset):
    def __init__(self, n, size=16):
        self.n, self.size = n, size
        g = torch.Generator()
        g.manual_seed(4)
        self.samples = []
        for k in range(n):
            image = 0.1 * torch.rand(1, size, size, generator=g)
            count = 1 + k % 2
            boxes = []
            for _ in range(count):
                w = torch.randint(4, 7, (1,), generator=g).item()
                x0, y0 = torch.randint(0, size - w, (2,), generator=g).tolist()
                image[0, y0:y0 + w, x0:x0 + w] = 1
                boxes.append([x0, y0, x0 + w, y0 + w])
            self.samples.append((image, {"boxes": torch.tensor(boxes, dtype=torch.float32), "id": k}))

    def __len__(self):
        return self.n

    def __getitem__(self, idx):
        return self.samples[idx]


def collate_fn(batch):
    images, targets = zip(*batch)
    return torch.stack(images), list(targets)


class Detector(nn.Module):
    strides: Tuple[int, ...] = (4,)
    scales = [4., 6.]

    def __init__(self, channels: int = 16):
        super().__init__()
        self.backbone = nn.Sequential(
            nn.Conv2d(1, channels, 3, 2, 1), nn.GroupNorm(4, channels), nn.SiLU(),
            nn.Conv2d(channels, channels, 3, 2, 1), nn.GroupNorm(4, channels), nn.SiLU(),
        )
        n = len(self.scales)
        self.cls_head = nn.Conv2d(channels, n, 3, padding=1)
        self.box_head = nn.Conv2d(channels, 4 * n, 3, padding=1)
        prior = 0.05
        nn.init.constant_(self.cls_head.bias, -math.log((1 - prior) / prior))

    def anchors(self, h: int, w: int) -> torch.Tensor:
        stride, = self.strides
        ys, xs = torch.meshgrid((torch.arange(h) + 0.5) * stride, (torch.arange(w) + 0.5) * stride, indexing='ij')
        all_anchors: List[torch.Tensor] = []
        for s in self.scales:
            half = s / 2
            all_anchors.append(torch.stack([xs - half, ys - half, xs + half, ys + half], dim=-1))
        return torch.stack(all_anchors, 2).reshape(-1, 4)

    def forward(self, images):
        feats = self.backbone(images)
        b, _, h, w = feats.shape
        logits = self.cls_head(feats).permute(0, 2, 3, 1).reshape(b, -1)
        deltas = self.box_head(feats).permute(0, 2, 3, 1).reshape(b, -1, 4)
        return logits, deltas, self.anchors(h, w)


def encode(boxes, anchors):
    aw, ah = anchors[:, 2] - anchors[:, 0], anchors[:, 3] - anchors[:, 1]
    ax, ay = anchors[:, 0] + aw / 2, anchors[:, 1] + ah / 2
    bw, bh = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    bx, by = boxes[:, 0] + bw / 2, boxes[:, 1] + bh / 2
    return torch.stack(((bx - ax) / aw, (by - ay) / ah, (bw / aw).log(), (bh / ah).log()), 1)


def decode(deltas, anchors):
    aw, ah = (anchors[:, 2:] - anchors[:, :2]).unbind(-1)
    ax, ay = ((anchors[:, 2:] + anchors[:, :2]) / 2).unbind(-1)
    dx, dy, dw, dh = deltas.unbind(dim=-1)
    cx, cy = ax + dx * aw, ay + dy * ah
    w, h = aw * dw.clamp(max=2).exp(), ah * dh.clamp(max=2).exp()
    return torch.stack([cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2], dim=-1)


def detection_loss(outputs, targets, focal=FocalLoss()):
    logits, deltas, anchors = outputs
    cls_losses, box_losses, positives = [], [], 0
    for logit, delta, target in zip(logits, deltas, targets):
        iou = box_iou(anchors, target["boxes"])
        best, match = iou.max(dim=1)
        positive = best > 0.3
        positive[iou.argmax(dim=0)] = True
        labels = positive.float()
        ignore = (best > 0.2) & ~positive
        cls_losses.append(focal(logit[~ignore], labels[~ignore]))
        wanted = encode(target["boxes"][match[positive]], anchors[positive])
        box_losses.append(F.smooth_l1_loss(delta[positive], wanted, reduction='sum', beta=0.1))
        positives += int(positive.sum())
    n = max(1, positives)
    return {"cls": sum(cls_losses) / n, "box": sum(box_losses) / n}


torch.manual_seed(2)
dataset = Squares(32)
loader = DataLoader(dataset, batch_size=8, shuffle=True, collate_fn=collate_fn, num_workers=0, pin_memory=False)
model = Detector()
optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
for epoch in range(1, 6):
    meter = collections.defaultdict(float)
    for images, targets in loader:
        losses = detection_loss(model(images), targets)
        total = sum(losses.values())
        optimizer.zero_grad()
        total.backward()
        optimizer.step()
        for key, value in losses.items():
            meter[key] += value.item() / len(loader)
    print(f"epoch {epoch}:", *(f"{k}={v:.4f}" for k, v in meter.items()), sep="  ")

model.eval()
with torch.no_grad():
    images, targets = next(iter(DataLoader(dataset, batch_size=4, collate_fn=collate_fn)))
    logits, deltas, anchors = model(images)
    scores = logits.sigmoid()
    found = []
    for b in range(len(images)):
        boxes = decode(deltas[b], anchors)
        top = scores[b].topk(6).indices
        keep = nms(boxes[top], scores[b][top], 0.4)
        found.append(len(keep))
        iou = box_iou(boxes[top][keep], targets[b]["boxes"]).max(0).values
        print(b, targets[b]["id"], [round(v, 1) for v in iou.tolist()])
print(anchors.shape, len(found) == 4)
