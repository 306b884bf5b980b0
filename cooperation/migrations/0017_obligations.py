"""Obligations and their evidence: statuses move by their table, and nothing is fulfilled without what was accepted."""

import accounts.identity
import accounts.spelling
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from cooperation.obligations.models import ObligationStatus
from cooperation.obligations.rules import OBLIGATION
from lifecycle.guards import freeze, guard_status


FULFILLED = """
CREATE OR REPLACE FUNCTION cooperation_obligation_is_shown() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
DECLARE owed cooperation_obligation; key bigint; has numeric;
BEGIN
  IF TG_TABLE_NAME = 'cooperation_obligation' THEN key := NEW.id; ELSE key := OLD.obligation_id; END IF;
  SELECT * INTO owed FROM cooperation_obligation WHERE id = key;
  IF owed.status = 'fulfilled' THEN
    SELECT sum(coalesce(quantity, 1)) INTO has FROM cooperation_evidence
      WHERE obligation_id = key AND state = 'accepted' AND submitted_on <= owed.delivered_on;
    IF has IS NULL OR has < coalesce(owed.quantity, 0) THEN
      RAISE EXCEPTION 'cooperation_obligation: fulfilled without accepted evidence' USING ERRCODE = 'restrict_violation';
    END IF;
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER cooperation_obligation_shown AFTER INSERT OR UPDATE ON cooperation_obligation
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status = 'fulfilled')
  EXECUTE FUNCTION cooperation_obligation_is_shown();
CREATE CONSTRAINT TRIGGER cooperation_evidence_kept AFTER UPDATE OR DELETE ON cooperation_evidence
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.state = 'accepted')
  EXECUTE FUNCTION cooperation_obligation_is_shown();
"""
FULFILLED_UNDO = """
DROP TRIGGER cooperation_evidence_kept ON cooperation_evidence;
DROP TRIGGER cooperation_obligation_shown ON cooperation_obligation;
DROP FUNCTION cooperation_obligation_is_shown();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('cooperation', '0016_decisions'),
        ('institutions', '0006_clusters_by_name'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Obligation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=accounts.identity.new_public_id, editable=False, max_length=26, unique=True)),
                ('term_key', models.CharField(max_length=26)),
                ('quantity', models.DecimalField(decimal_places=4, max_digits=18, null=True, verbose_name='Quantity')),
                ('unit', models.CharField(blank=True, max_length=32, verbose_name='Unit')),
                ('text', accounts.spelling.Text(blank=True, verbose_name='Wording')),
                ('agreed_on', models.DateField(null=True)),
                ('due_on', models.DateField(null=True, verbose_name='Due')),
                ('late_after', models.DateField(null=True)),
                ('status', models.CharField(choices=[('open', 'Open'), ('submitted', 'Waiting for acceptance'), ('returned', 'Returned'), ('fulfilled', 'Fulfilled'), ('waived', 'Waived'), ('cancelled', 'Cancelled')], default='open', max_length=16)),
                ('delivered_on', models.DateField(null=True)),
                ('told_days', models.PositiveSmallIntegerField(default=0)),
                ('generated_at', models.DateTimeField()),
                ('modified_at', models.DateTimeField()),
                ('version', models.PositiveIntegerField(default=1)),
                ('agreement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='obligations', to='cooperation.agreement')),
                ('beneficiary', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='institutions.institution')),
                ('form', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='institutions.term')),
                ('kind', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='institutions.term')),
                ('responsible', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='obligations', to='institutions.institution')),
            ],
        ),
        migrations.CreateModel(
            name='Evidence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=accounts.identity.new_public_id, editable=False, max_length=26, unique=True)),
                ('subject_type', models.CharField(blank=True, max_length=32)),
                ('subject_id', models.CharField(blank=True, max_length=26)),
                ('link', models.URLField(blank=True, max_length=500, verbose_name='Link')),
                ('file', models.FileField(blank=True, max_length=200, upload_to='evidence/%Y/%m/')),
                ('file_name', accounts.spelling.Line(blank=True, max_length=200)),
                ('file_sha256', models.CharField(blank=True, max_length=64)),
                ('note', accounts.spelling.Text(blank=True, verbose_name='Note')),
                ('quantity', models.DecimalField(decimal_places=4, max_digits=18, null=True, verbose_name='Quantity')),
                ('state', models.CharField(choices=[('offered', 'Not accepted yet'), ('accepted', 'Accepted'), ('void', 'No longer verified')], default='offered', max_length=16)),
                ('submitted_on', models.DateField()),
                ('added_at', models.DateTimeField()),
                ('submitted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('obligation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='cooperation.obligation')),
            ],
        ),
        migrations.AddIndex(
            model_name='obligation',
            index=models.Index(fields=['modified_at', 'id'], name='obligation_modified'),
        ),
        migrations.AddIndex(
            model_name='obligation',
            index=models.Index(fields=['due_on', 'id'], name='obligation_due'),
        ),
        migrations.AddIndex(
            model_name='obligation',
            index=models.Index(condition=models.Q(('status__in', ('open', 'returned'))), fields=['late_after', 'id'], name='obligation_late'),
        ),
        migrations.AddIndex(
            model_name='obligation',
            index=models.Index(fields=['responsible', 'status'], name='obligation_owed'),
        ),
        migrations.AddConstraint(
            model_name='obligation',
            constraint=models.UniqueConstraint(fields=('agreement', 'term_key', 'responsible', 'agreed_on'), name='obligation_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='obligation',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', ('open', 'returned', 'submitted'))), fields=('agreement', 'term_key', 'responsible'), name='obligation_one_unfinished'),
        ),
        migrations.AddConstraint(
            model_name='obligation',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__isnull', True), models.Q(('quantity__gte', 0), ('quantity__lt', 100000000000000)), _connector='OR'), name='obligation_quantity_finite'),
        ),
        migrations.AddConstraint(
            model_name='obligation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('delivered_on__isnull', False), ('status', 'fulfilled')), models.Q(models.Q(('status', 'fulfilled'), _negated=True), ('delivered_on__isnull', True)), _connector='OR'), name='obligation_fulfilled_has_day'),
        ),
        migrations.AddConstraint(
            model_name='obligation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('due_on__isnull', True), ('late_after__isnull', True)), ('late_after__gte', models.F('due_on')), _connector='OR'), name='obligation_late_after_due'),
        ),
        migrations.AddConstraint(
            model_name='obligation',
            constraint=models.CheckConstraint(condition=models.Q(('beneficiary__isnull', True), models.Q(('beneficiary', models.F('responsible')), _negated=True), _connector='OR'), name='obligation_between_two'),
        ),
        migrations.AddIndex(
            model_name='evidence',
            index=models.Index(fields=['subject_type', 'subject_id'], name='evidence_subject'),
        ),
        migrations.AddConstraint(
            model_name='evidence',
            constraint=models.UniqueConstraint(condition=models.Q(('subject_id', ''), _negated=True), fields=('obligation', 'subject_type', 'subject_id'), name='evidence_once', violation_error_message='This is evidence of this obligation already.'),
        ),
        migrations.AddConstraint(
            model_name='evidence',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(('subject_type', ''), _negated=True), models.Q(('subject_id', ''), _negated=True), ('file', ''), ('link', '')), models.Q(('file', ''), ('subject_id', ''), ('subject_type', ''), models.Q(('link', ''), _negated=True)), models.Q(('link', ''), ('subject_id', ''), ('subject_type', ''), models.Q(('file', ''), _negated=True)), _connector='OR'), name='evidence_is_one_thing'),
        ),
        migrations.AddConstraint(
            model_name='evidence',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('file', ''), ('file_name', ''), ('file_sha256', '')), models.Q(models.Q(('file', ''), _negated=True), models.Q(('file_name', ''), _negated=True), ('file_sha256__regex', '^[0-9a-f]{64}$')), _connector='OR'), name='evidence_file_is_described'),
        ),
        migrations.AddConstraint(
            model_name='evidence',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__isnull', True), models.Q(('quantity__gt', 0), ('quantity__lt', 100000000000000)), _connector='OR'), name='evidence_quantity_finite'),
        ),
        guard_status("cooperation_obligation", ObligationStatus.values, OBLIGATION.pairs(), "obligation"),
        freeze("cooperation_obligation", "agreement_id", "term_key", "responsible_id", "generated_at"),
        migrations.RunSQL(FULFILLED, FULFILLED_UNDO),
    ]
