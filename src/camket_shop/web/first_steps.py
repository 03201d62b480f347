"""What a new owner is led through: name the shop, add the first product, make the first sale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from camket_shop.profile import profile_revision
from camket_shop.store.shops import find_shop

if TYPE_CHECKING:
    from camket_shop.web.requests import Visit

PRODUCT: Final = "product"


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One step.

    Args:
        name: of its sentences in the catalogue.
        path: of the page where it is done.
        done: it was done once, whatever came after.
    """

    name: str
    path: str
    done: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class FirstSteps:
    """The three steps in their order."""

    all: tuple[Step, ...]

    @property
    def done(self) -> bool:
        """There is nothing left to lead through."""
        return all(step.done for step in self.all)

    @property
    def has_had_products(self) -> bool:
        """A product was added once, whatever became of it."""
        return next(step.done for step in self.all if step.name == PRODUCT)

    @property
    def next(self) -> str | None:
        """The name of the step to take now; None when all are done."""
        return next((step.name for step in self.all if not step.done), None)


def first_steps(visit: Visit) -> FirstSteps:
    """Return how far the owner is. Reads counters of the shop, and whether it has a profile; opens nothing personal."""
    owner = visit.owner
    shop = visit.shop.store.read(lambda connection: find_shop(connection, owner))
    return FirstSteps(
        all=(
            Step(name="shop", path="/settings", done=profile_revision(visit.shop.platform, owner) != ""),
            Step(name=PRODUCT, path="/products/new", done=shop.catalogue_revision > 0),
            Step(name="sale", path="/sell", done=shop.last_number > 0),
        )
    )
