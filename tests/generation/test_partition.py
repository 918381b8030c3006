"""Laws of the partition of a run: every slot belongs to exactly one batch of one shard, and has its own seeds."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from electrolith.gen.errors import UserError
from electrolith.generation.attempt_seeds import attempt_seed, target_seed
from electrolith.generation.partition import Partition, Shard, auto_batch_size

SIZES = st.integers(1, 2000)


@given(n=SIZES, batch_size=st.integers(1, 300), data=st.data())
def test_the_shards_of_a_run_hold_every_slot_exactly_once(n: int, batch_size: int, data: st.DataObject) -> None:
    parts = data.draw(st.integers(1, math.ceil(n / batch_size)))
    shards = [Partition(n, batch_size, Shard(k, parts)) for k in range(1, parts + 1)]
    slots = [slot for shard in shards for batch in shard.batches for slot in shard.slots(batch)]
    assert sorted(slots) == list(range(n))
    assert [shard.count for shard in shards] == [sum(len(s.slots(b)) for b in s.batches) for s in shards]
    assert all(shard.batches for shard in shards)


@given(n=SIZES, batch_size=st.integers(1, 300))
def test_batches_hold_the_slots_in_order_and_only_the_last_is_smaller(n: int, batch_size: int) -> None:
    whole = Partition(n, batch_size)
    batches = [whole.slots(batch) for batch in whole.batches]
    assert [slot for batch in batches for slot in batch] == list(range(n))
    assert all(len(batch) == batch_size for batch in batches[:-1])


@given(n=SIZES, batch_size=st.integers(1, 300), more=st.integers(1, 50))
def test_more_shards_than_batches_are_refused_with_a_batch_size_that_works(n: int, batch_size: int, more: int) -> None:
    parts = math.ceil(n / batch_size) + more
    with pytest.raises(UserError, match="--batch-size") as refused:
        _ = Partition(n, batch_size, Shard(1, parts)).batches
    if parts <= n:
        proposed = int(str(refused.value).split("--batch-size ")[1].split()[0])
        assert Partition(n, proposed, Shard(parts, parts)).batches


@pytest.mark.parametrize("text", ["1/1", "2/8", "8/8"])
def test_a_shard_is_read_back_from_its_text(text: str) -> None:
    assert str(Shard.parse(text)) == text


@pytest.mark.parametrize("text", ["0/8", "9/8", "2", "a/b", "-1/2"])
def test_a_part_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(UserError, match=r"e\.g\. 2/8"):
        Shard.parse(text)


def test_no_two_attempts_and_no_two_slots_share_a_seed() -> None:
    seeds = {attempt_seed(run, slot, attempt) for run in range(5) for slot in range(50) for attempt in range(20)}
    seeds |= {target_seed(run, slot) for run in range(5) for slot in range(50)}
    assert len(seeds) == 5 * 50 * 20 + 5 * 50


@given(n=st.integers(1, 100_000), device=st.sampled_from(["cpu", "cuda", "cuda:1", "mps", "xpu"]))
def test_the_automatic_batch_size_suits_the_device_and_never_exceeds_the_run(n: int, device: str) -> None:
    assert 1 <= auto_batch_size(n, device) <= min(n, 64 if device in ("cpu", "xpu") else 512)
    assert 1 <= auto_batch_size(n, device, relax=True) <= min(n, 16)
