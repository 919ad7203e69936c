"""Your first custom module."""

import torch

from networks import SimpleClassifier
from printing import thousands

torch.manual_seed(0)
model = SimpleClassifier(20, 64, 3)
print(str(model))
print(f"Total parameters: {thousands(sum(p.numel() for p in model.parameters()))}")
