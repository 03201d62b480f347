"""Improvement news and the tokens in its mails."""

from dataclasses import replace

from camket.ports import Store
from camket.rows.news import NewsRow, NewsState, UnsubscriptionRow
from tests.storage.samples import NOW, after, each

TOKEN, OTHER = b"\x01" * 32, b"\x02" * 32
DRAFT = NewsRow(
    id="n1",
    author="staff:officer-1",
    titles={"vi": "Tin mới", "en": "News"},
    texts={"vi": "Một.\n\nHai.", "en": "One.\n\nTwo."},
    state=NewsState.DRAFT,
    created_at=NOW,
    sent_at=None,
    asked=0,
    queued=0,
)
UNSUBSCRIPTION = UnsubscriptionRow(token_hash=TOKEN, subject_id="alice", purpose="promote", created_at=NOW)


def test_a_draft_comes_back_whole_and_can_be_written_anew(store: Store) -> None:
    """Words in both languages come back as they were; another draft may take their place; newest come first."""
    newer = replace(DRAFT, id="n2", created_at=after(1))
    store.write(lambda unit: each(unit.news.add, (DRAFT, newer)))
    assert store.read(lambda unit: unit.news.get("n1")) == DRAFT
    written = replace(DRAFT, author="staff:officer-2", titles={"vi": "Khác", "en": "Other"})
    assert store.write(lambda unit: unit.news.replace(written))
    assert store.read(lambda unit: unit.news.page(limit=9)) == (newer, written)
    assert store.read(lambda unit: unit.news.page(limit=1)) == (newer,)
    assert store.write(lambda unit: unit.news.drop("n1"))
    assert not store.write(lambda unit: unit.news.drop("n1"))
    assert store.read(lambda unit: unit.news.get("n1")) is None


def test_what_is_sent_stays_as_it_is(store: Store) -> None:
    """It begins once; from then on it is neither written anew nor dropped; how far it came is counted."""
    store.write(lambda unit: unit.news.add(DRAFT))
    assert store.write(lambda unit: unit.news.begin("n1", at=after(5)))
    assert not store.write(lambda unit: unit.news.begin("n1", at=after(6)))
    assert not store.write(lambda unit: unit.news.replace(replace(DRAFT, titles={})))
    assert not store.write(lambda unit: unit.news.drop("n1"))
    store.write(lambda unit: unit.news.count("n1", asked=7, queued=2, sent=False))
    sending = replace(DRAFT, state=NewsState.SENDING, sent_at=after(5), asked=7, queued=2)
    assert store.read(lambda unit: unit.news.get("n1")) == sending
    store.write(lambda unit: unit.news.count("n1", asked=9, queued=3, sent=True))
    sent = replace(sending, state=NewsState.SENT, asked=9, queued=3)
    assert store.read(lambda unit: unit.news.get("n1")) == sent


def test_a_token_is_stored_once_and_goes_with_its_subject_or_its_time(store: Store) -> None:
    """The same token again changes nothing; tokens go with their subject, and when their mail is old."""
    late = replace(UNSUBSCRIPTION, token_hash=OTHER, subject_id="bob", created_at=after(10))
    store.write(lambda unit: each(unit.news.add_unsubscription, (UNSUBSCRIPTION, late)))
    store.write(lambda unit: unit.news.add_unsubscription(replace(UNSUBSCRIPTION, created_at=after(5))))
    assert store.read(lambda unit: unit.news.unsubscription(TOKEN)) == UNSUBSCRIPTION
    assert store.read(lambda unit: unit.news.unsubscription(b"\x03" * 32)) is None
    assert store.write(lambda unit: unit.news.delete_unsubscriptions_of_subject("alice")) == 1
    assert store.read(lambda unit: unit.news.unsubscription(TOKEN)) is None
    assert store.write(lambda unit: unit.news.sweep_unsubscriptions(before=after(10))) == 0
    assert store.write(lambda unit: unit.news.sweep_unsubscriptions(before=after(11))) == 1
