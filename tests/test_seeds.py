from misi.seeds import content_id, rank_of, rng_for


def test_draws_depend_on_every_part_and_on_nothing_else() -> None:
    first = rng_for(7, "rotation", "1abc", 0).random()
    rng_for(7, "rotation", "2xyz", 0).random()
    assert rng_for(7, "rotation", "1abc", 0).random() == first
    others = [rng_for(8, "rotation", "1abc", 0), rng_for(7, "zooming", "1abc", 0), rng_for(7, "rotation", "1abd", 0)]
    others.append(rng_for(7, "rotation", "1abc", 1))
    assert len({first, *(rng.random() for rng in others)}) == 5


def test_the_stream_is_the_documented_one() -> None:
    # Datasets already released depend on these values.
    assert rng_for(0, "translation", "1abc", 0).getrandbits(32) == STREAM
    assert content_id("a", "bc") != content_id("ab", "c")
    assert 0 <= rank_of("x") < 2**64


STREAM = 3232726621
