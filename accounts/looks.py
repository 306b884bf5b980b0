"""How pages may look on a device: colours, size of text, contrast, pictures."""

from django.http import HttpRequest

LOOKS = {"theme": ("light", "dark"), "text": ("large",), "contrast": ("high",), "images": ("none",)}


def look(request: HttpRequest) -> dict[str, str]:
    """Theme and accessibility options, from the cookie of this device or the account."""
    chosen = {name: request.COOKIES.get(name, "") for name in LOOKS}
    kept = {name: value for name, value in chosen.items() if value in LOOKS[name]}
    account = getattr(getattr(request, "user", None), "theme", "")
    if "theme" not in request.COOKIES and account in LOOKS["theme"]:
        kept["theme"] = account
    return kept
