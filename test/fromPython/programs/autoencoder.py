"""An autoencoder with early stopping."""
import numpy as np
import torch
from torch import nn


class Autoencoder(nn.Module):
    def __init__(self, n_features: int, hidden: int = 8, code: int = 2) -> None:
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(n_features, hidden), nn.ELU(), nn.Linear(hidden, code))
        self.decoder = nn.Sequential(nn.Linear(code, hidden), nn.ELU(), nn.Linear(hidden, n_features))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.decoder(self.encoder(x))


class EarlyStopping:
    """Stops when the loss hasn't become better for a while."""

    def __init__(self, patience=3, min_delta=0.0):
        self.patience = patience
        self.min_delta = min_delta
        self.counter = 0
        self.best_loss = None
        self.early_stop = False

    def __call__(self, val_loss):
        if self.best_loss is None:
            self.best_loss = val_loss
        elif self.best_loss - val_loss > self.min_delta:
            self.best_loss = val_loss
            self.counter = 0
        else:
            self.counter += 1
            if self.counter >= self.patience:
                self.early_stop = True
        return self.early_stop


np.random.seed(0)
torch.manual_seed(0)
latent = np.random.randn(80, 2)
mixing = np.random.randn(2, 6)
X = np.tanh(latent @ mixing).astype(np.float32)
X = (X - X.mean(axis=0)) / X.std(axis=0)
X_train, X_val = torch.from_numpy(X[:64]), torch.from_numpy(X[64:])

model = Autoencoder(n_features=X.shape[1])
optimizer = torch.optim.Adam(model.parameters(), lr=0.05, weight_decay=1e-5)
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, mode='min', factor=0.5, patience=2)
criterion = nn.MSELoss()
stopper = EarlyStopping(patience=4, min_delta=1e-2)
history = {'train': [], 'val': []}
for epoch in range(60):
    model.train()
    permutation = torch.randperm(X_train.size()[0])
    batch_losses = []
    for i in range(0, X_train.size()[0], 16):
        indices = permutation[i:i + 16]
        batch = X_train[indices]
        optimizer.zero_grad()
        loss = criterion(model(batch), batch)
        loss.backward()
        optimizer.step()
        batch_losses.append(loss.item())
    model.eval()
    with torch.no_grad():
        val_loss = criterion(model(X_val), X_val).item()
    scheduler.step(val_loss)
    history['train'].append(np.mean(batch_losses))
    history['val'].append(val_loss)
    if epoch % 10 == 0:
        print(f"{epoch:03d}: train {history['train'][-1]:.4f} val {val_loss:.4f} lr {optimizer.param_groups[0]['lr']:.3f}")
    if stopper(val_loss):
        print(f"stopped early, best {stopper.best_loss:.3f}")
        break
else:
    print("ran to the end")
