"""What was asked of subjects and what they answered: a history that only grows."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql, sqlite

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sqlite.INTEGER(), "sqlite")
TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "consent_text",
        sa.Column("hash", TEXT, nullable=False, autoincrement=False),
        sa.Column("body", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_consent_text"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "consent_event",
        sa.Column("id", WHOLE, sa.Identity(always=True), nullable=False, autoincrement=True),
        sa.Column("subject_id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("about", TEXT, nullable=False),
        sa.Column("target", TEXT, nullable=False),
        sa.Column("body", TEXT, nullable=False),
        sa.Column("question_id", TEXT, nullable=True),
        sa.Column("fact_id", TEXT, nullable=True),
        sa.Column("version", WHOLE, nullable=False),
        sa.Column("text_hash", TEXT, nullable=True),
        sa.Column("language", TEXT, nullable=True),
        sa.Column("through", TEXT, nullable=False),
        sa.Column("expression", TEXT, nullable=True),
        sa.Column("at", WHOLE, nullable=False),
        sa.Column("ends_at", WHOLE, nullable=True),
        sa.Column("record_id", WHOLE, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_consent_event"),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )
    op.create_index("ix_consent_event_subject_id_id", "consent_event", ["subject_id", "id"])
    op.create_index("ix_consent_event_fact_id", "consent_event", ["fact_id"])
    op.create_index("ix_consent_event_kind_ends_at", "consent_event", ["kind", "ends_at"])
