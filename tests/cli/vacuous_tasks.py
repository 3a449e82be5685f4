"""Tasks with cases that pass while the task is wrong, and the same tasks with cases that do not."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

Cases = list[dict[str, Any]]


class Planted(NamedTuple):
    """A task.

    Args:
        weak: Cases that let mistakes pass.
        sound: Cases that do not.
        files: Other files of the task.
    """

    source: str
    weak: Cases
    sound: Cases
    entrypoint: str = "main.js"
    files: Mapping[str, str] = MappingProxyType({})


def _asserted(path: str, operator: str, expected: Any = None) -> dict[str, Any]:
    return {"path": path, "operator": operator, **({} if expected is None else {"expected": expected})}


_ITEM = {"url": "https://api.example/items/7", "method": "GET", "response": {"name": "nut", "price": 3}}
_ORDER = {"url": "https://api.example/orders", "method": "POST", "response": {"status": 201, "body": {"id": 9}}}
_CLIENT = """\
export default async function ({ id }) {
  const response = await fetch(`https://api.example/items/${id}`);
  if (!response.ok) throw new Error(`no item ${id}`);
  const item = await response.json();
  return { label: item.name.toUpperCase(), cents: item.price * 100 };
}
"""
_BUYER = """\
export default async function ({ count }) {
  const body = JSON.stringify({ item: 'nut', count, urgent: count > 10 });
  const made = await fetch('https://api.example/orders', { method: 'POST', body });
  return { order: (await made.json()).id };
}
"""
_SUM = "(input) => ({ sum: input.a + input.b })"
_GUARD = """\
(input) => {
  if (input.age < 18) throw new RangeError('too young');
  return { name: input.person.name.trim(), age: input.age };
}
"""
_DISCOUNT = """\
function main({ prices }) {
  let total = 0;
  for (const price of prices) total += price * 2;
  if (total > 100) total = total - total / 10;
  return { total };
}
"""
_TAGS = """\
module.exports = ({ text }) => {
  const words = text.toLowerCase().split(' ').filter((word) => word.length > 2);
  return { words: words.sort(), count: words.length };
};
"""
_GRADE = """\
(input) => {
  if (input.points >= 90) return { grade: 'A', passed: true };
  if (input.points >= 50) return { grade: 'B', passed: true };
  return { grade: 'C', passed: false };
}
"""
_RATE = """\
interface Input { amount: number; rate: number }
export default (input: Input): { tax: number } => {
  const tax: number = Math.round(input.amount * input.rate) / 100;
  return { tax };
};
"""
_SHIPPING = """\
import { zone } from './zone.js';
export default (input) => ({ zone: zone(input.country), days: zone(input.country) === 'home' ? 1 : 5 });
"""
_ZONE = "export const zone = (country) => (country === 'DE' ? 'home' : 'abroad');\n"

PLANTED: dict[str, Planted] = {
    "nothing-expected": Planted(
        _SUM, [{"input": {"a": 2, "b": 3}}], [{"input": {"a": 2, "b": 3}, "expected_output": {"sum": 5}}]
    ),
    "only-exists": Planted(
        _SUM,
        [{"input": {"a": 2, "b": 3}, "assertions": [_asserted("sum", "exists")]}],
        [{"input": {"a": 2, "b": 3}, "assertions": [_asserted("sum", "equals", 5)]}],
    ),
    "only-type": Planted(
        _SUM,
        [{"input": {"a": 4, "b": 1}, "assertions": [_asserted("sum", "type", "number")]}],
        [{"input": {"a": 4, "b": 1}, "expected_output": {"sum": 5}}],
    ),
    "only-greater": Planted(
        _SUM,
        [{"input": {"a": 4, "b": 1}, "assertions": [_asserted("sum", "gt", 0)]}],
        [{"input": {"a": 4, "b": 1}, "assertions": [_asserted("sum", "gt", 4), _asserted("sum", "lt", 6)]}],
    ),
    "one-blind-among-sound": Planted(
        _SUM,
        [{"input": {"a": 2, "b": 3}, "expected_output": {"sum": 5}}, {"input": {"a": 1, "b": 9}}],
        [{"input": {"a": 2, "b": 3}, "expected_output": {"sum": 5}}],
    ),
    "any-failure": Planted(
        _GUARD,
        [{"input": {"age": 3}, "should_fail": True}],
        [
            {"input": {"age": 3}, "expected_error": {"name": "RangeError", "message": "too young"}},
            {"input": {"age": 18, "person": {"name": " Ann "}}, "expected_output": {"name": "Ann", "age": 18}},
        ],
    ),
    "one-field-of-two": Planted(
        _GUARD,
        [{"input": {"age": 18, "person": {"name": " Ann "}}, "assertions": [_asserted("age", "equals", 18)]}],
        [{"input": {"age": 18, "person": {"name": " Ann "}}, "expected_output": {"name": "Ann", "age": 18}}],
    ),
    "input-without-effect": Planted(
        _DISCOUNT,
        [{"input": {"prices": [0]}, "expected_output": {"total": 0}}],
        [
            {"input": {"prices": [30, 40]}, "expected_output": {"total": 126}},
            {"input": {"prices": [1, 2]}, "expected_output": {"total": 6}},
        ],
    ),
    "not-negative": Planted(
        _DISCOUNT,
        [{"input": {"prices": [30, 40]}, "assertions": [_asserted("total", "gte", 0)]}],
        [{"input": {"prices": [30, 40]}, "expected_output": {"total": 126}}],
    ),
    "length-alone": Planted(
        _TAGS,
        [{"input": {"text": "The Owl and I"}, "assertions": [_asserted("words", "length", 3)]}],
        [{"input": {"text": "The Owl and I"}, "expected_output": {"words": ["and", "owl", "the"], "count": 3}}],
    ),
    "not-equal": Planted(
        _TAGS,
        [{"input": {"text": "The Owl and I"}, "assertions": [_asserted("count", "not_equals", 99)]}],
        [{"input": {"text": "The Owl and I"}, "expected_output": {"words": ["and", "owl", "the"], "count": 3}}],
    ),
    "one-of-all": Planted(
        _GRADE,
        [{"input": {"points": 95}, "assertions": [_asserted("grade", "one_of", ["A", "B", "C", ""])]}],
        [
            {"input": {"points": 90}, "expected_output": {"grade": "A", "passed": True}},
            {"input": {"points": 50}, "expected_output": {"grade": "B", "passed": True}},
            {"input": {"points": 10}, "expected_output": {"grade": "C", "passed": False}},
        ],
    ),
    "one-branch-blind": Planted(
        _GRADE,
        [
            {"input": {"points": 95}, "expected_output": {"grade": "A", "passed": True}},
            {"input": {"points": 10}, "assertions": [_asserted("grade", "exists")]},
        ],
        [
            {"input": {"points": 95}, "expected_output": {"grade": "A", "passed": True}},
            {"input": {"points": 10}, "expected_output": {"grade": "C", "passed": False}},
        ],
    ),
    "mocks-without-expectation": Planted(
        _CLIENT,
        [{"input": {"id": 7}, "mock": {"http": _ITEM}}],
        [{"input": {"id": 7}, "mock": {"http": _ITEM}, "expected_output": {"label": "NUT", "cents": 300}}],
    ),
    "any-url": Planted(
        _CLIENT,
        [
            {
                "input": {"id": 7},
                "mock": {"http": {**_ITEM, "url": "*"}},
                "expected_output": {"label": "NUT", "cents": 300},
            }
        ],
        [{"input": {"id": 7}, "mock": {"http": _ITEM}, "expected_output": {"label": "NUT", "cents": 300}}],
    ),
    "any-body": Planted(
        _BUYER,
        [{"input": {"count": 2}, "mock": {"http": _ORDER}, "expected_output": {"order": 9}}],
        [
            {
                "input": {"count": 2},
                "mock": {"http": {**_ORDER, "body": {"item": "nut", "count": 2, "urgent": False}}},
                "expected_output": {"order": 9},
            }
        ],
    ),
    "requests-let-pass": Planted(
        _BUYER,
        [
            {
                "input": {"count": 2},
                "mock": {"http": _ORDER},
                "strict": False,
                "assertions": [_asserted("", "type", "object")],
            }
        ],
        [
            {
                "input": {"count": 20},
                "mock": {"http": {**_ORDER, "body": {"item": "nut", "count": 20, "urgent": True}}},
                "expected_output": {"order": 9},
            }
        ],
    ),
    "typescript": Planted(
        _RATE,
        [{"input": {"amount": 200, "rate": 19}, "assertions": [_asserted("tax", "exists")]}],
        [{"input": {"amount": 205, "rate": 18.7}, "expected_output": {"tax": 38.34}}],
        entrypoint="main.ts",
    ),
    "other-file": Planted(
        _SHIPPING,
        [{"input": {"country": "DE"}, "assertions": [_asserted("days", "lte", 5)]}],
        [
            {"input": {"country": "DE"}, "expected_output": {"zone": "home", "days": 1}},
            {"input": {"country": "FR"}, "expected_output": {"zone": "abroad", "days": 5}},
        ],
        files={"zone.js": _ZONE},
    ),
    "matches-anything": Planted(
        "function main({ name = 'x' }) { return `Hello, ${name.trim()}!`; }",
        [{"input": {"name": " Ann"}, "assertions": [_asserted("", "matches", ".*")]}],
        [{"input": {"name": " Ann"}, "expected_output": "Hello, Ann!"}],
    ),
}
