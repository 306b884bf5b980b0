"""Server CPU of `GET /institutions/?limit=50` at 50 000 rows, against a stock DRF view and against PostgreSQL's own JSON.

All three stand behind the same middleware, sign in by the same token and answer the same fields of the same rows. What
is measured is the processor time of this process, without that of the database.
"""

import json
import sys
import time
from typing import Any

from benchmarks.scratch import scratch_database

from django.db import connection  # isort: skip
from django.http import HttpResponse  # isort: skip
from django.test import override_settings  # isort: skip
from django.urls import include, path  # isort: skip
from rest_framework import serializers, viewsets  # isort: skip
from rest_framework.pagination import LimitOffsetPagination  # isort: skip
from rest_framework.parsers import JSONParser  # isort: skip
from rest_framework.permissions import IsAuthenticated  # isort: skip
from rest_framework.routers import SimpleRouter  # isort: skip
from rest_framework.test import APIClient  # isort: skip
from rest_framework.views import APIView  # isort: skip
from benchmarks.country import build, run, vacuum  # isort: skip
from benchmarks.imports import officer  # isort: skip
from config import urls as ours  # isort: skip
from institutions.registry.models import ExternalId, Institution  # isort: skip
from tests.factories import a_token  # isort: skip

ROWS, WARM, VISITS, ROUNDS = 50_000, 20, 200, 3
NUMBERS = """
INSERT INTO institutions_externalid (institution_id, scheme, value, valid)
  SELECT id, 'number', id::text, '[2000-01-01,)' FROM institutions_institution
"""
RAW = """
SELECT json_build_object('results', json_agg(row)) FROM (
  SELECT i.public_id AS id, i.names ->> 'en' AS name, k.code AS kind, i.status, t.code AS territory, i.ownership,
    (SELECT json_agg(json_build_object('scheme', e.scheme, 'value', e.value)) FROM institutions_externalid e
     WHERE e.institution_id = i.id) AS external_ids,
    (SELECT lower(s.valid) FROM institutions_openspell s WHERE s.institution_id = i.id ORDER BY s.valid LIMIT 1) AS opened_on
  FROM institutions_institution i JOIN institutions_term k ON k.id = i.kind_id
  JOIN institutions_territory t ON t.id = i.territory_id ORDER BY i.sort_key, i.id LIMIT 50
) row
"""


class Number(serializers.ModelSerializer):
    class Meta:
        model = ExternalId
        fields = ("scheme", "value")


class StockLine(serializers.ModelSerializer):
    """The same fields, as the manual of the framework writes them."""

    id = serializers.CharField(source="public_id")
    name = serializers.SerializerMethodField()
    kind = serializers.SlugRelatedField(slug_field="code", read_only=True)
    territory = serializers.SlugRelatedField(slug_field="code", read_only=True)
    external_ids = Number(many=True)
    opened_on = serializers.SerializerMethodField()

    class Meta:
        model = Institution
        fields = ("id", "name", "kind", "status", "territory", "ownership", "external_ids", "opened_on")

    def get_name(self, house: Institution) -> str:
        return str(house.names["en"])

    def get_opened_on(self, house: Institution) -> Any:
        return next(iter(sorted(spell.valid.lower for spell in house.spells.all())), None)


class Stock(viewsets.ReadOnlyModelViewSet):
    queryset = (
        Institution.objects.select_related("kind", "territory")
        .prefetch_related("external_ids", "spells")
        .order_by("sort_key", "pk")
    )
    serializer_class = StockLine
    pagination_class = LimitOffsetPagination
    permission_classes = [IsAuthenticated]
    parser_classes = [JSONParser]


class Raw(APIView):
    def get(self, request: Any) -> HttpResponse:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT ({RAW.strip()})::text")
            return HttpResponse(cursor.fetchone()[0], content_type="application/json")


router = SimpleRouter()
router.register("stock", Stock)
urlpatterns = [*ours.urlpatterns, path("api/v1/bench/raw/", Raw.as_view()), path("api/v1/bench/", include(router.urls))]


def cpu(client: APIClient, address: str) -> float:
    """Processor seconds of one request: the least of some rounds."""
    times = []
    for _round in range(ROUNDS):
        for _warm in range(WARM):
            answer = client.get(address)
        assert answer.status_code == 200, answer.content
        assert len(json.loads(answer.content)["results"]) == 50
        began = time.process_time()
        for _visit in range(VISITS):
            client.get(address)
        times.append((time.process_time() - began) / VISITS)
    return min(times)


def measure() -> dict[str, float]:
    """The three views on one set of rows."""
    build(ROWS)
    run(NUMBERS)
    vacuum()
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {a_token(officer())}", HTTP_ACCEPT_LANGUAGE="en")
    addresses = {
        "own": "/api/v1/institutions/?limit=50",
        "stock": "/api/v1/bench/stock/?limit=50",
        "raw": "/api/v1/bench/raw/",
    }
    with override_settings(ROOT_URLCONF="benchmarks.api_list"):
        found = {name: cpu(client, address) for name, address in addresses.items()}
    return {
        "api_list_vs_stock": round(found["own"] / found["stock"], 3),
        "api_list_vs_raw": round(found["own"] / found["raw"], 3),
        **{f"api_list_{name}_ms": round(1000 * seconds, 2) for name, seconds in found.items()},
    }


if __name__ == "__main__":
    sys.modules.setdefault("benchmarks.api_list", sys.modules["__main__"])
    with scratch_database():
        print(json.dumps(measure()))
