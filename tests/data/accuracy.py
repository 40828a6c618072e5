"""Writes accuracy.csv.gz: 1,000 points per operation with value, first and second derivatives, for AccuracyTests.fs.

    apt-get install python3-mpmath
    /usr/bin/python3 tests/data/accuracy.py

One line per point: operation, arguments, value, first derivatives, second derivatives (upper triangle, row by row).
Arguments are doubles that read back exactly. Results are computed with some 700 digits, because the sine of 1e300 needs 350
and a cancellation may take the square of the tiniest argument, and written with 50. The formulas below are written
apart from the rule table; `check` compares them with numeric differentiation. The output is the same on every run.
"""

import gzip
import math
import os
import random
import sys

from mpmath import mp, mpf

mp.prec = 2400
ONE, TWO, LN2, LN10 = mpf(1), mpf(2), mp.log(2), mp.log(10)
SQRTPI = mp.sqrt(mp.pi)
MAX, TINY = sys.float_info.max, 5e-324
POINTS = 1000


def sigmoid(a):
    return ONE / (ONE + mp.exp(-a))


def sech2(a):
    return ONE / mp.cosh(a) ** 2


zero = lambda *args: mpf(0)
pi2 = math.pi / 2
multiples = [k * pi2 for k in (1, 2, 3, 4, 5, 10, 11, 1000, 1001, 10**6, 10**9 + 1)]
multiples += [-m for m in multiples]
LINE, POSITIVE, UNIT = (-MAX, MAX), (TINY, MAX), (-1.0, 1.0)

