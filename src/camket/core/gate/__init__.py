"""The gate: may this be done with this subject's data, now, for this? Total, pure, deny by default."""
