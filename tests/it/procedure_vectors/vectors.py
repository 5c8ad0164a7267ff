"""Evaluates the tenders of this folder without Mekiki: fractions, tables of its own, one function a tender.

Written from docs/evaluation-procedures.md. Prints what `expected.json` holds; tests/it/procedure_vectors.rs compares both with
what Mekiki computes from the tender files.
"""

import json
from fractions import Fraction as F

DOWN, UP, HALF_UP, HALF_EVEN = "down", "up", "half-up", "half-even"


def rounded(number, mode, digits):
    """Rounds by the size of a number, so that all modes treat both signs alike."""
    size = abs(F(number)) * 10**digits
    whole = size.numerator // size.denominator
    rest = size - whole
    if mode == UP:
        whole += rest > 0
    elif mode == HALF_UP:
        whole += rest >= F(1, 2)
    elif mode == HALF_EVEN:
        whole += rest > F(1, 2) or (rest == F(1, 2) and whole % 2 == 1)
    return F(whole, 10**digits) * (-1 if number < 0 else 1)


def text(number):
    """A decimal where it ends, else a fraction in lowest terms."""
    number = F(number)
    digits = 0
    while (10**digits * number).denominator != 1:
        digits += 1
        if digits > 60:
            return f"{number.numerator}/{number.denominator}"
    whole = str(abs(10**digits * number).numerator).rjust(digits + 1, "0")
    sign = "-" if number < 0 else ""
    return sign + (whole if digits == 0 else whole[:-digits] + "." + whole[-digits:])


def mean(numbers):
    numbers = list(numbers)
    return F(sum(numbers)) / len(numbers)


def median(numbers):
    numbers = sorted(numbers)
    half = len(numbers) // 2
    return F(numbers[half]) if len(numbers) % 2 else F(numbers[half - 1] + numbers[half]) / 2


def trimmed(numbers):
    return mean(sorted(numbers)[1:-1])


class Row:
    """One bid that is in."""

    def __init__(self, bid, blocks, technical, price_points, total):
        self.bid, self.blocks = bid, blocks
        self.technical, self.price_points, self.total = technical, price_points, total
        self.rank = None


def rank(rows, rules, lowest_first=False):
    """Gives every row its rank; rules are pairs of a word and a key, the lower first."""
    groups = {}
    for name, row in rows.items():
        groups.setdefault(row.total if lowest_first else -row.total, []).append(name)
    groups = [groups[total] for total in sorted(groups)]
    broken_by = None
    for word, key in rules:
        finer = []
        for group in groups:
            keys = {name: key(name) for name in group}
            if None in keys.values():
                finer.append(group)
                continue
            for value in sorted(set(keys.values())):
                finer.append([name for name in group if keys[name] == value])
        if finer and len(finer[0]) < len(groups[0]):
            broken_by = word
        groups = finer
    place = 1
    for group in groups:
        for name in group:
            rows[name].rank = place
        place += len(group)
    winner = sorted(groups[0]) if groups else []
    return winner, broken_by if len(winner) == 1 else None


def by_technical(rows):
    return "technical", lambda name: -rows[name].technical


def by_price(rows):
    return "price", lambda name: rows[name].bid


def by_lots(drawn):
    return "lots", lambda name: drawn.index(name) if name in drawn else None


def shown(rows, prices, out, winner, broken_by, low=(), before=None, rate=F(1, 10)):
    """One tender as expected.json holds it; `before` is the ranking with the bids `left`, `by` what excluded them."""
    bids = {}
    for name, price in prices.items():
        row = rows.get(name)
        bids[name] = {
            "excluded_by": out.get(name, []),
            "low_bid_investigation": name in low,
            "contract_price_yen": text(rounded(price * (1 + rate), DOWN, 0)),
            "blocks": {block: text(points) for block, points in row.blocks.items()} if row else {},
            "technical": text(row.technical) if row else None,
            "price_points": text(row.price_points) if row and row.price_points is not None else None,
            "total": text(row.total) if row else None,
            "rank": row.rank if row else None,
        }
    recomputations = []
    if before:
        former, by = before
        points = lambda row: (row.technical, row.price_points, row.total)
        ranking = sorted(former, key=lambda name: (former[name].rank, name))
        recomputations.append(
            {
                "by": by,
                "excluded": sorted(set(former) - set(rows)),
                "before": [[name, *map(maybe, points(former[name])), former[name].rank] for name in ranking],
                "changed": sorted(name for name in rows if points(rows[name]) != points(former[name])),
            }
        )
    return {"bids": bids, "winner": winner, "tie_broken_by": broken_by, "recomputations": recomputations}


