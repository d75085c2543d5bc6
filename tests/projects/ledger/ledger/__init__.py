"""Double-entry bookkeeping in a few modules."""

__all__ = ["errors", "journal", "money", "record", "report"]
__version__ = "1.2"
