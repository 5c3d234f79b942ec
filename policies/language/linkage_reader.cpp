#include "policies/language/linkage_reader.h"

#include <algorithm>
#include <array>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "policies/language/lockstep_reader.h"

namespace tidewaiter {
namespace {

constexpr std::array<std::string_view, 7> kLinkageKeys = {
    "linkage", "title", "version", "owner", "description", "threshold", "links"};
constexpr std::array<std::string_view, 6> kLinkKeys = {"field",  "at_most", "weight",
                                                       "except", "window",  "decay"};
constexpr std::string_view kLinkageExample = "links: [{field: payment.fingerprints, at_most: 20}]";
constexpr std::size_t kMaxLinks = 32;
/// What more accounts than this have in common says nothing of any two of them.
constexpr std::int64_t kMostHolders = 1000;
constexpr std::int64_t kMostWeight = 1000;
constexpr Duration kLongestWindow{366 * kDay.us};

class LinkageReader {
 public:
  LinkageReader(DocumentReader& reader, const YamlNode& document, NamedLists& lists)
      : reader_(reader), document_(document), lists_(lists) {}

  LinkageDocument read() {
    check_keys(reader_.yaml(), document_, kLinkageKeys, reader_.diagnostics());
    LinkageDocument out;
    out.header = read_document_header(reader_, document_);
    require_key(reader_, document_, "title", "say in one line what links accounts");
    require_key(reader_, document_, "links",
                "name what accounts have in common: `" + std::string(kLinkageExample) + "`");
    const std::size_t first = reader_.diagnostics().size();
    const YamlNode* threshold = document_.find("threshold");
    if (threshold != nullptr) {
      out.linkage.threshold =
          reader_.integer(*threshold, 1, kMostWeight * std::int64_t{kMaxLinks}).value_or(0);
    }
    if (const YamlNode* links = document_.find("links")) read_links(*links);
    const bool is_sound = reader_.diagnostics().size() == first;
    if (threshold != nullptr && is_sound) check_threshold(*threshold, out.linkage.threshold);
    std::ranges::sort(links_, {}, [](const Link& link) { return field(link.field).name; });
    out.linkage.links = std::move(links_);
    std::ranges::sort(lockstep_, {}, [](const LockstepLink& link) {
      return std::tuple(link.target ? field(*link.target).name : "", link.slot, link.over);
    });
    out.linkage.lockstep = std::move(lockstep_);
    return out;
  }

 private:
  void read_links(const YamlNode& node) {
    const auto items = DocumentReader::items(node);
    if (items.empty() || items.size() > kMaxLinks) {
      reader_.error(node.span, items.empty() ? kEmptyValue : kTooManyParts,
                    "a linkage has 1 to 32 links", "write `" + std::string(kLinkageExample) + "`");
      return;
    }
    for (const YamlNode* item : items) read_link(*item);
  }

  void read_link(const YamlNode& node) {
    if (!reader_.expect_map(node, "- {field: payment.fingerprints, at_most: 20}")) return;
    if (node.find("lockstep") != nullptr) return read_lockstep_link(node);
    check_keys(reader_.yaml(), node, kLinkKeys, reader_.diagnostics());
    const YamlNode* name = node.find("field");
    const YamlNode* at_most = node.find("at_most");
    if (name == nullptr || at_most == nullptr) {
      reader_.error(
          node.span, kMissingKey,
          "`" + std::string(name == nullptr ? "field" : "at_most") + "` is missing in the link",
          "say what accounts have in common, and from how many on that links nobody: "
          "`{field: client.address, at_most: 5}`");
    }
    Link link;
    const auto id = name != nullptr ? read_field(*name) : std::nullopt;
    const auto most =
        at_most != nullptr ? reader_.integer(*at_most, 2, kMostHolders) : std::nullopt;
    const auto weight = read_weight(node);
    if (!id || !most || !weight) return;
    link.field = *id;
    link.at_most = *most;
    link.weight = *weight;
    if (!read_times(node, link)) return;
    if (const YamlNode* except = node.find("except")) link.except = read_exceptions(*except, *id);
    links_.push_back(std::move(link));
  }

  void read_lockstep_link(const YamlNode& node) {
    auto link = read_lockstep(reader_, node);
    const auto weight = read_weight(node);
    if (!link || !weight) return;
    link->weight = *weight;
    if (!targets_.insert(link->target).second) {
      reader_.error(node.span, kBadLink, "two links are in step by one target",
                    "leave one of them out, or give it another `target`");
      return;
    }
    lockstep_.push_back(*link);
  }

