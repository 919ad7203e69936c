import torch


def whole(text):
    try:
        return int(text)
    except ValueError as error:
        return f"no int: {error}"


def real(text, fallback=-1.0):
    try:
        return float(text)
    except ValueError as error:
        print("no float:", error)
    return fallback


for text in ["12", " -7 ", "+1_000", "1.5", "abc", "", "1e-3", "inf", "-Infinity", "nan", ".5", "5.", "it's"]:
    print(repr(text), whole(text), "|", real(text))
print(int("ff", 16), int("0x1F", 16), int("101", 2), int("z", base=36))

vocab = {"a": 1, "b": 2}
names = ["x", "y"]
pairs = {(0, 1): "first"}
try:
    print(vocab["c"])
except KeyError as error:
    print("KeyError:", error)
try:
    print(pairs[(1, 1)])
except KeyError as error:
    print("KeyError:", error)
try:
    vocab["d"] += 1
except KeyError:
    vocab["d"] = 1
try:
    del vocab["zz"]
except KeyError as e:
    print("cannot delete", e)
try:
    vocab.pop("q")
except KeyError as e:
    print("cannot pop", e)
try:
    print(names[2])
except IndexError as error:
    print("IndexError:", error)
try:
    torch.zeros(3)[5]
except IndexError as error:
    print("IndexError:", str(error)[:12])
print(names[-1], names[1], vocab, vocab["d"])
counts = {}
for letter in "hello":
    try:
        counts[letter] += 1
    except KeyError:
        counts[letter] = 1
print(counts)


def scaled(x: float):
    return isinstance(x, float), isinstance(x, int), isinstance(x, (int, float))


print(scaled(2.0), scaled(0.5), isinstance(True, int), isinstance(3, float))
print(f"{0.125:.2f} {0.375:.2f} {2.5:.0f} {3.5:.0f} {0.005:.0%} {0.015:.0%} {0.125:.1%} {1.25:.1f} {-0.5:.0f} {2.675:.2f} {-0.125:.2f}")
print("%.1f %.2f %.0f" % (0.25, 1.005, 62.5), "{:.1f}|{:8.2f}|{:<8.2f}|{:+.1f}".format(0.35, 0.625, 0.375, 0.25))
print(round(2.5), round(3.5), round(0.125, 2), round(2.675, 2), round(-0.5), round(1234.5, -2), round(5.015, 2))
correct, total = 5, 8
print("accuracy: {:.0f}%, {:.4f}, {:05.1f}, {:06.2f}".format(100. * correct / total, 1 / 32, 6.25, -1.5))
x = torch.tensor([0.125, 0.5, float("nan"), float("-inf")])
for value in x:
    print(f"{value:.2f} {value.item():.0f}")
