from __future__ import annotations

from camket.adapters.entropy import SystemEntropy
from camket.services.ids import ID_BYTES, id_near, random_id


def test_ids_are_of_one_form_and_never_the_same() -> None:
    """128 random bits in 32 hexadecimal digits."""
    ids = {random_id(SystemEntropy()) for _ in range(1000)}
    assert len(ids) == 1000
    assert {len(one) for one in ids} == {32}


def test_an_id_near_a_subject_is_of_the_same_form_and_sorts_beside_theirs() -> None:
    """It begins like the subject's id, so that the rows of one subject lie together; the rest is random."""
    entropy = SystemEntropy()
    alice, bob = sorted(random_id(entropy) for _ in range(2))
    ids = [id_near(alice, entropy.token(ID_BYTES)) for _ in range(1000)]
    assert len(set(ids)) == 1000
    assert {len(one) for one in ids} == {32}
    assert max(ids) < id_near(bob, bytes(ID_BYTES))
    assert len({one[8:] for one in ids}) == 1000
