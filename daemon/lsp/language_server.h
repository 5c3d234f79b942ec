#pragma once

#include <functional>
#include <iosfwd>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "daemon/lsp/text_document.h"
#include "policies/authoring/set_reference.h"
#include "policies/authoring/symbols.h"
#include "policies/language/policy.h"
#include "policies/lint/lint.h"

namespace tidewaiter {

/// What the server may ask of the world around it.
struct LanguageServerSurroundings {
  std::function<UtcTime()> now;
  /// The policy files that a file is read together with, itself among them or not. Whatever
  /// cannot be read is left out.
  std::function<std::vector<PolicyText>(const std::string& path)> neighbours;
  /// What the sources give that a file's policies are held against; none where it is not known.
  std::function<std::vector<SourceSupply>(const std::string& path)> sources;
};

/// A language server for policies: Language Server Protocol 3.17 over two streams. It tells
/// diagnostics when a document is opened or changed, and answers hover, completion, definition,
/// document symbols, code actions and formatting. A request that it cannot read gets an error
/// response; no message ends it but `exit` and a header that cannot be read, behind which there is
/// no next message. Threads: one.
class LanguageServer {
 public:
  LanguageServer(std::ostream& out, LanguageServerSurroundings surroundings);

  /// Serves until `exit` or the end of the input. Gives the exit status that the protocol asks for:
  /// 0 if `shutdown` came before, else 1.
  int run(std::istream& in);

 private:
  struct OpenDocument {
    TextDocument text;
    std::optional<std::int64_t> version;
    /// Of the last text that was YAML: a text that is being typed seldom is.
    SymbolTable symbols;
    /// Those told last, which are of the text as it is.
    std::vector<Diagnostic> diagnostics;
  };
  enum class Stage { kNew, kRunning, kShutDown };

  void take_message(const std::string& body);
  void take_request(const nlohmann::json& id, const std::string& method,
                    const nlohmann::json& params);
  void take_notification(const std::string& method, const nlohmann::json& params);

  void initialize(const nlohmann::json& id);
  void did_open(const nlohmann::json& params);
  void did_change(const nlohmann::json& params);
  void did_close(const nlohmann::json& params);
  void lose(const std::string& lost);
  void hover(const nlohmann::json& id, const nlohmann::json& params);
  void completion(const nlohmann::json& id, const nlohmann::json& params);
  void definition(const nlohmann::json& id, const nlohmann::json& params);
  void formatting(const nlohmann::json& id, const nlohmann::json& params);
  void document_symbol(const nlohmann::json& id, const nlohmann::json& params);
  void code_action(const nlohmann::json& id, const nlohmann::json& params);

  /// An open document and a byte of it.
  struct Target {
    std::string uri;
    const OpenDocument* document = nullptr;
    std::size_t offset = 0;
    const DocumentSymbols* symbols = nullptr;
  };
  /// What a request is about; where that cannot be told, it answers the request with an error.
  std::optional<Target> target(const nlohmann::json& id, const nlohmann::json& params,
                               bool with_position);
  [[nodiscard]] nlohmann::json definition_of(const SetReference& reference, const Target& at) const;

  static void refresh_symbols(OpenDocument& document);
  void publish(const std::string& uri, OpenDocument& document);
  void publish_all();
  [[nodiscard]] std::vector<PolicyText> read_together(const std::string& uri) const;
  [[nodiscard]] std::vector<Diagnostic> diagnostics_of(const std::string& uri) const;

  void respond(const nlohmann::json& id, nlohmann::json result);
  void respond_error(const nlohmann::json& id, int code, const std::string& message);
  void notify(const char* method, nlohmann::json params);
  void send(const nlohmann::json& message);

  std::ostream& out_;
  LanguageServerSurroundings surroundings_;
  std::map<std::string, OpenDocument> documents_;  ///< by URI
  Stage stage_ = Stage::kNew;
  bool exit_ = false;
};

}  // namespace tidewaiter
