# mypy: allow-untyped-defs, no-check-untyped-defs, allow-untyped-calls, allow-untyped-decorators
# (the compiler infers the kernels' types from their arguments)
"""A small DEFLATE encoder (RFC 1951) whose bytes are the same everywhere.

zlib gives other bytes where a system ships zlib-ng, and the assembler code of ISA-L others on other processors; a
dataset's checksums must not depend on either. Rendered pictures are runs of background and short noisy stretches in
which long matches are rare, so runs at one distance with one set of Huffman codes come within a few per cent of what
a full search finds, at the price of one pass. See docs/decisions/png.md.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

SHORTEST_MATCH, LONGEST_MATCH = 3, 258
END_OF_BLOCK = 256
U = np.uint64  # of indices that are never negative
ADLER = U(65521)
N_LITERALS, N_LENGTH_CODES = 286, 19
LONGEST_CODE, LONGEST_LENGTH_CODE = 15, 7

#: Order in which the lengths of the code-length code are written (RFC 1951 section 3.2.7).
_ORDER = np.array([16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15], dtype=np.int64)


def _length_tables() -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Symbol, number of extra bits and their value for each match length (RFC 1951 section 3.2.5)."""
    symbol = np.zeros(LONGEST_MATCH + 1, dtype=np.int64)
    bits, value = np.zeros_like(symbol), np.zeros_like(symbol)
    length, code = SHORTEST_MATCH, 257
    for extra in (0,) * 8 + (1,) * 4 + (2,) * 4 + (3,) * 4 + (4,) * 4 + (5,) * 4:
        for offset in range(1 << extra):
            symbol[length], bits[length], value[length] = code, extra, offset
            length += 1
        code += 1
    symbol[LONGEST_MATCH], bits[LONGEST_MATCH], value[LONGEST_MATCH] = 285, 0, 0
    return symbol, bits, value


_SYMBOL, _EXTRA, _VALUE = _length_tables()


@njit(cache=True, nogil=True, error_model="numpy")
def _tokens(data, words, size, distance, tokens, counts):
    """Literals (0..255) and matches at one distance (256 + length), and the Adler-32 sums (RFC 1950 section 8.2).

    `data` has two bytes of room beyond its size; `words` is the same memory in words. Counts the symbols; returns
    the number of tokens and the two sums.
    """
    one, two, three, seven = U(1), U(2), U(3), U(7)
    n, i, n_words = U(0), U(0), size >> three
    low, high = U(1), U(0)
    while i < size:
        byte = U(data[i])
        before = i - distance
        if (
            i >= distance
            and i + two < size
            and data[i] == data[before]
            and data[i + one] == data[before + one]
            and data[i + two] == data[before + two]
        ):
            j = i
            while j < size and data[j] == data[j - distance]:
                byte = U(data[j])
                low += byte
                high += low
                j += one
                if byte == U(0) and j & seven == U(0) and words[(j >> three) - one] == U(0):
                    word = j >> three  # background: eight zeros at a time, whose sums need no loop
                    while word < n_words and words[word] == U(0):
                        word += one
                    high += ((word << three) - j) * low
                    j = word << three
            low, high = low % ADLER, high % ADLER
            run = np.int64(j - i)
            i = j
            while run > 0:
                length = min(run, LONGEST_MATCH)
                if 0 < run - length < SHORTEST_MATCH:
                    length = run - SHORTEST_MATCH  # so that what remains is a match, too
                tokens[n] = 256 + length
                counts[_SYMBOL[length]] += 1
                n += one
                run -= length
        else:
            tokens[n] = byte
            counts[byte] += 1
            low += byte
            high += low
            n += one
            i += one
    return np.int64(n), low % ADLER, high % ADLER


