"""One fold for every writing: the key that search compares, the look-alike skeleton, the stored order of names."""

import re
import unicodedata
from functools import lru_cache

APOSTROPHES = "'‘’ʼʻ`´′‛ʹʽˈ＇ʾʿ"
TURNED_COMMA = "ʻ"  # belongs to the letters oʻ and gʻ
TUTUQ = "ʼ"  # stands alone, a sign of its own
_TO_LATIN = {
    **dict(zip("абвгджзийклмнопрстуфхыэқҳ", "abvgdjziyklmnoprstufxieqh", strict=True)),
    "ё": "yo",
    "ю": "yu",
    "я": "ya",
    "ч": "ch",
    "ш": "sh",
    "щ": "shch",
    "ў": "oʻ",
    "ғ": "gʻ",
    "ъ": TUTUQ,
    "ь": "",
    "ә": "a",
    "ң": "n",
    "ө": "o",
    "ү": "u",
    "ұ": "u",
    "і": "i",
    "һ": "h",
}
_LATIN_TABLE = str.maketrans({**_TO_LATIN, "ş": "sh", "ș": "sh", "ç": "ch", "ö": "oʻ", "ğ": "gʻ", "ı": "i"})
_CYRILLIC_CONSONANTS = "бвгджзйклмнпрстфхцчшщқғҳ"
_YE = re.compile(f"(?<![{_CYRILLIC_CONSONANTS}])е")
_TSE = re.compile("(?<=[аеёиоуўэюяы])ц")
_SH_APART = re.compile("с(?=ҳ)")
_CYRILLIC = re.compile("[Ѐ-ӿ]")
_LATIN = re.compile("[a-zçğöşș]")
_ANY_APOSTROPHE = re.compile(f"[{APOSTROPHES}]")
_AFTER_O_OR_G = re.compile(f"(?<=[oOgG])[{APOSTROPHES}]")
_MIXED_WORD = re.compile(f"[a-zçğöşșЀ-ӿ{APOSTROPHES}]+")

# What looks the same in the two alphabets, in small letters and in the capitals they come from.
_LOOKS_CYRILLIC = dict(zip("aceopxykmthbi", "асеорхукмтнві", strict=True))
_LOOKS_LATIN = {cyrillic: latin for latin, cyrillic in _LOOKS_CYRILLIC.items()}
_ONLY_LATIN = re.compile("[dfgjlnqrsuvwzçğöşș]")
_ONLY_CYRILLIC = re.compile("[бгджзийлпфцчшщъыьэюяёўқғҳ]")

# The same letters with apostrophes and soft signs gone: nothing is left that a hurried writer leaves out.
_KEY_TABLE = {at: said.strip("ʻʼ") if isinstance(said, str) else said for at, said in _LATIN_TABLE.items()}
_KEY_TABLE |= str.maketrans({"е": "e", "ц": "s", "№": " ", "#": " "}) | str.maketrans(dict.fromkeys(APOSTROPHES, ""))

_DIGIT = re.compile(r"\d")
_NUMBER_SIGN = re.compile(r"[№#]|\bn(?:o|r|um)?\b\.?(?=\s*\d)|\bn(?:o|r)?(?=\d)|\bномер\b")
_EDGE_OF_NUMBER = re.compile(r"(?<=\d)(?=[^\W\d_])|(?<=[^\W\d_])(?=\d)")
_AFTER_NUMBER = re.compile(r"(?<=\d) (?:son|sonli|sonlik|chi|nchi|inchi|ya|y|aya|oy|go|th|st|nd|rd)\b")
_LEADING_ZEROS = re.compile(r"\b0+(?=\d)")
_NOT_WORD = re.compile(r"[\W_]+")
_LOOSE = (("ye", "e"), ("ts", "s"), ("dj", "j"), ("kh", "x"))  # the same word, written by two habits


def apostrophes(text: str) -> str:
    """Any apostrophe after o or g becomes U+02BB, elsewhere U+02BC."""
    if not _ANY_APOSTROPHE.search(text):
        return text
    return _AFTER_O_OR_G.sub(TURNED_COMMA, _ANY_APOSTROPHE.sub(TUTUQ, text))


def _mend(word: re.Match[str]) -> str:
    text = word.group()
    if not (_CYRILLIC.search(text) and _LATIN.search(text)):
        return text
    latin, cyrillic = len(_ONLY_LATIN.findall(text)), len(_ONLY_CYRILLIC.findall(text))
    if latin == cyrillic:  # nothing decisive: the alphabet of most letters
        latin, cyrillic = len(_LATIN.findall(text)), len(_CYRILLIC.findall(text))
    table = _LOOKS_LATIN if latin > cyrillic else _LOOKS_CYRILLIC
    return "".join(table.get(letter, letter) for letter in text)


