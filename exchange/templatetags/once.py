"""The hidden key that lets a page's form be sent twice with one effect."""

import secrets

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from exchange.once import PAGE_KEY

register = template.Library()


@register.simple_tag
def once_key() -> SafeString:
    """A hidden field with a fresh key, for forms of pages that use `Once`."""
    return format_html('<input type="hidden" name="{}" value="{}">', PAGE_KEY, secrets.token_urlsafe(18))
