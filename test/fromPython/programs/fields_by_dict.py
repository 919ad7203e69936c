import torch
class P:
    def __init__(self):
        self.a = 1
        self.t = (1, 2.5)
        self.name_of = "x"
p = P()
print(p.__dict__)
print(vars(p), torch.ones(2).sum().item())
print(list(p.__dict__.keys()), "a" in p.__dict__, len(p.__dict__), p.__dict__["a"])
p.__dict__.update({"a": 5, "b": 7})
print(p.a, p.b)
print({k: v for k, v in vars(p).items() if k != "t"})
