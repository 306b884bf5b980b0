"""Titles of what is found on the search page are indexed by their trigrams."""

import django.contrib.postgres.indexes
from django.conf import settings
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('cooperation', '0012_programmes'),
        ('institutions', '0003_headcounts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='jointprogramme',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass('search_key', name='gin_trgm_ops'), name='programme_search'),
        ),
        migrations.AddIndex(
            model_name='jointproject',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass('search_key', name='gin_trgm_ops'), name='project_search'),
        ),
        migrations.AddIndex(
            model_name='practice',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass('search_key', name='gin_trgm_ops'), name='practice_search'),
        ),
        migrations.AddIndex(
            model_name='resource',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass('search_key', name='gin_trgm_ops'), name='resource_search'),
        ),
    ]
