"""Tables."""

from .money import Money

WIDTH = 44


def rule(character="-"):
    return character * WIDTH


def row(label, amount, indent=0):
    label = "  " * indent + label
    return f"{label:<{WIDTH - 14}}{str(amount):>14}"


def tree(totals):
    """(depth, name, amount) of every account and its parents, in order."""
    sums = {}
    for account, amount in totals.items():
        parts = account.split(":")
        for depth in range(1, len(parts) + 1):
            key = tuple(parts[:depth])
            sums[key] = sums.get(key, Money(0)) + amount
    for key in sorted(sums):
        yield len(key) - 1, key[-1], sums[key]


def balance_sheet(book):
    body = [row(name, amount, depth) for depth, name, amount in tree(book.totals())]
    total = sum(book.totals().values(), Money(0))
    return "\n".join([f"{' balance sheet ':=^{WIDTH}}", *body, rule(), row("total", total), ""])


def register(book, account):
    out = [f"{' ' + account + ' ':=^{WIDTH}}"]
    running = Money(0)
    for entry in book.entries:
        for posting in entry.postings:
            if posting.account != account:
                continue
            running += posting.amount
            note = f" ({entry.note})" if entry.note else ""
            title = f"{entry.date} {entry.title}{note}"
            if len(title) > 24:
                title = title[:23] + "…"
            out.append(f"{title:<24}{posting.amount!s:>10}{running!s:>10}")
    return "\n".join(out + [rule(), ""])
