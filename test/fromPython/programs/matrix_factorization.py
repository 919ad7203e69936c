"""Matrix factorization of made-up ratings."""
import torch
from torch import nn
from torch.utils.data import Dataset, DataLoader


class RatingsDataset(Dataset):
    def __init__(self, ratings):
        self.ratings = ratings

    def __len__(self):
        return len(self.ratings)

    def __getitem__(self, idx):
        user, item, rating = self.ratings[idx]
        return {'user': user, 'item': item, 'rating': torch.tensor(rating, dtype=torch.float32)}


class MatrixFactorization(nn.Module):
    def __init__(self, n_users, n_items, n_factors=4):
        super().__init__()
        self.user_factors = nn.Embedding(n_users, n_factors)
        self.item_factors = nn.Embedding(n_items, n_factors)
        self.user_bias = nn.Embedding(n_users, 1)
        self.item_bias = nn.Embedding(n_items, 1)
        self.offset = nn.Parameter(torch.tensor(3.0))
        for emb in [self.user_factors, self.item_factors]:
            nn.init.normal_(emb.weight, std=0.1)
        for emb in (self.user_bias, self.item_bias):
            emb.weight.data.zero_()

    def forward(self, user, item):
        dot = (self.user_factors(user) * self.item_factors(item)).sum(dim=1)
        return dot + self.user_bias(user).squeeze(-1) + self.item_bias(item).squeeze(-1) + self.offset


torch.manual_seed(6)
n_users, n_items = 12, 9
truth = torch.randn(n_users, 2) @ torch.randn(2, n_items) + 3
ratings = [(u, i, truth[u, i].item()) for u in range(n_users) for i in range(n_items) if (u + 2 * i) % 3 != 0]
loader = DataLoader(RatingsDataset(ratings), batch_size=16, shuffle=True)
model = MatrixFactorization(n_users, n_items)
optimizer = torch.optim.Adagrad(model.parameters(), lr=0.3)
criterion = nn.MSELoss()
for epoch in range(1, 6):
    losses = []
    for batch in loader:
        prediction = model(batch['user'], batch['item'])
        loss = criterion(prediction, batch['rating'])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    rmse = (sum(losses) / len(losses)) ** 0.5
    print(f'epoch {epoch}: rmse {rmse:.3f}')
with torch.no_grad():
    users = torch.arange(n_users)
    scores = torch.stack([model(users, torch.full_like(users, i)) for i in range(n_items)], dim=1)
    best = {f'user {u}': int(scores[u].argmax()) for u in range(3)}
print(len(ratings), best, scores.shape)
