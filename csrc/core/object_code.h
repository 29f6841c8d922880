// Machine code as LLVM emits it, a relocatable ELF object, made ready to run.
//
// The sections that a program needs are laid side by side: code, constants and variables each in a range of pages of
// their own, all of one region (code_memory.h), so that no relocation between them can be out of reach. Functions of
// the C library are reached through slots in the constants, wherever the library lies. Pages are writable or
// executable, never both. What was loaded stays for the life of the process.
//
// A file is not trusted: every offset, size, index and string read from it is checked, and what is damaged, out of
// reach or not understood is refused with a message that names it, before anything is mapped. (Code that is well
// formed but wrong cannot be told from right code: who loads what may have been changed compares its hash first.)
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace taeda {

enum class ObjectFault {
  NONE,
  DAMAGED,    // no object file, or one that contradicts itself
  REFUSED,    // for another processor, or with something that kernels have no use for
  NO_MEMORY,  // the system gives no memory for code
};

struct LoadedObject {
  void* address = nullptr;  // of the symbol asked for; null if there is a fault
  ObjectFault fault = ObjectFault::NONE;
  std::string message;
};

// Load the `size` bytes of an object file at `content` and give the address of its function `symbol`.
// For any thread, at any time.
LoadedObject load_object(const char* content, size_t size, std::string_view symbol);

}  // namespace taeda
