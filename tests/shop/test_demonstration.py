"""`camket demo` with the shop mounted: alice has a stall to look at."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from camket_shop.demonstration.stall import GOODS, SALES

ROOT = Path(__file__).parents[2]
CAMKET = Path(sys.executable).with_name("camket")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder that `camket demo` has filled."""
    folder = tmp_path_factory.mktemp("demo") / "data"
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("CAMKET_", "QUAY_"))}
    environment = {**inherited, "CAMKET_DATA": str(folder), "CAMKET_APPS": "/quay=camket_shop.app:create_app"}
    filled = subprocess.run([CAMKET, "demo"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert filled.returncode == 0, filled.stderr
    return folder


def test_the_stall_has_goods_with_pictures_and_sales_without_gaps(data: Path) -> None:
    """Every product is on sale and shows a picture that the vault holds; receipts count up, and one is voided."""
    with closing(sqlite3.connect(data / "apps" / "quay" / "quay.db")) as books:
        products = books.execute("SELECT name, picture_row FROM product WHERE archived_at IS NULL").fetchall()
        numbers = [number for (number,) in books.execute("SELECT number FROM sale ORDER BY number")]
        voided = books.execute("SELECT count(*) FROM sale WHERE voided_at IS NOT NULL").fetchone()[0]
    with closing(sqlite3.connect(data / "camket.db")) as vault:
        held = {row for (row,) in vault.execute("SELECT id FROM held_value WHERE item = 'shop.picture'")}
        header = vault.execute("SELECT count(*) FROM held_value WHERE item = 'shop.bank_account'").fetchone()[0]
    assert sorted(name for name, _ in products) == sorted(good.name for good in GOODS)
    assert {row for _, row in products} == held
    assert numbers == list(range(1, SALES + 1))
    assert (voided, header) == (1, 1)
