"""Writes torchvision's own sources, each as one program that prints what its model answers: NAME.py in the folder that is given."""
import importlib
import inspect
import os
import sys

from torchvision.ops import misc

sd = importlib.import_module("torchvision.ops.stochastic_depth")
_utils, resnet, mobilenetv2, mobilenetv3, vgg, densenet, googlenet, efficientnet, squeezenet, shufflenetv2 = (importlib.import_module("torchvision.models." + n) for n in "_utils resnet mobilenetv2 mobilenetv3 vgg densenet googlenet efficientnet squeezenet shufflenetv2".split())
HEAD = '''import copy
import math
import re
import warnings
from collections import OrderedDict, namedtuple
from dataclasses import dataclass
from functools import partial
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple, Type, Union, cast

import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.utils.checkpoint as cp
from torch import Tensor


def _log_api_usage_once(obj: Any) -> None:
    pass

'''
FOOT = '''

torch.manual_seed(0)
model = {make}
x = torch.randn(2, 3, {size}, {size})
with torch.no_grad():
    model(torch.randn(8, 3, {size}, {size}))
model.eval()
with torch.no_grad():
    y = model(x)
print(sum(p.numel() for p in model.parameters()), len(model.state_dict()))
y = y / y.abs().max()
print(y.shape, f"{{y.mean():.5f}} {{y.std():.5f}} {{y[0, :3].flatten()[0].item():.5f}}")
'''
ops = ["import collections\nfrom itertools import repeat\n", importlib.import_module("torchvision.utils")._make_ntuple, misc.ConvNormActivation, misc.Conv2dNormActivation]
files = {
  "resnet": ([resnet.conv3x3, resnet.conv1x1, resnet.BasicBlock, resnet.Bottleneck, resnet.ResNet], "ResNet(BasicBlock, [1, 1, 1, 1], num_classes=10)", 64),
  "resnext": ([resnet.conv3x3, resnet.conv1x1, resnet.BasicBlock, resnet.Bottleneck, resnet.ResNet], "ResNet(Bottleneck, [1, 1, 1, 1], num_classes=10, groups=8, width_per_group=8, norm_layer=partial(nn.GroupNorm, 4))", 64),
  "mobilenetv2": ([_utils._make_divisible, *ops, mobilenetv2.InvertedResidual, mobilenetv2.MobileNetV2], "MobileNetV2(num_classes=10, width_mult=0.5)", 64),
  "mobilenetv3": ([_utils._make_divisible, *ops, misc.SqueezeExcitation, "SElayer = SqueezeExcitation\n", mobilenetv3.InvertedResidualConfig, mobilenetv3.InvertedResidual, mobilenetv3.MobileNetV3, mobilenetv3._mobilenet_v3_conf], "MobileNetV3(*_mobilenet_v3_conf('mobilenet_v3_small', width_mult=0.5), num_classes=10)", 64),
  "vgg": ([vgg.VGG, vgg.make_layers, "cfgs: Dict[str, List[Union[str, int]]] = {'A': [16, 'M', 32, 'M', 64, 64, 'M', 64, 64, 'M', 64, 64, 'M']}\n"], "make_layers(cfgs['A'], batch_norm=True)", 64),
  "densenet": ([densenet._DenseLayer, densenet._DenseBlock, densenet._Transition, densenet.DenseNet], "DenseNet(8, (2, 3, 2), 16, num_classes=10)", 64),
  "googlenet": (["GoogLeNetOutputs = namedtuple('GoogLeNetOutputs', ['logits', 'aux_logits2', 'aux_logits1'])\nGoogLeNetOutputs.__annotations__ = {'logits': Tensor, 'aux_logits2': Optional[Tensor], 'aux_logits1': Optional[Tensor]}\n_GoogLeNetOutputs = GoogLeNetOutputs\n", googlenet.GoogLeNet, googlenet.Inception, googlenet.InceptionAux, googlenet.BasicConv2d], "GoogLeNet(num_classes=10, aux_logits=False, init_weights=False)", 64),
  "efficientnet": ([_utils._make_divisible, *ops, misc.SqueezeExcitation, sd.stochastic_depth, sd.StochasticDepth, efficientnet._MBConvConfig, efficientnet.MBConvConfig, efficientnet.FusedMBConvConfig, efficientnet.MBConv, efficientnet.FusedMBConv, efficientnet.EfficientNet], "EfficientNet([FusedMBConvConfig(1, 3, 1, 24, 24, 1), MBConvConfig(4, 3, 2, 24, 40, 2, 1.0, 0.5)], 0.2, last_channel=None, num_classes=10, norm_layer=partial(nn.BatchNorm2d, eps=1e-03))", 64),
  "squeezenet": (["from torch.nn import init\n", squeezenet.Fire, squeezenet.SqueezeNet], "SqueezeNet('1_1', num_classes=10)", 64),
  "shufflenet": ([shufflenetv2.channel_shuffle, shufflenetv2.InvertedResidual, shufflenetv2.ShuffleNetV2], "ShuffleNetV2([1, 2, 1], [24, 48, 96, 192, 1024], num_classes=10)", 64),
}
out = sys.argv[1]
for name, (parts, make, size) in files.items():
    text = HEAD + "\n\n".join(part if isinstance(part, str) else inspect.getsource(part) for part in parts)
    open(os.path.join(out, name + ".py"), "w").write(text + FOOT.format(make=make, size=size))
