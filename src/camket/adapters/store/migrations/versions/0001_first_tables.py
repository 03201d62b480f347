"""The first tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql, sqlite

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Written out here and never changed: a migration says what the tables were, whatever the code says later.
WHOLE = sa.BigInteger().with_variant(sqlite.INTEGER(), "sqlite")
TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
BLOB = sa.LargeBinary()


def must(name: str, kind: sa.types.TypeEngine) -> sa.Column:
    """Return a column that always holds something."""
    return sa.Column(name, kind, nullable=False, autoincrement=False)


def may(name: str, kind: sa.types.TypeEngine) -> sa.Column:
    """Return a column that may be empty."""
    return sa.Column(name, kind, nullable=True)


def number() -> sa.Column:
    """Return an id that the store counts up and never gives twice."""
    return sa.Column("id", WHOLE, sa.Identity(always=True), nullable=False, autoincrement=True)


def key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    """Return a table's primary key."""
    return sa.PrimaryKeyConstraint(*columns, name=f"pk_{table}")


def unique(table: str, column: str) -> sa.UniqueConstraint:
    """Return the promise that a column holds nothing twice."""
    return sa.UniqueConstraint(column, name=f"uq_{table}_{column}")


def index(table: str, *columns: str) -> None:
    """Make an index over whole columns."""
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))


def partial_index(name: str, table: str, column: str, where: str, *, unique: bool = False) -> None:
    """Make an index over the rows that a condition names."""
    condition = sa.text(where)
    op.create_index(name, table, [column], unique=unique, sqlite_where=condition, postgresql_where=condition)


def upgrade() -> None:
    """Make every table."""
    make_what_is_published()
    make_subjects()
    make_values()
    make_ledger()
    make_entry()
    make_requests()
    make_work()


def make_what_is_published() -> None:
    """Make the tables of the installation and of what it published."""
    op.create_table(
        "installation",
        must("id", WHOLE),
        must("instance_id", TEXT),
        must("created_at", WHOLE),
        must("key_generation", WHOLE),
        key("installation", "id"),
        sqlite_strict=True,
    )
    op.create_table(
        "policy_version",
        must("number", WHOLE),
        must("document_hash", TEXT),
        must("meaning_hash", TEXT),
        must("bundle", BLOB),
        must("published_at", WHOLE),
        must("effective_at", WHOLE),
        key("policy_version", "number"),
        unique("policy_version", "document_hash"),
        sqlite_strict=True,
    )


