"""CTC: sequences without alignment."""
import torch
import torch.nn as nn

torch.manual_seed(11)
alphabet = "-abc"
T, N, C = 12, 4, len(alphabet)


class Recognizer(nn.Module):
    def __init__(self, n_in, n_hidden, n_out):
        super().__init__()
        self.rnn = nn.GRU(n_in, n_hidden, bidirectional=True, batch_first=True)
        self.embedding = nn.Linear(n_hidden * 2, n_out)

    def forward(self, x):
        recurrent, _ = self.rnn(x)
        b, t, h = recurrent.size()
        output = self.embedding(recurrent.contiguous().view(b * t, h))
        return output.view(b, t, -1)


def encode(words):
    lengths = [len(w) for w in words]
    flat = [alphabet.index(c) for w in words for c in w]
    return torch.IntTensor(flat), torch.IntTensor(lengths)


def decode(t, blank=0):
    result = []
    previous = blank
    for index in t.tolist():
        if index != previous and index != blank:
            result.append(alphabet[index])
        previous = index
    return ''.join(result)


words = ["ab", "cab", "b", "aca"]
targets, target_lengths = encode(words)
x = torch.randn(N, T, 6)
model = Recognizer(6, 8, C)
criterion = nn.CTCLoss(blank=0, zero_infinity=True)
optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
for epoch in range(30):
    logits = model(x)
    log_probs = logits.log_softmax(2).permute(1, 0, 2)
    input_lengths = torch.full((N,), T, dtype=torch.int32)
    loss = criterion(log_probs, targets, input_lengths, target_lengths)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if epoch % 10 == 9:
        print(f"epoch {epoch + 1}: ctc {loss.item():.4f}")
best = model(x).argmax(2)
print([decode(row) for row in best])
