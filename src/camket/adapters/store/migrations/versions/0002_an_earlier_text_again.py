"""The bytes of an earlier policy version may be published again, as a version of their own."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql, sqlite

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sqlite.INTEGER(), "sqlite")
TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
COLUMNS = "number, document_hash, meaning_hash, bundle, published_at, effective_at"


def upgrade() -> None:
    """Take back the promise that no two versions have one document hash."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("uq_policy_version_document_hash", "policy_version", type_="unique")
        return
    # SQLite drops no constraint: the table is made anew. Nothing refers to it.
    op.rename_table("policy_version", "policy_version_0001")
    op.create_table(
        "policy_version",
        sa.Column("number", WHOLE, nullable=False, autoincrement=False),
        sa.Column("document_hash", TEXT, nullable=False),
        sa.Column("meaning_hash", TEXT, nullable=False),
        sa.Column("bundle", sa.LargeBinary(), nullable=False),
        sa.Column("published_at", WHOLE, nullable=False),
        sa.Column("effective_at", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_policy_version"),
        sqlite_strict=True,
    )
    op.execute(f"INSERT INTO policy_version ({COLUMNS}) SELECT {COLUMNS} FROM policy_version_0001")  # noqa: S608 - ours
    op.drop_table("policy_version_0001")
