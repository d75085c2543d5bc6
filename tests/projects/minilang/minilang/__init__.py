"""A small language: `compile_source` makes a tree, `Interpreter` runs it."""

from .errors import LangError
from .evaluate import Interpreter, pretty
from .parse import compile_source

__all__ = ["Interpreter", "LangError", "compile_source", "pretty"]
