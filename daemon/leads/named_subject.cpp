#include "daemon/leads/named_subject.h"

#include <algorithm>
#include <cstddef>

#include "policies/language/ip_network.h"
#include "policies/model/ascii.h"
#include "policies/model/ip_text.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kMostSubjectBytes = 1024;

/// An address, or a network with its length; that of one address is the address.
std::optional<std::string> address_subject(std::string_view text, bool is_version_4) {
  const std::size_t slash = text.find('/');
  const Result<std::string> address = canonical_ip(text.substr(0, slash));
  if (!address || is_ipv4(text.substr(0, slash)) != is_version_4) return std::nullopt;
  if (slash == std::string_view::npos) return *address;
  const std::optional<IpNetwork> network = parse_network(text);
  if (!network) return std::nullopt;
  if (network->prefix == IpNetwork().prefix) return *address;
  // A mapped address has the form of version 4, and its networks another length.
  if (is_ipv4(*address) != is_version_4) return std::nullopt;
  return network_text(network_of(network->base, network->prefix));
}

/// Of an address of mail the domain has no case, and what stands before it may have one.
std::string mail_subject(const std::string& value) {
  const std::size_t at = value.rfind('@');
  return at == std::string::npos ? value : value.substr(0, at) + ascii_lower(value.substr(at));
}

}  // namespace

std::optional<std::string> named_subject(std::string_view type, const std::string& value) {
  if (value.empty() || value.size() > kMostSubjectBytes) return std::nullopt;
  if (std::ranges::any_of(value, is_control)) return std::nullopt;
  if (type == "ip-addr") {
    const bool is_version_4 = is_ipv4(std::string_view(value).substr(0, value.find('/')));
    return address_subject(value, is_version_4);
  }
  if (type == "ipv4-addr" || type == "ipv6-addr") {
    return address_subject(value, type == "ipv4-addr");
  }
  if (type == "email-addr") return mail_subject(value);
  return type == "domain-name" ? ascii_lower(value) : value;
}

}  // namespace tidewaiter
