"""The journal's text form: entries with postings, of which one may leave its amount open."""

from . import errors
from .money import Money
from .record import Field, Record


class Date(Record):
    year = Field(int)
    month = Field(int)
    day = Field(int, 1)

    @classmethod
    def parse(cls, text, line):
        try:
            year, month, day = (int(part) for part in text.split("-"))
        except ValueError as error:
            raise errors.ParseError(f"no date: {text!r}", line) from error
        if not (1 <= month <= 12 and 1 <= day <= 31):
            raise errors.ParseError(f"no such day: {text}", line)
        return cls(year, month, day)

    def __str__(self):
        return f"{self.year:04}-{self.month:02}-{self.day:02}"


class Posting(Record):
    account = Field(str)
    amount = Field(Money)

    @property
    def parts(self):
        return self.account.split(":")


class Entry(Record, order=["date", "title"]):
    date = Field(Date)
    title = Field(str)
    note = Field(str, "")
    postings = Field(list)


class Book:
    def __init__(self, entries):
        self.entries = sorted(entries)

    def postings(self):
        for entry in self.entries:
            yield from entry.postings

    def totals(self, depth=None):
        totals = {}
        for posting in self.postings():
            name = ":".join(posting.parts[:depth])
            totals[name] = totals.get(name, Money(0)) + posting.amount
        return totals

    @property
    def is_balanced(self):
        return not sum((posting.amount for posting in self.postings()), Money(0))


def lines(text):
    """Numbered lines that say something."""
    for number, line in enumerate(text.splitlines(), 1):
        if (body := line.rstrip()) and not body.lstrip().startswith("#"):
            yield number, body


def read(text):
    """Yields balanced entries."""
    open_entry = None
    for number, line in lines(text):
        if line[0] != " ":
            if open_entry:
                yield finish(*open_entry)
            when, _, title = line.partition(" ")
            title, _, note = title.partition("|")
            date = Date.parse(when, number)
            open_entry = number, dict(date=date, title=title.strip(), note=note.strip()), []
        elif open_entry is None:
            raise errors.ParseError("a posting without an entry", number)
        else:
            open_entry[2].append((number, *line.split()))
    if open_entry:
        yield finish(*open_entry)


def finish(line, head, rows):
    total, postings, blank = Money(0), [], None
    for number, account, *rest in rows:
        match rest:
            case []:
                if blank is not None:
                    raise errors.ParseError("two postings without an amount", number)
                blank = len(postings)
                postings.append(account)
            case [text]:
                try:
                    amount = Money.parse(text)
                except ValueError as error:
                    raise errors.ParseError(f"no amount: {text}", number) from error
                total += amount
                postings.append(Posting(account, amount))
            case [_, *extra]:
                raise errors.ParseError(f"unexpected {extra}", number)
    if blank is not None:
        postings[blank] = Posting(postings[blank], -total)
    elif total:
        raise errors.Unbalanced(total, line)
    return Entry(postings=postings, **head)
