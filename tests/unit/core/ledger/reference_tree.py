"""A second opinion on the tree: RFC 9162 section 2.1 written as it is read, slow and without any shortcut."""

from hashlib import sha256


def split(size: int) -> int:
    """Return the largest power of two smaller than the size."""
    k = 1
    while k * 2 < size:
        k *= 2
    return k


def mth(entries: list[bytes]) -> bytes:
    """Return the Merkle tree hash, section 2.1.1."""
    if not entries:
        return sha256(b"").digest()
    if len(entries) == 1:
        return sha256(b"\x00" + entries[0]).digest()
    k = split(len(entries))
    return sha256(b"\x01" + mth(entries[:k]) + mth(entries[k:])).digest()


def inclusion(index: int, entries: list[bytes]) -> list[bytes]:
    """Return the inclusion proof, section 2.1.3.1."""
    if len(entries) == 1:
        return []
    k = split(len(entries))
    if index < k:
        return [*inclusion(index, entries[:k]), mth(entries[k:])]
    return [*inclusion(index - k, entries[k:]), mth(entries[:k])]


def consistency(old_size: int, entries: list[bytes]) -> list[bytes]:
    """Return the consistency proof, section 2.1.4.1."""
    return _subproof(old_size, entries, known=True)


def _subproof(old_size: int, entries: list[bytes], *, known: bool) -> list[bytes]:
    if old_size == len(entries):
        return [] if known else [mth(entries)]
    k = split(len(entries))
    if old_size <= k:
        return [*_subproof(old_size, entries[:k], known=known), mth(entries[k:])]
    return [*_subproof(old_size - k, entries[k:], known=False), mth(entries[:k])]


def tiles(entries: list[bytes]) -> dict[str, bytes]:
    """Return every tile of a tree by its path, straight from the definition in C2SP tlog-tiles."""
    found: dict[str, bytes] = {}
    for level in range(3):
        span = 256**level
        hashes = [mth(entries[at * span : (at + 1) * span]) for at in range(len(entries) // span)]
        for number in range(-(-len(hashes) // 256)):
            group = hashes[number * 256 : (number + 1) * 256]
            found[path(str(level), number, len(group))] = b"".join(group)
    for number in range(-(-len(entries) // 256)):
        bundle = entries[number * 256 : (number + 1) * 256]
        data = b"".join(len(entry).to_bytes(2, "big") + entry for entry in bundle)
        found[path("entries", number, len(bundle))] = data
    return found


def path(level: str, number: int, width: int) -> str:
    """Return the path of a tile below a thousand thousands."""
    place = f"{number:03}" if number < 1000 else f"x{number // 1000:03}/{number % 1000:03}"
    return f"tile/{level}/{place}" + ("" if width == 256 else f".p/{width}")
