"""Counting words in a dict."""


def make_text(n):
    state = 42
    words = []
    for _ in range(n):
        state = (state * 1103515245 + 12345) % 2147483648
        words.append("w" + str(state % 5000))
    return " ".join(words)


def count(text):
    counts = {}
    for word in text.split():
        if word in counts:
            counts[word] += 1
        else:
            counts[word] = 1
    return counts


text = make_text(300_000)
total = 0
for turn in range(36):
    counts = count(text)
    total += len(counts) + max(counts.values())
print(total, sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:3])
