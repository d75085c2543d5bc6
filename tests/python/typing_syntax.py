type Alias = int | str
type Pair[T] = tuple[T, T]
print(Alias, Alias.__value__, Pair.__type_params__, Pair.__name__)


def first[T](items: list[T]) -> T:
    return items[0]


print(first([1, 2]), first.__type_params__, first.__annotations__)


class Box[T, *Ts, **P]:
    item: T
    other: "int" = 5

    def __init__(self, item: T): self.item = item

    def get(self) -> T: return self.item


print(Box(3).get(), Box.__type_params__, Box.__annotations__, Box.__annotate__ is not None)


class Bounded[T: int, U: (int, str) = int]: pass


print([(t.__name__, t.__bound__, t.__constraints__) for t in Bounded.__type_params__], Bounded.__type_params__[1].__default__)
x: int = 5
y: "text"
print(x, __annotate__(1))


class Lazy:
    a: NotDefinedYet
    b: list[Later]


class Later: ...


NotDefinedYet = "now defined"
print(Lazy.__annotations__)


def late(p: MissingName): ...


try:
    late.__annotations__
except NameError as e:
    print(e)


def local_annotation():
    z: Undefined = 1
    return z


print(local_annotation())


class Cond:
    if x > 3:
        c: int
    else:
        d: str


print(Cond.__annotations__)
