"""A use that joint work shows: the activity beside the adoption it confirms."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cooperation', '0013_titles_searched'),
        ('institutions', '0003_headcounts'),
    ]

    operations = [
        migrations.AddField(
            model_name='adoption',
            name='activity',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='adoption', to='cooperation.activity'),
        ),
        migrations.AddConstraint(
            model_name='adoption',
            constraint=models.CheckConstraint(condition=models.Q(('activity__isnull', True), models.Q(('status', 'reported'), _negated=True), _connector='OR'), name='adoption_shown_work_confirms'),
        ),
    ]
