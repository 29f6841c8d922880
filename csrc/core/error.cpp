#include <cstdarg>
#include <cstdio>

#include "core/common.h"

namespace taeda {

void raise(ErrorKind kind, const char* format, ...) {
  va_list arguments, again;
  va_start(arguments, format);
  va_copy(again, arguments);
  int length = std::vsnprintf(nullptr, 0, format, arguments);
  std::string message(static_cast<size_t>(length > 0 ? length : 0), '\0');
  std::vsnprintf(message.data(), message.size() + 1, format, again);
  va_end(again);
  va_end(arguments);
  throw Error(kind, std::move(message));
}

}  // namespace taeda
