"""The update rules: one op each, one Program over all parameters of a group; see ops/optimizers.py."""

from taeda._binding import internal

count_up = internal.count_up
sgd_step = internal.sgd_step
adam_step = internal.adam_step
rmsprop_step = internal.rmsprop_step
adagrad_step = internal.adagrad_step
adadelta_step = internal.adadelta_step
adamax_step = internal.adamax_step
nadam_step = internal.nadam_step
asgd_step = internal.asgd_step
radam_step = internal.radam_step
rprop_step = internal.rprop_step
