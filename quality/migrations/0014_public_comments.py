"""What readers say of public pages: the words stay as they were said, and an answer as it was given."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import accounts.identity
import accounts.spelling
from lifecycle.guards import freeze, guard_status
from quality.comments.models import CommentStatus
from quality.comments.rules import COMMENT

SAID = ("page", "address", "title", "institution_id", "territory_id", "text", "language", "form_key", "received_at")

ANSWERED = """
CREATE FUNCTION quality_publiccomment_stands() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
BEGIN RAISE EXCEPTION 'quality_publiccomment: an answer stays' USING ERRCODE = 'restrict_violation'; END $$;
CREATE TRIGGER quality_publiccomment_stands BEFORE UPDATE ON quality_publiccomment FOR EACH ROW
  WHEN (OLD.closed_at IS NOT NULL AND (OLD.answer, OLD.closed_at, OLD.answered_by_id, OLD.is_told)
        IS DISTINCT FROM (NEW.answer, NEW.closed_at, NEW.answered_by_id, NEW.is_told))
  EXECUTE FUNCTION quality_publiccomment_stands();
"""
ANSWERED_UNDO = """
DROP TRIGGER quality_publiccomment_stands ON quality_publiccomment;
DROP FUNCTION quality_publiccomment_stands();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('institutions', '0006_clusters_by_name'),
        ('quality', '0013_published_stories'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PublicComment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=accounts.identity.new_public_id, editable=False, max_length=26, unique=True)),
                ('page', models.CharField(max_length=64)),
                ('address', models.CharField(max_length=300)),
                ('title', accounts.spelling.Line(max_length=300, verbose_name='Page')),
                ('text', accounts.spelling.Text(verbose_name='What is wrong')),
                ('contact', models.TextField(blank=True, default='')),
                ('language', models.CharField(max_length=8)),
                ('form_key', models.CharField(max_length=64, unique=True)),
                ('status', models.CharField(choices=[('received', 'Received'), ('acknowledged', 'Being looked into'), ('answered', 'Answered'), ('corrected', 'Corrected'), ('declined', 'Declined')], default='received', max_length=16)),
                ('is_told', models.BooleanField(default=False)),
                ('answer', accounts.spelling.Text(blank=True, verbose_name='Answer given')),
                ('received_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('mailed_at', models.DateTimeField(null=True)),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('institution', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='institutions.institution')),
                ('territory', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='institutions.territory')),
            ],
            options={
                'indexes': [models.Index(fields=['received_at', 'id'], name='comment_newest'), models.Index(fields=['status', 'received_at', 'id'], name='comment_status'), models.Index(fields=['address'], name='comment_address'), models.Index(condition=models.Q(('mailed_at__isnull', True)), fields=['closed_at'], name='comment_to_mail')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('closed_at__isnull', True), ('status__in', ('received', 'acknowledged'))), models.Q(('closed_at__isnull', False), ('status__in', ('answered', 'corrected', 'declined')), models.Q(('answer', ''), _negated=True)), _connector='OR'), name='comment_closed_is_answered')],
            },
        ),
        guard_status("quality_publiccomment", CommentStatus.values, COMMENT.pairs(), "comment"),
        freeze("quality_publiccomment", *SAID),
        migrations.RunSQL(ANSWERED, ANSWERED_UNDO),
    ]
