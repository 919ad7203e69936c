"""Sentences of different length: packed sequences."""
import torch
import torch.nn as nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence
from torch.utils.data import DataLoader

torch.manual_seed(2)
PAD = 0


def make_sample(i):
    length = 3 + (i * 7) % 6
    seq = torch.randint(1, 10, (length,))
    label = int(seq.sum() > 5 * length)
    return seq, label


def collate(batch):
    batch.sort(key=lambda pair: len(pair[0]), reverse=True)
    seqs, labels = zip(*batch)
    lengths = torch.tensor([len(s) for s in seqs])
    padded = pad_sequence(seqs, batch_first=True, padding_value=PAD)
    return padded, lengths, torch.tensor(labels)


class Classifier(nn.Module):
    def __init__(self, vocab, dim, hidden):
        super().__init__()
        self.embedding = nn.Embedding(vocab, dim, padding_idx=PAD)
        self.lstm = nn.LSTM(dim, hidden, num_layers=1, batch_first=True, bidirectional=True)
        self.fc = nn.Linear(2 * hidden, 2)

    def forward(self, x, lengths):
        embedded = self.embedding(x)
        packed = pack_padded_sequence(embedded, lengths, batch_first=True)
        packed_out, (h_n, c_n) = self.lstm(packed)
        out, out_lengths = pad_packed_sequence(packed_out, batch_first=True)
        assert out.size(1) == lengths.max()
        final = torch.cat((h_n[-2], h_n[-1]), dim=1)
        return self.fc(final)


samples = [make_sample(i) for i in range(40)]
loader = DataLoader(samples, batch_size=10, shuffle=True, collate_fn=collate)
model = Classifier(10, 8, 8)
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(4):
    total, correct, seen = 0.0, 0, 0
    for x, lengths, y in loader:
        out = model(x, lengths)
        loss = criterion(out, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * y.size(0)
        correct += (out.argmax(1) == y).sum().item()
        seen += y.size(0)
    print(f"Epoch {epoch+1}: loss {total/seen:.4f}, accuracy {correct}/{seen} = {100*correct/seen:.1f}%")
