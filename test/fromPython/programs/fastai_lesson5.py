"""A neural net from the foundations: Titanic-like data, in the style of fast.ai's lesson 5."""
import torch, numpy as np
from torch import tensor
import torch.nn.functional as F

torch.manual_seed(442)
np.random.seed(0)
np.set_printoptions(linewidth=140)
torch.set_printoptions(linewidth=140, sci_mode=False, edgeitems=7)

# -- Cleaning the data
n = 200
sex = ['female' if u < 0.4 else 'male' for u in np.random.rand(n)]
pclass = np.random.randint(1, 4, size=n)
age = np.random.uniform(1, 70, size=n)
fare = np.random.uniform(5, 200, size=n) / pclass
emb = np.random.choice(3, size=n)
is_f = tensor([1.0 if s == 'female' else 0.0 for s in sex])
p = torch.sigmoid(2.5 * is_f - 0.8 * (tensor(pclass).float() - 2) - 1.2 - 0.01 * (tensor(age).float() - 30))
t_dep = (torch.rand(n) < p).float()

logfare = np.log(fare + 1)
added_cols = ['Sex_male', 'Sex_female', 'Pclass_1', 'Pclass_2', 'Pclass_3', 'Embarked_0', 'Embarked_1', 'Embarked_2']
cols = {
    'Age': age, 'LogFare': logfare,
    'Sex_male': (1 - is_f).numpy(), 'Sex_female': is_f.numpy(),
    **{f'Pclass_{i}': (pclass == i) * 1.0 for i in range(1, 4)},
    **{f'Embarked_{i}': (emb == i) * 1.0 for i in range(3)},
}
t_indep = torch.stack([tensor(v, dtype=torch.float) for v in cols.values()], dim=1)
print(t_indep.shape, list(cols)[:3])

# -- Setting up a linear model
n_coeff = t_indep.shape[1]
coeffs = torch.rand(n_coeff) - 0.5
vals, indices = t_indep.max(dim=0)
t_indep = t_indep / vals
preds = (t_indep * coeffs).sum(axis=1)
print(preds[:5])
loss = torch.abs(preds - t_dep).mean()
print(loss)


def calc_preds(coeffs, indeps): return (indeps * coeffs).sum(axis=1)
def calc_loss(coeffs, indeps, deps): return torch.abs(calc_preds(coeffs, indeps) - deps).mean()


# -- Doing a gradient descent step
coeffs.requires_grad_()
loss = calc_loss(coeffs, t_indep, t_dep)
loss.backward()
print(coeffs.grad)
with torch.no_grad():
    coeffs.sub_(coeffs.grad * 0.1)
    coeffs.grad.zero_()
    print(f"{calc_loss(coeffs, t_indep, t_dep):.4f}")

# -- Training the linear model
splits = torch.randperm(n)
trn_split, val_split = splits[:160], splits[160:]
trn_indep, val_indep = t_indep[trn_split], t_indep[val_split]
trn_dep, val_dep = t_dep[trn_split], t_dep[val_split]
print(len(trn_indep), len(val_indep))


def update_coeffs(coeffs, lr):
    coeffs.sub_(coeffs.grad * lr)
    coeffs.grad.zero_()


def one_epoch(coeffs, lr):
    loss = calc_loss(coeffs, trn_indep, trn_dep)
    loss.backward()
    with torch.no_grad(): update_coeffs(coeffs, lr)
    print(f"{loss:.3f}", end="; ")


def init_coeffs(): return (torch.rand(n_coeff) - 0.5).requires_grad_()


def train_model(epochs=30, lr=0.01):
    torch.manual_seed(442)
    coeffs = init_coeffs()
    for i in range(epochs): one_epoch(coeffs, lr=lr)
    return coeffs


coeffs = train_model(6, lr=0.2)
print()


def show_coeffs(): return dict(zip(cols, coeffs.requires_grad_(False)))


for k, v in show_coeffs().items():
    print(f"{k:<12}{v:7.3f}")

# -- Measuring accuracy
results = val_dep.bool() == (calc_preds(coeffs, val_indep) > 0.5)
print(results[:8])


def acc(coeffs): return (val_dep.bool() == (calc_preds(coeffs, val_indep) > 0.5)).float().mean()


print(acc(coeffs))


# -- Using sigmoid and a matrix product, with a neural net of one hidden layer
def calc_preds(coeffs, indeps):
    l1, l2, const = coeffs
    res = F.relu(indeps @ l1)
    res = res @ l2 + const
    return torch.sigmoid(res)


def init_coeffs(n_hidden=20):
    layer1 = (torch.rand(n_coeff, n_hidden) - 0.5) / n_hidden
    layer2 = torch.rand(n_hidden, 1) - 0.3
    const = torch.rand(1)[0]
    return layer1.requires_grad_(), layer2.requires_grad_(), const.requires_grad_()


def update_coeffs(coeffs, lr):
    for layer in coeffs:
        layer.sub_(layer.grad * lr)
        layer.grad.zero_()


trn_dep = trn_dep[:, None]
val_dep = val_dep[:, None]
coeffs = train_model(lr=1.4, epochs=12)
print()
print(f"{acc(coeffs):.3f}")
print([tuple(c.shape) for c in coeffs])
