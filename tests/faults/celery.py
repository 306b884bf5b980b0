"""The product's own Celery application with the probe in place of its timetable (`celery -A tests.faults`)."""

from config.celery import app, every

app.conf.include = ["tests.faults.probe"]
app.conf.beat_schedule = {"probe": every(1, "probe.consume")}
