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


def multi(indexes: list[int], entries: list[bytes]) -> list[bytes]:
    """Return the one proof of many entries: the hash of every largest part of the tree that has none of them."""
    if not indexes:
        return [mth(entries)]
    if len(entries) == 1:
        return []
    k = split(len(entries))
    left = multi([index for index in indexes if index < k], entries[:k])
    return left + multi([index - k for index in indexes if index >= k], entries[k:])


def root_of_multi(known: dict[int, bytes], size: int, proof: list[bytes]) -> bytes:
    """Return the root that entries and their one proof lead to; every hash of the proof is used up.

    Another way than the recursion: from the leaves upwards, level by level, over the parts of the tree as they are.
    """
    given = list(proof)
    hashes: dict[tuple[int, int], bytes] = {}
    for part in parts(0, size):
        inside = [index for index in known if part[0] <= index < part[1]]
        whole = part[1] - part[0] == 1
        if whole and inside:
            hashes[part] = sha256(b"\x00" + known[inside[0]]).digest()
    empty = [part for part in parts(0, size) if not any(part[0] <= index < part[1] for index in known)]
    largest = [part for part in empty if not any(other != part and covers(other, part) for other in empty)]
    assert len(largest) == len(given)
    hashes |= dict(zip(sorted(largest), given, strict=True))
    for begin, end in sorted(parts(0, size), key=lambda part: part[1] - part[0]):
        middle = begin + split(end - begin) if end - begin > 1 else end
        if (begin, middle) in hashes and (middle, end) in hashes:
            hashes[begin, end] = sha256(b"\x01" + hashes[begin, middle] + hashes[middle, end]).digest()
    return hashes[0, size]


def parts(begin: int, end: int) -> list[tuple[int, int]]:
    """Return every part of the tree, as the ranges that it is cut into."""
    if end - begin == 1:
        return [(begin, end)]
    k = split(end - begin)
    return [(begin, end), *parts(begin, begin + k), *parts(begin + k, end)]


def covers(outer: tuple[int, int], inner: tuple[int, int]) -> bool:
    """Say whether one range lies in another."""
    return outer[0] <= inner[0] and inner[1] <= outer[1]
