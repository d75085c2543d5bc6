__all__ = ["starred", "deep"]
starred = "star"
_hidden = 1
not_exported = 2
