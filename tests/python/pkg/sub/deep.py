from .. import a as a_again
from .. import __name__ as up
value = "deep"
def parent_name(): return up, __package__
