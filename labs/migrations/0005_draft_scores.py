"""A line of a review is kept before it has a level or a reason: the draft of an expert is not lost."""

from django.db import migrations, models

import accounts.spelling


class Migration(migrations.Migration):
    dependencies = [("labs", "0002_guards")]

    operations = [
        migrations.AlterField("reviewscore", "level", models.PositiveSmallIntegerField(null=True)),
        migrations.AlterField("reviewscore", "reason", accounts.spelling.Text(blank=True, verbose_name="Reason")),
    ]
