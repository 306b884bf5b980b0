"""No template says anything that is not translated."""

import re
from html.parser import HTMLParser

import pytest
from django.conf import settings

SHOWROOM = "components.html"  # shows the parts of the pages under their own names in code
TEMPLATES = sorted(path for path in (settings.BASE_DIR / "templates").rglob("*.html") if path.name != SHOWROOM)
SPOKEN = {"title", "alt", "placeholder", "aria-label", "aria-description", "label", "content"}
CODE = {"script", "style", "code", "pre", "kbd"}
# Names that are the same in every language.
NAMES = {
    "Hamkorlik",
    "API",
    "CSV",
    "XLSX",
    "PDF",
    "JSON",
    "Ctrl",
    "Telegram",
    "QR",
    "SVG",
    "Excel",
    "Esc",
    "K",
    "XML",
    "SHA",
}
SILENT = re.compile(
    r"{#.*?#}|{% block \w*class %}.*?{% endblock %}|{% comment.*?endcomment %}"
    r"|{% blocktrans(?:late)?\b.*?{% endblocktrans(?:late)? %}"
    r"|{%.*?%}|{{.*?}}|&#?\w+;",
    re.DOTALL,
)
TEXTS = "text|label|title|heading|hint|caption|action|verb|unit|foot|skip_text"
HANDED_OVER = re.compile(rf'\b(?:{TEXTS})="([^"{{]*)"')
WORD = re.compile(r"[^\W\d_]{2,}")


class Listener(HTMLParser):
    """Collects the words a reader would meet."""

    def __init__(self):
        super().__init__()
        self.said, self.inside = [], []

    def handle_starttag(self, tag, attrs):
        if tag in CODE:
            self.inside.append(tag)
        if tag == "meta" and dict(attrs).get("name") != "description":
            return
        self.said += [value or "" for name, value in attrs if name in SPOKEN]

    def handle_endtag(self, tag):
        if self.inside and self.inside[-1] == tag:
            self.inside.pop()

    def handle_data(self, data):
        if not self.inside:
            self.said.append(data)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(settings.BASE_DIR / "templates")))
def test_a_template_says_only_what_is_translated(path):
    listener = Listener()
    source = path.read_text(encoding="utf-8")
    listener.feed(SILENT.sub(" ", source))
    handed = [
        text
        for tag in re.findall(r"{% include .*?%}", source)
        for text in HANDED_OVER.findall(tag)
        if not text.startswith(("?", "#", "/"))
    ]
    words = [word for said in [*listener.said, *handed] for word in WORD.findall(said)]
    assert [word for word in words if word not in NAMES] == []
