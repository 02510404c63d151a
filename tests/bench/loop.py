"""loop.py BARS.csv: two moving averages in plain Python, without a ledger, rules or records: what somebody would write who needs nothing of a host.
10 closes against 30, in whole cents; a cross up buys 0.01 at the next open, a cross down sells it. Prints the fills and what is left."""
import sys

QTY = 0.01
cash, held, fills, order, before, close = 100000.0, 0.0, 0, 0, None, 0.0
closes, fast, slow = [], 0, 0
for row in open(sys.argv[1], encoding="ascii"):
    cell = row.split(",")
    if not cell[0].isdigit():
        continue
    opened, close = float(cell[1]), float(cell[4])
    if order:
        cash -= order * QTY * opened
        held += order * QTY
        fills, order = fills + 1, 0
    cents = round(close * 100)
    closes.append(cents)
    fast += cents
    slow += cents
    if len(closes) > 10:
        fast -= closes[-11]
    if len(closes) > 30:
        slow -= closes[-31]
    if len(closes) < 30:
        continue
    side = (fast * 3 > slow) - (fast * 3 < slow)
    if before is not None:
        if before <= 0 < side and held <= 0:
            order = 1
        elif side < 0 <= before and held > 0:
            order = -1
    before = side
print(fills, round(cash + held * close, 2))
