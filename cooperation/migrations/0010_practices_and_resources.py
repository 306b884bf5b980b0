"""Practices and shared resources with one life cycle, and the use of resources."""

import accounts.identity
import accounts.spelling
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from cooperation.practices.rules import PRACTICE
from cooperation.resources.rules import RESOURCE
from cooperation.reviewing.models import ReviewStatus
from lifecycle.guards import guard_status


class Migration(migrations.Migration):

    dependencies = [
        ('cooperation', '0009_what_hangs_on_activities'),
        ('institutions', '0002_guards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Resource',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=accounts.identity.new_public_id, editable=False, max_length=26, unique=True)),
                ('title', accounts.spelling.Line(max_length=300, verbose_name='Title')),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('in_review', 'In review'), ('published', 'Published'), ('withdrawn', 'Withdrawn')], default='draft', max_length=16)),
                ('submitted_at', models.DateTimeField(null=True)),
                ('published_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField()),
                ('modified_at', models.DateTimeField()),
                ('version', models.PositiveIntegerField(default=1)),
                ('search_key', models.TextField(default='')),
                ('kind', models.CharField(choices=[('premises', 'Premises'), ('equipment', 'Equipment'), ('library', 'Library'), ('database', 'Database'), ('digital', 'Digital material')], max_length=16, verbose_name='Kind')),
                ('rights', models.CharField(choices=[('partners', 'Partners under an agreement in force'), ('institutions', 'Every organisation'), ('everybody', 'Everybody who is signed in')], default='partners', max_length=16, verbose_name='Who may use it')),
                ('description', accounts.spelling.Text(blank=True, verbose_name='What it is')),
                ('how', accounts.spelling.Text(blank=True, verbose_name='How to use it')),
                ('link', models.URLField(blank=True, max_length=500, verbose_name='Link')),
                ('file', models.FileField(blank=True, max_length=200, upload_to='resources/%Y/%m/')),
                ('file_name', accounts.spelling.Line(blank=True, max_length=200)),
                ('file_size', models.PositiveIntegerField(default=0)),
                ('file_sha256', models.CharField(blank=True, max_length=64)),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='institutions.institution')),
                ('reviewed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ResourceUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('used_on', models.DateField()),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='institutions.institution')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('resource', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='uses', to='cooperation.resource')),
            ],
        ),
        migrations.CreateModel(
            name='Practice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=accounts.identity.new_public_id, editable=False, max_length=26, unique=True)),
                ('title', accounts.spelling.Line(max_length=300, verbose_name='Title')),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('in_review', 'In review'), ('published', 'Published'), ('withdrawn', 'Withdrawn')], default='draft', max_length=16)),
                ('submitted_at', models.DateTimeField(null=True)),
                ('published_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField()),
                ('modified_at', models.DateTimeField()),
                ('version', models.PositiveIntegerField(default=1)),
                ('search_key', models.TextField(default='')),
                ('done', accounts.spelling.Text(blank=True, verbose_name='What was done')),
                ('outcome', accounts.spelling.Text(blank=True, verbose_name='What came of it')),
                ('activity', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='practices', to='cooperation.activity')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('form', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='institutions.term')),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='institutions.institution')),
                ('reviewed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['modified_at', 'id'], name='practice_modified'), models.Index(fields=['institution', 'status'], name='practice_house')],
                'constraints': [models.CheckConstraint(condition=models.Q(('reviewed_by__isnull', True), models.Q(('reviewed_by', models.F('author')), _negated=True), _connector='OR'), name='practice_reviewer_is_another', violation_error_message='Another person reviews it, never its author.'), models.CheckConstraint(condition=models.Q(models.Q(('published_at__isnull', True), ('reviewed_by__isnull', True), ('status__in', ('draft', 'in_review'))), models.Q(('published_at__isnull', False), ('reviewed_by__isnull', False), ('status__in', ('published', 'withdrawn'))), _connector='OR'), name='practice_published_is_reviewed'), models.CheckConstraint(condition=models.Q(('status', 'draft'), ('submitted_at__isnull', False), _connector='OR'), name='practice_review_has_moment')],
            },
        ),
        migrations.AddIndex(
            model_name='resource',
            index=models.Index(fields=['modified_at', 'id'], name='resource_modified'),
        ),
        migrations.AddIndex(
            model_name='resource',
            index=models.Index(fields=['institution', 'status'], name='resource_house'),
        ),
        migrations.AddConstraint(
            model_name='resource',
            constraint=models.CheckConstraint(condition=models.Q(('reviewed_by__isnull', True), models.Q(('reviewed_by', models.F('author')), _negated=True), _connector='OR'), name='resource_reviewer_is_another', violation_error_message='Another person reviews it, never its author.'),
        ),
        migrations.AddConstraint(
            model_name='resource',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('published_at__isnull', True), ('reviewed_by__isnull', True), ('status__in', ('draft', 'in_review'))), models.Q(('published_at__isnull', False), ('reviewed_by__isnull', False), ('status__in', ('published', 'withdrawn'))), _connector='OR'), name='resource_published_is_reviewed'),
        ),
        migrations.AddConstraint(
            model_name='resource',
            constraint=models.CheckConstraint(condition=models.Q(('status', 'draft'), ('submitted_at__isnull', False), _connector='OR'), name='resource_review_has_moment'),
        ),
        migrations.AddConstraint(
            model_name='resource',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('file', ''), ('file_name', ''), ('file_sha256', ''), ('file_size', 0)), models.Q(models.Q(('file', ''), _negated=True), models.Q(('file_name', ''), _negated=True), ('file_size__gt', 0), ('file_sha256__regex', '^[0-9a-f]{64}$')), _connector='OR'), name='resource_file_is_described'),
        ),
        migrations.AddIndex(
            model_name='resourceuse',
            index=models.Index(fields=['resource', 'used_on'], name='resource_use_day'),
        ),
        migrations.AddIndex(
            model_name='resourceuse',
            index=models.Index(fields=['institution', 'used_on'], name='resource_use_house'),
        ),
        migrations.AddConstraint(
            model_name='resourceuse',
            constraint=models.UniqueConstraint(fields=('resource', 'institution', 'person', 'used_on'), name='resource_use_once'),
        ),
        guard_status("cooperation_practice", ReviewStatus.values, PRACTICE.pairs(), "practice"),
        guard_status("cooperation_resource", ReviewStatus.values, RESOURCE.pairs(), "resource"),
    ]
