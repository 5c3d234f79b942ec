// Writes the quickstart example's data: generate_quickstart docs/examples/quickstart

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include <zlib.h>

#include "tests/e2e/quickstart_data.h"

namespace {

bool write_gzip(const std::filesystem::path& path, const std::string& text) {
  gzFile file = gzopen(path.c_str(), "wb9");
  if (file == nullptr) return false;
  const bool written = gzwrite(file, text.data(), static_cast<unsigned>(text.size())) ==
                       static_cast<int>(text.size());
  return gzclose(file) == Z_OK && written;
}

bool write_text(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  return !file.fail();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: generate_quickstart FOLDER\n", stderr);
    return 2;
  }
  const std::filesystem::path folder = argv[1];
  const tidewaiter::QuickstartData data = tidewaiter::make_quickstart();
  const bool good = write_gzip(folder / "usage.jsonl.gz", data.usage) &&
                    write_text(folder / "answer.json", data.answer);
  if (!good) std::fprintf(stderr, "cannot write below %s\n", folder.c_str());
  return good ? 0 : 1;
}
