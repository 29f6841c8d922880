// Modes of the calling thread: gradient recording, inference; read by dispatch on every call.
#pragma once
#include <type_traits>
#include <utility>

#include "core/device.h"
#include "core/dtype.h"
#include "python/common.h"

namespace taeda {

class Pending;

struct State {
  bool grad_enabled = true;
  bool inference_mode = false;
  bool anomaly = false;    // autograd.set_detect_anomaly
  bool subclasses = true;  // their __torch_dispatch__ may take over calls (subclass.h)
  bool overrides = true;   // other types may take over calls (override.h)
  PyObject* dispatch_mode =
      nullptr;  // the innermost TorchDispatchMode, which sees ops below autograd (dispatch_mode.h)
  PyObject* function_mode = nullptr;  // the innermost TorchFunctionMode, which takes over all calls (override.h)
  Device default_device;  // of tensors that are made from nothing: `with taeda.device("meta")`, set_default_device
  bool device_given = false;
  Device given_device;         // of the results of the next call of an op, whatever its tensors are on (call_on)
  Pending* pending = nullptr;  // in a compiled function: where calls are noted down (compile_mode.h)
  bool autocast = false;       // autocast.h, with the three that follow
  bool autocast_caches = true;
  DType autocast_dtype = DType::BFloat16;
  int autocast_nesting = 0;
  PyObject* observer = nullptr;  // called before and after each op (taeda.check): name, arguments, None or the result
};
// Read several times in every call: the model of a library that is loaded once saves a call into the linker each time.
#ifdef __linux__
[[gnu::tls_model("initial-exec")]]
#endif
extern constinit thread_local State state;

// Sets a mode of this thread for a scope: Setting no_grad(state.grad_enabled, false).
template <class T>
class Setting {
 public:
  Setting(T& mode, std::type_identity_t<T> now) : mode_(mode), before_(std::exchange(mode, now)) {}
  ~Setting() { mode_ = before_; }
  Setting(const Setting&) = delete;

 private:
  T& mode_;
  T before_;
};

}  // namespace taeda
