"""ConvNeXt with LayerScale and DropPath, EfficientNet-like config lists, ResNet _make_layer, DenseNet, SE, FPN, a YOLO-like loss."""
import math
from collections import OrderedDict
from dataclasses import asdict, dataclass, field, replace
from typing import Any, List, Optional, Tuple, Type, Union

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch import Tensor


def drop_path(x, drop_prob: float = 0., training: bool = False):
    if drop_prob == 0. or not training:
        return x
    keep_prob = 1 - drop_prob
    shape = (x.shape[0],) + (1,) * (x.ndim - 1)
    random_tensor = keep_prob + torch.rand(shape, dtype=x.dtype, device=x.device)
    random_tensor.floor_()
    return x.div(keep_prob) * random_tensor


class DropPath(nn.Module):
    def __init__(self, drop_prob=None):
        super(DropPath, self).__init__()
        self.drop_prob = drop_prob

    def forward(self, x):
        return drop_path(x, self.drop_prob, self.training)


class LayerNorm(nn.Module):
    def __init__(self, normalized_shape, eps=1e-6, data_format="channels_last"):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(normalized_shape))
        self.bias = nn.Parameter(torch.zeros(normalized_shape))
        self.eps = eps
        self.data_format = data_format
        if self.data_format not in ["channels_last", "channels_first"]:
            raise NotImplementedError
        self.normalized_shape = (normalized_shape, )

    def forward(self, x):
        if self.data_format == "channels_last":
            return F.layer_norm(x, self.normalized_shape, self.weight, self.bias, self.eps)
        else:
            u = x.mean(1, keepdim=True)
            s = (x - u).pow(2).mean(1, keepdim=True)
            x = (x - u) / torch.sqrt(s + self.eps)
            return self.weight[:, None, None] * x + self.bias[:, None, None]


class ConvNeXtBlock(nn.Module):
    def __init__(self, dim, drop_path=0., layer_scale_init_value=1e-2):
        super().__init__()
        self.dwconv = nn.Conv2d(dim, dim, kernel_size=3, padding=1, groups=dim)
        self.norm = LayerNorm(dim, eps=1e-6)
        self.pwconv1 = nn.Linear(dim, 2 * dim)
        self.act = nn.GELU()
        self.pwconv2 = nn.Linear(2 * dim, dim)
        self.gamma = nn.Parameter(layer_scale_init_value * torch.ones((dim)), requires_grad=True) if layer_scale_init_value > 0 else None
        self.drop_path = DropPath(drop_path) if drop_path > 0. else nn.Identity()

    def forward(self, x):
        input = x
        x = self.dwconv(x)
        x = x.permute(0, 2, 3, 1)
        x = self.norm(x)
        x = self.pwconv1(x)
        x = self.act(x)
        x = self.pwconv2(x)
        if self.gamma is not None:
            x = self.gamma * x
        x = x.permute(0, 3, 1, 2)
        x = input + self.drop_path(x)
        return x


class ConvNeXt(nn.Module):
    def __init__(self, in_chans=1, num_classes=3, depths=[1, 2], dims=[4, 8], drop_path_rate=0.2, head_init_scale=1.):
        super().__init__()
        self.downsample_layers = nn.ModuleList()
        stem = nn.Sequential(nn.Conv2d(in_chans, dims[0], kernel_size=2, stride=2), LayerNorm(dims[0], eps=1e-6, data_format="channels_first"))
        self.downsample_layers.append(stem)
        for i in range(len(dims) - 1):
            self.downsample_layers.append(nn.Sequential(LayerNorm(dims[i], eps=1e-6, data_format="channels_first"), nn.Conv2d(dims[i], dims[i + 1], kernel_size=2, stride=2)))
        self.stages = nn.ModuleList()
        dp_rates = [x.item() for x in torch.linspace(0, drop_path_rate, sum(depths))]
        cur = 0
        for i in range(len(dims)):
            stage = nn.Sequential(*[ConvNeXtBlock(dim=dims[i], drop_path=dp_rates[cur + j]) for j in range(depths[i])])
            self.stages.append(stage)
            cur += depths[i]
        self.norm = nn.LayerNorm(dims[-1], eps=1e-6)
        self.head = nn.Linear(dims[-1], num_classes)
        self.apply(self._init_weights)
        self.head.weight.data.mul_(head_init_scale)
        self.head.bias.data.mul_(head_init_scale)

    def _init_weights(self, m):
        if isinstance(m, (nn.Conv2d, nn.Linear)):
            nn.init.trunc_normal_(m.weight, std=.2)
            nn.init.constant_(m.bias, 0)

    def forward_features(self, x):
        for down, stage in zip(self.downsample_layers, self.stages):
            x = stage(down(x))
        return self.norm(x.mean([-2, -1]))

    def forward(self, x):
        return self.head(self.forward_features(x))


