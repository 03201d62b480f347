"""Staff: accounts, their sessions, and what they prove themselves with."""

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
