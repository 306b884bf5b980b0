"""What stands behind a signature given by a link, on paper or with a key stays as it is; codes of links."""

import accounts.identity
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from lifecycle.guards import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('cooperation', '0017_obligations'),
        ('lifecycle', '0007_link_posts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='LinkCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code_hash', models.CharField(max_length=64)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('link', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lifecycle.signedlink')),
            ],
            options={
                'indexes': [models.Index(fields=['link', '-id'], name='link_code_link')],
            },
        ),
        migrations.CreateModel(
            name='SignatureProof',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=accounts.identity.new_public_id, editable=False, max_length=26, unique=True)),
                ('shown', models.CharField(blank=True, max_length=200)),
                ('address_key', models.CharField(blank=True, max_length=64)),
                ('signed_on', models.DateField(null=True)),
                ('file', models.FileField(blank=True, max_length=200, upload_to='signatures/%Y/%m/')),
                ('file_sha256', models.CharField(blank=True, max_length=64)),
                ('envelope', models.TextField(blank=True)),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('revision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cooperation.revision')),
                ('signature', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='proof', to='cooperation.signature')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('address_key', ''), _negated=True), fields=('revision', 'address_key'), name='signature_one_party_a_mailbox', violation_error_message='One person signs for one party.')],
            },
        ),
        append_only("cooperation_signatureproof"),
    ]
