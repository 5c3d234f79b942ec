#include "daemon/outbound/host_addresses.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "daemon/outbound/curl_handles.h"

namespace tidewaiter {
namespace {

/// Notes each address that a connection would be made to, and makes none.
curl_socket_t note_address(void* user, curlsocktype, curl_sockaddr* address) {
  auto& addresses = *static_cast<std::vector<std::string>*>(user);
  std::array<char, NI_MAXHOST> text{};
  if (::getnameinfo(&address->addr, address->addrlen, text.data(), text.size(), nullptr, 0,
                    NI_NUMERICHOST) == 0) {
    const std::string known = text.data();
    if (std::ranges::find(addresses, known) == addresses.end()) addresses.push_back(known);
  }
  return CURL_SOCKET_BAD;
}

/// The address that the text is, in the form that the system writes; nothing: it may be a name. The
/// zone behind an IPv6 address, "%eth0", stays as it is, for whether there is such a card is seen
/// when somebody connects.
std::optional<std::string> numeric_address(const std::string& host) {
  const std::size_t zone = std::min(host.find('%'), host.size());
  in6_addr address{};
  if (::inet_pton(AF_INET6, host.substr(0, zone).c_str(), &address) == 1) {
    const std::string_view card = std::string_view(host).substr(zone);
    const bool is_plain = std::ranges::all_of(card.substr(card.empty() ? 0 : 1), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             std::string_view("._-").find(c) != std::string_view::npos;
    });
    if (!is_plain || card == "%") return std::nullopt;
    std::array<char, INET6_ADDRSTRLEN> text{};
    ::inet_ntop(AF_INET6, &address, text.data(), text.size());
    return std::string(text.data()) + std::string(card);
  }
  // All forms of IPv4, "127.1" too; inet_aton(3) takes whatever stands behind a space as well.
  in_addr short_form{};
  const bool is_word = host.find_first_not_of("0123456789abcdefxABCDEFX.") == std::string::npos;
  if (!is_word || ::inet_aton(host.c_str(), &short_form) == 0) return std::nullopt;
  std::array<char, INET_ADDRSTRLEN> text{};
  ::inet_ntop(AF_INET, &short_form, text.data(), text.size());
  return std::string(text.data());
}

/// As libcurl takes it; empty if the text is no name of a host and nothing else. Addresses are
/// none.
std::string url_of(const std::string& host) {
  if (host.find_first_of("[:]") != std::string::npos) return {};
  const std::string url = "http://" + host + "/";
  const CurlUrl parsed = parsed_curl_url(url);
  if (!parsed || curl_part(parsed.get(), CURLUPART_HOST) != host) return {};
  return url;
}

void set_up(CURL* easy, const std::string& url, Duration within,
            std::vector<std::string>& addresses) {
  const long ms = std::max<long>(1, static_cast<long>(within.us / 1000));
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http");
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
#if LIBCURL_VERSION_NUM >= 0x075700
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);  // does not wait for the resolver's thread
#endif
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, ms);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, ms);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, note_address);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, &addresses);
}

}  // namespace

Result<std::vector<std::string>> host_addresses(const std::string& host, Duration within,
                                                const std::stop_token& stop) {
  if (const auto address = numeric_address(host)) return std::vector<std::string>{*address};
  const std::string url = url_of(host);
  if (url.empty()) return fail(ErrorCode::kInvalidInput, "the name of the host cannot be read");
  const std::optional<CurlCarrier> carrier = make_curl_carrier();
  if (!carrier) return fail(ErrorCode::kUnavailable, "cannot start libcurl");
  std::vector<std::string> addresses;
  set_up(carrier->easy.get(), url, within, addresses);
  const Result<CURLcode> code = run_transfer(*carrier, stop);
  if (!code) return tl::unexpected(code.error());
  if (!addresses.empty()) return addresses;
  return fail(ErrorCode::kUnavailable,
              std::string("the host's address could not be found: ") + curl_easy_strerror(*code));
}

}  // namespace tidewaiter
