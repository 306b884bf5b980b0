"""One month of a person's own record as a PDF for their portfolio; the data travels beside the template, never in it."""

from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from accounts.names import tag_of

TEMPLATE = Path(__file__).with_name("portfolio.typ")


def sheet_of(record: dict[str, Any], owner: str, source: str, language: str | None) -> dict[str, Any]:
    """The sheet in words: what was logged, with whom, how many took part, and whether the other side stands by it."""
    facts = [
        (_("Logged"), record["logged"]),
        (_("Confirmed by the other side"), record["confirmed"]),
        (_("Took part in the confirmed ones"), record["people"]),
        (_("Hours of the confirmed ones"), record["hours"]),
        (_("Other organisations"), record["houses"]),
    ]
    heads = [_("Date"), _("What"), _("Organisations"), _("How many took part"), _("Status")]
    rows = [
        [row["day"], row["title"], ", ".join([row["organiser"], *row["partners"]]), row["counts"], row["status"]]
        for row in record["rows"]
    ]
    return {
        "title": _("My joint work: %(month)s") % {"month": record["name"]}, "owner": owner, "source": source,
        "facts": [fact for fact in facts if fact[1]], "heads": heads, "rows": rows, "lang": tag_of(language)[:2],
        "thanks_head": _("Thanks"), "certificates_head": _("Certificates"),
        "thanks": [[each["text"], f"{each['who']}, {each['day']}"] for each in record["thanks"]],
        "certificates": [[each["number"], each["type"], each["hours"], each["organiser"]] for each in record["certificates"]],
        "note": _("Made by its owner from their own log. Only confirmed activities are counted."),
    }  # fmt: skip
