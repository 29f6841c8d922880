#include "python/state.h"

namespace taeda {

thread_local State state;

}  // namespace taeda
