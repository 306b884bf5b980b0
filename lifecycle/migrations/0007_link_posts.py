"""The post of whoever a link was made for."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('lifecycle', '0006_the_record_grows_by_law'),
    ]

    operations = [
        migrations.AddField(
            model_name='signedlink',
            name='addressee_post',
            field=models.CharField(blank=True, max_length=200),
        ),
    ]
