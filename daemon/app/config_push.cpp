#include <algorithm>
#include <array>

#include "daemon/app/config_reader.h"
#include "daemon/http/http_service.h"
#include "policies/model/did_you_mean.h"

namespace tidewaiter {
namespace {

constexpr std::string_view kPushKind = "push";
constexpr std::int64_t kLeastPushBody = 4096;
constexpr std::int64_t kMostPushBody = std::int64_t{256} << 20U;

/// Reads where the daemon listens, and to whom. Goes on after an error, so that all of them are
/// told.
class PushReader {
 public:
  PushReader(ConfigReader& reader, Config& config) : reader_(reader), config_(config) {}

  void read(const YamlNode& node) {
    static constexpr std::array<std::string_view, 5> kKeys = {"listen", "tokens", "body", "inbox",
                                                              "patience"};
    if (!reader_.map(node, "`push`", kKeys)) return;
    read_listen(node.find("listen"));
    read_amount(node.find("body"), "`body`", listener_.body_bytes);
    read_amount(node.find("inbox"), "`inbox`", listener_.inbox_bytes);
    if (listener_.inbox_bytes < listener_.body_bytes) {
      const YamlNode* const inbox = node.find("inbox");
      reader_.error(inbox != nullptr ? inbox->span : node.span, kConfigBytes,
                    "`inbox` is smaller than `body`", "it holds several bodies: make it larger");
    }
    if (const YamlNode* patience = node.find("patience")) {
      if (const auto d = reader_.duration(*patience, "`patience`", kSecond)) {
        listener_.patience = *d;
      }
    }
    read_tokens(node);
    config_.push = std::move(listener_);
  }

 private:
  void read_listen(const YamlNode* node) {
    if (node == nullptr) return;
    const auto text = reader_.text(*node, "`listen`");
    if (!text) return;
    if (const auto address = parse_listen_address(*text); !address) {
      reader_.error(node->span, kWrongShape, "`listen`: " + address.error().message);
      return;
    }
    listener_.listen = *text;
  }

  void read_amount(const YamlNode* node, std::string_view what, std::int64_t& out) {
    if (node == nullptr) return;
    const auto bytes = reader_.bytes(*node, what);
    if (!bytes) return;
    if (*bytes < kLeastPushBody || *bytes > kMostPushBody) {
      reader_.error(node->span, kConfigBytes, std::string(what) + " is not from 4KiB to 256MiB");
      return;
    }
    out = *bytes;
  }

  void read_tokens(const YamlNode& node) {
    const YamlNode* const tokens = node.find("tokens");
    if (tokens == nullptr || (tokens->kind == YamlNode::Kind::kSequence && tokens->items.empty())) {
      reader_.error(node.span, kMissingKey, "`push` needs `tokens`",
                    "say who may hand in: `tokens: [{token: {file: push-token}}]`");
      return;
    }
    if (!reader_.list(*tokens, "`tokens`")) return;
    for (const YamlNode& item : tokens->items) read_token(item);
  }

  void read_token(const YamlNode& node) {
    static constexpr std::array<std::string_view, 2> kKeys = {"token", "source"};
    if (!reader_.map(node, "a token", kKeys)) return;
    const YamlNode* const token = node.find("token");
    if (token == nullptr) {
      reader_.error(node.span, kMissingKey, "it needs `token`",
                    "name where it is kept: `{token: {file: push-token}}`");
      return;
    }
    PushToken read;
    if (auto ref = read_secret_ref(reader_, *token, "token", config_)) read.token = *ref;
    if (const YamlNode* source = node.find("source")) {
      if (const auto name = reader_.name(*source, "`source`")) read.source = *name;
      check_source(*source, read.source);
    }
    listener_.tokens.push_back(std::move(read));
  }

  void check_source(const YamlNode& node, const std::string& name) {
    if (name.empty()) return;
    std::vector<std::string_view> names;
    for (const SourceConfig& source : config_.sources) {
      if (source.push) names.emplace_back(source.name);
    }
    if (std::ranges::find(names, name) != names.end()) return;
    const std::optional<std::string> near = did_you_mean(name, names);
    reader_.error(node.span, kConfigName, "no source of kind `push` is called `" + name + "`",
                  near ? "did you mean `" + *near + "`?" : "name a source that it opens");
  }

  ConfigReader& reader_;
  Config& config_;
  PushListener listener_;
};

}  // namespace

void read_push(ConfigReader& reader, const YamlNode& node, Config& config) {
  PushReader(reader, config).read(node);
  if (!config.push) return;
  for (SourceConfig& source : config.sources) {
    if (!source.push) continue;
    source.push->listen = config.push->listen;
    source.path = "http://" + config.push->listen + "/push/" + source.name;
    for (const PushToken& token : config.push->tokens) {
      if (token.source.empty() || token.source == source.name) {
        source.push->tokens.push_back(token.token);
      }
    }
  }
}

void read_push_source(ConfigReader& reader, const YamlNode& node, SourceConfig& source) {
  source.push.emplace();
  if (const YamlNode* lateness = node.find("lateness")) {
    source.push->lateness = reader.duration(*lateness, "`lateness`", kSecond);
  }
}

void check_push(ConfigReader& reader, const YamlNode& root, const Config& config) {
  const YamlNode* const sources = root.find("sources");
  if (sources == nullptr || config.push) return;
  for (const YamlNode& source : sources->items) {
    const YamlNode* const kind =
        source.kind == YamlNode::Kind::kMap ? source.find("kind") : nullptr;
    if (kind == nullptr || kind->scalar != kPushKind) continue;
    reader.error(kind->span, kMissingKey, "a source of kind `push` needs a listener",
                 "add a section `push:` with `tokens`");
  }
}

}  // namespace tidewaiter
