// The functions of the C library that generated code may call. A name that is not here is refused: what an object
// file can reach is said in one table.
#pragma once
#include <string_view>

namespace taeda {

void* outside_function(std::string_view name);  // null if there is none of this name

}  // namespace taeda
