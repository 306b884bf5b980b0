"""Where a surface said something else than the stored cell."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("quality", "0009_discrepancies")]

    operations = [
        migrations.CreateModel(
            name="Reconciliation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("surface", models.CharField(max_length=16)),
                ("key", models.CharField(max_length=200)),
                ("expected", models.CharField(max_length=100)),
                ("found", models.CharField(max_length=100)),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reconciliations",
                        to="quality.run",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Discrepancy",
            fields=[("id", models.BigIntegerField(primary_key=True, serialize=False))],
            options={"db_table": "quality_discrepancy", "managed": False},
        ),
    ]
