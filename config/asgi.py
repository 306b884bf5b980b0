"""The door for web servers that speak ASGI; nothing of ours needs it, some hosts offer only this."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_asgi_application()
