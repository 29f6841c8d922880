// Autocast: while it is on for this thread, ops get their tensors in the dtype that their definition asks for
// (`autocast=` in ops/op.py). Off, it costs dispatch nothing: one test serves it and the observer.
#pragma once
#include "python/call.h"

namespace taeda {

// The call with its tensors converted, as its class wants it.
Ref<> call_converted(OpObject* op, const Call& call, Ref<> (*execute)(OpObject*, const Call&));

extern PyMethodDef autocast_functions[];

}  // namespace taeda