# name: value, first derivative, second derivative, domain, where it is interesting
UNARY = {
    "neg": (lambda a: -a, lambda a: -ONE, zero, LINE, []),
    "sqrt": (mp.sqrt, lambda a: 1 / (2 * mp.sqrt(a)), lambda a: -1 / (4 * a * mp.sqrt(a)), POSITIVE, [1.0]),
    "cbrt": (
        lambda a: mp.sign(a) * mp.cbrt(abs(a)),
        lambda a: 1 / (3 * mp.cbrt(abs(a)) ** 2),
        lambda a: -2 * mp.sign(a) / (9 * abs(a) * mp.cbrt(abs(a)) ** 2),
        LINE,
        [1.0, -1.0],
    ),
    "exp": (mp.exp, mp.exp, mp.exp, LINE, [700.0, -700.0, 709.78, -745.0, -708.0]),
    "expm1": (lambda a: mp.exp(a) - 1, mp.exp, mp.exp, LINE, [700.0, -40.0, -37.0, 709.78, 1.0, -1.0]),
    "log": (mp.log, lambda a: 1 / a, lambda a: -1 / a**2, POSITIVE, [1.0]),
    "log1p": (lambda a: mp.log(1 + a), lambda a: 1 / (1 + a), lambda a: -1 / (1 + a) ** 2, (-1.0, MAX), [-1.0, 0.5, -0.5, 1.0]),
    "log2": (lambda a: mp.log(a) / LN2, lambda a: 1 / (a * LN2), lambda a: -1 / (a**2 * LN2), POSITIVE, [1.0, 2.0]),
    "log10": (lambda a: mp.log(a) / LN10, lambda a: 1 / (a * LN10), lambda a: -1 / (a**2 * LN10), POSITIVE, [1.0, 10.0]),
    "sin": (mp.sin, mp.cos, lambda a: -mp.sin(a), LINE, multiples),
    "cos": (mp.cos, lambda a: -mp.sin(a), lambda a: -mp.cos(a), LINE, multiples),
    "tan": (mp.tan, lambda a: 1 / mp.cos(a) ** 2, lambda a: 2 * mp.tan(a) / mp.cos(a) ** 2, LINE, multiples),
    "asin": (mp.asin, lambda a: 1 / mp.sqrt((1 - a) * (1 + a)), lambda a: a / mp.sqrt((1 - a) * (1 + a)) ** 3, UNIT, [1.0, -1.0, 0.5]),
    "acos": (mp.acos, lambda a: -1 / mp.sqrt((1 - a) * (1 + a)), lambda a: -a / mp.sqrt((1 - a) * (1 + a)) ** 3, UNIT, [1.0, -1.0, 0.5]),
    "atan": (mp.atan, lambda a: 1 / (1 + a**2), lambda a: -2 * a / (1 + a**2) ** 2, LINE, [1.0, -1.0]),
    "sinh": (mp.sinh, mp.cosh, mp.sinh, LINE, [710.0, -710.0, 1.0, 22.0]),
    "cosh": (mp.cosh, mp.sinh, mp.cosh, LINE, [710.0, -710.0, 1.0, 22.0]),
    "tanh": (mp.tanh, sech2, lambda a: -2 * mp.tanh(a) * sech2(a), LINE, [1.0, -1.0, 19.0, 22.0, 350.0]),
    "asinh": (mp.asinh, lambda a: 1 / mp.sqrt(1 + a**2), lambda a: -a / mp.sqrt(1 + a**2) ** 3, LINE, [1.0, -1.0]),
    "acosh": (mp.acosh, lambda a: 1 / mp.sqrt((a - 1) * (a + 1)), lambda a: -a / mp.sqrt((a - 1) * (a + 1)) ** 3, (1.0, MAX), [1.0, 2.0]),
    "atanh": (mp.atanh, lambda a: 1 / ((1 - a) * (1 + a)), lambda a: 2 * a / ((1 - a) * (1 + a)) ** 2, UNIT, [1.0, -1.0, 0.5]),
    "abs": (abs, mp.sign, zero, LINE, []),
    "sign": (mp.sign, zero, zero, LINE, []),
    "floor": (mp.floor, zero, zero, LINE, [1.0, -1.0, 3.0, 2.0**52]),
    "ceiling": (mp.ceil, zero, zero, LINE, [1.0, -1.0, 3.0, 2.0**52]),
    "round": (lambda a: mpf(round(float(a))) if abs(a) < 2**53 else a, zero, zero, LINE, [0.5, 1.5, -2.5, 2.0**51]),
    "relu": (lambda a: max(a, mpf(0)), lambda a: mpf(1 if a > 0 else 0), zero, LINE, []),
    "sigmoid": (
        sigmoid,
        lambda a: sigmoid(a) * sigmoid(-a),
        lambda a: -sigmoid(a) * sigmoid(-a) * mp.tanh(a / 2),
        LINE,
        [1.0, 37.0, -37.0, 700.0, -700.0, -708.0],
    ),
    "softplus": (
        lambda a: mp.log(1 + mp.exp(a)) if a > -3000 else mp.exp(a),
        sigmoid,
        lambda a: sigmoid(a) * sigmoid(-a),
        LINE,
        [1.0, 37.0, -37.0, 700.0, -700.0],
    ),
    "erf": (
        lambda a: mp.erf(a) if abs(a) < 40 else mp.sign(a),
        lambda a: 2 / SQRTPI * mp.exp(-(a**2)),
        lambda a: -4 * a / SQRTPI * mp.exp(-(a**2)),
        LINE,
        [1.0, -1.0, 5.9, 0.5, 26.0, 3.0],
    ),
}


