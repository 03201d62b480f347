"""Any interleaving of selling, retrying and voiding keeps the books right."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from camket_shop.errors import ConflictError, InvalidError, NotFoundError
from camket_shop.ids import new_id
from camket_shop.money import MOST_DONG, line_amount, read_quantity
from camket_shop.selling import VoidReason, commit_sale, read_sale, sale_document, void_sale
from camket_shop.store import sales
from camket_shop.store.engine import open_store
from camket_shop.store.sales import SaleRow
from tests.shop.selling import ALICE, BOB, NOW, sent_sale

SHOPS = st.sampled_from([ALICE, BOB])
LINES = st.lists(
    st.tuples(st.integers(0, 3_000_000), st.sampled_from(["1", "2", "0.5", "0.333", "12.125"])), min_size=1, max_size=4
)


@dataclass
class Expected:
    """What the books of one shop must hold: sales by id in the order of their numbers, and who voided which."""

    sent: dict[str, dict[str, object]] = field(default_factory=dict)
    voided: dict[str, str] = field(default_factory=dict)


class Books(RuleBasedStateMachine):
    """Two shops that sell, retry and void in any order, with restarts in between."""

    @initialize()
    def open(self) -> None:
        """Begin with empty books."""
        self.folder = TemporaryDirectory(prefix="camket-books-")
        self.store = open_store(Path(self.folder.name))
        self.expected = {ALICE: Expected(), BOB: Expected()}

    @rule(shop=SHOPS, lines=LINES, part=st.floats(0, 1), over=st.integers(0, 50_000))
    def sell(self, shop: str, lines: list[tuple[int, str]], part: float, over: int) -> None:
        """A new sale is committed under the next number, with the sums that a slow reckoning finds."""
        amounts = [line_amount(price, read_quantity(quantity, field="")) for price, quantity in lines]
        discount = int(sum(amounts) * part)
        total = sum(amounts) - discount
        sale = sent_sale(
            lines=[
                {"product": None, "name": "Món", "unit": "", "price": price, "quantity": quantity}
                for price, quantity in lines
            ],
            discount=discount,
            total=total,
            payment={"method": "cash", "tendered": total + over, "transferred": 0},
        )
        row, is_new = commit_sale(self.store, shop, read_sale(sale), at=NOW)
        self.expected[shop].sent[str(sale["id"])] = sale
        assert is_new
        assert row.number == len(self.expected[shop].sent)
        assert (row.total, row.change, [line.amount for line in row.lines]) == (total, over, amounts)

    @precondition(lambda self: any(one.sent for one in self.expected.values()))
    @rule(data=st.data())
    def retry(self, data: st.DataObject) -> None:
        """A sale sent again is found as it is by now, and one changed under the same id is refused."""
        shop, sale_id = self._some_sale(data)
        sale = self.expected[shop].sent[sale_id]
        row, is_new = commit_sale(self.store, shop, read_sale(sale), at=NOW)
        told = sale_document(row)
        assert not is_new
        assert (told["id"], (told["voided"] is not None)) == (sale_id, sale_id in self.expected[shop].voided)
        with pytest.raises(ConflictError, match="sale_id_taken"):
            commit_sale(self.store, shop, read_sale(sale | {"sold_at": "2026-01-01T00:00:00Z"}), at=NOW)

    @rule(shop=SHOPS)
    def refuse(self, shop: str) -> None:
        """A sale that names a product of no one takes no number."""
        line = {"product": new_id(), "name": "Món", "unit": "", "price": 50_000, "quantity": "1"}
        with pytest.raises(InvalidError, match="product_unknown"):
            commit_sale(self.store, shop, read_sale(sent_sale(lines=[line])), at=NOW)

    @precondition(lambda self: any(one.sent for one in self.expected.values()))
    @rule(data=st.data(), reason=st.sampled_from(VoidReason))
    def void(self, data: st.DataObject, reason: VoidReason) -> None:
        """The first void stays; the same again is harmless, another reason is refused, another shop finds nothing."""
        shop, sale_id = self._some_sale(data)
        before = self.expected[shop].voided.get(sale_id)
        try:
            row = void_sale(self.store, shop, sale_id, reason, at=NOW)
        except ConflictError:
            assert before not in (None, reason)
        else:
            assert before in (None, reason)
            assert row.void_reason == reason
            self.expected[shop].voided[sale_id] = reason
        with pytest.raises(NotFoundError):
            void_sale(self.store, BOB if shop == ALICE else ALICE, sale_id, reason, at=NOW)

    @rule()
    def restart(self) -> None:
        """Another process opens the books."""
        self.store.close()
        self.store = open_store(Path(self.folder.name))

    @invariant()
    def books_are_right(self) -> None:
        """Numbers have no gap, totals are right, and exactly the voided sales are voided."""
        if not hasattr(self, "store"):
            return
        for shop, expected in self.expected.items():
            rows = self._rows(shop)
            assert [row.number for row in rows] == list(range(1, len(rows) + 1))
            assert [row.id for row in rows] == list(expected.sent)
            assert {row.id: row.void_reason for row in rows if row.voided_at is not None} == expected.voided
            for row in rows:
                assert row.total == sum(line.amount for line in row.lines) - row.discount <= MOST_DONG
                assert row.tendered + row.transferred - row.change == row.total

    def teardown(self) -> None:
        """Close the books."""
        if hasattr(self, "store"):
            self.store.close()
            self.folder.cleanup()

    def _rows(self, shop: str) -> tuple[SaleRow, ...]:
        return self.store.read(lambda connection: sales.all_sales(connection, shop))

    def _some_sale(self, data: st.DataObject) -> tuple[str, str]:
        known = [(shop, sale_id) for shop, one in self.expected.items() for sale_id in one.sent]
        return data.draw(st.sampled_from(known))


Books.TestCase.settings = settings(
    max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestBooks = Books.TestCase
