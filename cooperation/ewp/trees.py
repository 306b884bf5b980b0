"""XML read without trust and written one way only: no document types, no entities, bounded size, depth and count."""

from dataclasses import dataclass, field
from typing import Any, NoReturn
from xml.parsers import expat  # nosec B406 B411 - guarded below: no DTD, no entity, no outside reference is taken

from django.utils.translation import gettext as _

MAX_BYTES = 512 * 1024
MAX_DEPTH = 20
MAX_NODES = 50_000
PARTED = "|"  # between a namespace and a name, as expat writes them


class UnsafeXml(ValueError):
    """What is not read at all, in words for whoever sent it."""


@dataclass
class Node:
    """An element: its namespace and name, attributes without a namespace, text, and children in their order."""

    space: str
    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""
    children: list["Node"] = field(default_factory=list)
    line: int = 0

    def all(self, name: str) -> list["Node"]:
        """Children of this name."""
        return [child for child in self.children if child.name == name]


def read_tree(content: bytes) -> Node:
    """The root element of a file. Raises UnsafeXml."""
    if len(content) > MAX_BYTES:
        raise UnsafeXml(_("The file is larger than 512 kB: no agreement of two parties is."))
    reader = _Reader()
    try:
        reader.parser.Parse(content, True)
    except expat.ExpatError as error:
        said = {"line": error.lineno}
        raise UnsafeXml(_("The file is no sound XML: look at line %(line)s.") % said) from None
    except (ValueError, LookupError) as error:
        if isinstance(error, UnsafeXml):
            raise
        raise UnsafeXml(_("The encoding of the file is not known. Save it as UTF-8.")) from None
    if reader.root is None:
        raise UnsafeXml(_("The file is empty."))
    return reader.root


class _Reader:
    """Builds the tree, and stops at the first thing that no honest file of agreements has."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator=PARTED)
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.EntityDeclHandler = self._refuse
        self.parser.UnparsedEntityDeclHandler = self._refuse
        self.parser.ExternalEntityRefHandler = self._refuse
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._data
        self.root: Node | None = None
        self.open: list[Node] = []
        self.count = 0

    def _refuse(self, *_what: Any) -> NoReturn:
        raise UnsafeXml(_("The file declares a document type or entities: such files are not read."))

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if self.count > MAX_NODES or len(self.open) >= MAX_DEPTH:
            raise UnsafeXml(_("The file has more elements, or deeper ones, than agreements have."))
        space, _parted, local = name.rpartition(PARTED)
        plain = {key: value for key, value in attributes.items() if PARTED not in key}
        node = Node(space, local, plain, line=self.parser.CurrentLineNumber)
        if self.open:
            self.open[-1].children.append(node)
        else:
            self.root = node
        self.open.append(node)

    def _end(self, _name: str) -> None:
        node = self.open.pop()
        if node.children:
            node.text = ""

    def _data(self, text: str) -> None:
        self.open[-1].text += text


ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})


def write_tree(root: Node) -> bytes:
    """UTF-8, two blanks a level, one element a line, the root's namespace declared once: one tree, one text."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>']
    _write(root, 0, lines, root.space)
    return ("\n".join(lines) + "\n").encode("utf-8")


def _write(node: Node, depth: int, lines: list[str], space: str) -> None:
    said = f' xmlns="{space}"' if depth == 0 and space else ""
    said += "".join(f' {key}="{_quoted(value)}"' for key, value in node.attributes.items())
    indent = "  " * depth
    if node.children:
        lines.append(f"{indent}<{node.name}{said}>")
        for child in node.children:
            _write(child, depth + 1, lines, space)
        lines.append(f"{indent}</{node.name}>")
    else:
        lines.append(f"{indent}<{node.name}{said}>{node.text.translate(ESCAPED)}</{node.name}>")


def _quoted(value: str) -> str:
    return value.translate(ESCAPED).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")
