"""Staff: accounts, sessions, invitations, recovery codes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql, sqlite

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sqlite.INTEGER(), "sqlite")
TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the tables."""
    make_accounts()
    make_sessions()


def make_accounts() -> None:
    """Make the tables of who works here and who is invited."""
    op.create_table(
        "staff",
        sa.Column("subject_id", TEXT, nullable=False, autoincrement=False),
        sa.Column("pseudonym", TEXT, nullable=False),
        sa.Column("roles", TEXT, nullable=False),
        sa.Column("password_hash", TEXT, nullable=True),
        sa.Column("totp_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("totp_step", WHOLE, nullable=True),
        sa.Column("created_at", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("subject_id", name="pk_staff"),
        sa.UniqueConstraint("pseudonym", name="uq_staff_pseudonym"),
        sqlite_strict=True,
    )
    op.create_table(
        "staff_invitation",
        sa.Column("id", TEXT, nullable=False, autoincrement=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("roles", TEXT, nullable=False),
        sa.Column("invited_by", TEXT, nullable=True),
        sa.Column("created_at", WHOLE, nullable=False),
        sa.Column("expires_at", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_staff_invitation"),
        sa.UniqueConstraint("token_hash", name="uq_staff_invitation_token_hash"),
        sqlite_strict=True,
    )
    op.create_table(
        "staff_recovery_code",
        sa.Column("subject_id", TEXT, nullable=False, autoincrement=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False, autoincrement=False),
        sa.PrimaryKeyConstraint("subject_id", "code_hash", name="pk_staff_recovery_code"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def make_sessions() -> None:
    """Make the table of sessions."""
    op.create_table(
        "staff_session",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False, autoincrement=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("subject_id", TEXT, nullable=False),
        sa.Column("stage", TEXT, nullable=False),
        sa.Column("tries", WHOLE, nullable=False),
        sa.Column("created_at", WHOLE, nullable=False),
        sa.Column("last_seen_at", WHOLE, nullable=False),
        sa.Column("expires_at", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_staff_session"),
        sa.UniqueConstraint("id", name="uq_staff_session_id"),
        sqlite_strict=True,
    )
    op.create_index("ix_staff_session_subject_id", "staff_session", ["subject_id"])
    op.create_index("ix_staff_session_expires_at", "staff_session", ["expires_at"])
