"""Time series: airline-like passengers with an LSTM, sliding windows and a scaler by hand."""
import argparse
from collections import OrderedDict

import numpy as np
import torch
import torch.nn as nn
from torch.utils.data import Dataset, DataLoader

parser = argparse.ArgumentParser(description='LSTM forecaster')
parser.add_argument('--window', type=int, default=12, metavar='N')
parser.add_argument('--hidden-size', type=int, default=16)
parser.add_argument('--num-layers', type=int, default=2)
parser.add_argument('--lr', type=float, default=1e-2)
parser.add_argument('--epochs', type=int, default=4)
parser.add_argument('--horizon', default=3, type=int, help='steps to look ahead')
parser.add_argument('--bidirectional', action='store_true')
parser.add_argument('--no-shuffle', dest='shuffle', action='store_false', default=True)
parser.add_argument('--model', choices=['lstm', 'gru'], default='lstm')
args = parser.parse_args()
print(args)

np.random.seed(7)
torch.manual_seed(7)


class MinMaxScaler:
    def __init__(self, feature_range=(-1, 1)):
        self.lo, self.hi = feature_range
        self.data_min_ = None
        self.data_max_ = None

    def fit(self, x):
        self.data_min_ = x.min(axis=0)
        self.data_max_ = x.max(axis=0)
        return self

    def transform(self, x):
        scaled = (x - self.data_min_) / (self.data_max_ - self.data_min_)
        return scaled * (self.hi - self.lo) + self.lo

    def fit_transform(self, x):
        return self.fit(x).transform(x)

    def inverse_transform(self, x):
        return (x - self.lo) / (self.hi - self.lo) * (self.data_max_ - self.data_min_) + self.data_min_


def make_series(n=120):
    t = np.arange(0, n)
    trend = 100 + 0.8 * t
    season = 20 * np.sin(2 * np.pi * t / 12) + 5 * np.cos(2 * np.pi * t / 6)
    return (trend + season + np.random.normal(0, 1.5, n)).astype(np.float32)


def create_inout_sequences(input_data, tw, horizon):
    inout_seq = []
    L = len(input_data)
    for i in range(L - tw - horizon + 1):
        train_seq = input_data[i:i + tw]
        train_label = input_data[i + tw:i + tw + horizon]
        inout_seq.append((train_seq, train_label))
    return inout_seq


class WindowDataset(Dataset):
    def __init__(self, series, window, horizon):
        self.pairs = create_inout_sequences(series, window, horizon)

    def __len__(self):
        return len(self.pairs)

    def __getitem__(self, idx):
        x, y = self.pairs[idx]
        return torch.from_numpy(x).float(), torch.from_numpy(y[:, 0]).float()


class Forecaster(nn.Module):
    def __init__(self, input_size=1, hidden_size=32, num_layers=1, horizon=1, cell='lstm', bidirectional=False):
        super().__init__()
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.num_directions = 2 if bidirectional else 1
        rnn = {'lstm': nn.LSTM, 'gru': nn.GRU}[cell]
        self.rnn = rnn(input_size, hidden_size, num_layers, batch_first=True, bidirectional=bidirectional)
        self.head = nn.Sequential(OrderedDict([
            ('fc1', nn.Linear(hidden_size * self.num_directions, hidden_size)),
            ('act', nn.ReLU()),
            ('fc2', nn.Linear(hidden_size, horizon)),
        ]))

    def init_hidden(self, batch_size):
        shape = (self.num_layers * self.num_directions, batch_size, self.hidden_size)
        return torch.zeros(*shape), torch.zeros(*shape)

    def forward(self, x):
        h0, c0 = self.init_hidden(x.size(0))
        out, (hn, cn) = self.rnn(x, (h0, c0))
        return self.head(out[:, -1, :])


def mape(y_true, y_pred):
    y_true, y_pred = np.array(y_true), np.array(y_pred)
    return np.mean(np.abs((y_true - y_pred) / y_true)) * 100


series = make_series()
print(series.shape, series.dtype, np.round(series[:4], 2))
train_size = int(len(series) * 0.8)
train, test = series[:train_size], series[train_size:]
scaler = MinMaxScaler()
train_scaled = scaler.fit_transform(train.reshape(-1, 1))
test_scaled = scaler.transform(test.reshape(-1, 1))
print(f"min {scaler.data_min_[0]:.3f} max {scaler.data_max_[0]:.3f}")

train_set = WindowDataset(train_scaled, args.window, args.horizon)
test_set = WindowDataset(test_scaled, args.window, args.horizon)
print(len(train_set), len(test_set), train_set[0][0].shape, train_set[-1][1].shape)

loader = DataLoader(train_set, batch_size=16, shuffle=args.shuffle, drop_last=True)
model = Forecaster(hidden_size=args.hidden_size, num_layers=args.num_layers, horizon=args.horizon,
                   cell=args.model, bidirectional=args.bidirectional)
print(model)
criterion = nn.HuberLoss(delta=0.5)
optimizer = torch.optim.RMSprop(model.parameters(), lr=args.lr)
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, mode='min', factor=0.5, patience=0)

best_loss, best_state, history = float('inf'), None, {'train': [], 'val': []}
for epoch in range(1, args.epochs + 1):
    model.train()
    losses = []
    for seq, labels in loader:
        optimizer.zero_grad()
        y_pred = model(seq)
        single_loss = criterion(y_pred, labels)
        single_loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        losses.append(single_loss.item())
    model.eval()
    with torch.no_grad():
        xs = torch.stack([x for x, _ in test_set])
        ys = torch.stack([y for _, y in test_set])
        val = criterion(model(xs), ys).item()
    scheduler.step(val)
    history['train'].append(np.mean(losses))
    history['val'].append(val)
    if val < best_loss:
        best_loss = val
        best_state = {k: v.clone() for k, v in model.state_dict().items()}
    print(f'epoch: {epoch:3} loss: {np.mean(losses):10.8f} val: {val:.6f} lr: {optimizer.param_groups[0]["lr"]:g}')

model.load_state_dict(best_state)
print({k: [round(float(v), 4) for v in vs] for k, vs in history.items()})

# Forecast by feeding the predictions back
fut_pred = 6
test_inputs = train_scaled[-args.window:].flatten().tolist()
model.eval()
while len(test_inputs) < args.window + fut_pred:
    seq = torch.FloatTensor(test_inputs[-args.window:]).view(1, -1, 1)
    with torch.no_grad():
        test_inputs.extend(model(seq).squeeze().tolist())
actual_predictions = scaler.inverse_transform(np.array(test_inputs[args.window:]).reshape(-1, 1))
for i, (p, t) in enumerate(zip(actual_predictions.ravel(), test)):
    print('%2d  predicted %7.2f  actual %7.2f' % (i + 1, p, t))
print('MAPE: {:.2f}%'.format(mape(test[:fut_pred], actual_predictions.ravel()[:fut_pred])))
