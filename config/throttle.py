"""How often one caller may ask; apart from the edge, since Django REST Framework loads it while loading itself."""

import hashlib
import time
from typing import Any

from rest_framework.throttling import SimpleRateThrottle


class CallerThrottle(SimpleRateThrottle):
    """So many requests a window for each caller: person or token, else address. Open while the cache is away."""

    scope = "caller"

    def allow_request(self, request: Any, view: Any) -> bool:
        allowed, seconds = self.parse_rate(self.get_rate())
        if allowed is None or seconds is None:
            return True
        self.num_requests, self.duration = allowed, seconds
        window = int(time.time() // seconds)
        key = f"rate:{self.caller(request)}:{window}"
        self.cache.add(key, 0, seconds * 2)
        try:
            used = self.cache.incr(key)
        except ValueError:
            used = 1
        self.left = int(allowed - used)
        self.until = int((window + 1) * seconds - time.time()) + 1
        request._request.rate = (allowed, seconds, max(self.left, 0), self.until)
        return self.left >= 0

    def caller(self, request: Any) -> str:
        if request.user.is_authenticated:
            return f"user:{request.user.pk}:{getattr(request.auth, 'pk', '')}"
        return "address:" + hashlib.sha256(self.get_ident(request).encode()).hexdigest()[:16]

    def wait(self) -> float:
        return self.until
