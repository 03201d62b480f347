"""Notices of policy versions, and what became of each for each subject; bulk mail waits in a lane of its own."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql, sqlite

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sqlite.INTEGER(), "sqlite")
TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
MAIL = "id, subject_id, template, args, state, attempts, created_at, next_at, message_id, last_error_kind, sent_at"


def upgrade() -> None:
    """Make the tables, and give every mail its lane."""
    _make_notices()
    op.drop_index("ix_outbox_state_next_at", "outbox")
    if op.get_bind().dialect.name == "postgresql":
        op.add_column("outbox", sa.Column("lane", TEXT, nullable=False, server_default="prompt"))
        op.alter_column("outbox", "lane", server_default=None)
    else:
        _make_outbox_anew()
    op.create_index("ix_outbox_state_lane_next_at", "outbox", ["state", "lane", "next_at"])


def _make_notices() -> None:
    op.create_table(
        "notice",
        sa.Column("number", WHOLE, nullable=False, autoincrement=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("created_at", WHOLE, nullable=False),
        sa.Column("planned_at", WHOLE, nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_notice"),
        sqlite_strict=True,
    )
    op.create_table(
        "notice_delivery",
        sa.Column("number", WHOLE, nullable=False, autoincrement=False),
        sa.Column("subject_id", TEXT, nullable=False, autoincrement=False),
        sa.Column("banner", WHOLE, nullable=False),
        sa.Column("mail", TEXT, nullable=False),
        sa.Column("planned_at", WHOLE, nullable=False),
        sa.Column("settled_at", WHOLE, nullable=True),
        sa.Column("message_id", TEXT, nullable=True),
        sa.Column("smtp_code", WHOLE, nullable=True),
        sa.Column("error_kind", TEXT, nullable=True),
        sa.Column("seen_at", WHOLE, nullable=True),
        sa.PrimaryKeyConstraint("number", "subject_id", name="pk_notice_delivery"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_notice_delivery_subject_id", "notice_delivery", ["subject_id"])
    op.create_table(
        "notice_sum",
        sa.Column("number", WHOLE, nullable=False, autoincrement=False),
        sa.Column("mail", TEXT, nullable=False, autoincrement=False),
        sa.Column("people", WHOLE, nullable=False),
        sa.Column("banners", WHOLE, nullable=False),
        sa.Column("seen", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("number", "mail", name="pk_notice_sum"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _make_outbox_anew() -> None:
    # A column that SQLite adds stands otherwise in the table's text than a declared one. Nothing refers to the table.
    op.drop_index("ix_outbox_subject_id", "outbox")
    op.rename_table("outbox", "outbox_0004")
    op.create_table(
        "outbox",
        sa.Column("id", TEXT, nullable=False, autoincrement=False),
        sa.Column("subject_id", TEXT, nullable=True),
        sa.Column("template", TEXT, nullable=False),
        sa.Column("args", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("attempts", WHOLE, nullable=False),
        sa.Column("created_at", WHOLE, nullable=False),
        sa.Column("next_at", WHOLE, nullable=False),
        sa.Column("message_id", TEXT, nullable=True),
        sa.Column("last_error_kind", TEXT, nullable=True),
        sa.Column("sent_at", WHOLE, nullable=True),
        sa.Column("lane", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sqlite_strict=True,
    )
    op.execute(f"INSERT INTO outbox ({MAIL}, lane) SELECT {MAIL}, 'prompt' FROM outbox_0004")  # noqa: S608 - ours
    op.drop_table("outbox_0004")
    op.create_index("ix_outbox_subject_id", "outbox", ["subject_id"])
