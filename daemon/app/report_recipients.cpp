#include "daemon/app/report_recipients.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "daemon/app/config_reader.h"
#include "policies/model/ascii.h"
#include "storage/files/shown_file.h"
#include "storage/review/tlp_marking.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kMostRecipientBytes = std::size_t{256} << 10U;
constexpr std::array<std::string_view, 1> kRecipientsFileKeys = {"recipients"};
constexpr std::array<std::string_view, 9> kRecipientKeys = {
    "id",      "name",      "authority", "legal_basis",     "kinds",
    "profile", "withholds", "handling",  "handling_at_most"};

template <class Rows>
std::vector<std::string_view> row_names(const Rows& rows) {
  std::vector<std::string_view> names;
  names.reserve(rows.size());
  for (const auto& row : rows) names.push_back(row.name);
  return names;
}

/// Reads one recipient.
class RecipientReader {
 public:
  RecipientReader(ConfigReader& reader, const YamlNode& node) : reader_(reader), node_(node) {}

  std::optional<ReportRecipient> read() {
    if (!reader_.map(node_, "a recipient", kRecipientKeys)) return std::nullopt;
    ReportRecipient to;
    if (const YamlNode* const id = needed("id")) {
      if (auto name = reader_.name(*id, "`id`")) to.id = std::move(*name);
    }
    if (const YamlNode* const name = needed("name")) take_line(*name, "`name`", to.name);
    if (const YamlNode* const one = node_.find("authority")) {
      take_line(*one, "`authority`", to.authority);
    }
    if (const YamlNode* const one = node_.find("legal_basis")) {
      take_line(*one, "`legal_basis`", to.legal_basis);
    }
    take_word("profile", row_names(redaction_profiles()), to.profile);
    take_word("handling", row_names(kTlpMarkings), to.handling);
    take_word("handling_at_most", row_names(kTlpMarkings), to.handling_at_most);
    take_words("kinds", row_names(report_kinds()), to.kinds);
    take_words("withholds", row_names(recipient_parts()), to.withholds);
    check_markings(to);
    check_kinds(to);
    return to;
  }

 private:
  const YamlNode* needed(std::string_view key) {
    const YamlNode* const found = node_.find(key);
    if (found == nullptr) {
      reader_.error(node_.span, kMissingKey, "a recipient needs `" + std::string(key) + "`",
                    "`id` is what --for takes, and `name` what reports say");
    }
    return found;
  }

  void take_line(const YamlNode& node, std::string_view what, std::string& into) {
    auto text = reader_.text(node, what);
    if (!text) return;
    if (text->empty() || std::ranges::any_of(*text, is_control)) {
      return reader_.error(node.span, kWrongShape, std::string(what) + " is not one line of words",
                           "write what a reader of the report is to read");
    }
    into = std::move(*text);
  }

  void take_word(std::string_view key, const std::vector<std::string_view>& words,
                 std::string& into) {
    const YamlNode* const node = node_.find(key);
    if (node == nullptr) return;
    const auto at = reader_.word(*node, "`" + std::string(key) + "`", words);
    if (at) into = words[*at];
  }

  void take_words(std::string_view key, const std::vector<std::string_view>& words,
                  std::vector<std::string>& into) {
    const YamlNode* const node = node_.find(key);
    if (node == nullptr || !reader_.list(*node, "`" + std::string(key) + "`")) return;
    for (const YamlNode& item : node->items) {
      const auto at = reader_.word(item, "one of `" + std::string(key) + "`", words);
      if (at) into.emplace_back(words[*at]);
    }
    std::ranges::sort(into);
    into.erase(std::unique(into.begin(), into.end()), into.end());
  }

  void check_markings(const ReportRecipient& to) {
    if (to.handling_at_most.empty()) return;
    const bool is_usual = to.handling.empty();
    const std::string_view drawn = is_usual ? kUsualHandling : std::string_view(to.handling);
    if (!is_laxer(to.handling_at_most, drawn)) return;
    const std::string_view key = is_usual ? "handling_at_most" : "handling";
    const std::string said = is_usual ? "`handling` is left out, which is `" +
                                            std::string(kUsualHandling) + "`, and that"
                                      : "`handling`";
    reader_.error(node_.find(key)->span, kWrongShape, said + " is stricter than `handling_at_most`",
                  "nothing could be drawn for this recipient: write a `handling` that it may have");
  }

  /// Of kinds that are named each has to have the profile.
  void check_kinds(const ReportRecipient& to) {
    for (const std::string& name : to.kinds) {
      const ReportKind* const kind = report_kind(name);
      if (kind == nullptr || kind_allows(*kind, to.profile)) continue;
      const auto form = report_form(*kind, nullptr, to.profile, {});
      const YamlNode* const place = node_.find("profile");
      reader_.error(place != nullptr ? place->span : node_.span, kWrongShape,
                    form ? "`profile` does not fit `" + name + "`" : form.error().message,
                    "write another profile, or leave the kind out");
    }
  }

  ConfigReader& reader_;
  const YamlNode& node_;
};

void read_recipients(ConfigReader& reader, const YamlNode& root,
                     std::vector<ReportRecipient>& recipients) {
  if (!reader.map(root, "the file of recipients", kRecipientsFileKeys)) return;
  const YamlNode* const all = root.find("recipients");
  if (all == nullptr || !reader.list(*all, "`recipients`")) return;
  for (const YamlNode& item : all->items) {
    auto one = RecipientReader(reader, item).read();
    if (!one) continue;
    for (const std::string* const name : {&one->id, &one->name}) {
      if (name->empty() || recipient_named(recipients, *name) == nullptr) continue;
      reader.error(item.span, kConfigTwice, "the recipient `" + *name + "` is there twice",
                   "ids and names tell recipients apart, but for case");
    }
    recipients.push_back(std::move(*one));
  }
}

}  // namespace

std::vector<ReportRecipient> read_report_recipients(const std::filesystem::path& file,
                                                    std::vector<Diagnostic>& diagnostics) {
  std::vector<ReportRecipient> recipients;
  std::error_code failure;
  if (!std::filesystem::exists(file, failure) && !failure) return recipients;
  const Result<std::string> text = read_shown_file(file, kMostRecipientBytes);
  if (!text) {
    Diagnostic fault;
    fault.code = kConfigUnreadable.code;
    fault.span = {file.string(), 0, 0, 1};
    fault.message = text.error().message;
    diagnostics.push_back(std::move(fault));
    return recipients;
  }
  const YamlText yaml(file.string(), *text);
  const std::vector<YamlNode> documents = yaml.parse(diagnostics);
  ConfigReader reader(yaml, diagnostics);
  for (const YamlNode& document : documents) read_recipients(reader, document, recipients);
  return recipients;
}

}  // namespace tidewaiter
