"""k-means, PCA, a Gaussian mixture and a Kalman filter in plain torch."""
import math
from collections import Counter, defaultdict
from itertools import permutations, product

import torch
from torch import Tensor


def make_blobs(n_per: int, centers: Tensor, std: float = 0.5):
    points, labels = [], []
    for i, c in enumerate(centers):
        points.append(c + std * torch.randn(n_per, centers.shape[1]))
        labels += [i] * n_per
    X = torch.cat(points)
    y = torch.tensor(labels)
    perm = torch.randperm(len(X))
    return X[perm], y[perm]


class KMeans:
    def __init__(self, n_clusters: int = 3, max_iter: int = 50, tol: float = 1e-6):
        self.n_clusters = n_clusters
        self.max_iter = max_iter
        self.tol = tol
        self.centroids = None
        self.inertia_ = float('inf')
        self.n_iter_ = 0

    def _init_centroids(self, X):
        """k-means++ seeding"""
        idx = torch.randint(len(X), (1,)).item()
        chosen = [X[idx]]
        for _ in range(1, self.n_clusters):
            d2 = torch.cdist(X, torch.stack(chosen)).min(dim=1).values ** 2
            chosen.append(X[torch.multinomial(d2 / d2.sum(), 1).item()])
        return torch.stack(chosen)

    def fit(self, X):
        self.centroids = self._init_centroids(X)
        for self.n_iter_ in range(1, self.max_iter + 1):
            assign = self.predict(X)
            new = torch.stack([X[assign == k].mean(0) if (assign == k).any() else self.centroids[k]
                               for k in range(self.n_clusters)])
            shift = (new - self.centroids).norm()
            self.centroids = new
            if shift < self.tol:
                break
        self.inertia_ = ((X - self.centroids[self.predict(X)]) ** 2).sum().item()
        return self

    def predict(self, X):
        return torch.cdist(X, self.centroids).argmin(dim=1)

    def fit_predict(self, X):
        return self.fit(X).predict(X)


class PCA:
    def __init__(self, n_components):
        self.n_components = n_components

    def fit(self, X):
        n, d = X.shape
        self.mean_ = X.mean(dim=0)
        U, S, Vh = torch.linalg.svd(X - self.mean_, full_matrices=False)
        signs = torch.sign(Vh[torch.arange(len(Vh)), Vh.abs().argmax(dim=1)])
        self.components_ = (Vh * signs[:, None])[: self.n_components]
        explained = S ** 2 / (n - 1)
        self.explained_variance_ratio_ = (explained / explained.sum())[: self.n_components]
        return self

    def transform(self, X):
        return (X - self.mean_) @ self.components_.T

    def inverse_transform(self, Z):
        return Z @ self.components_ + self.mean_


def best_accuracy(pred, target, k):
    """Accuracy under the best matching of clusters with classes."""
    counts = Counter(zip(pred.tolist(), target.tolist()))
    best = 0
    for perm in permutations(range(k)):
        hits = sum(counts[(i, perm[i])] for i in range(k))
        best = max(best, hits)
    return best / len(pred)


def em_gmm(x, k=2, steps=30):
    pi = torch.full((k,), 1 / k)
    mu = torch.quantile(x, torch.linspace(0.25, 0.75, k))
    var = torch.ones(k) * x.var()
    log_likelihoods = []
    for _ in range(steps):
        log_p = -0.5 * ((x[:, None] - mu) ** 2 / var + var.log() + math.log(2 * math.pi)) + pi.log()
        log_norm = torch.logsumexp(log_p, dim=1, keepdim=True)
        log_likelihoods.append(log_norm.sum().item())
        r = (log_p - log_norm).exp()
        nk = r.sum(0)
        pi, mu = nk / len(x), (r * x[:, None]).sum(0) / nk
        var = (r * (x[:, None] - mu) ** 2).sum(0) / nk
    return pi, mu, var, log_likelihoods


