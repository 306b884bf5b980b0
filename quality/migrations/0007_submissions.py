"""Submissions with their table of moves, remarks, rules and breaches; what a figure said before, by a trigger."""

import accounts.identity
import accounts.names
import accounts.spelling
import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from lifecycle.guards import guard_status
from quality.submissions.models import SubmissionStatus
from quality.submissions.rules import SUBMISSION

FORMER = """
CREATE OR REPLACE FUNCTION quality_observation_former() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO quality_formerfigure (observation_id, numerator, denominator, state, source, entered_by_id, entered_at)
    SELECT o.id, o.numerator, o.denominator, o.state, o.source, o.entered_by_id, o.entered_at
    FROM old_rows o JOIN new_rows n USING (id)
    WHERE (o.numerator, o.denominator, o.state) IS DISTINCT FROM (n.numerator, n.denominator, n.state);
  RETURN NULL;
END $$;
CREATE TRIGGER quality_observation_former AFTER UPDATE ON quality_observation
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION quality_observation_former();
"""
FORMER_UNDO = """
DROP TRIGGER quality_observation_former ON quality_observation; DROP FUNCTION quality_observation_former();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('institutions', '0003_headcounts'),
        ('quality', '0006_before'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ValidationRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=48, unique=True)),
                ('names', accounts.names.NamesField(default=dict)),
                ('left', models.CharField(max_length=300)),
                ('operator', models.CharField(choices=[('=', '='), ('!=', '≠'), ('<', '<'), ('<=', '≤'), ('>', '>'), ('>=', '≥')], max_length=2)),
                ('right', models.CharField(max_length=300)),
                ('missing', models.CharField(choices=[('skip_if_any_missing', 'Skip If Any'), ('skip_if_all_missing', 'Skip If All'), ('treat_missing_as_zero', 'As Zero')], default='skip_if_any_missing', max_length=24)),
                ('severity', models.CharField(choices=[('low', 'Note'), ('medium', 'Warning'), ('high', 'Contradiction')], default='medium', max_length=8)),
                ('position', models.PositiveSmallIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='FormerFigure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('numerator', models.DecimalField(decimal_places=4, max_digits=18, null=True)),
                ('denominator', models.DecimalField(decimal_places=4, max_digits=18, null=True)),
                ('state', models.CharField(choices=[('value', 'Value'), ('missing', 'No data'), ('suppressed', 'Hidden'), ('not_applicable', 'Not applicable')], max_length=16)),
                ('source', models.CharField(blank=True, max_length=300)),
                ('entered_at', models.DateTimeField()),
                ('entered_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('observation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='former', to='quality.observation')),
            ],
        ),
        migrations.CreateModel(
            name='Submission',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=accounts.identity.new_public_id, editable=False, max_length=26, unique=True)),
                ('status', models.CharField(choices=[('open', 'Being filled in'), ('submitted', 'Submitted'), ('returned', 'Returned'), ('approved', 'Approved'), ('locked', 'Final')], default='open', max_length=16)),
                ('created_at', models.DateTimeField()),
                ('modified_at', models.DateTimeField()),
                ('first_submitted_at', models.DateTimeField(null=True)),
                ('submitted_at', models.DateTimeField(null=True)),
                ('approved_at', models.DateTimeField(null=True)),
                ('locked_at', models.DateTimeField(null=True)),
                ('gaps', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=26), default=list, size=None)),
                ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('approved_for', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='institutions.territory')),
                ('institution', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='submissions', to='institutions.institution')),
                ('period', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='submissions', to='quality.period')),
                ('submitted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('territory', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='submissions', to='institutions.territory')),
            ],
        ),
        migrations.CreateModel(
            name='Remark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', accounts.spelling.Text()),
                ('made_at', models.DateTimeField()),
                ('settled_at', models.DateTimeField(null=True)),
                ('made_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='quality.definitionversion')),
                ('submission', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='remarks', to='quality.submission')),
            ],
        ),
        migrations.CreateModel(
            name='Breach',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('left', models.DecimalField(decimal_places=8, max_digits=30)),
                ('right', models.DecimalField(decimal_places=8, max_digits=30)),
                ('explanation', accounts.spelling.Text()),
                ('explained_at', models.DateTimeField()),
                ('stands', models.BooleanField(default=True)),
                ('explained_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='quality.definitionversion')),
                ('submission', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='breaches', to='quality.submission')),
                ('rule', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='quality.validationrule')),
            ],
        ),
        migrations.AddIndex(
            model_name='submission',
            index=models.Index(fields=['modified_at', 'id'], name='submission_modified'),
        ),
        migrations.AddIndex(
            model_name='submission',
            index=models.Index(fields=['status', 'period'], name='submission_waiting'),
        ),
        migrations.AddConstraint(
            model_name='submission',
            constraint=models.UniqueConstraint(fields=('period', 'institution', 'territory'), name='submission_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='submission',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('institution__isnull', False), ('territory__isnull', True)), models.Q(('institution__isnull', True), ('territory__isnull', False)), _connector='OR'), name='submission_one_place'),
        ),
        migrations.AddConstraint(
            model_name='submission',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('approved_at__isnull', True), ('approved_by__isnull', True), ('approved_for__isnull', True)), models.Q(('approved_at__isnull', False), ('approved_by__isnull', False), ('approved_for__isnull', False)), _connector='OR'), name='submission_approved_at_by_for'),
        ),
        migrations.AddConstraint(
            model_name='submission',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('submitted_at__isnull', True), ('submitted_by__isnull', True)), models.Q(('first_submitted_at__isnull', False), ('submitted_at__isnull', False), ('submitted_by__isnull', False)), _connector='OR'), name='submission_submitted_at_by'),
        ),
        migrations.AddConstraint(
            model_name='remark',
            constraint=models.UniqueConstraint(condition=models.Q(('settled_at__isnull', True)), fields=('submission', 'version'), name='remark_open_once'),
        ),
        migrations.AddConstraint(
            model_name='breach',
            constraint=models.UniqueConstraint(fields=('submission', 'rule', 'version'), name='breach_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='breach',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('rule__isnull', True), ('version__isnull', False)), models.Q(('rule__isnull', False), ('version__isnull', True)), _connector='OR'), name='breach_one_ground'),
        ),
        guard_status("quality_submission", SubmissionStatus.values, SUBMISSION.pairs(), "submission"),
        migrations.RunSQL(FORMER, FORMER_UNDO),
    ]
