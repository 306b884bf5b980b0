"""Laboratories, problems, pilot projects with everything that hangs on them."""

import accounts.identity
import accounts.spelling
import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('cooperation', '0014_use_shown_by_work'),
        ('institutions', '0005_clusters'),
        ('lifecycle', '0004_forgotten_addressees'),
        ('quality', '0013_published_stories'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='BlindCopy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=accounts.identity.new_public_id, editable=False, max_length=26, unique=True)),
                ('code', models.CharField(max_length=12, unique=True)),
                ('title', models.CharField(max_length=300)),
                ('content', models.JSONField()),
                ('masked', models.PositiveIntegerField()),
                ('made_at', models.DateTimeField()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Laboratory',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=accounts.identity.new_public_id, editable=False, max_length=26, unique=True)),
                ('about', accounts.spelling.Text(blank=True, verbose_name='What it does')),
                ('recommendations', accounts.spelling.Text(blank=True, verbose_name='Recommendations')),
                ('status', models.CharField(choices=[('proposed', 'Proposed'), ('active', 'Active'), ('paused', 'Paused'), ('closed', 'Closed')], default='proposed', max_length=16)),
                ('created_at', models.DateTimeField()),
                ('opened_at', models.DateTimeField(null=True)),
                ('modified_at', models.DateTimeField()),
                ('version', models.PositiveIntegerField(default=1)),
                ('search_key', models.TextField(default='')),
                ('agreement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='laboratories', to='cooperation.agreement')),
                ('cluster', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='laboratories', to='institutions.cluster')),
                ('directions', models.ManyToManyField(related_name='+', to='institutions.term', verbose_name='Directions of activity')),
                ('host', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='hosted_laboratories', to='institutions.institution')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('site', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='laboratory', to='institutions.institution')),
            ],
        ),
        migrations.CreateModel(
            name='LabMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=accounts.identity.new_public_id, editable=False, max_length=26, unique=True)),
                ('valid', django.contrib.postgres.fields.ranges.DateRangeField()),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='laboratory_roles', to='institutions.institution')),
                ('laboratory', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='labs.laboratory')),
            ],
        ),
        migrations.CreateModel(
            name='HealthCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=accounts.identity.new_public_id, editable=False, max_length=26, unique=True)),
                ('checked_on', models.DateField()),
                ('quarter', models.DateField()),
                ('trust', models.PositiveSmallIntegerField(verbose_name='Trust')),
                ('rigour', models.PositiveSmallIntegerField(verbose_name='Rigour')),
                ('support', models.PositiveSmallIntegerField(verbose_name='Support')),
                ('capacity', models.PositiveSmallIntegerField(verbose_name='Capacity')),
                ('value', models.PositiveSmallIntegerField(verbose_name='Value')),
                ('note', accounts.spelling.Text(blank=True, verbose_name='Note')),
                ('entered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('laboratory', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='health_checks', to='labs.laboratory')),
            ],
        ),
        migrations.CreateModel(
            name='LabService',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', accounts.spelling.Line(max_length=300, verbose_name='Service')),
                ('position', models.PositiveSmallIntegerField()),
                ('form', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='institutions.term')),
                ('laboratory', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='services', to='labs.laboratory')),
            ],
        ),
        migrations.CreateModel(
            name='PilotProject',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=accounts.identity.new_public_id, editable=False, max_length=26, unique=True)),
                ('title', accounts.spelling.Line(max_length=300, verbose_name='Title')),
                ('object', accounts.spelling.Text(blank=True, verbose_name='Research object')),
                ('object_evidence', accounts.spelling.Text(blank=True, verbose_name='Evidence of the object')),
                ('compatibility', accounts.spelling.Text(blank=True, verbose_name='How its goals fit the other programmes')),
                ('status', models.CharField(choices=[('problem_identified', 'Problem identified'), ('object_defined', 'Research object defined'), ('direction_set', 'Direction set'), ('group_approved', 'Group approved'), ('in_development', 'In development'), ('submitted', 'Submitted for examination'), ('in_examination', 'In examination'), ('revision_required', 'Revision required'), ('rejected', 'Rejected'), ('accepted', 'Accepted'), ('programme_approved', 'Implementation programme approved'), ('preregistered', 'Pre-registered'), ('piloting', 'In pilot testing'), ('in_assessment', 'Being assessed'), ('assessed', 'Assessed'), ('disseminating', 'Being spread'), ('disseminated', 'Spread in the system'), ('stopped', 'Stopped')], default='problem_identified', max_length=24)),
                ('first_deadline', models.DateField(null=True)),
                ('deadline', models.DateField(null=True)),
                ('submitted_at', models.DateTimeField(null=True)),
                ('published_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField()),
                ('modified_at', models.DateTimeField()),
                ('version', models.PositiveIntegerField(default=1)),
                ('search_key', models.TextField(default='')),
                ('direction', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='institutions.term')),
                ('laboratory', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='projects', to='labs.laboratory')),
                ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='PilotMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=accounts.identity.new_public_id, editable=False, max_length=26, unique=True)),
                ('part', models.CharField(choices=[('researcher', 'Researcher'), ('practitioner', 'Practitioner')], max_length=16, verbose_name='Part')),
                ('raci', models.CharField(choices=[('responsible', 'Responsible'), ('accountable', 'Accountable'), ('consulted', 'Consulted'), ('informed', 'Informed')], default='responsible', max_length=16, verbose_name='Responsibility')),
                ('tasks', accounts.spelling.Text(blank=True, verbose_name='Tasks')),
                ('answer', models.CharField(choices=[('invited', 'Invited'), ('agreed', 'Agreed'), ('declined', 'Declined')], default='invited', max_length=16)),
                ('answered_at', models.DateTimeField(null=True)),
                ('field', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='institutions.term')),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='institutions.institution')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pilot_roles', to=settings.AUTH_USER_MODEL)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='labs.pilotproject')),
            ],
        ),
        migrations.CreateModel(
            name='PilotGoal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', accounts.spelling.Line(max_length=300, verbose_name='Goal')),
                ('sense', models.CharField(choices=[('up', 'Up'), ('down', 'Down')], default='up', max_length=8)),
                ('position', models.PositiveSmallIntegerField()),
                ('indicator', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='quality.indicator')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='goals', to='labs.pilotproject')),
            ],
        ),
        migrations.CreateModel(
            name='ImplementationStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=accounts.identity.new_public_id, editable=False, max_length=26, unique=True)),
                ('position', models.PositiveSmallIntegerField()),
                ('title', accounts.spelling.Line(max_length=300, verbose_name='Step')),
                ('resources', accounts.spelling.Text(blank=True, verbose_name='Resources')),
                ('starts_on', models.DateField(verbose_name='From')),
                ('due_on', models.DateField(verbose_name='Until')),
                ('status', models.CharField(choices=[('new', 'New'), ('in_progress', 'In progress'), ('submitted', 'Submitted'), ('returned', 'Returned'), ('done', 'Done'), ('cancelled', 'Cancelled')], default='new', max_length=16)),
                ('modified_at', models.DateTimeField()),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='institutions.institution')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='labs.pilotproject')),
            ],
        ),
        migrations.CreateModel(
            name='GroupApproval',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('approved_at', models.DateTimeField()),
                ('approved_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='institutions.institution')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='approvals', to='labs.pilotproject')),
            ],
        ),
        migrations.CreateModel(
            name='Extension',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('old', models.DateField()),
                ('new', models.DateField()),
                ('reason', accounts.spelling.Text(verbose_name='Reason')),
                ('extended_at', models.DateTimeField()),
                ('extended_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='extensions', to='labs.pilotproject')),
            ],
        ),
        migrations.CreateModel(
            name='EligibleSet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kinds', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), size=None)),
                ('frozen_on', models.DateField()),
                ('window_ends_on', models.DateField(verbose_name='Reach is reported until')),
                ('frozen_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('territory', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='institutions.territory')),
                ('project', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='eligible_set', to='labs.pilotproject')),
            ],
        ),
        migrations.CreateModel(
            name='PilotSite',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('arm', models.CharField(choices=[('treated', 'Tries the new practice'), ('comparison', 'Goes on as before')], max_length=16)),
                ('joined_at', models.DateTimeField(null=True)),
                ('declined_at', models.DateTimeField(null=True)),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pilot_sites', to='institutions.institution')),
                ('joined_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sites', to='labs.pilotproject')),
            ],
        ),
        migrations.CreateModel(
            name='PilotVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=accounts.identity.new_public_id, editable=False, max_length=26, unique=True)),
                ('number', models.PositiveSmallIntegerField()),
                ('aim', accounts.spelling.Text(blank=True, verbose_name='Aim and hypothesis')),
                ('method', accounts.spelling.Text(blank=True, verbose_name='Method')),
                ('resources', accounts.spelling.Text(blank=True, verbose_name='Resources')),
                ('expected', accounts.spelling.Text(blank=True, verbose_name='Expected result')),
                ('sha256', models.CharField(max_length=64)),
                ('written_at', models.DateTimeField()),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='labs.pilotproject')),
                ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Examination',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=accounts.identity.new_public_id, editable=False, max_length=26, unique=True)),
                ('round', models.PositiveSmallIntegerField()),
                ('status', models.CharField(choices=[('open', 'Open'), ('decided', 'Decided'), ('void', 'Void')], default='open', max_length=16)),
                ('decision', models.CharField(blank=True, choices=[('accepted', 'Accepted'), ('changes_required', 'Changes required'), ('rejected', 'Rejected')], max_length=24)),
                ('opened_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('modified_at', models.DateTimeField()),
                ('blind', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='examinations', to='labs.blindcopy')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='examinations', to='labs.pilotproject')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='examinations', to='labs.pilotversion')),
            ],
        ),
        migrations.AddField(
            model_name='blindcopy',
            name='source',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='blind', to='labs.pilotversion'),
        ),
        migrations.CreateModel(
            name='Preregistration',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=accounts.identity.new_public_id, editable=False, max_length=26, unique=True)),
                ('number', models.PositiveSmallIntegerField()),
                ('plan', models.JSONField(default=dict)),
                ('content_hash', models.CharField(blank=True, max_length=64)),
                ('locked_at', models.DateTimeField(null=True)),
                ('modified_at', models.DateTimeField()),
                ('frozen', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='preregistration', to='lifecycle.frozencontent')),
                ('locked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='preregistrations', to='labs.pilotproject')),
            ],
        ),
        migrations.CreateModel(
            name='Problem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=accounts.identity.new_public_id, editable=False, max_length=26, unique=True)),
                ('title', accounts.spelling.Line(max_length=300, verbose_name='Problem')),
                ('statement', accounts.spelling.Text(verbose_name='Statement')),
                ('evidence', accounts.spelling.Text(verbose_name='Evidence')),
                ('ground', models.JSONField(default=dict)),
                ('status', models.CharField(choices=[('raised', 'Raised'), ('accepted', 'Accepted'), ('in_work', 'In work'), ('solved', 'Solved'), ('declined', 'Declined'), ('merged', 'Merged')], default='raised', max_length=16)),
                ('solution', accounts.spelling.Text(blank=True, verbose_name='How it was solved')),
                ('raised_at', models.DateTimeField()),
                ('modified_at', models.DateTimeField()),
                ('version', models.PositiveIntegerField(default=1)),
                ('search_key', models.TextField(default='')),
                ('indicator', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='quality.indicator')),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='raised_problems', to='institutions.institution')),
                ('laboratory', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='problems', to='labs.laboratory')),
                ('merged_into', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='labs.problem')),
                ('period', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='quality.period')),
                ('raised_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddField(
            model_name='pilotproject',
            name='problems',
            field=models.ManyToManyField(related_name='projects', to='labs.problem'),
        ),
        migrations.CreateModel(
            name='Review',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=accounts.identity.new_public_id, editable=False, max_length=26, unique=True)),
                ('number', models.PositiveSmallIntegerField()),
                ('status', models.CharField(choices=[('invited', 'Invited'), ('accepted', 'Being read'), ('declined', 'Declined'), ('submitted', 'Submitted'), ('void', 'Void')], default='invited', max_length=16)),
                ('note', accounts.spelling.Text(blank=True, verbose_name='Note on a soft conflict')),
                ('interests', accounts.spelling.Text(blank=True, verbose_name='Own interests')),
                ('comment', accounts.spelling.Text(blank=True, verbose_name='For the authors')),
                ('invited_at', models.DateTimeField()),
                ('due_on', models.DateField(null=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('submitted_at', models.DateTimeField(null=True)),
                ('modified_at', models.DateTimeField()),
                ('examination', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='labs.examination')),
                ('expert', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='ConflictFinding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('institution', 'Works, or worked in the last 36 months, at an institution of the group'), ('group', 'Is a member of the group'), ('laboratory', 'Works in the same laboratory'), ('joint_work', 'Confirmed joint work with a member of the group in the last 36 months'), ('agreement', 'Their institutions have an agreement in force'), ('declared', 'Found later')], max_length=16)),
                ('hard', models.BooleanField()),
                ('ground', models.JSONField()),
                ('found_at', models.DateTimeField()),
                ('review', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='conflicts', to='labs.review')),
            ],
        ),
        migrations.CreateModel(
            name='ReviewScore',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.PositiveSmallIntegerField()),
                ('reason', accounts.spelling.Text(verbose_name='Reason')),
                ('criterion', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='institutions.term')),
                ('review', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='scores', to='labs.review')),
            ],
        ),
        migrations.CreateModel(
            name='Trial',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=accounts.identity.new_public_id, editable=False, max_length=26, unique=True)),
                ('status', models.CharField(choices=[('planned', 'Planned'), ('baseline', 'Baseline'), ('running', 'Running'), ('endline', 'Endline'), ('closed', 'Closed'), ('abandoned', 'Abandoned')], default='planned', max_length=16)),
                ('opened_at', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('modified_at', models.DateTimeField()),
                ('preregistration', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='trial', to='labs.preregistration')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='trials', to='labs.pilotproject')),
            ],
        ),
        migrations.CreateModel(
            name='TrialAmendment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=accounts.identity.new_public_id, editable=False, max_length=26, unique=True)),
                ('kind', models.CharField(choices=[('directions', 'Directions'), ('resources', 'Resources'), ('mechanisms', 'Mechanisms'), ('joins', 'A site joins'), ('leaves', 'A site leaves')], max_length=16)),
                ('old', accounts.spelling.Text(blank=True, verbose_name='As it was')),
                ('new', accounts.spelling.Text(verbose_name='As it shall be')),
                ('reason', accounts.spelling.Text(verbose_name='Reason')),
                ('status', models.CharField(choices=[('requested', 'Requested'), ('approved', 'Approved'), ('refused', 'Refused')], default='requested', max_length=16)),
                ('requested_at', models.DateTimeField()),
                ('settled_at', models.DateTimeField(null=True)),
                ('modified_at', models.DateTimeField()),
                ('institution', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='institutions.institution')),
                ('requested_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('trial', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='amendments', to='labs.trial')),
            ],
        ),
        migrations.CreateModel(
            name='AmendmentApproval',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('approved_at', models.DateTimeField()),
                ('approved_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='institutions.institution')),
                ('amendment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='approvals', to='labs.trialamendment')),
            ],
        ),
        migrations.CreateModel(
            name='TrialSite',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=accounts.identity.new_public_id, editable=False, max_length=26, unique=True)),
                ('arm', models.CharField(choices=[('treated', 'Tries the new practice'), ('comparison', 'Goes on as before')], max_length=16)),
                ('valid', django.contrib.postgres.fields.ranges.DateRangeField()),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='trial_sites', to='institutions.institution')),
                ('trial', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sites', to='labs.trial')),
            ],
        ),
        migrations.CreateModel(
            name='StepLog',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('done', models.CharField(choices=[('done', 'Done'), ('partly', 'Partly'), ('not', 'Not done')], max_length=8)),
                ('deviation', accounts.spelling.Text(blank=True, verbose_name='Deviation')),
                ('logged_at', models.DateTimeField()),
                ('logged_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('step', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='logs', to='labs.implementationstep')),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='logs', to='labs.trialsite')),
            ],
        ),
        migrations.CreateModel(
            name='Measurement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('outcome', models.CharField(max_length=32)),
                ('wave', models.CharField(choices=[('baseline', 'Baseline'), ('endline', 'Endline')], max_length=16)),
                ('numerator', models.DecimalField(decimal_places=4, max_digits=20, null=True)),
                ('denominator', models.DecimalField(decimal_places=4, max_digits=20, null=True)),
                ('state', models.CharField(choices=[('value', 'Value'), ('missing', 'Missing')], max_length=16)),
                ('reason', accounts.spelling.Text(blank=True, verbose_name='Why it is missing')),
                ('entered_at', models.DateTimeField()),
                ('entered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='measurements', to='labs.trialsite')),
            ],
        ),
        migrations.CreateModel(
            name='Verdict',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=accounts.identity.new_public_id, editable=False, max_length=26, unique=True)),
                ('findings', models.JSONField()),
                ('computed', models.CharField(choices=[('successful', 'Successful'), ('promising', 'Promising'), ('not_successful', 'Not successful'), ('inconclusive', 'Inconclusive')], max_length=16)),
                ('value', models.CharField(blank=True, choices=[('successful', 'Successful'), ('promising', 'Promising'), ('not_successful', 'Not successful'), ('inconclusive', 'Inconclusive')], max_length=16)),
                ('reason', accounts.spelling.Text(blank=True, verbose_name='Reason')),
                ('words_hash', models.CharField(blank=True, max_length=64)),
                ('embargo_until', models.DateField(null=True)),
                ('computed_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('modified_at', models.DateTimeField()),
                ('trial', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='verdict', to='labs.trial')),
            ],
        ),
        migrations.CreateModel(
            name='PanelSeat',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('examined', models.BooleanField(default=False)),
                ('agreed_hash', models.CharField(blank=True, max_length=64)),
                ('agreed_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='panel_seats', to=settings.AUTH_USER_MODEL)),
                ('verdict', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='seats', to='labs.verdict')),
            ],
        ),
        migrations.CreateModel(
            name='Vote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('voted_at', models.DateTimeField()),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='institutions.institution')),
                ('problem', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='votes', to='labs.problem')),
                ('voted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='EligibleInstitution',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='institutions.institution')),
                ('eligible_set', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='institutions', to='labs.eligibleset')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('eligible_set', 'institution'), name='eligible_once')],
            },
        ),
        migrations.AddIndex(
            model_name='laboratory',
            index=models.Index(fields=['modified_at', 'id'], name='laboratory_modified'),
        ),
        migrations.AddIndex(
            model_name='laboratory',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass('search_key', name='gin_trgm_ops'), name='laboratory_search'),
        ),
        migrations.AddConstraint(
            model_name='laboratory',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('opened_at__isnull', True), ('status', 'proposed')), ('status', 'closed'), models.Q(('opened_at__isnull', False), ('status__in', ('active', 'paused'))), _connector='OR'), name='laboratory_opened_has_moment'),
        ),
        migrations.AddIndex(
            model_name='labmember',
            index=models.Index(fields=['institution', 'laboratory'], name='lab_member_house'),
        ),
        migrations.AddConstraint(
            model_name='labmember',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('laboratory', '='), ('institution', '='), ('valid', '&&')], name='lab_member_no_overlap', violation_error_message='This organisation is a member already.'),
        ),
        migrations.AddConstraint(
            model_name='healthcheck',
            constraint=models.UniqueConstraint(fields=('laboratory', 'quarter'), name='health_check_once_a_quarter', violation_error_message='This quarter is rated already.'),
        ),
        migrations.AddConstraint(
            model_name='healthcheck',
            constraint=models.CheckConstraint(condition=models.Q(('trust__gte', 1), ('trust__lte', 4)), name='health_check_trust'),
        ),
        migrations.AddConstraint(
            model_name='healthcheck',
            constraint=models.CheckConstraint(condition=models.Q(('rigour__gte', 1), ('rigour__lte', 4)), name='health_check_rigour'),
        ),
        migrations.AddConstraint(
            model_name='healthcheck',
            constraint=models.CheckConstraint(condition=models.Q(('support__gte', 1), ('support__lte', 4)), name='health_check_support'),
        ),
        migrations.AddConstraint(
            model_name='healthcheck',
            constraint=models.CheckConstraint(condition=models.Q(('capacity__gte', 1), ('capacity__lte', 4)), name='health_check_capacity'),
        ),
        migrations.AddConstraint(
            model_name='healthcheck',
            constraint=models.CheckConstraint(condition=models.Q(('value__gte', 1), ('value__lte', 4)), name='health_check_value'),
        ),
        migrations.AddConstraint(
            model_name='labservice',
            constraint=models.UniqueConstraint(fields=('laboratory', 'position'), name='lab_service_once'),
        ),
        migrations.AddIndex(
            model_name='pilotmember',
            index=models.Index(fields=['user', 'answer'], name='pilot_member_turn'),
        ),
        migrations.AddConstraint(
            model_name='pilotmember',
            constraint=models.UniqueConstraint(fields=('project', 'user'), name='pilot_member_once', violation_error_message='This person is in the group already.'),
        ),
        migrations.AddConstraint(
            model_name='pilotmember',
            constraint=models.UniqueConstraint(condition=models.Q(('raci', 'accountable')), fields=('project',), name='pilot_one_accountable', violation_error_message='Only one person is accountable.'),
        ),
        migrations.AddConstraint(
            model_name='pilotmember',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answer', 'invited'), ('answered_at__isnull', True)), models.Q(models.Q(('answer', 'invited'), _negated=True), ('answered_at__isnull', False)), _connector='OR'), name='pilot_member_answer_has_moment'),
        ),
        migrations.AddConstraint(
            model_name='pilotgoal',
            constraint=models.UniqueConstraint(fields=('project', 'position'), name='pilot_goal_once'),
        ),
        migrations.AddConstraint(
            model_name='implementationstep',
            constraint=models.UniqueConstraint(fields=('project', 'position'), name='implementation_step_once'),
        ),
        migrations.AddConstraint(
            model_name='implementationstep',
            constraint=models.CheckConstraint(condition=models.Q(('due_on__gte', models.F('starts_on'))), name='implementation_step_ends_after_start', violation_error_message='The last day of a step cannot be before its first.'),
        ),
        migrations.AddConstraint(
            model_name='groupapproval',
            constraint=models.UniqueConstraint(fields=('project', 'institution'), name='group_approval_once_a_house'),
        ),
        migrations.AddConstraint(
            model_name='groupapproval',
            constraint=models.UniqueConstraint(fields=('project', 'approved_by'), name='group_approval_once_a_person'),
        ),
        migrations.AddConstraint(
            model_name='extension',
            constraint=models.UniqueConstraint(fields=('project', 'number'), name='extension_once'),
        ),
        migrations.AddConstraint(
            model_name='extension',
            constraint=models.CheckConstraint(condition=models.Q(('number__gte', 1), ('number__lte', 2)), name='extension_twice_at_most'),
        ),
        migrations.AddConstraint(
            model_name='extension',
            constraint=models.CheckConstraint(condition=models.Q(('new__gt', models.F('old'))), name='extension_is_later'),
        ),
        migrations.AddConstraint(
            model_name='eligibleset',
            constraint=models.CheckConstraint(condition=models.Q(('window_ends_on__gt', models.F('frozen_on'))), name='eligible_set_window_after_start'),
        ),
        migrations.AddConstraint(
            model_name='pilotsite',
            constraint=models.UniqueConstraint(fields=('project', 'institution'), name='pilot_site_once'),
        ),
        migrations.AddConstraint(
            model_name='pilotsite',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('joined_at__isnull', True), ('joined_by__isnull', True)), models.Q(('declined_at__isnull', True), ('joined_at__isnull', False), ('joined_by__isnull', False)), _connector='OR'), name='pilot_site_joined_or_declined'),
        ),
        migrations.AddConstraint(
            model_name='pilotversion',
            constraint=models.UniqueConstraint(fields=('project', 'number'), name='pilot_version_once'),
        ),
        migrations.AddIndex(
            model_name='examination',
            index=models.Index(fields=['modified_at', 'id'], name='examination_modified'),
        ),
        migrations.AddConstraint(
            model_name='examination',
            constraint=models.UniqueConstraint(fields=('project', 'round'), name='examination_round_once'),
        ),
        migrations.AddConstraint(
            model_name='examination',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'open')), fields=('project',), name='examination_one_open'),
        ),
        migrations.AddConstraint(
            model_name='examination',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decision', ''), ('status', 'open')), models.Q(('decided_at__isnull', False), ('status', 'decided'), models.Q(('decision', ''), _negated=True)), ('status', 'void'), _connector='OR'), name='examination_decided_whole'),
        ),
        migrations.AddIndex(
            model_name='preregistration',
            index=models.Index(fields=['content_hash'], name='preregistration_hash', opclasses=['varchar_pattern_ops']),
        ),
        migrations.AddConstraint(
            model_name='preregistration',
            constraint=models.UniqueConstraint(fields=('project', 'number'), name='preregistration_once'),
        ),
        migrations.AddConstraint(
            model_name='preregistration',
            constraint=models.UniqueConstraint(condition=models.Q(('locked_at__isnull', True)), fields=('project',), name='preregistration_one_open'),
        ),
        migrations.AddConstraint(
            model_name='preregistration',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('content_hash', ''), ('frozen__isnull', True), ('locked_at__isnull', True), ('locked_by__isnull', True)), models.Q(('frozen__isnull', False), ('locked_at__isnull', False), ('locked_by__isnull', False), models.Q(('content_hash', ''), _negated=True)), _connector='OR'), name='preregistration_locked_whole'),
        ),
        migrations.AddIndex(
            model_name='problem',
            index=models.Index(fields=['modified_at', 'id'], name='problem_modified'),
        ),
        migrations.AddIndex(
            model_name='problem',
            index=models.Index(fields=['laboratory', 'status'], name='problem_register'),
        ),
        migrations.AddIndex(
            model_name='problem',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass('search_key', name='gin_trgm_ops'), name='problem_search'),
        ),
        migrations.AddConstraint(
            model_name='problem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('merged_into__isnull', False), ('status', 'merged')), models.Q(models.Q(('status', 'merged'), _negated=True), ('merged_into__isnull', True)), _connector='OR'), name='problem_merged_into_one'),
        ),
        migrations.AddConstraint(
            model_name='problem',
            constraint=models.CheckConstraint(condition=models.Q(('merged_into__isnull', True), models.Q(('merged_into', models.F('pk')), _negated=True), _connector='OR'), name='problem_not_into_itself'),
        ),
        migrations.AddIndex(
            model_name='pilotproject',
            index=models.Index(fields=['modified_at', 'id'], name='pilot_modified'),
        ),
        migrations.AddIndex(
            model_name='pilotproject',
            index=models.Index(fields=['laboratory', 'status'], name='pilot_board'),
        ),
        migrations.AddIndex(
            model_name='pilotproject',
            index=models.Index(fields=['first_deadline'], name='pilot_first_deadline'),
        ),
        migrations.AddIndex(
            model_name='pilotproject',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass('search_key', name='gin_trgm_ops'), name='pilot_search'),
        ),
        migrations.AddConstraint(
            model_name='pilotproject',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('deadline__isnull', True), ('first_deadline__isnull', True)), models.Q(('deadline__gte', models.F('first_deadline')), ('first_deadline__isnull', False)), _connector='OR'), name='pilot_first_deadline_stays'),
        ),
        migrations.AddIndex(
            model_name='review',
            index=models.Index(fields=['expert', 'status'], name='review_turn'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.UniqueConstraint(fields=('examination', 'expert'), name='review_once'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.UniqueConstraint(fields=('examination', 'number'), name='review_number_once'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'submitted'), _negated=True), ('submitted_at__isnull', False), _connector='OR'), name='review_submitted_has_moment'),
        ),
        migrations.AddConstraint(
            model_name='reviewscore',
            constraint=models.UniqueConstraint(fields=('review', 'criterion'), name='review_score_once'),
        ),
        migrations.AddConstraint(
            model_name='reviewscore',
            constraint=models.CheckConstraint(condition=models.Q(('level__gte', 1), ('level__lte', 4)), name='review_score_level'),
        ),
        migrations.AddIndex(
            model_name='trial',
            index=models.Index(fields=['modified_at', 'id'], name='trial_modified'),
        ),
        migrations.AddConstraint(
            model_name='trialamendment',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'requested')), fields=('trial',), name='amendment_one_asked'),
        ),
        migrations.AddConstraint(
            model_name='trialamendment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('settled_at__isnull', True), ('status', 'requested')), models.Q(models.Q(('status', 'requested'), _negated=True), ('settled_at__isnull', False)), _connector='OR'), name='amendment_settled_has_moment'),
        ),
        migrations.AddConstraint(
            model_name='trialamendment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('institution__isnull', False), ('kind__in', ('joins', 'leaves'))), models.Q(models.Q(('kind__in', ('joins', 'leaves')), _negated=True), ('institution__isnull', True)), _connector='OR'), name='amendment_names_its_site'),
        ),
        migrations.AddConstraint(
            model_name='trialamendment',
            constraint=models.CheckConstraint(condition=models.Q(('old', models.F('new')), _negated=True), name='amendment_changes_something'),
        ),
        migrations.AddConstraint(
            model_name='amendmentapproval',
            constraint=models.UniqueConstraint(fields=('amendment', 'institution'), name='amendment_approval_once'),
        ),
        migrations.AddConstraint(
            model_name='trialsite',
            constraint=models.UniqueConstraint(fields=('trial', 'institution'), name='trial_site_once'),
        ),
        migrations.AddIndex(
            model_name='steplog',
            index=models.Index(fields=['site', 'step', '-id'], name='step_log_latest'),
        ),
        migrations.AddConstraint(
            model_name='measurement',
            constraint=models.UniqueConstraint(fields=('site', 'outcome', 'wave'), name='measurement_once'),
        ),
        migrations.AddConstraint(
            model_name='measurement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('denominator__gt', 0), ('numerator__isnull', False), ('state', 'value')), models.Q(('denominator__isnull', True), ('numerator__isnull', True), ('state', 'missing')), _connector='OR'), name='measurement_is_value_or_missing'),
        ),
        migrations.AddIndex(
            model_name='verdict',
            index=models.Index(fields=['decided_at'], name='verdict_decided'),
        ),
        migrations.AddConstraint(
            model_name='verdict',
            constraint=models.CheckConstraint(condition=models.Q(('decided_at__isnull', True), models.Q(models.Q(('value', ''), _negated=True), models.Q(('words_hash', ''), _negated=True)), _connector='OR'), name='verdict_decided_whole'),
        ),
        migrations.AddConstraint(
            model_name='verdict',
            constraint=models.CheckConstraint(condition=models.Q(('value', ''), ('value', models.F('computed')), models.Q(('reason', ''), _negated=True), _connector='OR'), name='verdict_differs_with_reason', violation_error_message='Say why the verdict differs from what the figures give.'),
        ),
        migrations.AddConstraint(
            model_name='panelseat',
            constraint=models.UniqueConstraint(fields=('verdict', 'user'), name='panel_seat_once'),
        ),
        migrations.AddConstraint(
            model_name='panelseat',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('agreed_at__isnull', True), ('agreed_hash', '')), models.Q(('agreed_at__isnull', False), models.Q(('agreed_hash', ''), _negated=True)), _connector='OR'), name='panel_seat_agreed_whole'),
        ),
        migrations.AddConstraint(
            model_name='vote',
            constraint=models.UniqueConstraint(fields=('problem', 'institution'), name='vote_once', violation_error_message='Your organisation has voted already.'),
        ),
    ]
