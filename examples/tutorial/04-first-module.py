"""Your first custom module."""
import torch
from networks import SimpleClassifier

torch.manual_seed(0)
model = SimpleClassifier(20, 64, 3)
print(model)
print(f"Total parameters: {sum(p.numel() for p in model.parameters()):,}")