def mend(text: str) -> str:
    """Lower-case text in which a word of two alphabets is brought back to the one it was meant in."""
    if _CYRILLIC.search(text) and _LATIN.search(text):
        return _MIXED_WORD.sub(_mend, text)
    return text


def latin(text: str) -> str:
    """Lower-case Latin with oʻ, gʻ, sh, ch spelled out, from any of the writings."""
    text = apostrophes(mend(text.lower()))
    if text.isascii():
        return text
    if _CYRILLIC.search(text):
        text = _SH_APART.sub("сʼ", _TSE.sub("ts", _YE.sub("ye", text))).replace("ц", "s").replace("е", "e")
    return text.translate(_LATIN_TABLE)


def _unmarked(text: str) -> str:
    """Letters without their accents; compatibility forms and foreign digits brought to plain ones."""
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold()


def _plain(text: str) -> str:
    """Latin letters, digits and punctuation alone; apostrophes, accents and number signs dropped."""
    text = text.lower() if text.isascii() else unicodedata.normalize("NFC", text).lower()
    if _DIGIT.search(text):
        text = _NUMBER_SIGN.sub(" ", text)
    return _unmarked(mend(text).translate(_KEY_TABLE))


def _numbered(key: str) -> str:
    """Numbers as plain figures, apart from letters, without noughts in front or endings behind."""
    key = "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in key)
    key = " ".join(_EDGE_OF_NUMBER.sub(" ", key).split())
    return _LEADING_ZEROS.sub("", _AFTER_NUMBER.sub("", key))


@lru_cache(maxsize=20_000)
def search_key(text: str) -> str:
    """What search and uniqueness compare: one key for every writing of the same name."""
    key = _NOT_WORD.sub(" ", _plain(text))
    if _DIGIT.search(key):
        key = _numbered(key)
    for written, folded in _LOOSE:
        key = key.replace(written, folded)
    return key.strip()


_LOOKS = str.maketrans({"0": "o", "1": "l", "i": "l", "y": "l", "x": "h", "w": "v", "3": "z", "5": "s"})
_DOUBLED = re.compile(r"([a-z])\1+")


def skeleton(text: str) -> str:
    """Equal for names a hurried eye takes for the same; warns of a likely duplicate and never merges."""
    words = _NOT_WORD.sub(" ", _plain(text)).split()
    # A number stays itself: 1-school and 11-school are two schools, while t0wn is a mistyped town.
    looks = [
        word if word.isdigit() else _DOUBLED.sub(r"\1", word.replace("rn", "m").translate(_LOOKS)) for word in words
    ]
    return " ".join(looks)


_ORDERS = {
    "uz": [*"abcdefghijklmnopqrstuvwxyz", "oʻ", "gʻ", "sh", "ch"],
    "ru": [*"абвгдеёжзийклмнопрстуфхцчшщъыьэюяўқғҳ", *"abcdefghijklmnopqrstuvwxyz"],
}
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_WEIGHTS = {
    order: {letter: _LETTERS[at // 8] + _LETTERS[at % 8] for at, letter in enumerate(alphabet)}
    for order, alphabet in _ORDERS.items()
}
_PIECE = re.compile(r"oʻ|gʻ|sh|ch|[0-9]+|\s+|.", re.DOTALL)


def sort_key(text: str, language: str = "uz") -> str:
    """A stored key whose plain order, in any database collation, is the order of the language's letters.

    Two letters a letter; a blank comes first, then numbers by size, then letters.
    """
    order = "ru" if language == "ru" else "uz"
    if order == "uz":
        spelled = latin(unicodedata.normalize("NFC", text))
    else:
        spelled = _ANY_APOSTROPHE.sub("", unicodedata.normalize("NFC", text).lower())
    weights = _WEIGHTS[order]
    out: list[str] = []
    for piece in _PIECE.findall(spelled):
        if piece in weights:
            out.append(weights[piece])
        elif piece.isascii() and piece.isdigit():
            number = piece.lstrip("0") or "0"
            out.append(f"1{len(number):02d}{number}")
        elif piece in (TUTUQ, TURNED_COMMA):
            continue
        elif piece.isalpha():
            out.extend(weights.get(letter, "") for letter in _unmarked(piece))
        elif out and out[-1] != "0":
            out.append("0")
    return "".join(out).rstrip("0") if out and out[-1] == "0" else "".join(out)
