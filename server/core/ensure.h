// ENSURE(condition): a condition that only a bug can break.
//
// In tests and fuzz targets a failed check aborts on the spot. In the server it throws EnsureFailed
// up to the edge: the transaction rolls back, the answer is 500, a counter moves. It is never a way
// to refuse input: what a caller can cause is a Result.

#pragma once

#include <exception>

namespace gatehouse {

class EnsureFailed final : public std::exception {
 public:
  explicit EnsureFailed(const char* text) noexcept : text_(text) {}
  [[nodiscard]] const char* what() const noexcept override { return text_; }

 private:
  const char* text_;  // a string literal: file, line and condition
};

// Reports a failed check: aborts, or throws EnsureFailed if the process asked for that.
[[noreturn]] void ensure_failed(const char* text);

// Makes failures throw instead of abort. Called once, by the server's main, before any thread.
void let_failures_unwind();

}  // namespace gatehouse

#define GATEHOUSE_STRINGIZE_2(x) #x
#define GATEHOUSE_STRINGIZE(x) GATEHOUSE_STRINGIZE_2(x)
#define ENSURE(...)                                                                             \
  do {                                                                                          \
    if (!(__VA_ARGS__)) [[unlikely]]                                                            \
      ::gatehouse::ensure_failed(__FILE__ ":" GATEHOUSE_STRINGIZE(__LINE__) ": " #__VA_ARGS__); \
  } while (false)