  /// The window of a link and its half-life; false after an error.
  bool read_times(const YamlNode& node, Link& link) {
    const YamlNode* window = node.find("window");
    const YamlNode* decay = node.find("decay");
    if (window != nullptr) {
      const auto length = reader_.duration(*window);
      if (!length) return false;
      link.window = *length;
      if (link.window < kMinute || link.window > kLongestWindow) {
        return refuse_time(*window, "a window is from 1m to 366d",
                           "say how close in time accounts use one value: `window: 14d`");
      }
    }
    if (decay == nullptr) return true;
    const auto half_life = reader_.duration(*decay);
    return half_life && read_half_life(*decay, *half_life, link);
  }

  bool read_half_life(const YamlNode& node, Duration half_life, Link& link) {
    link.half_life = half_life;
    if (document_.find("threshold") == nullptr) {
      return refuse_time(node, "the linkage has no threshold: nothing weighs that could fade",
                         "add `threshold: 10` to the linkage and a weight to each link");
    }
    if (link.window.us == 0) {
      return refuse_time(node, "what fades needs an end, and the link has no window",
                         "add a window of some half-lives: `window: 28d` beside `decay: 7d`");
    }
    const bool is_whole = half_life >= kMinute && link.window.us % half_life.us == 0 &&
                          link.window.us / half_life.us >= 2 &&
                          link.window.us / half_life.us <= kMostHalfLives;
    if (is_whole) return true;
    return refuse_time(node,
                       "the window of " + format_duration(link.window) + " has not 2 to " +
                           std::to_string(kMostHalfLives) + " whole half-lives",
                       "write `window: 28d` and `decay: 7d`, or leave one of them out");
  }

  bool refuse_time(const YamlNode& node, std::string message, std::string hint) {
    reader_.error(node.span, kBadLinkTime, std::move(message), std::move(hint));
    return false;
  }

  /// Every link has a weight, or none has: beside a threshold alone does one mean anything.
  std::optional<std::int64_t> read_weight(const YamlNode& node) {
    const YamlNode* weight = node.find("weight");
    const bool is_weighed = document_.find("threshold") != nullptr;
    if (weight != nullptr && is_weighed) return reader_.integer(*weight, 1, kMostWeight);
    if (weight == nullptr && !is_weighed) return 0;
    if (weight == nullptr) {
      reader_.error(node.span, kBadWeights, "the linkage has a threshold, and the link no weight",
                    "say what a value weighs that two accounts have: `weight: 10`");
    } else {
      reader_.error(weight->span, kBadWeights,
                    "a weight, and the linkage has no threshold: each link joins accounts alone",
                    "add `threshold: 10` to the linkage, or leave the weights out");
    }
    return std::nullopt;
  }

  std::shared_ptr<const ExceptedValues> read_exceptions(const YamlNode& node, FieldId id) {
    const auto name = reader_.text(node);
    if (!name) return nullptr;
    const auto list = list_to_look_up(lists_, *name, node.span, field(id).type);
    if (!list) {
      reader_.error(list.error());
      return nullptr;
    }
    ExceptedValues except;
    except.list = (*list)->name();
    except.digest = (*list)->digest();
    for (const ValueList::DatedText& one : (*list)->texts()) {
      except.times.emplace(one.text, std::vector<Interval>(one.times.begin(), one.times.end()));
    }
    return std::make_shared<const ExceptedValues>(std::move(except));
  }

  /// Two accounts that have a value of each link in common, and nobody else has, weigh most.
  void check_threshold(const YamlNode& node, std::int64_t threshold) {
    std::int64_t all = 0;
    for (const Link& link : links_) all += link.weight;
    for (const LockstepLink& link : lockstep_) all += link.weight;
    if (threshold <= all) return;
    reader_.error(
        node.span, kBadWeights,
        "no two accounts can reach the threshold: all links together weigh " + std::to_string(all),
        "lower the threshold, or raise the weights");
  }

  std::optional<FieldId> read_field(const YamlNode& node) {
    const auto id = read_linking_field(reader_, node);
    if (!id || read_.insert(*id).second) return id;
    reader_.error(node.span, kBadLink, "`" + node.scalar + "` stands in two links", "name it once");
    return std::nullopt;
  }

  DocumentReader& reader_;
  const YamlNode& document_;
  NamedLists& lists_;
  std::vector<Link> links_;
  std::set<FieldId> read_;
  std::vector<LockstepLink> lockstep_;
  std::set<std::optional<FieldId>> targets_;
};

}  // namespace

LinkageDocument read_linkage(DocumentReader& reader, const YamlNode& document, NamedLists& lists) {
  return LinkageReader(reader, document, lists).read();
}

}  // namespace tidewaiter
