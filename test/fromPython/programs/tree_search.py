"""AlphaZero in small: a network plays tic-tac-toe against itself with a tree search."""
import math
import random
from collections import defaultdict
from functools import lru_cache
from typing import Dict, List, Optional, Tuple

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

Board = Tuple[int, ...]
WINS = [(0, 1, 2), (3, 4, 5), (6, 7, 8), (0, 3, 6), (1, 4, 7), (2, 5, 8), (0, 4, 8), (2, 4, 6)]


class Game:
    """Boards are tuples of 9 numbers; the player to move is 1."""

    size = 3

    @staticmethod
    def start() -> Board:
        return (0,) * 9

    @staticmethod
    def moves(board: Board) -> List[int]:
        return [i for i, v in enumerate(board) if v == 0]

    @staticmethod
    def play(board: Board, move: int) -> Board:
        after = list(board)
        after[move] = 1
        return tuple(-v for v in after)

    @staticmethod
    def outcome(board: Board) -> Optional[float]:
        for a, b, c in WINS:
            if board[a] == board[b] == board[c] != 0:
                return float(board[a])
        if all(v != 0 for v in board):
            return 0.0
        return None

    @classmethod
    def render(cls, board: Board) -> str:
        marks = {1: "X", -1: "O", 0: "."}
        return "\n".join("".join(marks[v] for v in board[r * cls.size : (r + 1) * cls.size]) for r in range(cls.size))


class Net(nn.Module):
    def __init__(self, hidden: int = 24):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(18, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU())
        self.policy = nn.Linear(hidden, 9)
        self.value = nn.Linear(hidden, 1)

    @staticmethod
    def encode(boards: List[Board]) -> torch.Tensor:
        x = torch.tensor(boards, dtype=torch.float32)
        return torch.cat([(x == 1).float(), (x == -1).float()], dim=1)

    def forward(self, x):
        h = self.body(x)
        return self.policy(h), torch.tanh(self.value(h)).squeeze(-1)

    @torch.no_grad()
    def predict(self, board: Board) -> Tuple[List[float], float]:
        logits, value = self(self.encode([board]))
        return F.softmax(logits, dim=1)[0].tolist(), value.item()


class Node:
    __slots__ = ("prior", "visits", "total", "children")

    def __init__(self, prior: float):
        self.prior = prior
        self.visits = 0
        self.total = 0.0
        self.children: Dict[int, "Node"] = {}

    @property
    def value(self) -> float:
        return self.total / self.visits if self.visits else 0.0

    def expanded(self) -> bool:
        return len(self.children) > 0

    def select(self, c_puct: float) -> Tuple[int, "Node"]:
        best_score, best_move, best_child = -math.inf, -1, None
        for move, child in self.children.items():
            u = c_puct * child.prior * math.sqrt(self.visits) / (1 + child.visits)
            score = -child.value + u
            if score > best_score:
                best_score, best_move, best_child = score, move, child
        assert best_child is not None
        return best_move, best_child

    def __repr__(self) -> str:
        return f"Node(visits={self.visits}, value={self.value:.2f})"


class MCTS:
    def __init__(self, net: Net, simulations: int = 12, c_puct: float = 1.5):
        self.net, self.simulations, self.c_puct = net, simulations, c_puct

    def run(self, board: Board) -> Node:
        root = Node(0.0)
        for _ in range(self.simulations):
            node, state, path = root, board, [root]
            while node.expanded():
                move, node = node.select(self.c_puct)
                state = Game.play(state, move)
                path.append(node)
            result = Game.outcome(state)
            if result is None:
                priors, result = self.net.predict(state)
                legal = Game.moves(state)
                total = sum(priors[m] for m in legal) or 1.0
                for m in legal:
                    node.children[m] = Node(priors[m] / total)
            for visited in reversed(path):
                visited.total += result
                visited.visits += 1
                result = -result
        return root

    def policy(self, root: Node, temperature: float = 1.0) -> np.ndarray:
        counts = np.array([root.children[m].visits if m in root.children else 0 for m in range(9)], dtype=np.float64)
        if temperature == 0:
            chosen = np.zeros(9)
            chosen[int(counts.argmax())] = 1.0
            return chosen
        counts = counts ** (1.0 / temperature)
        return counts / counts.sum()


def self_play(net: Net) -> List[Tuple[Board, np.ndarray, float]]:
    search = MCTS(net)
    board, history = Game.start(), []
    while (result := Game.outcome(board)) is None:
        probs = search.policy(search.run(board))
        history.append((board, probs))
        move = random.choices(range(9), weights=probs.tolist(), k=1)[0]
        board = Game.play(board, move)
    examples = []
    for played, probs in reversed(history):
        result = -result
        examples.append((played, probs, result))
    return examples


def train(net: Net, optimizer, examples, epochs=4) -> Tuple[float, float]:
    boards, probs, values = zip(*examples)
    x = Net.encode(list(boards))
    target_p = torch.tensor(np.array(probs), dtype=torch.float32)
    target_v = torch.tensor(values, dtype=torch.float32)
    for _ in range(epochs):
        logits, v = net(x)
        policy_loss = -(target_p * F.log_softmax(logits, dim=1)).sum(dim=1).mean()
        value_loss = F.mse_loss(v, target_v)
        optimizer.zero_grad()
        (policy_loss + value_loss).backward()
        optimizer.step()
    return policy_loss.item(), value_loss.item()


@lru_cache(maxsize=None)
def minimax(board: Board) -> float:
    result = Game.outcome(board)
    if result is not None:
        return result
    return max(-minimax(Game.play(board, m)) for m in Game.moves(board))


def main():
    random.seed(2)
    torch.manual_seed(2)
    net = Net()
    optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)
    stats = defaultdict(int)
    for iteration in range(3):
        examples = []
        for game in range(3):
            played = self_play(net)
            stats[len(played)] += 1
            examples.extend(played)
        p_loss, v_loss = train(net, optimizer, examples)
        print(f"iteration {iteration}: {len(examples)} positions, policy {p_loss:.4f}, value {v_loss:.4f}")
    print({k: stats[k] for k in sorted(stats)})
    root = MCTS(net, simulations=20).run(Game.start())
    print(root, max(root.children, key=lambda m: root.children[m].visits))
    best = sorted(root.children.items(), key=lambda item: item[1].visits, reverse=True)[:3]
    for move, child in best:
        print(f"  {move}: {child!r} prior {child.prior:.3f}")
    near = (1, 1, 0, -1, -1, 0, 0, 0, 0)
    print(Game.render(near))
    print("minimax", minimax(near), minimax(Game.start()))


if __name__ == "__main__":
    main()
