"""Cells are written again and again: room on each page for the next version of a row, no question to the runs' table."""

import django.db.models.deletion
from django.db import migrations, models

ROOM = "ALTER TABLE quality_rollup SET (fillfactor = 80)"
NO_ROOM = "ALTER TABLE quality_rollup RESET (fillfactor)"


class Migration(migrations.Migration):
    dependencies = [("quality", "0004_excused_observations")]

    operations = [
        migrations.AlterField(
            model_name="rollup",
            name="run",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rollups",
                to="quality.run",
            ),
        ),
        migrations.RunSQL(ROOM, NO_ROOM),
    ]
