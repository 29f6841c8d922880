// Running Programs on tensors, and the few kernels that the layers above the core use themselves.
#pragma once
#include <span>

#include "core/program.h"
#include "python/op.h"
#include "python/tensor.h"

namespace taeda {

// The Program of `compiled` on tensors, or, in a compiled function, noted down to be run later (compile_mode.h).
// Results are new tensors on `device`, tensors of `into` (Program::run), or inputs that the Program hands through; null
// where the Program has none. `shares`, if given, gets for each result the number of the input in whose storage it is,
// or -1.
void run_program(Compiled& compiled, Device device, std::span<Tensor* const> inputs,
                 std::span<const Attribute> attributes, std::span<Ref<Tensor>> results,
                 std::span<Tensor* const> into = {}, int* shares = nullptr);

Ref<Tensor> contiguous(Tensor& t);                    // t itself or a contiguous copy
void copy_into(Tensor& destination, Tensor& source);  // broadcasting, converting; no autograd, no version
void fill_with(Tensor& destination, const Number& value);
Ref<Tensor> sum_to_shape(Tensor& t, const Tensor& like);  // undo broadcasting

}  // namespace taeda
