"""Reads a small journal, reports balances, and shows what it refuses."""

import sys

from ledger import journal, report
from ledger.errors import LedgerError
from ledger.money import Money

JOURNAL = """\
# opening
2026-01-01 opening balances
    assets:bank        1500.00
    assets:cash          80.50
    equity:opening
2026-01-03 groceries
    expenses:food        42.17
    assets:cash
2026-01-05 salary
    assets:bank        2750.00
    income:salary
2026-01-09 rent
    expenses:rent       900.00
    assets:bank
2026-01-12 dinner | split with Ana
    expenses:food        61.80
    assets:receivable    30.90
    assets:bank
"""

BROKEN = [
    ("unbalanced", "2026-02-01 oops\n    assets:bank 10.00\n    expenses:food 5.00\n"),
    ("two blanks", "2026-02-01 oops\n    assets:bank\n    expenses:food\n"),
    ("bad amount", "2026-02-01 oops\n    assets:bank 10.0.0\n    expenses:food\n"),
    ("bad date", "2026-13-01 oops\n    assets:bank 1.00\n    expenses:food\n"),
    ("posting first", "    assets:bank 1.00\n"),
]


def show_errors():
    for title, text in BROKEN:
        try:
            list(journal.read(text))
        except LedgerError as error:
            print(f"{title:>14}: {type(error).__name__}: {error}")
            if error.__cause__ is not None:
                print(f"{'':>14}  caused by {error.__cause__!r}")
        else:
            print(f"{title:>14}: accepted?!")


def main(argv):
    entries = list(journal.read(JOURNAL))
    book = journal.Book(entries)
    print(report.balance_sheet(book))
    print(report.register(book, "assets:bank"))
    for account, total in sorted(book.totals(depth=1).items()):
        print(f"{account:<10}{total!s:>12}")
    print("check:", sum(book.totals(depth=1).values(), Money(0)))
    largest = max(book.postings(), key=lambda posting: abs(posting.amount))
    print("largest:", largest)
    show_errors()
    if argv:
        print("arguments:", *argv)
    return 0 if book.is_balanced else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
