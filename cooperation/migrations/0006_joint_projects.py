"""Joint projects with their partners, stages, outputs and deeds; statuses move by their table."""

import accounts.identity
import accounts.spelling
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from cooperation.projects.models import ProjectStatus
from cooperation.projects.rules import PROJECT
from lifecycle.guards import guard_status


class Migration(migrations.Migration):

    dependencies = [
        ('cooperation', '0005_activity_trail'),
        ('institutions', '0002_guards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='JointProject',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=accounts.identity.new_public_id, editable=False, max_length=26, unique=True)),
                ('title', accounts.spelling.Line(max_length=300, verbose_name='Title')),
                ('goal', accounts.spelling.Text(blank=True, verbose_name='Goal')),
                ('starts_on', models.DateField(null=True, verbose_name='Starts')),
                ('ends_on', models.DateField(null=True, verbose_name='Ends')),
                ('budget', models.DecimalField(decimal_places=2, max_digits=18, null=True, verbose_name='Budget')),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('proposed', 'Proposed'), ('running', 'Running'), ('paused', 'Paused'), ('completed', 'Completed'), ('stopped', 'Stopped')], default='draft', max_length=16)),
                ('created_at', models.DateTimeField()),
                ('modified_at', models.DateTimeField()),
                ('proposed_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('search_key', models.TextField(default='')),
                ('agreement', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='projects', to='cooperation.agreement')),
                ('lead', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='led_projects', to='institutions.institution')),
            ],
        ),
        migrations.CreateModel(
            name='ProjectActivity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('activity', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='deed', to='cooperation.activity')),
                ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deeds', to='cooperation.jointproject')),
            ],
        ),
        migrations.CreateModel(
            name='ProjectOutput',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', accounts.spelling.Line(max_length=300, verbose_name='Output')),
                ('state', models.CharField(choices=[('planned', 'Planned'), ('delivered', 'Delivered'), ('dropped', 'Dropped')], default='planned', max_length=16)),
                ('link', models.URLField(blank=True, max_length=500)),
                ('reason', accounts.spelling.Text(blank=True, verbose_name='Reason')),
                ('settled_on', models.DateField(null=True)),
                ('position', models.PositiveSmallIntegerField()),
                ('kind', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='institutions.term')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='outputs', to='cooperation.jointproject')),
            ],
        ),
        migrations.CreateModel(
            name='ProjectPartner',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('invited', 'Invited'), ('accepted', 'Accepted'), ('declined', 'Declined')], default='invited', max_length=16)),
                ('answered_at', models.DateTimeField(null=True)),
                ('wants_stop_at', models.DateTimeField(null=True)),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='project_roles', to='institutions.institution')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='partners', to='cooperation.jointproject')),
                ('role', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='institutions.term')),
            ],
        ),
        migrations.CreateModel(
            name='ProjectStage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', accounts.spelling.Line(max_length=300, verbose_name='Stage')),
                ('due_on', models.DateField(null=True, verbose_name='Deadline')),
                ('done_on', models.DateField(null=True, verbose_name='Done on')),
                ('position', models.PositiveSmallIntegerField()),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stages', to='cooperation.jointproject')),
            ],
        ),
        migrations.AddIndex(
            model_name='jointproject',
            index=models.Index(fields=['modified_at', 'id'], name='project_modified'),
        ),
        migrations.AddConstraint(
            model_name='jointproject',
            constraint=models.CheckConstraint(condition=models.Q(('starts_on__isnull', True), ('ends_on__isnull', True), ('ends_on__gt', models.F('starts_on')), _connector='OR'), name='project_ends_after_start', violation_error_message='The end date must be later than the start date.'),
        ),
        migrations.AddConstraint(
            model_name='jointproject',
            constraint=models.CheckConstraint(condition=models.Q(('budget__isnull', True), ('budget__gte', 0), _connector='OR'), name='project_budget_sensible'),
        ),
        migrations.AddConstraint(
            model_name='projectoutput',
            constraint=models.UniqueConstraint(fields=('project', 'position'), name='project_output_once'),
        ),
        migrations.AddConstraint(
            model_name='projectoutput',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('settled_on__isnull', True), ('state', 'planned')), models.Q(('settled_on__isnull', False), ('state', 'delivered')), models.Q(('settled_on__isnull', False), ('state', 'dropped'), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='project_output_settled'),
        ),
        migrations.AddIndex(
            model_name='projectpartner',
            index=models.Index(fields=['institution', 'state', 'project'], name='project_partner_turn'),
        ),
        migrations.AddConstraint(
            model_name='projectpartner',
            constraint=models.UniqueConstraint(fields=('project', 'institution'), name='project_partner_once'),
        ),
        migrations.AddConstraint(
            model_name='projectpartner',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', True), ('state', 'invited')), models.Q(models.Q(('state', 'invited'), _negated=True), ('answered_at__isnull', False)), _connector='OR'), name='project_partner_answer_has_moment'),
        ),
        migrations.AddConstraint(
            model_name='projectstage',
            constraint=models.UniqueConstraint(fields=('project', 'position'), name='project_stage_once'),
        ),
        guard_status("cooperation_jointproject", ProjectStatus.values, PROJECT.pairs(), "project"),
    ]
