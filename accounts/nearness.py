"""How many typing errors lie between two words."""

from collections.abc import Iterable


def edits(one: str, other: str) -> int:
    """Damerau-Levenshtein distance with adjacent swaps (optimal string alignment)."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        current = [row]
        for column, against in enumerate(other, start=1):
            cost = letter != against
            best = min(last[column] + 1, current[column - 1] + 1, last[column - 1] + cost)
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == against:
                best = min(best, before[column - 2] + 1)
            current.append(best)
        before, last = last, current
    return last[-1]


def distance(typed: str, known: str) -> int:
    """Typing errors between the two (a letter more, less, other, or two swapped); a known word may go on."""
    whole = edits(typed, known)
    if len(known) <= len(typed):
        return whole
    return min(whole, *(edits(typed, known[:end]) for end in range(len(typed) - 1, min(len(typed) + 2, len(known)))))


def nearest(typed: str, known: Iterable[str]) -> list[str]:
    """The known words within the errors a word of this length may hold, nearest first; numbers and short words stay."""
    if typed.isdigit() or len(typed) < 4:
        return []
    allowed = 1 if len(typed) < 6 else 2
    near = sorted((away, word) for word in known if (away := distance(typed, word)) <= allowed)
    return [word for _, word in near]