@njit(cache=True, nogil=True, error_model="numpy")
def _code_lengths(counts, longest, lengths):
    """Lengths of a Huffman code for symbols with these counts, none above `longest`; at least one symbol counts."""
    order = np.arange(len(counts))  # by rising count, stable; few symbols, and runs of equal counts, so by insertion
    for i in range(1, len(order)):
        symbol, j = order[i], i
        while j > 0 and counts[order[j - 1]] > counts[symbol]:
            order[j] = order[j - 1]
            j -= 1
        order[j] = symbol
    first = 0
    while counts[order[first]] == 0:
        first += 1
    n = len(counts) - first
    if n == 1:
        lengths[order[first]] = 1
        return
    # two queues: leaves in rising order, and inner nodes, which come out in rising order by themselves
    weight = np.empty(2 * n - 1, dtype=np.int64)
    parent = np.zeros(2 * n - 1, dtype=np.int64)
    for k in range(n):
        weight[k] = counts[order[first + k]]
    leaf, inner = 0, n
    for node in range(n, 2 * n - 1):
        weight[node] = 0
        for _ in range(2):
            if leaf < n and (inner >= node or weight[leaf] <= weight[inner]):
                child = leaf
                leaf += 1
            else:
                child = inner
                inner += 1
            weight[node] += weight[child]
            parent[child] = node
    depth = np.zeros(2 * n - 1, dtype=np.int64)
    number = np.zeros(max(n, longest) + 1, dtype=np.int64)  # of codes of each length
    for node in range(2 * n - 3, -1, -1):
        depth[node] = depth[parent[node]] + 1
        if node < n:
            number[min(depth[node], longest)] += 1
    # codes cut to the longest length overfill the code space: lengthen shorter ones until it fits
    space = 0
    for k in range(1, longest + 1):
        space += number[k] << (longest - k)
    while space > 1 << longest:
        number[longest] -= 1
        for k in range(longest - 1, 0, -1):
            if number[k]:
                number[k] -= 1
                number[k + 1] += 2
                break
        space -= 1
    place = first
    for k in range(longest, 0, -1):
        for _ in range(number[k]):
            lengths[order[place]] = k
            place += 1


@njit(cache=True, nogil=True, error_model="numpy")
def _codes(lengths, codes):
    """Canonical codes, bits reversed as they are written (RFC 1951 section 3.2.2)."""
    number = np.zeros(LONGEST_CODE + 2, dtype=np.int64)
    for length in lengths:
        number[length] += 1
    number[0] = 0
    following = np.zeros(LONGEST_CODE + 2, dtype=np.int64)
    code = 0
    for length in range(1, LONGEST_CODE + 1):
        code = (code + number[length - 1]) << 1
        following[length] = code
    for symbol in range(len(lengths)):
        length = lengths[symbol]
        code, turned = following[length], 0
        following[length] += 1
        for _ in range(length):
            turned = (turned << 1) | (code & 1)
            code >>= 1
        codes[symbol] = turned


@njit(cache=True, nogil=True, error_model="numpy")
def _put(out, at, bits, free, value, length):
    """Append bits; whole bytes leave the accumulator."""
    bits |= np.uint64(value) << np.uint64(free)
    free += length
    while free >= 8:
        out[at] = bits & np.uint64(255)
        bits >>= np.uint64(8)
        free -= 8
        at += 1
    return at, bits, free


@njit(cache=True, nogil=True, error_model="numpy")
def _runs_of_lengths(lengths, symbols, extras):
    """Code lengths as run-length symbols (RFC 1951 section 3.2.7): 16 repeats, 17 and 18 are zeros."""
    n, i = 0, 0
    while i < len(lengths):
        j = i + 1
        while j < len(lengths) and lengths[j] == lengths[i]:
            j += 1
        run = j - i
        if lengths[i] == 0 and run >= 3:
            run = min(run, 138)
            symbols[n], extras[n] = (17, run - 3) if run <= 10 else (18, run - 11)
        elif run >= 4:
            symbols[n], extras[n] = lengths[i], 0
            n += 1
            run = min(run - 1, 6)
            symbols[n], extras[n] = 16, run - 3
            run += 1
        else:
            symbols[n], extras[n] = lengths[i], 0
            run = 1
        n += 1
        i += run
    return n


