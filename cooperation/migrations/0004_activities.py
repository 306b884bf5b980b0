"""Activities and their ledger; statuses move by their table, also for whoever writes SQL."""

import accounts.identity
import accounts.spelling
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from cooperation.activities.models import ActivityStatus
from cooperation.activities.rules import ACTIVITY
from lifecycle.guards import guard_status


class Migration(migrations.Migration):

    dependencies = [
        ('cooperation', '0003_list_orders'),
        ('institutions', '0002_guards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Activity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=accounts.identity.new_public_id, editable=False, max_length=26, unique=True)),
                ('starts_on', models.DateField(verbose_name='Date')),
                ('hours', models.DecimalField(decimal_places=2, max_digits=6, null=True, verbose_name='Hours')),
                ('note', accounts.spelling.Text(blank=True, verbose_name='Note')),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('logged', 'Waiting for confirmation'), ('confirmed', 'Confirmed'), ('disputed', 'Disputed'), ('unconfirmed', 'Unconfirmed'), ('withdrawn', 'Withdrawn')], default='logged', max_length=16)),
                ('content_hash', models.CharField(max_length=64)),
                ('client_key', models.CharField(max_length=128, null=True)),
                ('entry_seconds', models.PositiveIntegerField(null=True)),
                ('logged_on', models.DateField()),
                ('logged_at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('modified_at', models.DateTimeField()),
                ('version', models.PositiveIntegerField(default=1)),
                ('agreement', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='activities', to='cooperation.agreement')),
                ('form', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='institutions.term')),
                ('logged_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('on_behalf_of', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organiser', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='organised_activities', to='institutions.institution')),
                ('type', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='institutions.term')),
            ],
        ),
        migrations.CreateModel(
            name='ParticipantCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('activity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='counts', to='cooperation.activity')),
                ('category', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='institutions.term')),
            ],
        ),
        migrations.CreateModel(
            name='Participation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on_date', models.DateField()),
                ('state', models.CharField(choices=[('named', 'Named'), ('stands', 'Stands'), ('disputed', 'Disputed'), ('refused', 'Not theirs')], default='named', max_length=16)),
                ('confirmed_hash', models.CharField(blank=True, max_length=64)),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('method', models.CharField(blank=True, choices=[('account', 'With the account'), ('link', 'By a personal link')], max_length=16)),
                ('activity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='participations', to='cooperation.activity')),
                ('confirmed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='participations', to='institutions.institution')),
                ('logged_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddIndex(
            model_name='activity',
            index=models.Index(fields=['-starts_on', '-id'], name='activity_newest'),
        ),
        migrations.AddIndex(
            model_name='activity',
            index=models.Index(fields=['modified_at', 'id'], name='activity_modified'),
        ),
        migrations.AddIndex(
            model_name='activity',
            index=models.Index(condition=models.Q(('status', 'confirmed')), fields=['starts_on'], name='activity_counted'),
        ),
        migrations.AddIndex(
            model_name='activity',
            index=models.Index(condition=models.Q(('status', 'logged')), fields=['logged_at'], name='activity_lapsing'),
        ),
        migrations.AddIndex(
            model_name='activity',
            index=models.Index(fields=['agreement', 'starts_on'], name='activity_agreement'),
        ),
        migrations.AddConstraint(
            model_name='activity',
            constraint=models.UniqueConstraint(fields=('logged_by', 'client_key'), name='activity_sent_once'),
        ),
        migrations.AddConstraint(
            model_name='activity',
            constraint=models.CheckConstraint(condition=models.Q(('starts_on__lte', models.F('logged_on'))), name='activity_not_in_future', violation_error_message='The date cannot be later than today.'),
        ),
        migrations.AddConstraint(
            model_name='activity',
            constraint=models.CheckConstraint(condition=models.Q(('hours__isnull', True), models.Q(('hours__gt', 0), ('hours__lte', 1000)), _connector='OR'), name='activity_hours_sensible'),
        ),
        migrations.AddConstraint(
            model_name='activity',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'confirmed'), _negated=True), ('confirmed_at__isnull', False), _connector='OR'), name='activity_confirmed_has_moment'),
        ),
        migrations.AddConstraint(
            model_name='participantcount',
            constraint=models.UniqueConstraint(fields=('activity', 'category'), name='participant_count_once'),
        ),
        migrations.AddConstraint(
            model_name='participantcount',
            constraint=models.CheckConstraint(condition=models.Q(('number__gte', 1), ('number__lte', 100000)), name='participant_count_sensible'),
        ),
        migrations.AddIndex(
            model_name='participation',
            index=models.Index(fields=['institution', 'state', 'on_date'], name='participation_ledger'),
        ),
        migrations.AddConstraint(
            model_name='participation',
            constraint=models.UniqueConstraint(fields=('activity', 'institution'), name='participation_once'),
        ),
        migrations.AddConstraint(
            model_name='participation',
            constraint=models.CheckConstraint(condition=models.Q(('confirmed_by__isnull', True), models.Q(('confirmed_by', models.F('logged_by')), _negated=True), _connector='OR'), name='participation_not_by_logger', violation_error_message='Who logged the activity cannot confirm it.'),
        ),
        migrations.AddConstraint(
            model_name='participation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('confirmed_at__isnull', True), ('confirmed_hash', ''), ('method', '')), models.Q(('confirmed_at__isnull', False), models.Q(('confirmed_hash', ''), _negated=True), models.Q(('method', ''), _negated=True)), _connector='OR'), name='participation_confirmed_whole'),
        ),
        guard_status("cooperation_activity", ActivityStatus.values, ACTIVITY.pairs(), "activity"),
    ]
