"""Records with typed fields: a dataclass in forty lines, by descriptors and `__init_subclass__`."""


class Field:
    def __init__(self, kind, default=...):
        self.kind = kind
        self.default = default

    def __set_name__(self, owner, name):
        self.name = name
        self.slot = "_" + name

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        return getattr(instance, self.slot)

    def __set__(self, instance, value):
        if not isinstance(value, self.kind):
            wanted = self.kind.__name__
            raise TypeError(f"{self.name} must be {wanted}, not {type(value).__name__}")
        setattr(instance, self.slot, value)


class Record:
    fields = ()

    def __init_subclass__(cls, /, order=(), **kwargs):
        super().__init_subclass__(**kwargs)
        own = [name for name, value in vars(cls).items() if isinstance(value, Field)]
        cls.fields = (*cls.fields, *own)
        cls.order = tuple(order) or cls.fields

    def __init__(self, *args, **kwargs):
        values = dict(zip(self.fields, args, strict=False), **kwargs)
        for name in self.fields:
            default = getattr(type(self), name).default
            if name in values:
                setattr(self, name, values.pop(name))
            elif default is not ...:
                setattr(self, name, default)
            else:
                raise TypeError(f"{type(self).__name__}() needs {name!r}")
        if values:
            raise TypeError(f"{type(self).__name__}() got unexpected {sorted(values)}")

    def key(self):
        return tuple(getattr(self, name) for name in self.order)

    def __eq__(self, other):
        return type(self) is type(other) and self.key() == other.key()

    def __lt__(self, other):
        return self.key() < other.key()

    def __repr__(self):
        inside = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.fields)
        return f"{type(self).__name__}({inside})"