@njit(cache=True, nogil=True, error_model="numpy")
def _encode(data, words, size, distance, out):
    """One block with its own codes into `out`; returns the number of bytes and the Adler-32 checksum."""
    tokens = np.empty(size + 1, dtype=np.uint16)
    counts = np.zeros(N_LITERALS, dtype=np.int64)
    n, low_sum, high_sum = _tokens(data, words, U(size), U(distance), tokens, counts)
    counts[END_OF_BLOCK] = 1
    lengths, codes = np.zeros(N_LITERALS, dtype=np.int64), np.zeros(N_LITERALS, dtype=np.int64)
    _code_lengths(counts, LONGEST_CODE, lengths)
    _codes(lengths, codes)
    n_literals = N_LITERALS
    while n_literals > END_OF_BLOCK + 1 and lengths[n_literals - 1] == 0:
        n_literals -= 1
    # distances 1 to 4 are symbols 0 to 3 without extra bits; the one in use has the one-bit code 0
    both = np.zeros(n_literals + distance, dtype=np.int64)
    for k in range(n_literals):
        both[k] = lengths[k]
    both[-1] = 1
    symbols, extras = np.empty(len(both) + 1, dtype=np.int64), np.empty(len(both) + 1, dtype=np.int64)
    n_symbols = _runs_of_lengths(both, symbols, extras)
    small_counts = np.zeros(N_LENGTH_CODES, dtype=np.int64)
    for k in range(n_symbols):
        small_counts[symbols[k]] += 1
    small, small_codes = np.zeros(N_LENGTH_CODES, dtype=np.int64), np.zeros(N_LENGTH_CODES, dtype=np.int64)
    _code_lengths(small_counts, LONGEST_LENGTH_CODE, small)
    _codes(small, small_codes)
    n_small = N_LENGTH_CODES
    while n_small > 4 and small[_ORDER[n_small - 1]] == 0:
        n_small -= 1

    at, bits, free = 0, np.uint64(0), 0
    at, bits, free = _put(out, at, bits, free, 5, 3)  # last block, dynamic codes
    at, bits, free = _put(out, at, bits, free, n_literals - 257, 5)
    at, bits, free = _put(out, at, bits, free, distance - 1, 5)
    at, bits, free = _put(out, at, bits, free, n_small - 4, 4)
    for k in range(n_small):
        at, bits, free = _put(out, at, bits, free, small[_ORDER[k]], 3)
    for k in range(n_symbols):
        symbol = symbols[k]
        at, bits, free = _put(out, at, bits, free, small_codes[symbol], small[symbol])
        if symbol >= 16:
            at, bits, free = _put(out, at, bits, free, extras[k], 2 if symbol == 16 else 3 if symbol == 17 else 7)
    # token -> bits and their number, a match with its extra bits and the zero of its distance
    pattern = np.zeros(256 + LONGEST_MATCH + 1, dtype=np.uint64)
    width = np.zeros(256 + LONGEST_MATCH + 1, dtype=np.int64)
    for token in range(len(pattern)):
        if token < 256:
            pattern[token], width[token] = codes[token], lengths[token]
        elif token >= 256 + SHORTEST_MATCH:
            symbol = _SYMBOL[token - 256]
            pattern[token] = codes[symbol] | (_VALUE[token - 256] << lengths[symbol])
            width[token] = lengths[symbol] + _EXTRA[token - 256] + 1
    for k in range(n):
        token = tokens[k]
        bits |= pattern[token] << np.uint64(free)
        free += width[token]
        if free >= 32:  # at most 21 bits come in, so 64 never overflow
            out[at] = bits & np.uint64(255)
            out[at + 1] = (bits >> np.uint64(8)) & np.uint64(255)
            out[at + 2] = (bits >> np.uint64(16)) & np.uint64(255)
            out[at + 3] = (bits >> np.uint64(24)) & np.uint64(255)
            bits >>= np.uint64(32)
            free -= 32
            at += 4
    at, bits, free = _put(out, at, bits, free, codes[END_OF_BLOCK], lengths[END_OF_BLOCK])
    if free:
        out[at] = bits
        at += 1
    return at, (high_sum << U(16)) | low_sum


def zlib_stream(data: NDArray[np.uint8], distance: int) -> bytes:
    """A zlib stream (RFC 1950).

    Parameters
    ----------
    data : (n,) uint8
    distance : int
        1 to 4: how far back runs repeat, the number of bytes in a pixel.
    """
    padded = np.empty((len(data) + 2 + 7) // 8 * 8, dtype=np.uint8)
    padded[: len(data)] = data
    padded[len(data) :] = 0
    # a literal costs at most 15 bits, and the header less than 512 bytes
    out = np.empty(2 * len(data) + 512, dtype=np.uint8)
    size, adler = _encode(padded, padded.view(np.uint64), len(data), distance, out)
    return b"\x78\x01" + out[:size].tobytes() + int(adler).to_bytes(4, "big")
