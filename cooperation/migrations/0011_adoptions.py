"""Adoptions: who uses what, since when; statuses move by their table."""

import accounts.identity
import accounts.spelling
import django.db.models.deletion
from django.db import migrations, models

from cooperation.adoptions.models import AdoptionStatus
from cooperation.adoptions.rules import ADOPTION
from lifecycle.guards import guard_status


class Migration(migrations.Migration):

    dependencies = [
        ('cooperation', '0010_practices_and_resources'),
        ('institutions', '0002_guards'),
    ]

    operations = [
        migrations.CreateModel(
            name='Adoption',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=accounts.identity.new_public_id, editable=False, max_length=26, unique=True)),
                ('subject_type', models.CharField(max_length=32)),
                ('subject_id', models.CharField(max_length=26)),
                ('since', models.DateField(verbose_name='In use since')),
                ('note', accounts.spelling.Text(blank=True, verbose_name='How it is used')),
                ('status', models.CharField(choices=[('reported', 'Reported'), ('confirmed', 'Confirmed'), ('sustained', 'Sustained'), ('dropped', 'No longer used')], default='reported', max_length=16)),
                ('reported_at', models.DateTimeField()),
                ('modified_at', models.DateTimeField()),
                ('version', models.PositiveIntegerField(default=1)),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='adoptions', to='institutions.institution')),
            ],
            options={
                'indexes': [models.Index(fields=['modified_at', 'id'], name='adoption_modified')],
                'constraints': [models.UniqueConstraint(fields=('subject_type', 'subject_id', 'institution'), name='adoption_once', violation_error_message='Your organisation has said already that it uses this.')],
            },
        ),
        guard_status("cooperation_adoption", AdoptionStatus.values, ADOPTION.pairs(), "adoption"),
    ]
