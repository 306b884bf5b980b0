"""The first decision about the end of an agreement stands beside the wording that ends."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cooperation', '0015_agreements_that_live'),
    ]

    operations = [
        migrations.AddField(
            model_name='revision',
            name='decided_on',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='revision',
            name='decision',
            field=models.CharField(blank=True, choices=[('renew', 'Renew it'), ('amend', 'Change it'), ('end', 'Let it end')], max_length=16),
        ),
        migrations.AddIndex(
            model_name='revision',
            index=models.Index(condition=models.Q(('concluded_at__isnull', False)), fields=['ends_on'], name='revision_end'),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_on__isnull', True), ('decision', '')), models.Q(models.Q(('decision', ''), _negated=True), ('decided_on__isnull', False)), _connector='OR'), name='revision_decided_has_day'),
        ),
    ]
