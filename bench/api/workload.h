// What api_load calls, and what a right answer is.

#pragma once

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::bench {

[[noreturn]] void give_up(const std::string& why);

template <class Number>
Number number_of(const std::string& text) {
  Number number{};
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (status != std::errc{} || end != text.data() + text.size()) give_up("no number: " + text);
  return number;
}

struct Options {
  std::string method, token, ids_file, host;
  int port = 0, pid = 0, connections = 4, streams = 16, answers = 100;
  double seconds = 5;
};

class Workload {
 public:
  explicit Workload(const Options& options);

  [[nodiscard]] const std::string& path() const { return path_; }
  // The framed message of request `number`.
  [[nodiscard]] std::string request(std::size_t number) const;
  // Ends the run if this is not the answer to request `number`.
  void check(std::size_t number, std::string_view body) const;

 private:
  [[nodiscard]] const std::string& id(std::size_t number) const;
  [[nodiscard]] std::string email(std::size_t number) const;

  const Options& options_;
  std::vector<std::string> ids_;
  std::string path_;
};

}  // namespace gatehouse::bench
