"""Distances and similarities of vectors: the ops of `taeda.ops.distance`."""

from taeda.nn.functional._legacy import op

cosine_similarity, pairwise_distance, pdist = op("cosine_similarity"), op("pairwise_distance"), op("pdist")
