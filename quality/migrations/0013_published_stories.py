"""An organisation in a release says what it does with whom."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("quality", "0012_printed_alone")]

    operations = [
        migrations.AddField("publishedhouse", "stories", models.JSONField(default=dict)),
    ]
