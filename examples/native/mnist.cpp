// mnist FILE IMAGES LABELS [STEPS]: recognise digits and train on them, without Python.
//
// FILE is what save_mnist.py wrote. IMAGES holds a batch as floats, LABELS as 64-bit integers. Prints the digits with
// their scores for 0, and the loss of each training step, as hexadecimal floats, which show all of their bits.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "core/native_program.h"

namespace {

void check(const taeda::Status& status) {
  if (status) return;
  std::fprintf(stderr, "%s\n", status.message.c_str());
  std::exit(1);
}

std::string content_of(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void infer(taeda::NativeProgram& program, const std::string& images, size_t count) {
  std::vector<float> scores(count * 10);
  std::vector<int64_t> digits(count);
  check(program.set("infer", "images", images.data(), images.size()));
  check(program.run("infer"));
  check(program.get("infer", "scores", scores.data(), scores.size() * sizeof(float)));
  check(program.get("infer", "digits", digits.data(), digits.size() * sizeof(int64_t)));
  for (size_t k = 0; k < count; ++k) std::printf("%d %a\n", static_cast<int>(digits[k]), scores[k * 10]);
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 4) {
    std::fprintf(stderr, "usage: mnist FILE IMAGES LABELS [STEPS]\n");
    return 2;
  }
  std::string images = content_of(arguments[2]), labels = content_of(arguments[3]);
  taeda::NativeProgram program;
  check(program.load(arguments[1]));
  infer(program, images, labels.size() / sizeof(int64_t));
  check(program.set("train", "images", images.data(), images.size()));
  check(program.set("train", "labels", labels.data(), labels.size()));
  for (int step = count > 4 ? std::atoi(arguments[4]) : 1; step > 0; --step) {
    float loss;
    check(program.run("train"));
    check(program.get("train", "loss", &loss, sizeof loss));
    std::printf("loss %a\n", loss);
  }
  infer(program, images, labels.size() / sizeof(int64_t));
}
