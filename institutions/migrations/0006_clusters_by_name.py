"""Clusters are found by their names."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("institutions", "0005_clusters")]

    operations = [
        migrations.AddIndex("cluster", GinIndex(OpClass("search_key", name="gin_trgm_ops"), name="cluster_search")),
    ]
