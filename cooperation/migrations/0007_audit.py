"""Notes of calls on the audit list, never changed; a confirmation by link names no account."""

import accounts.identity
import accounts.spelling
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from lifecycle.guards import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('cooperation', '0006_joint_projects'),
        ('institutions', '0002_guards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=accounts.identity.new_public_id, editable=False, max_length=26, unique=True)),
                ('result', models.CharField(choices=[('confirmed', 'Confirmed by the partner'), ('not_confirmed', 'Not confirmed by the partner'), ('not_reached', 'Not reached')], max_length=16)),
                ('note', accounts.spelling.Text(blank=True, verbose_name='Note')),
                ('made_at', models.DateTimeField()),
            ],
        ),
        migrations.AddIndex(
            model_name='activity',
            index=models.Index(condition=models.Q(('status', 'confirmed')), fields=['confirmed_at', 'id'], name='activity_vouched'),
        ),
        migrations.AddConstraint(
            model_name='participation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('method', 'link'), _negated=True), ('confirmed_by__isnull', True), _connector='OR'), name='participation_link_has_no_account'),
        ),
        migrations.AddField(
            model_name='auditnote',
            name='activity',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='audit_notes', to='cooperation.activity'),
        ),
        migrations.AddField(
            model_name='auditnote',
            name='made_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='auditnote',
            constraint=models.CheckConstraint(condition=models.Q(('result__in', ['confirmed', 'not_confirmed', 'not_reached'])), name='audit_note_result_known'),
        ),
        append_only("cooperation_auditnote"),
    ]
