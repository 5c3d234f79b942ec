#include "daemon/outbound/secret.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <utility>

#include <sys/stat.h>

namespace tidewaiter {
namespace {

constexpr std::size_t kLargestSecret = std::size_t{64} * 1024;

Result<std::string> read_small_file(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    return fail(ErrorCode::kNotFound, "there is no secret file `" + path + "`");
  }
  if ((status.st_mode & S_IROTH) != 0) {
    return fail(ErrorCode::kRefused,
                "the secret file `" + path + "` may be read by everyone: `chmod 0400` it");
  }
  std::ifstream stream(path, std::ios::binary);
  std::string text(kLargestSecret + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (stream.bad() || (!stream.eof() && !stream.good()) || !stream.is_open()) {
    return fail(ErrorCode::kUnavailable, "cannot read the secret file `" + path + "`");
  }
  text.resize(static_cast<std::size_t>(stream.gcount()));
  return text;
}

Result<std::string> read_text(const SecretRef& ref, const Variables& variables) {
  if (ref.kind == SecretRef::Kind::kFile) return read_small_file(ref.name);
  if (ref.kind == SecretRef::Kind::kCredential) {
    const auto folder = variables.find("CREDENTIALS_DIRECTORY");
    if (folder == variables.end()) {
      return fail(ErrorCode::kNotFound, "there is no $CREDENTIALS_DIRECTORY for the credential `" +
                                            ref.name +
                                            "`: start under systemd with LoadCredential=");
    }
    return read_small_file(folder->second + "/" + ref.name);
  }
  const auto found = variables.find(ref.name);
  if (found == variables.end()) {
    return fail(ErrorCode::kNotFound, "the variable `" + ref.name + "` is not set");
  }
  return found->second;
}

}  // namespace

void Secret::wipe() noexcept {
  if (!text_.empty()) ::explicit_bzero(text_.data(), text_.size());
  text_.clear();
}

Secret::~Secret() { wipe(); }

// A moved-from short string keeps its characters: copied, then wiped.
// NOLINTNEXTLINE(performance-move-constructor-init)
Secret::Secret(Secret&& other) noexcept : text_(other.text_) { other.wipe(); }

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    wipe();
    text_ = other.text_;
    other.wipe();
  }
  return *this;
}

std::string to_text(const SecretRef& ref) {
  static constexpr std::array<std::string_view, 3> kKinds = {"file", "env", "credential"};
  std::string name = "'";
  for (const char c : ref.name) {
    name += c;
    if (c == '\'') name += c;
  }
  return "{" + std::string(kKinds[static_cast<std::size_t>(ref.kind)]) + ": " + name + "'}";
}

Result<Secret> read_secret(const SecretRef& ref, const Variables& variables) {
  Result<std::string> text = read_text(ref, variables);
  if (!text) return tl::unexpected(text.error());
  while (!text->empty() && (text->back() == '\n' || text->back() == '\r')) text->pop_back();
  const bool plain = std::ranges::none_of(
      *text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  const bool fits = !text->empty() && text->size() <= kLargestSecret && plain;
  Secret secret(std::move(*text));
  if (!fits) {
    return fail(ErrorCode::kRefused,
                "the secret `" + ref.name + "` is empty, too long or not a single line");
  }
  return secret;
}

}  // namespace tidewaiter
