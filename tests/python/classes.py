class Animal:
    """An animal."""
    kind = "animal"
    count = 0

    def __init__(self, name):
        self.name = name
        Animal.count += 1

    def speak(self):
        return f"{self.name} makes a sound"

    @classmethod
    def make(cls, *names):
        return [cls(n) for n in names]

    @staticmethod
    def helper(x):
        return x * 2

    @property
    def upper(self):
        return self.name.upper()

    @upper.setter
    def upper(self, value):
        self.name = value.lower()

    @upper.deleter
    def upper(self):
        self.name = "?"

    def __repr__(self):
        return f"{type(self).__name__}({self.name!r})"


class Dog(Animal):
    kind = "dog"

    def speak(self):
        return super().speak() + ": woof"

    def __eq__(self, other):
        return isinstance(other, Dog) and other.name == self.name

    def __hash__(self):
        return hash(self.name)


d = Dog("Rex")
print(d, d.speak(), d.upper, Dog.make("a", "b"), d.helper(4), Animal.count, d.kind, Animal.kind)
d.upper = "BELLA"
print(d.name)
del d.upper
print(d.name, d == Dog("?"), d != Dog("x"), len({d, Dog("?")}))
print(isinstance(d, Animal), issubclass(Dog, Animal), Dog.__mro__, Dog.__name__, Dog.__bases__, Animal.__doc__)
try:
    d.missing
except AttributeError as e:
    print(e)
try:
    d.upper.missing
except AttributeError as e:
    print(e)
try:
    Animal.nothing
except AttributeError as e:
    print(e)


class A:
    def who(self): return ["A"]


class B(A):
    def who(self): return ["B"] + super().who()


class C(A):
    def who(self): return ["C"] + super().who()


class D(B, C):
    def who(self): return ["D"] + super().who()


print(D().who(), [k.__name__ for k in D.__mro__])
try:
    class Bad(A, B): pass
except TypeError as e:
    print(e)


class Meta(type):
    @classmethod
    def __prepare__(mcls, name, bases, **kw):
        print("prepare", name, kw)
        return {"injected": 1}

    def __new__(mcls, name, bases, ns, **kw):
        cls = super().__new__(mcls, name, bases, dict(ns))
        cls.extra = kw
        return cls

    def __init__(cls, name, bases, ns, **kw):
        super().__init__(name, bases, ns)

    def __call__(cls, *a):
        print("call", cls.__name__, a)
        return super().__call__(*a)

    def __getattr__(cls, name):
        return f"meta:{name}"


class WithMeta(metaclass=Meta, option=3):
    y = 2

    def __init__(self, *a): self.a = a


print(WithMeta.injected, WithMeta.extra, WithMeta(1, 2).a, type(WithMeta).__name__, WithMeta.dynamic)


class Desc:
    def __set_name__(self, owner, name): self.name = name; print("set_name", owner.__name__, name)
    def __get__(self, obj, typ=None): return (self.name, obj is None, typ.__name__)
    def __set__(self, obj, value): obj.__dict__[self.name + "_"] = value
    def __delete__(self, obj): print("delete", self.name)


class UsesDesc:
    attr = Desc()


u = UsesDesc()
print(UsesDesc.attr, u.attr)
u.attr = 5
del u.attr
print(u.__dict__)


class Slots:
    __slots__ = ("a", "b")

    def __init__(self): self.a = 1


s = Slots()
try:
    s.c = 1
except AttributeError as e:
    print(e)
try:
    s.b
except AttributeError as e:
    print(e)


class Dyn:
    def __getattr__(self, name):
        if name.startswith("x"): return name * 2
        raise AttributeError(name)
    def __setattr__(self, name, value): object.__setattr__(self, name, value + 1)
    def __delattr__(self, name): print("del", name); object.__delattr__(self, name)
    def __getitem__(self, k): return ("item", k)
    def __setitem__(self, k, v): print("set", k, v)
    def __delitem__(self, k): print("delitem", k)
    def __call__(self, *a, **k): return a, k
    def __len__(self): return 3
    def __iter__(self): return iter("abc")
    def __contains__(self, x): return x == 1


o = Dyn()
o.v = 1
print(o.v, o.xy, o[1], o[1:2, ...], o(1, k=2), len(o), list(o), 1 in o, hasattr(o, "zz"), getattr(o, "zz", "dflt"))
o[3] = 4
del o[5]
del o.v
print(vars(o))


class Sub:
    def __init_subclass__(cls, /, tag=None, **kw): super().__init_subclass__(**kw); print("sub", cls.__name__, tag)
    def __class_getitem__(cls, item): return f"{cls.__name__}[{item}]"


class S1(Sub, tag="t"): pass


print(S1[int], S1.__qualname__)


class Outer:
    x = "class"

    class Inner:
        def m(self): return __class__.__name__

    def scope(self):
        return [x for x in range(2)], Outer.x

    __private = 1

    def priv(self): return self.__private


print(Outer.Inner().m(), Outer().scope(), Outer().priv(), [n for n in vars(Outer) if "private" in n], Outer.Inner.__qualname__)
P = type("P", (Animal,), {"kind": "p", "m": lambda self: self.kind})
print(P("n").m(), P.__module__, type(P("z")) is P)
P.kind = "changed"
print(P("n").m())
obj = A()
obj.__class__ = B
print(obj.who(), type(obj).__name__)
bound = d.speak
print(bound(), bound.__self__ is d, bound.__func__ is Dog.speak, Dog.speak(d))


class MyInt(int):
    def __add__(self, o): return MyInt(int(self) + o + 100)


class MyList(list):
    def total(self): return sum(self)


class MyDict(dict):
    def __missing__(self, k): return k * 2


print(MyInt(3) + 4, MyInt(3) * 2, MyList([1, 2]).total(), MyDict(a=1)["zz"], isinstance(MyInt(1), int), MyList((3,)) + [4])
