from . import a
from .sub.deep import value as v
Y = "by" + v
def use_a(): return a.X
