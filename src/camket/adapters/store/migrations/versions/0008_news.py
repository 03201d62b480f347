"""Improvement news, and what the address in each such mail ends."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql, sqlite

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sqlite.INTEGER(), "sqlite")
TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "news",
        sa.Column("id", TEXT, nullable=False, autoincrement=False),
        sa.Column("author", TEXT, nullable=False),
        sa.Column("titles", TEXT, nullable=False),
        sa.Column("texts", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("created_at", WHOLE, nullable=False),
        sa.Column("sent_at", WHOLE, nullable=True),
        sa.Column("asked", WHOLE, nullable=False),
        sa.Column("queued", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_news"),
        sqlite_strict=True,
    )
    op.create_index("ix_news_created_at", "news", ["created_at"])
    op.create_table(
        "unsubscription",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False, autoincrement=False),
        sa.Column("subject_id", TEXT, nullable=False),
        sa.Column("purpose", TEXT, nullable=False),
        sa.Column("created_at", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_unsubscription"),
        sqlite_strict=True,
    )
    op.create_index("ix_unsubscription_subject_id", "unsubscription", ["subject_id"])
    op.create_index("ix_unsubscription_created_at", "unsubscription", ["created_at"])
