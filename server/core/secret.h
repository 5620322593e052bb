// Secret: bytes that must not be seen: client secrets, codes, tokens, keys, cookie values.
//
// It cannot be printed, logged or compared with ==; equality takes the same time whatever the
// bytes; the memory is wiped when it goes. reveal() is the one way out, easy to search for.

#pragma once

#include <string>
#include <string_view>

namespace gatehouse {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string bytes) : bytes_(std::move(bytes)) {}
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept;
  Secret& operator=(const Secret& other);
  Secret& operator=(Secret&& other) noexcept;
  ~Secret();

  bool operator==(const Secret&) const = delete;

  [[nodiscard]] bool empty() const { return bytes_.empty(); }
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  // The bytes themselves, for as long as this Secret lives and is not assigned to.
  [[nodiscard]] std::string_view reveal() const { return bytes_; }

 private:
  void wipe() noexcept;
  std::string bytes_;
};

// Compares without telling by its time where two values differ. The lengths are not hidden.
[[nodiscard]] bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace gatehouse