def maybe(number):
    return None if number is None else text(number)


def share_below_ceiling():
    ceiling = 71430000
    table = {
        "p": (70000000, F(40), F("101.25")),
        "q": (64999999, F(33), F("98.75")),
        "r": (71430000, F(45), F("134.5")),
        "s": (71430001, None, None),
        "t": (50000000, None, None),
        "u": (61234567, F(7, 3), F(99)),
    }
    out = {"s": ["above-ceiling"], "t": ["mandatory-item"]}
    rows = {}
    for name, (bid, security, other) in table.items():
        if name in out:
            continue
        technical = 90 + security + other
        price = rounded(135 * (1 - F(bid, ceiling)), HALF_UP, 3)
        blocks = {"base": 90, "security": security, "other": other}
        rows[name] = Row(bid, blocks, technical, price, rounded(technical + price, DOWN, 1))
    winner, broken_by = rank(rows, [by_technical(rows), by_price(rows)])
    return shown(rows, {name: row[0] for name, row in table.items()}, out, winner, broken_by)


def lowest_over_bid(investigated):
    table = {
        "p": (47100000, F(480)),
        "q": (41300000, F("455.5")),
        "r": (28799999, F(310)),
        "s": (37800000, F(420)),
        "t": (30500000, F(399)),
    }

    def ranking(names):
        lowest = min(table[name][0] for name in names)
        rows = {}
        for name in names:
            bid, bonus = table[name]
            price = rounded(F(300 * lowest, bid), HALF_UP, 2)
            rows[name] = Row(bid, {"bonus": bonus}, bonus, price, bonus + price)
        return rows, *rank(rows, [by_price(rows)])

    prices = {name: row[0] for name, row in table.items()}
    low = [name for name, bid in prices.items() if F(bid) < F(6, 10) * 48000000]
    first, winner, broken_by = ranking("pqrs")
    if not investigated:
        return shown(first, prices, {"t": ["declared"]}, winner, broken_by, low)
    rows, winner, broken_by = ranking("pqs")
    out = {"r": ["declared"], "t": ["declared"]}
    return shown(rows, prices, out, winner, broken_by, low, (first, "declared"))


def division(bonus_of_p):
    table = {"p": (229999999, F(bonus_of_p)), "q": (221000000, F("31.15")), "r": (199500000, F("8.04")), "s": (205000000, F("14.05"))}
    rows = {}
    for name, (bid, bonus) in table.items():
        technical = rounded(100 + bonus, HALF_UP, 1)
        rows[name] = Row(bid, {"standard": 100, "bonus": bonus}, technical, None, rounded(technical / bid * 10**8, DOWN, 4))
    floor = F(100 * 10**8, 230000000)
    prices = {name: row[0] for name, row in table.items()}
    winner, broken_by = rank(rows, [by_price(rows)])
    left = {name: row for name, row in rows.items() if row.total >= floor}
    if len(left) == len(rows):
        return shown(rows, prices, {}, winner, broken_by)
    after = {name: Row(row.bid, row.blocks, row.technical, None, row.total) for name, row in left.items()}
    winner, broken_by = rank(after, [by_price(after)])
    out = {name: ["below-floor"] for name in rows if name not in left}
    return shown(after, prices, out, winner, broken_by, before=(rows, "below-floor"))


