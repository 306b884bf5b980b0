"""People of activities with their certificates, protocols, thanks; what was printed or signed never changes."""

import accounts.identity
import accounts.spelling
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from cooperation.protocols.models import ProtocolStatus
from cooperation.protocols.rules import PROTOCOL
from cooperation.trainings.models import CertificateStatus
from cooperation.trainings.rules import CERTIFICATE
from lifecycle.guards import freeze, guard_status


class Migration(migrations.Migration):

    dependencies = [
        ('cooperation', '0008_activity_photos'),
        ('institutions', '0002_guards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ActivityPerson',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=accounts.identity.new_public_id, editable=False, max_length=26, unique=True)),
                ('hours', models.DecimalField(decimal_places=2, max_digits=6, verbose_name='Hours')),
                ('named_at', models.DateTimeField()),
                ('activity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='people', to='cooperation.activity')),
                ('home', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='institutions.institution')),
                ('host', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='institutions.institution')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deeds', to='institutions.person')),
            ],
        ),
        migrations.CreateModel(
            name='Certificate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=accounts.identity.new_public_id, editable=False, max_length=26, unique=True)),
                ('number', models.CharField(max_length=32, unique=True)),
                ('status', models.CharField(choices=[('issued', 'Issued'), ('revoked', 'Revoked')], default='issued', max_length=16)),
                ('content', models.JSONField()),
                ('content_hash', models.CharField(max_length=64)),
                ('activity_hash', models.CharField(max_length=64)),
                ('issued_at', models.DateTimeField()),
                ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='certificates', to='cooperation.activityperson')),
            ],
        ),
        migrations.CreateModel(
            name='Protocol',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=accounts.identity.new_public_id, editable=False, max_length=26, unique=True)),
                ('edition', models.PositiveSmallIntegerField()),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('signed', 'Signed'), ('superseded', 'Superseded')], default='draft', max_length=16)),
                ('content', models.JSONField()),
                ('content_hash', models.CharField(max_length=64)),
                ('chair_signed_at', models.DateTimeField(null=True)),
                ('secretary_signed_at', models.DateTimeField(null=True)),
                ('modified_at', models.DateTimeField()),
                ('version', models.PositiveIntegerField(default=1)),
                ('activity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='protocols', to='cooperation.activity')),
                ('chair', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('secretary', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Thanks',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', accounts.spelling.Text(max_length=300, verbose_name='Thanks')),
                ('said_at', models.DateTimeField()),
                ('activity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='thanks', to='cooperation.activity')),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='institutions.institution')),
            ],
        ),
        migrations.AddConstraint(
            model_name='activityperson',
            constraint=models.UniqueConstraint(fields=('activity', 'person'), name='activity_person_once', violation_error_message='This person is named already.'),
        ),
        migrations.AddConstraint(
            model_name='activityperson',
            constraint=models.CheckConstraint(condition=models.Q(('hours__gt', 0), ('hours__lte', 1000)), name='activity_person_hours_sensible'),
        ),
        migrations.AddConstraint(
            model_name='activityperson',
            constraint=models.CheckConstraint(condition=models.Q(('host__isnull', True), models.Q(('host', models.F('home')), _negated=True), _connector='OR'), name='activity_person_hosted_elsewhere', violation_error_message='A guest teaches at another organisation than their own.'),
        ),
        migrations.AddIndex(
            model_name='certificate',
            index=models.Index(fields=['content_hash'], name='certificate_hash', opclasses=['varchar_pattern_ops']),
        ),
        migrations.AddConstraint(
            model_name='certificate',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'issued')), fields=('place', 'activity_hash'), name='certificate_once'),
        ),
        migrations.AddConstraint(
            model_name='protocol',
            constraint=models.UniqueConstraint(fields=('activity', 'edition'), name='protocol_edition_once'),
        ),
        migrations.AddConstraint(
            model_name='protocol',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'draft')), fields=('activity',), name='protocol_one_draft', violation_error_message='A draft of this protocol is open already.'),
        ),
        migrations.AddConstraint(
            model_name='protocol',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'signed')), fields=('activity',), name='protocol_one_signed'),
        ),
        migrations.AddConstraint(
            model_name='protocol',
            constraint=models.CheckConstraint(condition=models.Q(('chair__isnull', True), ('secretary__isnull', True), models.Q(('chair', models.F('secretary')), _negated=True), _connector='OR'), name='protocol_two_sign_it', violation_error_message='The chair and the secretary are two people.'),
        ),
        migrations.AddConstraint(
            model_name='protocol',
            constraint=models.CheckConstraint(condition=models.Q(('status', 'draft'), models.Q(('chair_signed_at__isnull', False), ('secretary_signed_at__isnull', False)), _connector='OR'), name='protocol_signed_by_both'),
        ),
        migrations.AddConstraint(
            model_name='thanks',
            constraint=models.UniqueConstraint(fields=('activity', 'institution'), name='thanks_once'),
        ),
        guard_status("cooperation_certificate", CertificateStatus.values, CERTIFICATE.pairs(), "certificate"),
        freeze("cooperation_certificate", "number", "content", "content_hash", "activity_hash"),
        guard_status("cooperation_protocol", ProtocolStatus.values, PROTOCOL.pairs(), "protocol"),
        freeze("cooperation_protocol", "content", "content_hash", "chair_id", "secretary_id", when="OLD.status <> 'draft'"),
    ]
