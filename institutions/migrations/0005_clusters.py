"""Clusters and their dated members."""

import accounts.identity
import accounts.names
import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('institutions', '0004_dated_rows_by_their_first_day'),
    ]

    operations = [
        migrations.CreateModel(
            name='Cluster',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=accounts.identity.new_public_id, editable=False, max_length=26, unique=True)),
                ('names', accounts.names.NamesField(default=dict, verbose_name='Name')),
                ('agreement_key', models.CharField(blank=True, max_length=26)),
                ('created_at', models.DateTimeField()),
                ('modified_at', models.DateTimeField()),
                ('search_key', models.TextField(default='')),
                ('coordinator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='coordinated_clusters', to='institutions.institution')),
            ],
        ),
        migrations.CreateModel(
            name='ClusterMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=accounts.identity.new_public_id, editable=False, max_length=26, unique=True)),
                ('valid', django.contrib.postgres.fields.ranges.DateRangeField()),
                ('cluster', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='institutions.cluster')),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cluster_roles', to='institutions.institution')),
                ('role', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='institutions.term')),
            ],
        ),
        migrations.AddIndex(
            model_name='cluster',
            index=models.Index(fields=['modified_at', 'id'], name='cluster_modified'),
        ),
        migrations.AddIndex(
            model_name='clustermember',
            index=models.Index(fields=['institution', 'cluster'], name='cluster_member_house'),
        ),
        migrations.AddConstraint(
            model_name='clustermember',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('cluster', '='), ('institution', '='), ('valid', '&&')], name='cluster_member_no_overlap', violation_error_message='This organisation is a member already.'),
        ),
    ]
