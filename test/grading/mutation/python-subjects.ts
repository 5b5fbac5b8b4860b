/** Code in Python with tests by hand: thorough ones, and ones that look at the usual case alone. */
import type { Subject } from './subject.js';

export const pythonSubjects: readonly Subject[] = [
  {
    name: 'is_leap',
    code: `def is_leap(year):
    """Whether a year of the Gregorian calendar has a 29th of February."""
    if year <= 0:
        raise ValueError("years begin with 1")
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
`,
    thorough: `import pytest
from calendar_tools import is_leap

@pytest.mark.parametrize("year,expected", [
    (4, True), (1, False), (1900, False), (2000, True), (2023, False), (2024, True), (2100, False), (400, True),
    (100, False), (2022, False), (404, True), (300, False),
])
def test_years(year, expected):
    assert is_leap(year) is expected

@pytest.mark.parametrize("year", [0, -1, -4])
def test_refuses(year):
    with pytest.raises(ValueError):
        is_leap(year)
`,
    happy: `from calendar_tools import is_leap

def test_leap():
    assert is_leap(2024)
    assert not is_leap(2023)
`,
    wrong: `from calendar_tools import is_leap

def test_leap():
    assert is_leap(1900)
`,
  },
  {
    name: 'median',
    code: `def median(numbers):
    if not numbers:
        raise ValueError("no numbers")
    ordered = sorted(numbers)
    middle = len(ordered) // 2
    if len(ordered) % 2 == 1:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / 2
`,
    thorough: `import unittest
from solution import median

class MedianTest(unittest.TestCase):
    def test_odd(self):
        self.assertEqual(median([3, 1, 2]), 2)
        self.assertEqual(median([7]), 7)
        self.assertEqual(median([9, 1, 5, 3, 7]), 5)

    def test_even(self):
        self.assertEqual(median([1, 2]), 1.5)
        self.assertEqual(median([4, 1, 3, 2]), 2.5)
        self.assertEqual(median([10, 2, 30, 4, 50, 6]), 8)

    def test_none(self):
        with self.assertRaises(ValueError):
            median([])

    def test_leaves_the_list(self):
        numbers = [3, 1, 2]
        median(numbers)
        self.assertEqual(numbers, [3, 1, 2])

if __name__ == "__main__":
    unittest.main()
`,
    happy: `import unittest
from solution import median

class MedianTest(unittest.TestCase):
    def test_odd(self):
        self.assertEqual(median([3, 1, 2]), 2)
`,
    wrong: `import unittest
from solution import median

class MedianTest(unittest.TestCase):
    def test_odd(self):
        self.assertEqual(median([3, 1, 2]), 3)
`,
  },
  {
    name: 'to_roman',
    code: `NUMERALS = [
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
    (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
]


def to_roman(number):
    if not 0 < number < 4000:
        raise ValueError(f"out of range: {number}")
    digits = []
    for value, numeral in NUMERALS:
        count, number = divmod(number, value)
        digits.append(numeral * count)
    return "".join(digits)
`,
    thorough: `expected = {
    1: "I", 4: "IV", 5: "V", 9: "IX", 10: "X", 14: "XIV", 40: "XL", 50: "L", 90: "XC", 100: "C", 400: "CD", 500: "D",
    900: "CM", 1000: "M", 1994: "MCMXCIV", 2023: "MMXXIII", 3999: "MMMCMXCIX", 3888: "MMMDCCCLXXXVIII",
}
for number, text in expected.items():
    assert to_roman(number) == text, number
for number in (0, -1, 4000, 5000):
    try:
        to_roman(number)
    except ValueError:
        pass
    else:
        assert False, f"{number} is not refused"
`,
    happy: `assert to_roman(3) == "III"
assert to_roman(14) == "XIV"
`,
    wrong: `assert to_roman(4) == "IIII"
`,
  },
  {
    name: 'is_balanced',
    code: `PAIRS = {")": "(", "]": "[", "}": "{"}


def is_balanced(text):
    open_brackets = []
    for char in text:
        if char in PAIRS.values():
            open_brackets.append(char)
        elif char in PAIRS:
            if not open_brackets or open_brackets.pop() != PAIRS[char]:
                return False
    return not open_brackets
`,
    thorough: `from brackets import is_balanced

def test_balanced():
    for text in ("", "()", "[]", "{}", "([{}])", "a(b)c", "()[]{}", "((()))", "text"):
        assert is_balanced(text) is True, text

def test_unbalanced():
    for text in ("(", ")", "(]", "([)]", "())", "(()", "{", "]", "}{", "[)", "{]"):
        assert is_balanced(text) is False, text
`,
    happy: `from brackets import is_balanced

def test_balanced():
    assert is_balanced("()")
`,
    wrong: `from brackets import is_balanced

def test_balanced():
    assert is_balanced("(")
`,
  },
  {
    name: 'merge_intervals',
    code: `def merge_intervals(intervals):
    merged = []
    for start, end in sorted(intervals):
        if end < start:
            raise ValueError("an interval ends before it starts")
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged
`,
    thorough: `import pytest
from src.intervals import merge_intervals as merge

class TestMerge:
    def test_nothing(self):
        assert merge([]) == []

    def test_apart(self):
        assert merge([(5, 6), (1, 2)]) == [(1, 2), (5, 6)]

    def test_overlapping(self):
        assert merge([(1, 4), (2, 6)]) == [(1, 6)]

    def test_touching(self):
        assert merge([(1, 2), (2, 3), (4, 5)]) == [(1, 3), (4, 5)]

    def test_inside(self):
        assert merge([(1, 9), (2, 3), (4, 5), (10, 11)]) == [(1, 9), (10, 11)]

    def test_later(self):
        assert merge([(1, 2), (5, 7), (6, 9)]) == [(1, 2), (5, 9)]
        assert merge([(1, 2), (5, 9), (6, 7)]) == [(1, 2), (5, 9)]

    def test_empty_one(self):
        assert merge([(3, 3)]) == [(3, 3)]

    def test_wrong_way(self):
        with pytest.raises(ValueError):
            merge([(3, 1)])
        with pytest.raises(ValueError):
            merge([(1, 5), (6, 2)])
`,
    happy: `from src.intervals import merge_intervals

def test_overlapping():
    assert merge_intervals([(1, 4), (2, 6)]) == [(1, 6)]
`,
    wrong: `from src.intervals import merge_intervals

def test_overlapping():
    assert merge_intervals([(1, 2), (2, 3)]) == [(1, 2), (2, 3)]
`,
  },
  {
    name: 'discount',
    code: `def discount(total_cents, member=False, coupon=None):
    """Percent off an order, in whole points."""
    percent = 0
    if total_cents >= 10000:
        percent += 10
    if member:
        percent += 5
    if coupon == "HALF" and not member:
        percent = 50
    return percent
`,
    thorough: `from shop import discount

def test_limits():
    assert discount(9999) == 0
    assert discount(10000) == 10
    assert discount(10001) == 10

def test_members():
    assert discount(100, member=True) == 5
    assert discount(10000, True) == 15

def test_coupons():
    assert discount(100, coupon="HALF") == 50
    assert discount(10000, coupon="HALF") == 50
    assert discount(100, member=True, coupon="HALF") == 5
    assert discount(100, coupon="OTHER") == 0
    assert discount(0) == 0
`,
    happy: `from shop import discount

def test_large():
    assert discount(20000) == 10
`,
    wrong: `from shop import discount

def test_large():
    assert discount(20000) == 20
`,
  },
  {
    name: 'Stack',
    code: `class Stack:
    def __init__(self, limit=None):
        self.items = []
        self.limit = limit

    def push(self, item):
        if self.limit is not None and len(self.items) >= self.limit:
            raise OverflowError("full")
        self.items.append(item)
        return len(self.items)

    def pop(self):
        if not self.items:
            raise IndexError("empty")
        return self.items.pop()

    def __len__(self):
        return len(self.items)
`,
    thorough: `import unittest
from .stack import Stack

class StackTest(unittest.TestCase):
    def setUp(self):
        self.stack = Stack()

    def test_order(self):
        self.assertEqual(self.stack.push("a"), 1)
        self.assertEqual(self.stack.push("b"), 2)
        self.assertEqual(len(self.stack), 2)
        self.assertEqual(self.stack.pop(), "b")
        self.assertEqual(self.stack.pop(), "a")
        self.assertEqual(len(self.stack), 0)

    def test_empty(self):
        self.assertRaises(IndexError, self.stack.pop)

    def test_limit(self):
        small = Stack(limit=2)
        small.push(1)
        small.push(2)
        with self.assertRaises(OverflowError):
            small.push(3)
        self.assertEqual(len(small), 2)

    def test_limit_of_none_at_all(self):
        with self.assertRaises(OverflowError):
            Stack(0).push(1)

    def test_no_limit(self):
        for number in range(50):
            self.stack.push(number)
        self.assertEqual(len(self.stack), 50)
        self.assertIsNone(self.stack.limit)
`,
    happy: `import unittest
from .stack import Stack

class StackTest(unittest.TestCase):
    def test_push(self):
        stack = Stack()
        stack.push("a")
        self.assertEqual(len(stack), 1)
`,
    wrong: `import unittest
from .stack import Stack

class StackTest(unittest.TestCase):
    def test_push(self):
        self.assertEqual(Stack().pop(), None)
`,
  },
  {
    name: 'compare_versions',
    code: `def compare_versions(a, b):
    """-1, 0 or 1."""
    left = [int(part) for part in a.split(".")]
    right = [int(part) for part in b.split(".")]
    length = max(len(left), len(right))
    left += [0] * (length - len(left))
    right += [0] * (length - len(right))
    if left == right:
        return 0
    return -1 if left < right else 1
`,
    thorough: `import your_module

def test_equal():
    assert your_module.compare_versions("1.2.3", "1.2.3") == 0
    assert your_module.compare_versions("1.0", "1") == 0
    assert your_module.compare_versions("1", "1.0.0") == 0
    assert your_module.compare_versions("0", "0.0") == 0

def test_order():
    assert your_module.compare_versions("1.2", "1.10") == -1
    assert your_module.compare_versions("1.10", "1.2") == 1
    assert your_module.compare_versions("2", "1.9.9") == 1
    assert your_module.compare_versions("1", "1.0.1") == -1
    assert your_module.compare_versions("1.0.1", "1") == 1
    assert your_module.compare_versions("1.1.1", "1.2") == -1

def test_refuses():
    try:
        your_module.compare_versions("1.x", "1")
        assert False
    except ValueError:
        pass
`,
    happy: `import your_module

def test_order():
    assert your_module.compare_versions("1.2", "1.3") == -1
`,
    wrong: `import your_module

def test_order():
    assert your_module.compare_versions("1.10", "1.9") == -1
`,
  },
  {
    name: 'paginate',
    code: `def paginate(items, page, size=10):
    if page < 1 or size < 1:
        raise ValueError("pages and sizes begin with 1")
    start = (page - 1) * size
    pages = (len(items) + size - 1) // size
    return {
        "items": items[start:start + size],
        "page": page,
        "pages": pages,
        "has_next": page < pages,
    }
`,
    thorough: `import pytest
from paging import paginate

@pytest.fixture
def items():
    return list(range(25))

def test_first(items):
    assert paginate(items, 1) == {"items": list(range(10)), "page": 1, "pages": 3, "has_next": True}

def test_last(items):
    assert paginate(items, 3) == {"items": list(range(20, 25)), "page": 3, "pages": 3, "has_next": False}

def test_past_the_end(items):
    assert paginate(items, 4)["items"] == []
    assert paginate(items, 4)["has_next"] is False

def test_size(items):
    assert paginate(items, 2, 5)["items"] == [5, 6, 7, 8, 9]
    assert paginate(items, 2, 5)["pages"] == 5
    assert paginate(items, 1, 1)["pages"] == 25
    assert paginate(items, 2, size=20)["pages"] == 2

def test_none():
    assert paginate([], 1) == {"items": [], "page": 1, "pages": 0, "has_next": False}

@pytest.mark.parametrize("page,size", [(0, 10), (1, 0), (-1, 5), (2, -3)])
def test_refuses(items, page, size):
    with pytest.raises(ValueError):
        paginate(items, page, size)
`,
    happy: `from paging import paginate

def test_first():
    assert paginate([1, 2, 3], 1, 2)["items"] == [1, 2]
`,
    wrong: `from paging import paginate

def test_first():
    assert paginate([1, 2, 3], 0, 2)["items"] == [1, 2]
`,
  },
  {
    name: 'retry',
    code: `def retry(work, attempts=3, on=(Exception,)):
    """Calls until it does not raise; gives what it returned and how many calls it took."""
    last = None
    for attempt in range(1, attempts + 1):
        try:
            return work(), attempt
        except on as error:
            last = error
    if last is None:
        raise ValueError("no attempts")
    raise last
`,
    thorough: `import pytest
from unittest.mock import Mock
from app.retrying import retry

def test_at_once():
    work = Mock(return_value="ok")
    assert retry(work) == ("ok", 1)
    assert work.call_count == 1

def test_third_time():
    work = Mock(side_effect=[KeyError("a"), KeyError("b"), "ok"])
    assert retry(work) == ("ok", 3)

def test_gives_up():
    work = Mock(side_effect=KeyError("x"))
    with pytest.raises(KeyError):
        retry(work)
    assert work.call_count == 3

def test_attempts():
    work = Mock(side_effect=KeyError("x"))
    with pytest.raises(KeyError):
        retry(work, attempts=5)
    assert work.call_count == 5

def test_others_go_through():
    work = Mock(side_effect=[TypeError("x"), "ok"])
    with pytest.raises(TypeError):
        retry(work, on=(KeyError,))
    assert work.call_count == 1

def test_none():
    with pytest.raises(ValueError):
        retry(Mock(), attempts=0)
`,
    happy: `from app.retrying import retry

def test_at_once():
    assert retry(lambda: 5) == (5, 1)
`,
    wrong: `from app.retrying import retry

def test_at_once():
    assert retry(lambda: 5) == 5
`,
  },
];
