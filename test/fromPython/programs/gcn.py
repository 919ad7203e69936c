"""Graph convolutional network (Kipf & Welling) on a small social graph, with dense and with sparse-style propagation."""
import math
import time
import numpy as np

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.parameter import Parameter
from torch.nn.modules.module import Module

np.random.seed(42)
torch.manual_seed(42)

# Zachary's karate club: who meets whom
edges = """2 1;3 1;3 2;4 1;4 2;4 3;5 1;6 1;7 1;7 5;7 6;8 1;8 2;8 3;8 4;9 1;9 3;10 3;11 1;11 5;11 6;12 1;13 1;13 4;14 1;14 2;
14 3;14 4;17 6;17 7;18 1;18 2;20 1;20 2;22 1;22 2;26 24;26 25;28 3;28 24;28 25;29 3;30 24;30 27;31 2;31 9;32 1;32 25;32 26;
32 29;33 3;33 9;33 15;33 16;33 19;33 21;33 23;33 24;33 30;33 31;33 32;34 9;34 10;34 14;34 15;34 16;34 19;34 20;34 21;34 23;
34 24;34 27;34 28;34 29;34 30;34 31;34 32;34 33"""
officer = {8, 9, 14, 15, 18, 20, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33}


def encode_onehot(labels):
    classes = sorted(set(labels))
    classes_dict = {c: i for i, c in enumerate(classes)}
    return [classes_dict[label] for label in labels]


def normalize(mx):
    """Row-normalize a matrix"""
    rowsum = mx.sum(1)
    r_inv = torch.pow(rowsum, -1).flatten()
    r_inv[torch.isinf(r_inv)] = 0.0
    return torch.diag(r_inv) @ mx


def load_data():
    pairs = [tuple(map(int, pair.split())) for pair in edges.replace("\n", "").split(";")]
    n = max(max(a, b) for a, b in pairs)
    adj = torch.zeros(n, n)
    for a, b in pairs:
        adj[a - 1, b - 1] = 1
        adj[b - 1, a - 1] = 1
    assert torch.equal(adj, adj.t()), "the graph goes both ways"
    features = torch.eye(n)
    labels = torch.LongTensor(encode_onehot(["officer" if i in officer else "hi" for i in range(n)]))
    adj = normalize(adj + torch.eye(n))
    idx_train = torch.LongTensor([0, 1, 32, 33])
    idx_val = torch.LongTensor(list(range(2, 12)))
    idx_test = torch.LongTensor([i for i in range(12, 32)])
    return adj, features, labels, idx_train, idx_val, idx_test


class GraphConvolution(Module):
    """
    Simple GCN layer, similar to https://arxiv.org/abs/1609.02907
    """

    def __init__(self, in_features, out_features, bias=True):
        super(GraphConvolution, self).__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.weight = Parameter(torch.FloatTensor(in_features, out_features))
        if bias:
            self.bias = Parameter(torch.FloatTensor(out_features))
        else:
            self.register_parameter('bias', None)
        self.reset_parameters()

    def reset_parameters(self):
        stdv = 1. / math.sqrt(self.weight.size(1))
        self.weight.data.uniform_(-stdv, stdv)
        if self.bias is not None:
            self.bias.data.uniform_(-stdv, stdv)

    def forward(self, input, adj):
        support = torch.mm(input, self.weight)
        output = torch.spmm(adj, support)
        if self.bias is not None:
            return output + self.bias
        else:
            return output

    def __repr__(self):
        return self.__class__.__name__ + ' (' \
               + str(self.in_features) + ' -> ' \
               + str(self.out_features) + ')'


class GCN(nn.Module):
    def __init__(self, nfeat, nhid, nclass, dropout):
        super(GCN, self).__init__()

        self.gc1 = GraphConvolution(nfeat, nhid)
        self.gc2 = GraphConvolution(nhid, nclass, bias=False)
        self.dropout = dropout

    def forward(self, x, adj):
        x = F.relu(self.gc1(x, adj))
        x = F.dropout(x, self.dropout, training=self.training)
        x = self.gc2(x, adj)
        return F.log_softmax(x, dim=1)


def accuracy(output, labels):
    preds = output.max(1)[1].type_as(labels)
    correct = preds.eq(labels).double()
    correct = correct.sum()
    return correct / len(labels)


adj, features, labels, idx_train, idx_val, idx_test = load_data()

# Model and optimizer
model = GCN(nfeat=features.shape[1],
            nhid=16,
            nclass=labels.max().item() + 1,
            dropout=0.5)
print(model.gc1)
print(repr(model.gc2), sum(p.numel() for p in model.parameters()))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01, weight_decay=5e-4)


def train(epoch):
    t = time.time()
    model.train()
    optimizer.zero_grad()
    output = model(features, adj)
    loss_train = F.nll_loss(output[idx_train], labels[idx_train])
    acc_train = accuracy(output[idx_train], labels[idx_train])
    loss_train.backward()
    optimizer.step()

    # Evaluate validation set performance separately,
    # deactivates dropout during validation run.
    model.eval()
    output = model(features, adj)

    loss_val = F.nll_loss(output[idx_val], labels[idx_val])
    acc_val = accuracy(output[idx_val], labels[idx_val])
    if (epoch + 1) % 20 == 0:
        print('Epoch: {:04d}'.format(epoch+1),
              'loss_train: {:.4f}'.format(loss_train.item()),
              'acc_train: {:.4f}'.format(acc_train.item()),
              'loss_val: {:.4f}'.format(loss_val.item()),
              'acc_val: {:.4f}'.format(acc_val.item()))
    assert time.time() - t < 60


def test():
    model.eval()
    output = model(features, adj)
    loss_test = F.nll_loss(output[idx_test], labels[idx_test])
    acc_test = accuracy(output[idx_test], labels[idx_test])
    print("Test set results:",
          "loss= {:.4f}".format(loss_test.item()),
          "accuracy= {:.4f}".format(acc_test.item()))
    return output


# Train model
t_total = time.time()
for epoch in range(100):
    train(epoch)
print("Optimization Finished!")

# Testing
output = test()


class EdgeGCN(nn.Module):
    """The same propagation from a list of edges: gather, scale, scatter."""

    def __init__(self, in_channels, out_channels):
        super().__init__()
        self.lin = nn.Linear(in_channels, out_channels, bias=False)
        self.bias = Parameter(torch.zeros(out_channels))

    def forward(self, x, edge_index):
        row, col = edge_index
        n = x.size(0)
        deg = torch.zeros(n).scatter_add_(0, col, torch.ones(col.size(0)))
        deg_inv_sqrt = deg.pow(-0.5)
        deg_inv_sqrt[deg_inv_sqrt == float('inf')] = 0
        norm = deg_inv_sqrt[row] * deg_inv_sqrt[col]
        messages = norm.view(-1, 1) * self.lin(x)[row]
        out = torch.zeros(n, messages.size(1)).index_add_(0, col, messages)
        return out + self.bias


edge_index = adj.nonzero(as_tuple=False).t().contiguous()
layer = EdgeGCN(features.shape[1], 2)
optimizer = torch.optim.SGD(layer.parameters(), lr=0.5)
for epoch in range(1, 31):
    optimizer.zero_grad()
    out = layer(features, edge_index)
    loss = F.cross_entropy(out[idx_train], labels[idx_train])
    loss.backward()
    optimizer.step()
    if not epoch % 10:
        print(f"{epoch:>3} {loss:.5f}")
print(edge_index.shape, out.shape)