def lowest_price():
    prices = {"p": 8250000, "q": 8250000, "r": 9900001, "s": 5999999, "t": 8249999, "u": 9000000}
    out = {"r": ["above-ceiling"], "s": ["below-minimum-price"], "t": ["mandatory-item"]}
    rows = {name: Row(bid, {"base": 1}, F(1), None, F(bid)) for name, bid in prices.items() if name not in out}
    winner, broken_by = rank(rows, [by_lots([])], lowest_first=True)
    return shown(rows, prices, out, winner, broken_by)


def slope():
    ceiling, investigation = 330000000, 297000000
    table = {"p": (297000000, F(21)), "q": (296999999, F(21)), "r": (250000000, F("19.4")), "s": (310000000, F("23.37")), "t": (1, F(0))}
    rows = {}
    for name, (bid, bonus) in table.items():
        if bid >= investigation:
            price = 60 * F(ceiling - bid, ceiling)
        else:
            price = 60 * F(ceiling - investigation, ceiling) + F(3, 10) * 60 * F(investigation - bid, ceiling)
        price = rounded(price, HALF_UP, 4)
        rows[name] = Row(bid, {"bonus": bonus}, bonus, price, bonus + price)
    winner, broken_by = rank(rows, [by_technical(rows), by_lots([])])
    prices = {name: row[0] for name, row in table.items()}
    low = [name for name, bid in prices.items() if bid < investigation]
    return shown(rows, prices, {}, winner, broken_by, low)


def scaled_to_best():
    table = {
        "p": (60100000, F("41.5"), F(29)),
        "q": (55000000, F(37), F("27.4")),
        "r": (52345678, F("30.5"), F(20)),
        "s": (57000000, F(50), F(33)),
    }

    def ranking(names):
        raw = {name: rounded(table[name][1] + table[name][2], HALF_UP, 0) for name in names}
        best, lowest = max(raw.values()), min(table[name][0] for name in names)
        rows = {}
        for name in names:
            bid, plan, team = table[name]
            technical = rounded(200 * raw[name] / best, HALF_UP, 3)
            price = rounded(F(100 * lowest, bid), DOWN, 3)
            rows[name] = Row(bid, {"plan": plan, "team": team}, technical, price, technical + price)
        return rows, *rank(rows, [by_technical(rows)])

    first, _, _ = ranking("pqrs")
    rows, winner, broken_by = ranking("pqr")
    prices = {name: row[0] for name, row in table.items()}
    return shown(rows, prices, {"s": ["declared"]}, winner, broken_by, before=(first, "declared"))


GRADES = {"A": F(1), "B": F(7, 10), "C": F(4, 10), "D": F(0)}


def mean_by_item():
    prices = {"p": 18700000, "q": 15550000, "r": 12345678}
    # Grades of the items of 30 and 25 points, marks of the item with steps, evaluators without a conflict in order.
    marks = {
        "p": ("ABAC", "BBAD", [20, F("12.5"), 5, 20]),
        "q": ("BBC", "CBA", [5, F("12.5"), 5]),
        "r": ("CDA", "DCD", [0, 5, 0]),
    }
    rows = {}
    for name, (first, second, third) in marks.items():
        items = [[30 * GRADES[grade] for grade in first], [25 * GRADES[grade] for grade in second], third]
        bonus = sum(rounded(mean(item), DOWN, 2) for item in items)
        price = rounded(50 * (1 - F(prices[name], 20000000)), HALF_UP, 2)
        rows[name] = Row(prices[name], {"base": 25, "bonus": bonus}, 25 + bonus, price, 25 + bonus + price)
    winner, broken_by = rank(rows, [by_technical(rows)])
    return shown(rows, prices, {}, winner, broken_by)


