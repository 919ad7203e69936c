"""Names to languages: a GRU over letters."""
import string
import torch
import torch.nn as nn

all_letters = "abcdefghijklmnopqrstuvwxyz .,;'"
n_letters = len(all_letters)
category_lines = {
    'Greek': ['papadopoulos', 'georgiou', 'nikolaidis'],
    'Dutch': ['van dijk', 'de vries', 'jansen'],
    'Irish': ["o'neill", "o'brien", 'murphy'],
}
all_categories = list(category_lines.keys())
n_categories = len(all_categories)


def line_to_tensor(line):
    tensor = torch.zeros(len(line), 1, n_letters)
    for li, letter in enumerate(line):
        tensor[li][0][all_letters.find(letter)] = 1
    return tensor


class Model(nn.Module):
    def __init__(self, input_size, hidden_size, output_size):
        super().__init__()
        self.rnn = nn.GRU(input_size, hidden_size)
        self.h2o = nn.Linear(hidden_size, output_size)
        self.softmax = nn.LogSoftmax(dim=1)

    def forward(self, line_tensor):
        rnn_out, hidden = self.rnn(line_tensor)
        output = self.h2o(hidden[0])
        return self.softmax(output)


def category_from_output(output):
    top_n, top_i = output.topk(1)
    category_i = top_i[0].item()
    return all_categories[category_i], category_i


torch.manual_seed(4)
rnn = Model(n_letters, 16, n_categories)
criterion = nn.NLLLoss()
optimizer = torch.optim.Adam(rnn.parameters(), lr=0.01)
confusion = torch.zeros(n_categories, n_categories)
losses = {c: [] for c in all_categories}
for epoch in range(6):
    for category, lines in category_lines.items():
        for line in lines:
            target = torch.tensor([all_categories.index(category)], dtype=torch.long)
            output = rnn(line_to_tensor(line))
            loss = criterion(output, target)
            rnn.zero_grad()
            loss.backward()
            optimizer.step()
            losses[category].append(loss.item())
            guess, guess_i = category_from_output(output)
            confusion[all_categories.index(category)][guess_i] += 1
            if epoch == 5:
                correct = '✓' if guess == category else '✗ (%s)' % category
                print('%-14s / %s %s' % (line.title(), guess, correct))
for i in range(n_categories):
    confusion[i] = confusion[i] / confusion[i].sum()
print(confusion.shape, {c: round(sum(v) / len(v), 3) for c, v in losses.items()})
