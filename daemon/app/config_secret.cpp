#include <array>
#include <utility>

#include "daemon/app/config_reader.h"
#include "daemon/outbound/url_query.h"

namespace tidewaiter {

bool tells_credential(ConfigReader& reader, const SourceSpan& span, std::string_view url,
                      std::string hint) {
  const std::optional<std::string> name = credential_in_query(url);
  if (!name) return false;
  reader.error(span, kConfigUrl, "the URL holds a credential: its parameter `" + *name + "`",
               std::move(hint));
  return true;
}

std::optional<SecretRef> read_secret_ref(ConfigReader& reader, const YamlNode& node,
                                         std::string_view what, const Config& config) {
  static constexpr std::array<std::string_view, 3> kKeys = {"file", "env", "credential"};
  if (node.kind != YamlNode::Kind::kMap) {
    Diagnostic diagnostic;
    diagnostic.code = kLiteralSecret.code;
    diagnostic.span = node.span;
    diagnostic.message = "a secret is written into the configuration";
    diagnostic.hint = "name where it is kept: `" + std::string(what) +
                      ": {file: …}`, `{env: …}` or `{credential: …}`";
    // The source line is left out: it holds the secret, whatever SecretLines makes of it.
    reader.diagnostics().push_back(std::move(diagnostic));
    return std::nullopt;
  }
  const std::string name = "`" + std::string(what) + "`";
  if (!reader.map(node, name, kKeys)) return std::nullopt;
  if (node.members.size() != 1) {
    reader.error(node.span, kWrongShape,
                 name + " needs exactly one of `file`, `env`, `credential`");
    return std::nullopt;
  }
  const auto& [key, value] = node.members.front();
  const auto text = reader.text(value, "`" + key.scalar + "`");
  if (!text) return std::nullopt;
  if (key.scalar == "file") {
    return SecretRef{SecretRef::Kind::kFile, (config.base / *text).lexically_normal().string()};
  }
  if (key.scalar == "env") return SecretRef{SecretRef::Kind::kEnv, *text};
  if (key.scalar != "credential") return std::nullopt;  // an unknown key, told by map()
  if (text->find('/') != std::string::npos) {
    reader.error(value.span, kConfigName, "a credential's name holds no `/`");
    return std::nullopt;
  }
  return SecretRef{SecretRef::Kind::kCredential, *text};
}

}  // namespace tidewaiter