def median_by_block():
    prices = {"p": 81000001, "q": 70000000, "r": 66600000}
    # Items 1 and 2 (weight 2.5) of the block `plan`, item 3 of `team`; a line an evaluator.
    marks = {
        "p": [("22.5", "5", "30"), ("21.5", "6.6", "31"), ("20", "8", "28.5"), ("25", "7", "29")],
        "q": [("15", "5", "20"), ("16", "3", "20.5"), ("13.5", "1", "21"), ("20", "4", "22")],
        "r": [("10", "0", "5"), ("0", "8", "0"), ("2.5", "0.6", "35"), ("3.5", "1.8", "10")],
    }
    rows = {}
    for name, sheets in marks.items():
        plan, team = [], []
        for first, second, third in sheets:
            plan.append(rounded(F(first), HALF_EVEN, 0) + rounded(F(second) * F("2.5"), HALF_EVEN, 0))
            team.append(rounded(F(third), HALF_EVEN, 0))
        blocks = {"plan": rounded(median(plan), HALF_UP, 1), "team": rounded(median(team), HALF_UP, 1)}
        technical = sum(blocks.values())
        price = rounded(80 * (1 - F(prices[name], 90000000)), DOWN, 1)
        rows[name] = Row(prices[name], blocks, technical, price, technical + price)
    winner, broken_by = rank(rows, [by_price(rows)])
    return shown(rows, prices, {}, winner, broken_by)


def trimmed_mean():
    prices = {"p": 33333333, "q": 36000000}
    marks = {
        "p": (["60", "48", "51.25", "50", "10"], ["40", "40", "40", "3", "38.3"]),
        "q": (["60", "60", "47.3", "0"], ["37.1", "37", "30", "40"]),
    }
    rows = {}
    for name, items in marks.items():
        bonus = sum(rounded(trimmed(map(F, item)), HALF_EVEN, 1) for item in items)
        price = 100 * (1 - F(prices[name], 40000000))
        rows[name] = Row(prices[name], {"bonus": bonus}, bonus, price, rounded(bonus + price, HALF_EVEN, 1))
    winner, broken_by = rank(rows, [by_technical(rows)])
    return shown(rows, prices, {}, winner, broken_by)


def mandatory_majority():
    prices = {"p": 4500000, "q": 3000000, "r": 2500000, "s": 4000000}
    # How many of how many found items 1 and 2 not met.
    unmet = {"p": [(2, 4), (2, 4)], "q": [(3, 4), (0, 4)], "r": [(0, 3), (2, 3)], "s": [(1, 3), (1, 3)]}
    marks = {"p": [40, 30, 31, 33], "s": [20, 21, 20]}
    out = {name: ["mandatory-item"] for name, items in unmet.items() if any(2 * no > of for no, of in items)}
    rows = {}
    lowest = min(bid for name, bid in prices.items() if name not in out)
    for name in prices:
        if name not in out:
            bonus, price = mean(marks[name]), F(40 * lowest, prices[name])
            rows[name] = Row(prices[name], {"base": 20, "bonus": bonus}, 20 + bonus, price, 20 + bonus + price)
    winner, broken_by = rank(rows, [by_technical(rows)])
    return shown(rows, prices, out, winner, broken_by)


def minimum_marks():
    prices = {"p": 14000000, "q": 13000000, "r": 12000000, "s": 11000000, "t": 10000000}
    marks = {"p": ("BC", "BA", "CC"), "q": ("CB", "CB", "AA"), "r": ("AA", "AA", "DB"), "s": ("BA", "DD", "CC"), "t": ("BB", "CC", "BB")}
    out, raw = {}, {}
    for name, (first, second, third) in marks.items():
        of = lambda points, grades: mean(points * GRADES[grade] for grade in grades)
        plan, security = of(40, first) + of(20, second), of(40, third)
        low = [security < 16, plan < 33, plan + security < 45]
        if any(low):
            out[name] = ["below-minimum"] * sum(low)
        else:
            raw[name] = (plan, security)
    best = max(sum(blocks) for blocks in raw.values())
    rows = {}
    for name, (plan, security) in raw.items():
        technical = rounded(150 * (plan + security) / best, UP, 1)
        price = 60 * (1 - F(prices[name], 15000000))
        rows[name] = Row(prices[name], {"plan": plan, "security": security}, technical, price, technical + price)
    winner, broken_by = rank(rows, [by_technical(rows)])
    return shown(rows, prices, out, winner, broken_by)


