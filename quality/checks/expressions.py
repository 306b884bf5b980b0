"""The sides of a rule: numbers of indicators, constants, + - * and brackets; nothing else is understood."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from quality.checks.models import MissingStrategy, Operator

TOKEN = re.compile(
    r"\s*(?:(?P<name>[A-Z]{3}\.\d{2}\.(?:numerator|denominator))|(?P<number>\d+(?:\.\d+)?)|(?P<sign>[-+*()]))"
)
Figures = Mapping[str, Decimal | None]
Node = tuple["str", "Node", "Node"] | Decimal | str


class NotUnderstood(ValueError):
    """The text is no expression."""


class _Reader:
    """Reads an expression from its tokens, `*` before `+` and `-`."""

    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        at = 0
        while at < len(text.rstrip()):
            found = TOKEN.match(text, at)
            if not found:
                raise NotUnderstood(text)
            self.tokens.append((found.lastgroup or "", found[found.lastgroup or 0]))
            at = found.end()
        self.text, self.place = text, 0

    def peek(self) -> str:
        return self.tokens[self.place][1] if self.place < len(self.tokens) else ""

    def take(self) -> tuple[str, str]:
        if self.place >= len(self.tokens):
            raise NotUnderstood(self.text)
        self.place += 1
        return self.tokens[self.place - 1]

    def sum(self) -> Node:
        left = self.product()
        while self.peek() in ("+", "-"):
            _kind, sign = self.take()
            left = (sign, left, self.product())
        return left

    def product(self) -> Node:
        left = self.factor()
        while self.peek() == "*":
            _kind, sign = self.take()
            left = (sign, left, self.factor())
        return left

    def factor(self) -> Node:
        kind, word = self.take()
        if kind == "number":
            return Decimal(word)
        if kind == "name":
            return word
        if word != "(":
            raise NotUnderstood(self.text)
        inner = self.sum()
        if self.take()[1] != ")":
            raise NotUnderstood(self.text)
        return inner

    def whole(self) -> Node:
        found = self.sum()
        if self.place < len(self.tokens):
            raise NotUnderstood(self.text)
        return found


def read(text: str) -> Node:
    """The expression of a text. Raises NotUnderstood."""
    return _Reader(text).whole()


def operands(node: Node) -> set[str]:
    """The numbers an expression speaks of."""
    if isinstance(node, tuple):
        return operands(node[1]) | operands(node[2])
    return {node} if isinstance(node, str) else set()


def worth(node: Node, figures: Figures) -> Decimal:
    """What an expression comes to; a number that is not there counts as zero."""
    if isinstance(node, tuple):
        left, right = worth(node[1], figures), worth(node[2], figures)
        return {"+": left + right, "-": left - right, "*": left * right}[node[0]]
    return node if isinstance(node, Decimal) else figures.get(node) or Decimal(0)


COMPARE = {
    Operator.EQUAL: lambda left, right: left == right,
    Operator.NOT_EQUAL: lambda left, right: left != right,
    Operator.LESS: lambda left, right: left < right,
    Operator.AT_MOST: lambda left, right: left <= right,
    Operator.MORE: lambda left, right: left > right,
    Operator.AT_LEAST: lambda left, right: left >= right,
}


@dataclass(frozen=True)
class Comparison:
    """A rule that was read: what is compared, and what happens where numbers are missing."""

    left: Node
    operator: str
    right: Node
    missing: str

    @property
    def operands(self) -> set[str]:
        return operands(self.left) | operands(self.right)

    def broken_by(self, figures: Figures) -> tuple[Decimal, Decimal] | None:
        """Both sides where the rule does not hold; None where it holds or is not checked."""
        absent = [name for name in self.operands if figures.get(name) is None]
        if self.missing == MissingStrategy.SKIP_IF_ANY and absent:
            return None
        if self.missing == MissingStrategy.SKIP_IF_ALL and len(absent) == len(self.operands):
            return None
        left, right = worth(self.left, figures), worth(self.right, figures)
        return None if COMPARE[Operator(self.operator)](left, right) else (left, right)
