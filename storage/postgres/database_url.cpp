#include "storage/postgres/database_url.h"

#include <algorithm>
#include <array>
#include <memory>

#include <libpq-fe.h>

namespace tidewaiter {
namespace {

struct FreeOptions {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};
using ParsedOptions = std::unique_ptr<PQconninfoOption, FreeOptions>;

/// What a URL may say besides a password.
constexpr auto kUrlOptions = std::to_array<std::string_view>(
    {"host", "port", "user", "dbname", "sslmode", "sslrootcert", "sslcert", "sslkey"});

/// What a host says that needs no TLS, for what goes there goes through no network. Of a list of
/// hosts, which commas part, nobody can say so.
bool is_this_machine(std::string_view host) {
  if (host.find(',') != std::string_view::npos) return false;
  return host.starts_with('/') || host == "localhost" || host == "127.0.0.1" || host == "::1";
}

bool has(const DatabaseUrl& url, std::string_view option) {
  const auto found = url.options.find(option);
  return found != url.options.end() && !found->second.empty();
}

Result<void> settle_transport(DatabaseUrl& url) {
  const std::string& host = url.options.find("host")->second;
  const auto mode = url.options.find("sslmode");
  if (mode == url.options.end()) {
    if (!is_this_machine(host)) url.options["sslmode"] = "verify-full";
    return {};
  }
  const bool verifies = mode->second == "verify-full" || mode->second == "verify-ca";
  if (verifies || is_this_machine(host)) return {};
  return fail(ErrorCode::kInvalidInput,
              "`sslmode` does not make sure whom it speaks to: expected `verify-full` or "
              "`verify-ca`, for the database is on another machine");
}

}  // namespace

Result<DatabaseUrl> read_database_url(std::string_view url) {
  if (!url.starts_with("postgresql://") && !url.starts_with("postgres://")) {
    return fail(ErrorCode::kInvalidInput, "the URL is not one of a PostgreSQL database");
  }
  char* problem = nullptr;
  const ParsedOptions parsed(PQconninfoParse(std::string(url).c_str(), &problem));
  PQfreemem(problem);  // it quotes what was written, and so perhaps a password
  if (!parsed) return fail(ErrorCode::kInvalidInput, "the URL cannot be read");
  DatabaseUrl read;
  for (const PQconninfoOption* option = parsed.get(); option->keyword != nullptr; ++option) {
    if (option->val == nullptr) continue;
    const std::string_view name = option->keyword;
    if (name == "password") {
      return fail(ErrorCode::kInvalidInput, "the URL holds a password");
    }
    if (std::ranges::find(kUrlOptions, name) == kUrlOptions.end()) {
      return fail(ErrorCode::kInvalidInput, "the URL has the option `" + std::string(name) +
                                                "`, which is not one of its own");
    }
    read.options.emplace(name, option->val);
  }
  for (const char* const needed : {"host", "user", "dbname"}) {
    if (!has(read, needed)) {
      return fail(ErrorCode::kInvalidInput, "the URL lacks `" + std::string(needed) +
                                                "`: expected postgresql://ROLE@HOST/DATABASE");
    }
  }
  read.role = read.options["user"];
  if (auto fits = settle_transport(read); !fits) return tl::unexpected(fits.error());
  return read;
}

}  // namespace tidewaiter