def flat(value, *slopes):
    """A function that is linear wherever the points are."""
    count = len(slopes)
    return value, lambda *args: [mpf(s(*args)) for s in slopes], lambda *args: [mpf(0)] * (count * (count + 1) // 2)


def choice(holds):
    return flat(
        lambda a, b, c, d: c if holds(a, b) else d,
        zero,
        zero,
        lambda a, b, c, d: 1 if holds(a, b) else 0,
        lambda a, b, c, d: 0 if holds(a, b) else 1,
    )


def powers(a, b):
    y, l = a**b, mp.log(a)
    return [b * (b - 1) * y / a**2, y / a * (1 + b * l), y * l**2]


def polar(a, b):
    r2 = a**2 + b**2
    return [-2 * a * b / r2**2, (a**2 - b**2) / r2**2, 2 * a * b / r2**2]


def lengths(a, b):
    r = mp.sqrt(a**2 + b**2)
    return [b**2 / r**3, -a * b / r**3, a**2 / r**3]


one = lambda *args: 1
truncated = lambda a: mp.floor(a) if a > 0 else mp.ceil(a)
# name: value, first derivatives, second derivatives, domains
SEVERAL = {
    "add": (*flat(lambda a, b: a + b, one, one), [LINE, LINE]),
    "sub": (*flat(lambda a, b: a - b, one, lambda a, b: -1), [LINE, LINE]),
    "mul": (lambda a, b: a * b, lambda a, b: [b, a], lambda a, b: [mpf(0), ONE, mpf(0)], [LINE, LINE]),
    "div": (lambda a, b: a / b, lambda a, b: [1 / b, -a / b**2], lambda a, b: [mpf(0), -1 / b**2, 2 * a / b**3], [LINE, LINE]),
    "rem": (
        *flat(lambda a, b: a - b * truncated(a / b), one, lambda a, b: -truncated(a / b)),
        [LINE, LINE],
    ),
    "pow": (lambda a, b: a**b, lambda a, b: [b * a**b / a, a**b * mp.log(a)], powers, [POSITIVE, LINE]),
    "atan2": (mp.atan2, lambda a, b: [b / (a**2 + b**2), -a / (a**2 + b**2)], polar, [LINE, LINE]),
    "max": (*flat(max, lambda a, b: a > b, lambda a, b: a < b), [LINE, LINE]),
    "min": (*flat(min, lambda a, b: a < b, lambda a, b: a > b), [LINE, LINE]),
    "clamp": (
        *flat(
            lambda a, b, c: min(max(a, b), c),
            lambda a, b, c: b <= a <= c,
            lambda a, b, c: a < b,
            lambda a, b, c: a > c,
        ),
        [LINE, LINE, LINE],
    ),
    "hypot": (
        lambda a, b: mp.sqrt(a**2 + b**2),
        lambda a, b: [a / mp.sqrt(a**2 + b**2), b / mp.sqrt(a**2 + b**2)],
        lengths,
        [LINE, LINE],
    ),
    "less": (*choice(lambda a, b: a < b), [LINE] * 4),
    "lessOrEqual": (*choice(lambda a, b: a <= b), [LINE] * 4),
    "equal": (*choice(lambda a, b: a == b), [LINE] * 4),
}


def inside(domain, a):
    low, high = domain
    return (low < a < high or domain in (LINE, POSITIVE) and low <= a <= high) and a != 0.0


def draw(rng, domain, interesting):
    """A number of the domain: ordinary, of any size, near the ends of the doubles, or near where it is interesting."""
    while True:
        kind = rng.random()
        sign = rng.choice([-1.0, 1.0])
        if kind < 0.3:
            a = rng.uniform(-5.0, 5.0)
        elif kind < 0.4:
            a = rng.uniform(-800.0, 800.0) if domain is not UNIT else rng.uniform(-1.0, 1.0)
        elif kind < 0.6:
            a = sign * 10.0 ** rng.uniform(-300.0, 300.0)
        elif kind < 0.7:
            a = sign * 10.0 ** rng.uniform(-20.0, 20.0)
        elif kind < 0.75:
            a = sign * 10.0 ** rng.choice([rng.uniform(-323.0, -300.0), rng.uniform(300.0, 308.0)])
        elif interesting:
            near = rng.choice(interesting)
            a = near + sign * abs(near) * 2.0 ** -rng.randint(1, 53)
            if near in multiples and rng.random() < 0.5:
                a = near
        else:
            a = sign * 2.0 ** -rng.randint(0, 60)
        if inside(domain, a):
            return a


def pairs(rng, name, domains):
    """Arguments of an operation with several: independent, or of about the same size, or such that the result is ordinary."""
    args = [draw(rng, domain, []) for domain in domains]
    kind = rng.random()
    if name == "pow" and kind < 0.6:
        # so that a^b is a double: |b log a| < 700
        args[1] = rng.uniform(-700.0, 700.0) / max(abs(math.log(args[0])), 1.0)
        if kind < 0.2:
            args[1] = rng.choice([-3.0, -2.0, -1.0, -0.5, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 10.0])
        elif kind < 0.3:
            args[0] = 1.0 + rng.choice([-1.0, 1.0]) * 2.0 ** -rng.randint(1, 52)
    elif kind < 0.4 and len(args) == 2:
        args[1] = args[0] * rng.choice([-1.0, 1.0]) * (1.0 + rng.choice([-1.0, 1.0]) * 2.0 ** -rng.randint(0, 52))
    elif kind < 0.6 and len(args) == 2:
        args[1] = args[0] * rng.uniform(-3.0, 3.0)
    elif name == "equal" and kind < 0.5:
        args[1] = args[0]
    if name == "clamp" and args[1] > args[2]:
        args[1], args[2] = args[2], args[1]
    return args


def text(x):
    x = mpf(x)
    if x == 0:
        return "0"
    size = mp.mag(x)
    if size > 1100 or size < -1200:
        return ("-" if x < 0 else "") + ("1e400" if size > 0 else "1e-400")
    return mp.nstr(x, 50).removesuffix(".0")


def smooth(name, args):
    """Points off every kink and jump, where there is a derivative to speak of."""
    if any(not math.isfinite(a) or a == 0.0 for a in args):
        return False
    if name in ("floor", "ceiling"):
        return args[0] != math.floor(args[0]) or abs(args[0]) > 2.0**52
    if name == "round":
        return args[0] - math.floor(args[0]) != 0.5
    if name in ("max", "min", "less", "lessOrEqual"):
        return args[0] != args[1]
    if name == "rem":
        return math.fmod(args[0], args[1]) != 0.0
    if name == "clamp":
        return args[0] != args[1] and args[0] != args[2] and args[1] < args[2]
    return True


def check(value, first, second, args):
    """The formulas against numeric differentiation, at ordinary points."""
    if not all(0.01 < abs(a) < 4.0 for a in args):
        return
    h, count = mpf(2) ** -700, len(args)
    at = lambda f, i, s: f(*[a + s * h if j == i else a for j, a in enumerate(args)])
    slopes, curves = first(*args), iter(second(*args))
    close = lambda p, q: abs(p - q) <= mpf(10) ** -100 * (1 + abs(p) + abs(q))
    for i in range(count):
        assert close((at(value, i, 1) - at(value, i, -1)) / (2 * h), slopes[i]), (args, i)
        for j in range(i, count):
            slope = lambda *point: first(*point)[i]
            assert close((at(slope, j, 1) - at(slope, j, -1)) / (2 * h), next(curves)), (args, i, j)


def lines():
    table = {
        name: (f, lambda a, d=d: [d(a)], lambda a, d2=d2: [d2(a)], lambda rng, dom=dom, near=near: [draw(rng, dom, near)])
        for name, (f, d, d2, dom, near) in UNARY.items()
    }
    for name, (f, d, d2, doms) in SEVERAL.items():
        table[name] = (f, d, d2, lambda rng, name=name, doms=doms: pairs(rng, name, doms))
    for name, (value, first, second, points) in table.items():
        rng, count = random.Random(name), 0
        while count < POINTS:
            doubles = points(rng)
            if not smooth(name, doubles):
                continue
            args = [mpf(a) for a in doubles]
            if count % 20 == 0:
                check(value, first, second, args)
            results = [value(*args)] + first(*args) + second(*args)
            yield ",".join([name] + [repr(a) for a in doubles] + [text(r) for r in results])
            count += 1
        print(name, file=sys.stderr)


with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "accuracy.csv.gz"), "wb") as file:
    with gzip.GzipFile(filename="", mode="wb", fileobj=file, compresslevel=9, mtime=0) as packed:
        packed.write("".join(line + "\n" for line in lines()).encode("ascii"))
