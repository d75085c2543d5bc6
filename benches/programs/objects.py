"""Attribute access and method calls on a small class."""


class Vector:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def add(self, other):
        return Vector(self.x + other.x, self.y + other.y)

    def length2(self):
        return self.x * self.x + self.y * self.y


class Body:
    def __init__(self):
        self.position = Vector(0, 0)
        self.velocity = Vector(1, 2)
        self.turns = 0

    def step(self):
        self.position = self.position.add(self.velocity)
        self.turns += 1
        if self.position.length2() > 1_000_000:
            self.position = Vector(0, 0)


def main(n):
    bodies = [Body() for _ in range(10)]
    for _ in range(n):
        for body in bodies:
            body.step()
    return sum(body.position.x + body.turns for body in bodies)


print(main(600_000))