def minimum_rounded():
    table = {"p": (500, "20.01", "24.4"), "q": (500, "20.3", "24.1"), "r": (500, "20", "30"), "s": (600, "20", "20")}
    rows, out = {}, {}
    for name, (bid, *marks) in table.items():
        plan, team = (rounded(F(mark), UP, 1) for mark in marks)
        technical = rounded(plan + team, HALF_UP, 0)
        low = [plan < F("20.1"), technical < 45]
        if any(low):
            out[name] = ["below-minimum"] * sum(low)
        else:
            price = 10 * (1 - F(bid, 1000))
            rows[name] = Row(bid, {"plan": plan, "team": team}, technical, price, technical + price)
    winner, broken_by = rank(rows, [by_technical(rows)])
    return shown(rows, {name: row[0] for name, row in table.items()}, out, winner, broken_by)


def tax():
    table = {"p": (9090909, F(50)), "q": (9090910, F(90)), "r": (7849999, F(40))}
    ceiling = rounded(F(10000000) / F("1.1"), DOWN, 0)
    rows, out = {}, {}
    for name, (bid, bonus) in table.items():
        if bid > ceiling:
            out[name] = ["above-ceiling"]
        else:
            price = rounded(100 * (1 - bid / ceiling), HALF_UP, 5)
            rows[name] = Row(bid, {"bonus": bonus}, bonus, price, bonus + price)
    winner, broken_by = rank(rows, [by_technical(rows)])
    return shown(rows, {name: row[0] for name, row in table.items()}, out, winner, broken_by)


def tie_technical_lots():
    table = {"p": (700000, 50), "q": (800000, 60), "r": (800000, 60), "s": (750000, 55), "t": (900000, 30), "u": (800000, 20)}
    rows = {}
    for name, (bid, bonus) in table.items():
        price = 100 * (1 - F(bid, 1000000))
        rows[name] = Row(bid, {"bonus": F(bonus)}, F(bonus), price, bonus + price)
    register, numbers = ["q", "p", "r"], [123, 78, 350]
    first = sum(numbers) % len(numbers)
    drawn = register[first:] + register[:first]
    winner, broken_by = rank(rows, [by_technical(rows), by_lots(drawn)])
    return shown(rows, {name: row[0] for name, row in table.items()}, {}, winner, broken_by)


def tie_unbroken():
    table = {"p": (699999, 50), "q": (695000, 50), "r": (700000, 50), "s": (900000, 10), "t": (895000, 10)}
    rows = {}
    for name, (bid, bonus) in table.items():
        price = rounded(100 * (1 - F(bid, 1000000)), DOWN, 0)
        rows[name] = Row(bid, {"bonus": F(bonus)}, F(bonus), price, bonus + price)
    winner, broken_by = rank(rows, [by_technical(rows), by_lots(["q", "p"])])
    return shown(rows, {name: row[0] for name, row in table.items()}, {}, winner, broken_by)


def mean_of_prices():
    table = {"p": (1000000, F(12)), "q": (900000, F(11)), "r": (850000, F("10.5")), "s": (400000, F(30)), "t": (2600000, F(25))}

    def ranking(names):
        bids = [table[name][0] for name in names]
        rows = {}
        for name in names:
            bid, bonus = table[name]
            price = 70 * (1 - abs(bid - F(95, 100) * mean(bids)) / median(bids))
            if bid == max(bids) and len(bids) > 2:
                price -= F("1.5")
            price = rounded(max(F(0), price), HALF_EVEN, 2)
            rows[name] = Row(bid, {"bonus": bonus}, bonus, price, bonus + price)
        return rows, *rank(rows, [by_price(rows)])

    first, _, _ = ranking("pqrst")
    rows, winner, broken_by = ranking("pqrt")
    prices = {name: row[0] for name, row in table.items()}
    return shown(rows, prices, {"s": ["declared"]}, winner, broken_by, before=(first, "declared"))