class SqueezeExcite(nn.Module):
    def __init__(self, channels, reduction=4):
        super().__init__()
        self.fc = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(channels, max(1, channels // reduction), 1), nn.SiLU(inplace=True), nn.Conv2d(max(1, channels // reduction), channels, 1), nn.Sigmoid())

    def forward(self, x):
        return x * self.fc(x)


@dataclass(frozen=True)
class StageConfig:
    expand: int
    out: int
    repeats: int = 1
    stride: int = 1
    kernel: int = 3
    extra: List[str] = field(default_factory=list)

    def scaled(self, width: float, depth: float) -> "StageConfig":
        return replace(self, out=make_divisible(self.out * width), repeats=int(math.ceil(self.repeats * depth)))


def make_divisible(v: float, divisor: int = 4, min_value: Optional[int] = None) -> int:
    if min_value is None:
        min_value = divisor
    new_v = max(min_value, int(v + divisor / 2) // divisor * divisor)
    if new_v < 0.9 * v:
        new_v += divisor
    return new_v


class MBConv(nn.Module):
    def __init__(self, cin, cfg: StageConfig, stride):
        super().__init__()
        mid = cin * cfg.expand
        layers = OrderedDict()
        if cfg.expand != 1:
            layers['expand'] = nn.Sequential(nn.Conv2d(cin, mid, 1, bias=False), nn.BatchNorm2d(mid), nn.SiLU())
        layers['dw'] = nn.Sequential(nn.Conv2d(mid, mid, cfg.kernel, stride, cfg.kernel // 2, groups=mid, bias=False), nn.BatchNorm2d(mid), nn.SiLU())
        layers['se'] = SqueezeExcite(mid)
        layers['project'] = nn.Sequential(nn.Conv2d(mid, cfg.out, 1, bias=False), nn.BatchNorm2d(cfg.out))
        self.block = nn.Sequential(layers)
        self.use_res = stride == 1 and cin == cfg.out

    def forward(self, x):
        return x + self.block(x) if self.use_res else self.block(x)


def efficientnet(settings, width=1.0, depth=1.0, num_classes=3):
    cin = 4
    features = [nn.Conv2d(1, cin, 3, 2, 1)]
    for cfg in (StageConfig(*s).scaled(width, depth) for s in settings):
        for i in range(cfg.repeats):
            features.append(MBConv(cin, cfg, cfg.stride if i == 0 else 1))
            cin = cfg.out
    return nn.Sequential(*features, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.), nn.Linear(cin, num_classes))


class BasicBlock(nn.Module):
    expansion: int = 1

    def __init__(self, inplanes: int, planes: int, stride: int = 1, downsample: Optional[nn.Module] = None) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inplanes, planes, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(planes, planes * self.expansion, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(planes * self.expansion)
        self.downsample = downsample

    def forward(self, x: Tensor) -> Tensor:
        identity = x
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        if self.downsample is not None:
            identity = self.downsample(x)
        out += identity
        return self.relu(out)


class ResNet(nn.Module):
    def __init__(self, block: Type[BasicBlock], layers: List[int], num_classes: int = 3):
        super().__init__()
        self.inplanes = 4
        self.conv1 = nn.Conv2d(1, self.inplanes, 3, padding=1, bias=False)
        for i, (planes, n) in enumerate(zip((4, 8), layers), start=1):
            setattr(self, f'layer{i}', self._make_layer(block, planes, n, stride=1 if i == 1 else 2))
        self.fc = nn.Linear(8 * block.expansion, num_classes)
        for m in self.modules():
            if isinstance(m, nn.Conv2d):
                nn.init.kaiming_normal_(m.weight, mode='fan_out', nonlinearity='relu')
            elif isinstance(m, (nn.BatchNorm2d, nn.GroupNorm)):
                nn.init.constant_(m.weight, 1)
                nn.init.constant_(m.bias, 0)

    def _make_layer(self, block, planes, blocks, stride=1):
        downsample = None
        if stride != 1 or self.inplanes != planes * block.expansion:
            downsample = nn.Sequential(nn.Conv2d(self.inplanes, planes * block.expansion, 1, stride, bias=False), nn.BatchNorm2d(planes * block.expansion))
        layers = []
        layers.append(block(self.inplanes, planes, stride, downsample))
        self.inplanes = planes * block.expansion
        for _ in range(1, blocks):
            layers.append(block(self.inplanes, planes))
        return nn.Sequential(*layers)

    def forward(self, x):
        c2 = self.layer1(self.conv1(x))
        c3 = self.layer2(c2)
        return self.fc(torch.flatten(F.adaptive_avg_pool2d(c3, (1, 1)), 1))


class DenseBlock(nn.ModuleDict):
    def __init__(self, num_layers, cin, growth):
        super().__init__()
        for i in range(num_layers):
            self.add_module('denselayer%d' % (i + 1), nn.Sequential(nn.BatchNorm2d(cin + i * growth), nn.ReLU(), nn.Conv2d(cin + i * growth, growth, 3, padding=1)))

    def forward(self, init_features):
        features = [init_features]
        for name, layer in self.items():
            features.append(layer(torch.cat(features, 1)))
        return torch.cat(features, 1)


class FPN(nn.Module):
    def __init__(self, channels: List[int], out: int):
        super().__init__()
        self.lateral = nn.ModuleList([nn.Conv2d(c, out, 1) for c in channels])
        self.smooth = nn.ModuleList([nn.Conv2d(out, out, 3, padding=1) for _ in channels])

    def forward(self, feats: List[Tensor]) -> List[Tensor]:
        outs = [l(f) for l, f in zip(self.lateral, feats)]
        for i in range(len(outs) - 1, 0, -1):
            outs[i - 1] = outs[i - 1] + F.interpolate(outs[i], scale_factor=2, mode='nearest')
        return [s(o) for s, o in zip(self.smooth, outs)]


def bbox_iou(box1, box2, GIoU=False, eps=1e-7):
    (x1, y1, w1, h1), (x2, y2, w2, h2) = box1.chunk(4, -1), box2.chunk(4, -1)
    b1_x1, b1_x2, b1_y1, b1_y2 = x1 - w1 / 2, x1 + w1 / 2, y1 - h1 / 2, y1 + h1 / 2
    b2_x1, b2_x2, b2_y1, b2_y2 = x2 - w2 / 2, x2 + w2 / 2, y2 - h2 / 2, y2 + h2 / 2
    inter = (torch.min(b1_x2, b2_x2) - torch.max(b1_x1, b2_x1)).clamp(0) * (torch.min(b1_y2, b2_y2) - torch.max(b1_y1, b2_y1)).clamp(0)
    union = w1 * h1 + w2 * h2 - inter + eps
    iou = inter / union
    if GIoU:
        cw = torch.max(b1_x2, b2_x2) - torch.min(b1_x1, b2_x1)
        ch = torch.max(b1_y2, b2_y2) - torch.min(b1_y1, b2_y1)
        c_area = cw * ch + eps
        return iou - (c_area - union) / c_area
    return iou


def fit(name, model, x, y, steps=6):
    opt = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, nesterov=True)
    losses = []
    for _ in range(steps):
        out = model(x)
        loss = F.cross_entropy(out, y, label_smoothing=0.1)
        opt.zero_grad()
        loss.backward()
        opt.step()
        losses.append(loss.item())
    print(f'{name:<14}{sum(p.numel() for p in model.parameters()):>6,d}  ' + ' '.join('%.4f' % l for l in losses[::5]))


if __name__ == '__main__':
    torch.manual_seed(0)
    x = torch.randn(8, 1, 8, 8)
    y = torch.arange(8) % 3
    fit('convnext', ConvNeXt(), x, y)
    fit('efficientnet', efficientnet([(1, 4), (2, 8, 2, 2)], width=1.2, depth=1.5), x, y)
    resnet = ResNet(BasicBlock, [1, 2])
    fit('resnet', resnet, x, y)
    fit('densenet', nn.Sequential(DenseBlock(2, 1, 3), nn.Flatten(), nn.Linear(7 * 64, 3)), x, y)
    feats = {'c2': resnet.layer1(resnet.conv1(x))}
    feats['c3'] = resnet.layer2(feats['c2'])
    pyramid = FPN([4, 8], 6)([feats[k] for k in ('c2', 'c3')])
    print([tuple(p.shape) for p in pyramid], asdict(StageConfig(2, 8).scaled(1.2, 1.5)))

    boxes = nn.Parameter(torch.rand(5, 4) * 0.5 + 0.25)
    target = torch.tensor([[.5, .5, .2, .3]]).repeat(5, 1)
    opt = torch.optim.Adam([boxes], lr=0.02)
    for i in range(40):
        loss = (1.0 - bbox_iou(boxes, target, GIoU=True)).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
        if i % 13 == 0:
            print(f'giou loss {loss.item():.4f} iou {bbox_iou(boxes, target).mean().item():.4f}')
