#include "python/state.h"

namespace taeda {

constinit thread_local State state;

}  // namespace taeda
