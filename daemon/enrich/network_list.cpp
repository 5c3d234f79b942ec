#include "daemon/enrich/network_list.h"

#include <algorithm>
#include <array>
#include <utility>

#include "policies/model/input_text.h"
#include "storage/files/shown_file.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kMostBytes = std::size_t{256} << 20U;
constexpr std::size_t kMostBadShown = 100;

std::optional<IpNetwork> network_of(std::string_view word) {
  if (word.find('/') != std::string_view::npos) return parse_network(word);
  const std::optional<IpAddress> address = parse_ip(word);
  return address ? std::optional(IpNetwork{*address, 128}) : std::nullopt;
}

/// The words that begin the lines of Tor's exit lists, but for that of an address.
constexpr std::array<std::string_view, 5> kTorWords = {"@type", "Downloaded", "ExitNode",
                                                       "LastStatus", "Published"};

/// Takes the next word off a line; empty: there is none.
std::string_view take_word(std::string_view& line) {
  constexpr std::string_view kBlanks = " \t\r";
  line.remove_prefix(std::min(line.size(), line.find_first_not_of(kBlanks)));
  const std::string_view word = line.substr(0, line.find_first_of(kBlanks));
  line.remove_prefix(word.size());
  return word;
}

std::vector<NumberedNetwork> numbered(const std::vector<IpNetwork>& networks) {
  std::vector<NumberedNetwork> out;
  out.reserve(networks.size());
  for (const IpNetwork& network : networks) {
    out.push_back({network, static_cast<std::uint32_t>(out.size())});
  }
  return out;
}

}  // namespace

NetworkList::NetworkList(std::vector<IpNetwork> networks, std::int64_t bad_lines,
                         std::vector<BadNetworkLine> first_bad)
    : networks_(std::move(networks)),
      table_(numbered(networks_)),
      bad_lines_(bad_lines),
      first_bad_(std::move(first_bad)) {}

NetworkList NetworkList::read(std::string_view text) {
  std::vector<IpNetwork> networks;
  std::vector<BadNetworkLine> first_bad;
  std::int64_t bad = 0;
  for (std::int64_t number = 1; !text.empty(); ++number) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    line = line.substr(0, line.find_first_of("#;"));
    std::string_view word = take_word(line);
    if (word.empty() || std::ranges::find(kTorWords, word) != kTorWords.end()) continue;
    if (word == "ExitAddress") word = take_word(line);
    if (const auto network = network_of(word)) {
      networks.push_back(*network);
      continue;
    }
    ++bad;
    if (first_bad.size() == kMostBadShown) continue;
    first_bad.push_back({number, "expected an address or a network such as 192.0.2.0/24, got " +
                                     in_backticks(word)});
  }
  return NetworkList(std::move(networks), bad, std::move(first_bad));
}

Result<NetworkList> NetworkList::open(const std::filesystem::path& path) {
  const Result<std::string> text = read_shown_file(path, kMostBytes);
  if (!text) return tl::unexpected(text.error());
  return read(*text);
}

std::optional<IpNetwork> NetworkList::find(const IpAddress& address) const {
  const std::optional<std::uint32_t> number = table_.find(address);
  return number ? std::optional(networks_[*number]) : std::nullopt;
}

}  // namespace tidewaiter
