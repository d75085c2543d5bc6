"""A nested counting loop."""


def count(n):
    total = 0
    i = 0
    while i < n:
        for j in range(n):
            if j % 3 == 0:
                total += i
            else:
                total -= 1
        i += 1
    return total


print(count(5000))