def lots():
    table = {
        "east": (5000000, 100, {"p": (4700000, 71), "q": (4100000, 60)}),
        "west": (3000000, 50, {"r": (2900000, 44), "s": (2000001, 30), "t": (3000001, 100)}),
    }
    whole, prices, out, winners = {}, {}, {}, []
    for ceiling, allotment, bids in table.values():
        prices |= {name: bid for name, (bid, _) in bids.items()}
        out |= {name: ["above-ceiling"] for name, (bid, _) in bids.items() if bid > ceiling}
        left = {name: row for name, row in bids.items() if name not in out}
        lowest = min(bid for bid, _ in left.values())
        rows = {}
        for name, (bid, bonus) in left.items():
            price = rounded(F(allotment * lowest, bid), HALF_UP, 4)
            rows[name] = Row(bid, {"bonus": F(bonus)}, F(bonus), price, bonus + price)
        winners += rank(rows, [by_technical(rows), by_lots([])])[0]
        whole |= rows
    return shown(whole, prices, out, winners, None)


def half_even():
    table = {"p": (794, "10.749"), "q": (782, "10.251"), "r": (790, "10.25"), "s": (798, "10.35"), "t": (766, "7.25")}
    rows = {}
    for name, (bid, bonus) in table.items():
        technical = rounded(F(bonus), HALF_EVEN, 1)
        price = rounded(100 * (1 - F(bid, 800)), HALF_EVEN, 1)
        rows[name] = Row(bid, {"bonus": F(bonus)}, technical, price, rounded(technical + price, HALF_EVEN, 0))
    winner, broken_by = rank(rows, [])
    return shown(rows, {name: row[0] for name, row in table.items()}, {}, winner, broken_by)


def total_formula():
    prices = {"p": 25000000, "q": 22500000, "r": 20000000}
    # Item 1, and item 2 with half its weight; two evaluators each.
    marks = {"p": (["20.5", "23"], ["20.2", "21"]), "q": (["15", "16"], ["19", "20"]), "r": (["10", "9"], ["10", "8"])}
    rows = {}
    for name, (first, second) in marks.items():
        raw = rounded(sum(map(F, first)) + sum(F(mark) / 2 for mark in second), HALF_UP, 0)
        plan = rounded(60 * raw / (2 * 81), HALF_UP, 2)
        technical, price = 10 + plan, F(100 * min(prices.values()), prices[name])
        total = F(2, 3) * technical / 70 * 100 + F(1, 3) * price
        rows[name] = Row(prices[name], {"base": 10, "plan": plan}, technical, price, rounded(total, HALF_UP, 2))
    winner, broken_by = rank(rows, [("block:plan", lambda name: -rows[name].blocks["plan"]), by_price(rows)])
    return shown(rows, prices, {}, winner, broken_by)


VECTORS = {
    "share-below-ceiling": share_below_ceiling,
    "lowest-over-bid": lambda: lowest_over_bid(False),
    "lowest-over-bid-recomputed": lambda: lowest_over_bid(True),
    "division": lambda: division(1),
    "division-floor": lambda: division(0),
    "lowest-price": lowest_price,
    "slope": slope,
    "scaled-to-best": scaled_to_best,
    "mean-by-item": mean_by_item,
    "median-by-block": median_by_block,
    "trimmed-mean": trimmed_mean,
    "mandatory-majority": mandatory_majority,
    "minimum-marks": minimum_marks,
    "minimum-rounded": minimum_rounded,
    "tax": tax,
    "tie-technical-lots": tie_technical_lots,
    "tie-unbroken": tie_unbroken,
    "mean-of-prices": mean_of_prices,
    "lots": lots,
    "half-even": half_even,
    "total-formula": total_formula,
}

if __name__ == "__main__":
    print(json.dumps({name: compute() for name, compute in VECTORS.items()}, indent=1, sort_keys=True))
