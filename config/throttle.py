"""How often one caller may ask; apart from the edge, since Django REST Framework loads it while loading itself."""

import hashlib
import time
from typing import Any

from rest_framework.throttling import SimpleRateThrottle


class CallerThrottle(SimpleRateThrottle):
    """So many requests a window for each caller: person or token, else address. Open while the cache is away."""

    scope = "caller"

    def allow_request(self, request: Any, view: Any) -> bool:
        self.num_requests, self.duration = self.parse_rate(self.get_rate())
        window = int(time.time() // self.duration)
        key = f"rate:{self.caller(request)}:{window}"
        self.cache.add(key, 0, self.duration * 2)
        try:
            used = self.cache.incr(key)
        except ValueError:
            used = 1
        self.left = int(self.num_requests - used)
        self.until = int((window + 1) * self.duration - time.time()) + 1
        request._request.rate = (self.num_requests, self.duration, max(self.left, 0), self.until)
        return self.left >= 0

    def caller(self, request: Any) -> str:
        if request.user.is_authenticated:
            return f"user:{request.user.pk}:{getattr(request.auth, 'pk', '')}"
        return "address:" + hashlib.sha256(self.get_ident(request).encode()).hexdigest()[:16]

    def wait(self) -> float:
        return self.until
