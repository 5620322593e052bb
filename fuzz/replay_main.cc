// Shows a fuzz target the empty input and every file of a corpus folder, once each.
//
//   x_fuzz FOLDER     0: all was well; 1: there is no corpus; a failed property aborts

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <system_error>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

void show(const std::string& bytes) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: " << argv[0] << " FOLDER\n";
    return 1;
  }
  show("");
  int count = 0;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(argv[1], error)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    // Said before the input is shown: a crash then names its file.
    std::cout << entry.path().filename().string() << std::endl;
    show(std::string(std::istreambuf_iterator<char>(file), {}));
    if (!file) {
      std::cerr << "cannot read " << entry.path().string() << "\n";
      return 1;
    }
    ++count;
  }
  if (error || count == 0) {
    std::cerr << "no corpus in " << argv[1] << "\n";
    return 1;
  }
  return 0;
}
