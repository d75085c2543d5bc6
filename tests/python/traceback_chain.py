class Problem(Exception):
    pass


def low():
    return {"a": 1}["missing key"]


def middle():
    try:
        low()
    except KeyError as error:
        raise Problem("while reading") from error


def high():
    try:
        middle()
    except Problem:
        int("not a number")


try:
    high()
except ValueError as e:
    e.add_note("a note")
    e.add_note("two\nlines")
    raise
