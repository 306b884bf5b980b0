"""Who need not report is looked for by every count."""


from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('institutions', '0002_guards'),
        ('quality', '0003_keys_without_own_index'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='observation',
            index=models.Index(condition=models.Q(('state', 'not_applicable')), fields=['period'], name='observation_excused'),
        ),
    ]