def make_subjects() -> None:
    """Make the tables of subjects."""
    op.create_table(
        "subject",
        must("id", TEXT),
        must("state", TEXT),
        must("joined_version", WHOLE),
        must("joined_at", WHOLE),
        may("confirmed_at", WHOLE),
        may("erased_at", WHOLE),
        must("language", TEXT),
        may("gpc_signalled_at", WHOLE),
        may("gpc_overridden_at", WHOLE),
        must("facts_revision", WHOLE),
        key("subject", "id"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    partial_index("ix_subject_pending", "subject", "joined_at", "state = 'pending'")
    op.create_table(
        "subject_fact",
        must("id", TEXT),
        must("subject_id", TEXT),
        must("kind", TEXT),
        must("body", TEXT),
        must("at", WHOLE),
        may("withdrawn_at", WHOLE),
        key("subject_fact", "id"),
        sqlite_strict=True,
    )
    index("subject_fact", "subject_id")
    op.create_table(
        "identifier",
        must("field", TEXT),
        must("blind_index", BLOB),
        must("subject_id", TEXT),
        must("key_version", WHOLE),
        may("claim", TEXT),
        key("identifier", "field", "blind_index", "subject_id"),
        unique("identifier", "claim"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    index("identifier", "subject_id")


def make_values() -> None:
    """Make the table of sealed values."""
    op.create_table(
        "held_value",
        must("id", TEXT),
        must("subject_id", TEXT),
        must("item", TEXT),
        must("sealed", BLOB),
        must("key_kind", TEXT),
        must("service", TEXT),
        must("source", TEXT),
        must("version", WHOLE),
        must("collected_at", WHOLE),
        may("last_used_at", WHOLE),
        may("article", TEXT),
        may("hold_until", WHOLE),
        key("held_value", "id"),
        sqlite_strict=True,
    )
    partial_index("ix_held_value_hold_until", "held_value", "hold_until", "hold_until IS NOT NULL")
    index("held_value", "item", "subject_id")
    index("held_value", "subject_id", "item")


def make_ledger() -> None:
    """Make the tables of records and of the public tree."""
    op.create_table(
        "record",
        number(),
        must("facts", BLOB),
        must("nonce_a", BLOB),
        must("b", BLOB),
        must("entry", BLOB),
        may("ledger_index", WHOLE),
        must("created_at", WHOLE),
        key("record", "id"),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )
    partial_index("ix_record_ledger_index", "record", "ledger_index", "ledger_index IS NOT NULL", unique=True)
    partial_index("ix_record_unsequenced", "record", "id", "ledger_index IS NULL")
    op.create_table(
        "record_subject",
        must("record_id", WHOLE),
        must("subject_id", TEXT),
        must("action", TEXT),
        must("created_at", WHOLE),
        may("sealed", BLOB),
        key("record_subject", "record_id", "subject_id"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    index("record_subject", "subject_id", "record_id")
    op.create_table(
        "ledger_tile",
        must("path", TEXT),
        must("data", BLOB),
        key("ledger_tile", "path"),
        sqlite_strict=True,
    )
    op.create_table(
        "ledger_head",
        must("id", WHOLE),
        must("size", WHOLE),
        must("root", BLOB),
        must("checkpoint", TEXT),
        may("signed_at", WHOLE),
        may("lease_owner", TEXT),
        may("lease_until", WHOLE),
        must("fence", WHOLE),
        key("ledger_head", "id"),
        sqlite_strict=True,
    )


def make_entry() -> None:
    """Make the tables of who may come in: sessions, codes, limits."""
    op.create_table(
        "session",
        must("token_hash", BLOB),
        must("id", TEXT),
        must("subject_id", TEXT),
        must("created_at", WHOLE),
        must("last_seen_at", WHOLE),
        must("expires_at", WHOLE),
        may("verified_until", WHOLE),
        may("browser_hash", BLOB),
        may("device_id", TEXT),
        key("session", "token_hash"),
        unique("session", "id"),
        sqlite_strict=True,
    )
    index("session", "expires_at")
    index("session", "subject_id")
    op.create_table(
        "login_code",
        must("id", TEXT),
        may("subject_id", TEXT),
        must("browser_hash", BLOB),
        must("code_hash", BLOB),
        must("kind", TEXT),
        may("request_id", TEXT),
        must("tries", WHOLE),
        must("created_at", WHOLE),
        must("expires_at", WHOLE),
        may("used_at", WHOLE),
        key("login_code", "id"),
        sqlite_strict=True,
    )
    index("login_code", "browser_hash", "kind")
    index("login_code", "expires_at")
    index("login_code", "subject_id")
    op.create_table(
        "rate_limit",
        must("bucket", TEXT),
        must("key_hmac", BLOB),
        must("window_start", WHOLE),
        must("count", WHOLE),
        key("rate_limit", "bucket", "key_hmac", "window_start"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    index("rate_limit", "window_start")
    op.create_table(
        "visitor_refusal",
        must("hour", WHOLE),
        must("reason", TEXT),
        must("count", WHOLE),
        key("visitor_refusal", "hour", "reason"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def make_requests() -> None:
    """Make the tables of what subjects ask for, and of the certificates they get."""
    op.create_table(
        "request",
        must("id", TEXT),
        must("subject_id", TEXT),
        must("right", TEXT),
        must("state", TEXT),
        must("created_at", WHOLE),
        may("due_at", WHOLE),
        may("verified_at", WHOLE),
        may("verified_level", TEXT),
        may("done_at", WHOLE),
        may("sealed", BLOB),
        key("request", "id"),
        sqlite_strict=True,
    )
    index("request", "subject_id")
    op.create_table(
        "certificate",
        must("token_hash", BLOB),
        may("sealed", BLOB),
        must("status", TEXT),
        must("created_at", WHOLE),
        must("expires_at", WHOLE),
        key("certificate", "token_hash"),
        sqlite_strict=True,
    )
    index("certificate", "expires_at")


def make_work() -> None:
    """Make the tables of what is still to be done."""
    op.create_table(
        "outbox",
        must("id", TEXT),
        may("subject_id", TEXT),
        must("template", TEXT),
        must("args", TEXT),
        must("state", TEXT),
        must("attempts", WHOLE),
        must("created_at", WHOLE),
        must("next_at", WHOLE),
        may("message_id", TEXT),
        may("last_error_kind", TEXT),
        may("sent_at", WHOLE),
        key("outbox", "id"),
        sqlite_strict=True,
    )
    index("outbox", "state", "next_at")
    index("outbox", "subject_id")
    op.create_table(
        "job",
        number(),
        must("kind", TEXT),
        must("args", TEXT),
        may("dedupe_key", TEXT),
        must("state", TEXT),
        must("run_at", WHOLE),
        must("attempts", WHOLE),
        may("lease_owner", TEXT),
        may("lease_until", WHOLE),
        must("fence", WHOLE),
        may("last_error", TEXT),
        may("finished_at", WHOLE),
        key("job", "id"),
        unique("job", "dedupe_key"),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )
    index("job", "state", "run_at")
    op.create_table(
        "job_step",
        must("job_id", WHOLE),
        must("step", TEXT),
        must("fence", WHOLE),
        may("result", TEXT),
        must("done_at", WHOLE),
        key("job_step", "job_id", "step"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
