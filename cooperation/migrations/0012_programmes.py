"""Joint programmes with their versions and working groups; statuses move by their table."""

import accounts.identity
import accounts.spelling
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from cooperation.programmes.models import ProgrammeStatus
from cooperation.programmes.rules import PROGRAMME
from lifecycle.guards import guard_status


class Migration(migrations.Migration):

    dependencies = [
        ('cooperation', '0011_adoptions'),
        ('institutions', '0002_guards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='JointProgramme',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=accounts.identity.new_public_id, editable=False, max_length=26, unique=True)),
                ('title', accounts.spelling.Line(max_length=300, verbose_name='Title')),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('in_work', 'In work'), ('approved', 'Approved'), ('retired', 'Retired')], default='draft', max_length=16)),
                ('created_at', models.DateTimeField()),
                ('modified_at', models.DateTimeField()),
                ('version', models.PositiveIntegerField(default=1)),
                ('search_key', models.TextField(default='')),
                ('agreement', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='programmes', to='cooperation.agreement')),
                ('fields_of_study', models.ManyToManyField(related_name='+', to='institutions.term', verbose_name='Fields of study')),
                ('lead', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='led_programmes', to='institutions.institution')),
                ('level', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='institutions.term')),
                ('project', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='programmes', to='cooperation.jointproject')),
            ],
        ),
        migrations.CreateModel(
            name='ProgrammeVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=accounts.identity.new_public_id, editable=False, max_length=26, unique=True)),
                ('number', models.PositiveSmallIntegerField()),
                ('contents', accounts.spelling.Text(blank=True, verbose_name='Contents')),
                ('changes', accounts.spelling.Text(blank=True, verbose_name='What changed')),
                ('link', models.URLField(blank=True, max_length=500, verbose_name='Document')),
                ('content_hash', models.CharField(max_length=64)),
                ('state', models.CharField(choices=[('open', 'In work'), ('approved', 'In force'), ('superseded', 'Superseded'), ('dropped', 'Given up')], default='open', max_length=16)),
                ('opened_at', models.DateTimeField()),
                ('approved_on', models.DateField(null=True)),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='cooperation.jointprogramme')),
            ],
        ),
        migrations.CreateModel(
            name='GroupMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('invited', 'Invited'), ('accepted', 'Takes part'), ('confirmed', 'Confirmed the content'), ('declined', 'Declined')], default='invited', max_length=16)),
                ('answered_at', models.DateTimeField(null=True)),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('confirmed_hash', models.CharField(blank=True, max_length=64)),
                ('confirmed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='programme_groups', to='institutions.institution')),
                ('role', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='institutions.term')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='cooperation.programmeversion')),
            ],
        ),
        migrations.AddIndex(
            model_name='jointprogramme',
            index=models.Index(fields=['modified_at', 'id'], name='programme_modified'),
        ),
        migrations.AddIndex(
            model_name='programmeversion',
            index=models.Index(fields=['approved_on', 'programme'], name='programme_version_day'),
        ),
        migrations.AddConstraint(
            model_name='programmeversion',
            constraint=models.UniqueConstraint(fields=('programme', 'number'), name='programme_version_once'),
        ),
        migrations.AddConstraint(
            model_name='programmeversion',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('programme',), name='programme_one_in_work'),
        ),
        migrations.AddConstraint(
            model_name='programmeversion',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'approved')), fields=('programme',), name='programme_one_in_force'),
        ),
        migrations.AddConstraint(
            model_name='programmeversion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('approved_on__isnull', False), ('state__in', ['approved', 'superseded'])), models.Q(('approved_on__isnull', True), ('state__in', ['open', 'dropped'])), _connector='OR'), name='programme_version_approved_has_day'),
        ),
        migrations.AddIndex(
            model_name='groupmember',
            index=models.Index(fields=['institution', 'state', 'version'], name='programme_member_turn'),
        ),
        migrations.AddConstraint(
            model_name='groupmember',
            constraint=models.UniqueConstraint(fields=('version', 'institution'), name='programme_member_once'),
        ),
        migrations.AddConstraint(
            model_name='groupmember',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('confirmed_at__isnull', False), ('state', 'confirmed'), models.Q(('confirmed_hash', ''), _negated=True)), models.Q(models.Q(('state', 'confirmed'), _negated=True), ('confirmed_at__isnull', True), ('confirmed_hash', '')), _connector='OR'), name='programme_member_confirmed_a_hash'),
        ),
        guard_status("cooperation_jointprogramme", ProgrammeStatus.values, PROGRAMME.pairs(), "programme"),
    ]