def kalman(zs, dt=1.0, q=1e-3, r=0.25):
    F = torch.tensor([[1, dt], [0, 1]])
    H = torch.tensor([[1.0, 0.0]])
    Q = q * torch.tensor([[dt ** 4 / 4, dt ** 3 / 2], [dt ** 3 / 2, dt ** 2]])
    R = torch.tensor([[r]])
    x, P = torch.zeros(2, 1), torch.eye(2)
    out = []
    for z in zs:
        x = F @ x
        P = F @ P @ F.T + Q
        y = z - H @ x
        S = H @ P @ H.T + R
        K = P @ H.T @ torch.inverse(S)
        x = x + K @ y
        P = (torch.eye(2) - K @ H) @ P
        out.append((x[0].item(), x[1].item()))
    return out


torch.manual_seed(0)
centers = torch.tensor([[0., 0., 1.], [4., 4., -1.], [-4., 4., 0.]])
X, y = make_blobs(40, centers)
print(X.shape, y.bincount().tolist())

km = KMeans(n_clusters=3)
pred = km.fit_predict(X)
print(f"k-means: {km.n_iter_} iterations, inertia {km.inertia_:.3f}, accuracy {best_accuracy(pred, y, 3):.1%}")
order = km.centroids[:, 0].argsort()
for row in km.centroids[order]:
    print('  ', ' '.join(f'{v:+.3f}' for v in row))

inertias = {}
for k in (1, 2, 3, 4):
    inertias[k] = KMeans(k).fit(X).inertia_
print({k: round(v, 2) for k, v in inertias.items()})

pca = PCA(2).fit(X)
Z = pca.transform(X)
err = (pca.inverse_transform(Z) - X).pow(2).mean().sqrt()
print("explained", [f"{v:.4f}" for v in pca.explained_variance_ratio_], f"reconstruction {err:.4f}")
cov = torch.cov(X.T)
evals, evecs = torch.linalg.eigh(cov)
print(torch.allclose(evals.flip(0) / evals.sum(), (lambda s: s ** 2 / (s ** 2).sum())(torch.linalg.svdvals(X - X.mean(0))), atol=1e-5))

x = torch.cat([torch.randn(100) - 2, 0.5 * torch.randn(60) + 1.5])
pi, mu, var, lls = em_gmm(x)
print("mixture", [round(v, 3) for v in pi.tolist()], [round(v, 3) for v in mu.tolist()], [round(v, 3) for v in var.sqrt().tolist()])
assert all(b >= a - 1e-2 for a, b in zip(lls, lls[1:])), "EM never goes down"
print(f"log likelihood {lls[0]:.2f} -> {lls[-1]:.2f}")

true = [0.5 * t for t in range(20)]
zs = [t + 0.5 * torch.randn(1).item() for t in true]
est = kalman(zs)
print("kalman position %.3f velocity %.3f" % est[-1])
rmse = lambda a: math.sqrt(sum((p - t) ** 2 for p, t in zip(a, true)) / len(true))
print(f"rmse raw {rmse(zs):.3f}, filtered {rmse([p for p, _ in est]):.3f}")

# Normal equations against lstsq
A = torch.cat([torch.ones(50, 1), torch.randn(50, 3)], dim=1)
w_true = torch.tensor([1.0, -2.0, 0.5, 3.0])
b = A @ w_true + 0.01 * torch.randn(50)
w_normal = torch.linalg.solve(A.T @ A, A.T @ b)
w_lstsq = torch.linalg.lstsq(A, b[:, None]).solution.squeeze(1)
print(torch.allclose(w_normal, w_lstsq, atol=1e-4), (w_normal * 100).round() / 100)

grid = defaultdict(list)
for (i, j), v in zip(product(range(2), range(3)), range(6)):
    grid[i, (j + 1) % 2].append(v)
for key in sorted(grid):
    print(key, grid[key], end='; ')
print()
