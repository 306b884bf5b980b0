"""The record of acts and frozen contents may be added to and read, nothing else."""

from django.db import migrations

from lifecycle.guards import append_only


class Migration(migrations.Migration):
    dependencies = [("lifecycle", "0001_initial")]
    operations = [append_only("lifecycle_event"), append_only("lifecycle_frozencontent")]
