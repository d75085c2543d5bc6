def f[T](x: T) -> T: return x
print(f(1), f.__type_params__, f.__annotations__)
class C[T, *Ts, **P]:
    def m(self, x: T) -> T: return x
print(C.__type_params__, C().m(2), C.__name__)
type Alias[K] = dict[K, int]
print(Alias, Alias.__type_params__, Alias.__name__)
type Plain = int
print(Plain.__value__)
def g[T: int, U: (int, str), V = float](x: T): pass
T, U, V = g.__type_params__
print(T.__bound__, U.__constraints__, V.__default__)
def lazy(x: undefined_at_def): pass
try: lazy.__annotations__
except NameError as e: print(e)
class Ann:
    a: int
    b: "str" = 1
    if True: c: float
print(Ann.__annotations__)
x: int = 5
print(__annotations__ if False else x)
