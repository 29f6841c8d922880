// A file with Programs, their machine code and weights, for processes without Python.
//
//   "TAEDAPRG", version of the format, hash of all that follows: the processor, the recording, its kernels
//
// Reading checks all of it before any of it is used: another version or processor and damage are errors that say so
// (ErrorKind::Value). Numbers are little-endian.
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "core/recording.h"
#include "core/stored_kernels.h"

namespace taeda {

inline constexpr uint32_t PROGRAM_FILE_VERSION = 4;  // raised by any change in how Programs are written or run

struct ProgramFile {
  // Instruction set that the kernels use: "baseline", "avx2", "avx512", "avx512_vnni", "avx512_dot".
  std::string processor;
  Recording recording;
  StoredKernels kernels;
};

std::string write_program_file(ProgramFile& file);
ProgramFile read_program_file(std::string_view content);
bool processor_has(std::string_view instruction_set);  // of this machine

// One Program in the same form, for the cache of the compiler that made it. Handles mean something in one process only:
// `kernels` gets them, each once, and what is written has their places there. Reading is given what stands there then.
std::string write_program(std::unique_ptr<Program> program, std::vector<int>& kernels);
std::unique_ptr<Program> read_program(std::string_view content, std::span<const int> kernels, KernelSource& source);

}  // namespace taeda
