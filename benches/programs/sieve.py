"""The sieve of Eratosthenes on a list."""


def primes(limit):
    flags = [True] * limit
    flags[0] = flags[1] = False
    i = 2
    while i * i < limit:
        if flags[i]:
            for j in range(i * i, limit, i):
                flags[j] = False
        i += 1
    count = 0
    for flag in flags:
        if flag:
            count += 1
    return count


total = 0
for turn in range(18):
    total += primes(1_500_000)
print(total)
