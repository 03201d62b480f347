"""Requests with their timelines, proofs, threads and files; what was asked for before is kept."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql, sqlite

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sqlite.INTEGER(), "sqlite")
TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")

# What ran before was an accepted erasure whose job waits or works; the version is the one that was in force.
BEFORE = """
SELECT id, subject_id, "right" AS kind, CASE state WHEN 'running' THEN 'approved' ELSE state END AS state,
       id AS number, 'account' AS channel,
       COALESCE((SELECT MAX(number) FROM policy_version WHERE effective_at <= request.created_at), 1) AS policy_version,
       created_at, due_at, verified_at, verified_level, done_at, sealed,
       CASE WHEN done_at IS NULL AND verified_at IS NOT NULL THEN COALESCE(due_at, created_at) END AS queue_at
FROM request
"""


def upgrade() -> None:
    """Make the tables, and take over the requests that there are."""
    connection = op.get_bind()
    before = [dict(row) for row in connection.execute(sa.text(BEFORE)).mappings()]
    op.drop_table("request")
    make_requests()
    make_timelines()
    make_answers()
    if before:
        columns = [sa.column(name) for name in before[0]]
        connection.execute(sa.insert(sa.table("request", *columns)), before)


def make_requests() -> None:
    """Make the table of requests."""
    op.create_table(
        "request",
        sa.Column("id", TEXT, nullable=False, autoincrement=False),
        sa.Column("subject_id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("number", TEXT, nullable=False),
        sa.Column("channel", TEXT, nullable=False),
        sa.Column("policy_version", WHOLE, nullable=False),
        sa.Column("filed_by", TEXT, nullable=True),
        sa.Column("assigned_to", TEXT, nullable=True),
        sa.Column("created_at", WHOLE, nullable=False),
        sa.Column("verified_at", WHOLE, nullable=True),
        sa.Column("verified_level", TEXT, nullable=True),
        sa.Column("reply_due_at", WHOLE, nullable=True),
        sa.Column("due_at", WHOLE, nullable=True),
        sa.Column("warn_at", WHOLE, nullable=True),
        sa.Column("warned_at", WHOLE, nullable=True),
        sa.Column("replied_at", WHOLE, nullable=True),
        sa.Column("paused_at", WHOLE, nullable=True),
        sa.Column("extended_at", WHOLE, nullable=True),
        sa.Column("failing", TEXT, nullable=True),
        sa.Column("failing_since", WHOLE, nullable=True),
        sa.Column("done_at", WHOLE, nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("queue_at", WHOLE, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_request"),
        sa.UniqueConstraint("number", name="uq_request_number"),
        sqlite_strict=True,
    )
    for name, columns, where in (
        (
            "queue",
            ["queue_at", "id", "kind", "state", "assigned_to"],
            "queue_at IS NOT NULL",
        ),
        ("warn", ["warn_at", "queue_at"], "queue_at IS NOT NULL"),
        ("unproven", ["created_at", "id"], "done_at IS NULL AND verified_at IS NULL"),
        ("failing", ["failing_since", "id"], "done_at IS NULL AND failing IS NOT NULL"),
        ("ended", ["done_at", "id"], "done_at IS NOT NULL AND verified_at IS NOT NULL"),
    ):
        part = sa.text(where)
        op.create_index(f"ix_request_{name}", "request", columns, sqlite_where=part, postgresql_where=part)
    op.create_index("ix_request_subject_id", "request", ["subject_id"])


def make_timelines() -> None:
    """Make the tables of what happened to them, and of proofs."""
    op.create_table(
        "request_event",
        sa.Column("id", TEXT, nullable=False, autoincrement=False),
        sa.Column("request_id", TEXT, nullable=False),
        sa.Column("subject_id", TEXT, nullable=False),
        sa.Column("position", WHOLE, nullable=False),
        sa.Column("event", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("at", WHOLE, nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("detail", TEXT, nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("shown", WHOLE, nullable=False),
        sa.Column("record_id", WHOLE, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_request_event"),
        sqlite_strict=True,
    )
    op.create_index("ix_request_event_request_id_position", "request_event", ["request_id", "position"], unique=True)
    op.create_index("ix_request_event_subject_id", "request_event", ["subject_id"])
    op.create_table(
        "request_proof",
        sa.Column("id", TEXT, nullable=False, autoincrement=False),
        sa.Column("request_id", TEXT, nullable=False),
        sa.Column("subject_id", TEXT, nullable=False),
        sa.Column("level", TEXT, nullable=False),
        sa.Column("at", WHOLE, nullable=False),
        sa.Column("expires_at", WHOLE, nullable=False),
        sa.Column("session_id", TEXT, nullable=True),
        sa.Column("browser_hash", sa.LargeBinary(), nullable=True),
        sa.Column("given_by", TEXT, nullable=True),
        sa.Column("used_at", WHOLE, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_request_proof"),
        sqlite_strict=True,
    )
    op.create_index("ix_request_proof_expires_at", "request_proof", ["expires_at"])
    op.create_index("ix_request_proof_request_id", "request_proof", ["request_id"])
    op.create_index("ix_request_proof_subject_id", "request_proof", ["subject_id"])


def make_answers() -> None:
    """Make the tables of threads and files."""
    op.create_table(
        "request_message",
        sa.Column("id", TEXT, nullable=False, autoincrement=False),
        sa.Column("request_id", TEXT, nullable=False),
        sa.Column("subject_id", TEXT, nullable=False),
        sa.Column("position", WHOLE, nullable=False),
        sa.Column("at", WHOLE, nullable=False),
        sa.Column("author", TEXT, nullable=False),
        sa.Column("value_id", TEXT, nullable=True),
        sa.Column("pictures", TEXT, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("internal", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_request_message"),
        sqlite_strict=True,
    )
    op.create_index("ix_request_message_request_id_position", "request_message", ["request_id", "position"])
    op.create_index("ix_request_message_subject_id", "request_message", ["subject_id"])
    op.create_table(
        "request_file",
        sa.Column("request_id", TEXT, nullable=False, autoincrement=False),
        sa.Column("subject_id", TEXT, nullable=False),
        sa.Column("file_name", TEXT, nullable=False),
        sa.Column("size_bytes", WHOLE, nullable=False),
        sa.Column("making", TEXT, nullable=False),
        sa.Column("parts", WHOLE, nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", WHOLE, nullable=False),
        sa.Column("expires_at", WHOLE, nullable=False),
        sa.Column("fetched_at", WHOLE, nullable=True),
        sa.PrimaryKeyConstraint("request_id", name="pk_request_file"),
        sqlite_strict=True,
    )
    op.create_index("ix_request_file_expires_at", "request_file", ["expires_at"])
    op.create_index("ix_request_file_subject_id", "request_file", ["subject_id"])
    op.create_index("ix_request_file_token_hash", "request_file", ["token_hash"])
    op.create_table(
        "request_part",
        sa.Column("request_id", TEXT, nullable=False, autoincrement=False),
        sa.Column("name", TEXT, nullable=False, autoincrement=False),
        sa.Column("position", WHOLE, nullable=False, autoincrement=False),
        sa.Column("subject_id", TEXT, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("request_id", "name", "position", name="pk_request_part"),
        sqlite_strict=True,
    )
    op.create_index("ix_request_part_subject_id", "request_part", ["subject_id"])
