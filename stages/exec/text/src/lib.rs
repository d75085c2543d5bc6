//! Pure kernels of Python's text and number forms: float repr, format specs, string searching, number parsing.
