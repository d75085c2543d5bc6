def inner(x):
    y = x + 1
    return y / (x - x)


def outer(values):
    return [inner(v) for v in values]


class Thing:
    def method(self, n):
        return outer([n]) + self.other(
            n,
            2,
        )


print("before")
Thing().method(5)
