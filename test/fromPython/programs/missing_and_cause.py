import torch
items = [3, 1, 4]
pairs = [(1, 2), (3, 4)]
def look(x):
    try:
        return items.index(x)
    except ValueError as e:
        return "none"
print(look(4), look(9), pairs.index((3, 4)))
try:
    pairs.remove((5, 6))
except ValueError:
    print("not there", len(pairs))
pairs.remove((1, 2))
print(torch.tensor(items).sum().item())
print(pairs, "hello".index("l"))
try:
    try:
        {}["a"]
    except KeyError as e:
        raise RuntimeError("bad") from e
except RuntimeError as e:
    print(e, type(e.__cause__).__name__)
