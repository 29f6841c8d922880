// TorchDispatchMode: a context that ops are handed to below autograd and autocast, as PyTorch's overloads. What it sees
// is written in Python (taeda/library/dispatching.py); here is where calls and backwards of ops go there.
#pragma once
#include <span>

#include "python/call.h"
#include "tape/tape.h"

namespace taeda {

// The call of an op as the innermost mode wants it.
Ref<> call_dispatched(OpObject* op, const Call& call);

// The backward of a call of `of` as the innermost mode wants it. `inputs` are what the Program takes: `gradients` of
// them, then what was saved.
void run_dispatched(BackwardProgram& backward, const Overload& of, size_t gradients, std::span<Tensor* const> inputs,
                    std::span<const Attribute> attributes, std::span<Ref<Tensor>> results);

extern PyMethodDef dispatch_mode_functions[];

}  // namespace taeda
