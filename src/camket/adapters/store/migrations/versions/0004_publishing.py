"""Policies in the making: drafts, and who approved them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql, sqlite

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sqlite.INTEGER(), "sqlite")
TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "policy_draft",
        sa.Column("id", TEXT, nullable=False, autoincrement=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("base", WHOLE, nullable=False),
        sa.Column("revision", WHOLE, nullable=False),
        sa.Column("files", sa.LargeBinary(), nullable=False),
        sa.Column("effective_at", WHOLE, nullable=True),
        sa.Column("begun_by", TEXT, nullable=False),
        sa.Column("begun_at", WHOLE, nullable=False),
        sa.Column("saved_by", TEXT, nullable=False),
        sa.Column("saved_at", WHOLE, nullable=False),
        sa.Column("number", WHOLE, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_policy_draft"),
        sqlite_strict=True,
    )
    where = sa.text("state = 'open'")
    op.create_index(
        "ix_policy_draft_open", "policy_draft", ["state"], unique=True, sqlite_where=where, postgresql_where=where
    )
    op.create_table(
        "policy_approval",
        sa.Column("draft_id", TEXT, nullable=False, autoincrement=False),
        sa.Column("approved_by", TEXT, nullable=False, autoincrement=False),
        sa.Column("revision", WHOLE, nullable=False),
        sa.Column("approved_at", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("draft_id", "approved_by", name="pk_policy_approval"),
        sqlite_strict=True,
    )
