"""Moves of jobs by their table, as facts of the database."""

from django.db import migrations

from exchange.jobs.models import JobStatus
from exchange.jobs.rules import JOB
from lifecycle.guards import guard_status


class Migration(migrations.Migration):
    dependencies = [("exchange", "0001_initial"), ("lifecycle", "0002_append_only")]
    operations = [guard_status("exchange_job", JobStatus.values, JOB.pairs(), "job")]
