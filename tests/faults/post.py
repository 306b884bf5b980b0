"""The product's own Celery application that only tells acts and sends notices (`celery -A tests.faults.post`)."""

from config.celery import app, every

app.conf.include = ["tests.faults.told"]
app.conf.beat_schedule = {
    "tell": every(1, "exchange.notices.note_acts"),
    "send": every(1, "exchange.notices.send_due"),
}
