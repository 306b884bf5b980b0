"""Indexes for the orders and the counts of the list of agreements."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cooperation', '0002_guards'),
        ('institutions', '0002_guards'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='agreement',
            index=models.Index(fields=['shown'], include=('id', 'status', 'kind', 'ends_on', 'in_force_from'), name='agreement_counted'),
        ),
        migrations.AddIndex(
            model_name='agreement',
            index=models.Index(fields=['title', 'id'], name='agreement_by_title'),
        ),
        migrations.AddIndex(
            model_name='agreement',
            index=models.Index(fields=['ends_on', 'id'], name='agreement_by_ends_on'),
        ),
        migrations.AddIndex(
            model_name='agreement',
            index=models.Index(fields=['starts_on', 'id'], name='agreement_by_starts_on'),
        ),
        migrations.AddIndex(
            model_name='agreement',
            index=models.Index(fields=['created_at', 'id'], name='agreement_by_created_at'),
        ),
        migrations.AddIndex(
            model_name='agreement',
            index=models.Index(fields=['turn_since', 'id'], name='agreement_by_turn_since'),
        ),
    ]
