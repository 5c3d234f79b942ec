#include "daemon/lsp/language_server.h"

#include <algorithm>
#include <span>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/lsp/document_uri.h"
#include "daemon/lsp/json_access.h"
#include "daemon/lsp/lsp_json.h"
#include "daemon/lsp/message_stream.h"
#include "policies/authoring/completion.h"
#include "policies/authoring/format.h"
#include "policies/authoring/hover.h"

namespace tidewaiter {
namespace {

using nlohmann::json;

// Of JSON-RPC 2.0 and of the protocol.
constexpr int kParseError = -32700;
constexpr int kInvalidRequest = -32600;
constexpr int kMethodNotFound = -32601;
constexpr int kInvalidParams = -32602;
constexpr int kServerNotInitialized = -32002;
constexpr int kRequestFailed = -32803;

/// The protocol's numbers for what a completion is.
int kind_number(Completion::Kind kind) {
  switch (kind) {
    case Completion::Kind::kKey:
      return 10;  // Property
    case Completion::Kind::kWord:
      return 14;  // Keyword
    case Completion::Kind::kField:
      return 5;  // Field
    case Completion::Kind::kFunction:
      return 3;  // Function
    case Completion::Kind::kModifier:
      return 24;  // Operator
    case Completion::Kind::kName:
      return 6;  // Variable
  }
  return 1;
}

json completion_json(const Completion& completion, std::size_t place) {
  // Editors sort by this text; the language's own order says more than the alphabet.
  std::string sort = std::to_string(place);
  sort.insert(0, 4 - std::min<std::size_t>(sort.size(), 4), '0');
  json item = {{"label", completion.label},
               {"kind", kind_number(completion.kind)},
               {"detail", completion.detail},
               {"sortText", sort}};
  if (!completion.doc.empty()) item["documentation"] = completion.doc;
  if (!completion.insert.empty()) item["insertText"] = completion.insert;
  return item;
}

bool is_id(const json& id) { return id.is_string() || id.is_number_integer(); }

/// False if the change cannot be read.
bool apply_change(const json& change, TextDocument& text) {
  const auto by = text_member(change, "text");
  if (!by) return false;
  const json* range = member(change, "range");
  if (range == nullptr) {
    text = TextDocument(*by);
    return true;
  }
  const auto begin = position_member(*range, "start");
  const auto end = position_member(*range, "end");
  if (begin && end) text.replace(*begin, *end, *by);
  return begin && end;
}

}  // namespace

LanguageServer::LanguageServer(std::ostream& out, LanguageServerSurroundings surroundings)
    : out_(out), surroundings_(std::move(surroundings)) {}

int LanguageServer::run(std::istream& in) {
  while (!exit_) {
    const IncomingMessage message = read_message(in);
    switch (message.outcome) {
      case IncomingMessage::Outcome::kBody:
        take_message(message.body);
        break;
      case IncomingMessage::Outcome::kTooLarge:
        respond_error(nullptr, kInvalidRequest, "the message is larger than 8 MiB");
        break;
      case IncomingMessage::Outcome::kBroken:
        respond_error(nullptr, kParseError,
                      "expected a header with `Content-Length` before each message");
        return 1;
      case IncomingMessage::Outcome::kEnd:
        exit_ = true;
        break;
    }
  }
  return stage_ == Stage::kShutDown ? 0 : 1;
}

void LanguageServer::take_message(const std::string& body) {
  const json message = json::parse(body, nullptr, false);
  if (message.is_discarded()) return respond_error(nullptr, kParseError, "the message is not JSON");
  const json* id = member(message, "id");
  const std::optional<std::string> method = text_member(message, "method");
  const json* params = member(message, "params");
  const json none = json::object();
  if (id != nullptr && !is_id(*id)) {
    return respond_error(nullptr, kInvalidRequest, "an `id` is a text or a whole number");
  }
  if (!method) {
    // An answer to a request of the server's; it makes none.
    const bool is_response = member(message, "result") || member(message, "error");
    if (is_response) return;
    return respond_error(id != nullptr ? *id : json(), kInvalidRequest,
                         "the message has no `method`");
  }
  if (id != nullptr) {
    take_request(*id, *method, params != nullptr ? *params : none);
  } else {
    take_notification(*method, params != nullptr ? *params : none);
  }
}

void LanguageServer::take_request(const json& id, const std::string& method, const json& params) {
  if (stage_ == Stage::kNew && method != "initialize") {
    return respond_error(id, kServerNotInitialized, "`initialize` comes first");
  }
  if (stage_ == Stage::kShutDown) {
    return respond_error(id, kInvalidRequest, "after `shutdown` only `exit` may come");
  }
  if (method == "initialize") return initialize(id);
  if (method == "textDocument/hover") return hover(id, params);
  if (method == "textDocument/completion") return completion(id, params);
  if (method == "textDocument/definition") return definition(id, params);
  if (method == "textDocument/formatting") return formatting(id, params);
  if (method == "textDocument/documentSymbol") return document_symbol(id, params);
  if (method == "textDocument/codeAction") return code_action(id, params);
  if (method == "shutdown") {
    stage_ = Stage::kShutDown;
    return respond(id, nullptr);
  }
  respond_error(id, kMethodNotFound, "this server has no such method");
}

void LanguageServer::take_notification(const std::string& method, const json& params) {
  if (method == "exit") {
    exit_ = true;
    return;
  }
  if (stage_ != Stage::kRunning) return;
  if (method == "textDocument/didOpen") return did_open(params);
  if (method == "textDocument/didChange") return did_change(params);
  if (method == "textDocument/didClose") return did_close(params);
  // What was saved is read together with the other open documents.
  if (method == "textDocument/didSave") publish_all();
}

void LanguageServer::initialize(const json& id) {
  if (stage_ != Stage::kNew) {
    return respond_error(id, kInvalidRequest, "`initialize` comes once");
  }
  stage_ = Stage::kRunning;
  constexpr int kIncremental = 2;
  const json capabilities = {
      {"positionEncoding", "utf-16"},
      {"textDocumentSync", {{"openClose", true}, {"change", kIncremental}, {"save", true}}},
      {"hoverProvider", true},
      {"completionProvider", {{"triggerCharacters", {"|", "{", " "}}}},
      {"definitionProvider", true},
      {"documentSymbolProvider", true},
      {"codeActionProvider", {{"codeActionKinds", {"quickfix"}}}},
      {"documentFormattingProvider", true}};
  respond(id, {{"capabilities", capabilities}, {"serverInfo", {{"name", "tidewaiter"}}}});
}

// --- documents ---

void LanguageServer::did_open(const json& params) {
  const json* item = member(params, "textDocument");
  if (item == nullptr) return;
  const auto uri = text_member(*item, "uri");
  const auto text = text_member(*item, "text");
  if (!uri || !text) return;
  OpenDocument document{TextDocument(*text), number_member(*item, "version"), {}, {}};
  refresh_symbols(document);
  documents_.insert_or_assign(*uri, std::move(document));
  publish(*uri, documents_.at(*uri));
}

void LanguageServer::did_change(const json& params) {
  const json* item = member(params, "textDocument");
  const json* changes = member(params, "contentChanges");
  if (item == nullptr || changes == nullptr || !changes->is_array()) return;
  const auto found = documents_.find(text_member(*item, "uri").value_or(""));
  if (found == documents_.end()) return;
  OpenDocument& document = found->second;
  for (const json& change : *changes) {
    if (!apply_change(change, document.text)) return lose(found->first);
  }
  document.version = number_member(*item, "version");
  refresh_symbols(document);
  publish(found->first, document);
}

/// Forgets a document of which the editor has another text: nothing that is said of it would be
/// true.
void LanguageServer::lose(const std::string& lost) {
  const std::string uri = lost;  // `lost` may lie in what is erased
  documents_.erase(uri);
  notify("textDocument/publishDiagnostics", {{"uri", uri}, {"diagnostics", json::array()}});
  constexpr int kError = 1;
  notify(
      "window/showMessage",
      {{"type", kError},
       {"message", "a change of " + uri + " could not be read: close the file and open it again"}});
}

void LanguageServer::did_close(const json& params) {
  const json* item = member(params, "textDocument");
  const auto uri = item != nullptr ? text_member(*item, "uri") : std::nullopt;
  if (!uri || documents_.erase(*uri) == 0) return;
  notify("textDocument/publishDiagnostics", {{"uri", *uri}, {"diagnostics", json::array()}});
}

void LanguageServer::refresh_symbols(OpenDocument& document) {
  SymbolTable table = read_symbols(document.text.text());
  if (table.readable) document.symbols = std::move(table);
}

/// The document first, then what it is read with: files around it, as open ones are now.
std::vector<PolicyText> LanguageServer::read_together(const std::string& uri) const {
  const std::string path = path_of_uri(uri);
  std::vector<PolicyText> texts = {{path, documents_.at(uri).text.text()}};
  for (PolicyText& text : surroundings_.neighbours(path)) {
    if (text.path == path) continue;
    for (const auto& [other, document] : documents_) {
      if (path_of_uri(other) == text.path) text.text = document.text.text();
    }
    texts.push_back(std::move(text));
  }
  return texts;
}

/// What lint says of the document, read together with its set.
std::vector<Diagnostic> LanguageServer::diagnostics_of(const std::string& uri) const {
  std::vector<PolicyText> texts = read_together(uri);
  const std::string path = texts.front().path;
  const std::vector<SourceSupply> sources = surroundings_.sources(path);
  LintRequest request;
  request.texts = std::span(texts).first(1);
  request.around = std::span(texts).subspan(1);
  request.as_of = surroundings_.now();
  request.sources = sources;
  std::vector<Diagnostic> diagnostics = lint_policies(request).diagnostics;
  std::erase_if(diagnostics, [&path](const Diagnostic& d) { return d.span.file != path; });
  return diagnostics;
}

void LanguageServer::publish(const std::string& uri, OpenDocument& document) {
  document.diagnostics = diagnostics_of(uri);
  json diagnostics = json::array();
  for (const Diagnostic& one : document.diagnostics) {
    diagnostics.push_back(diagnostic_json(document.text, one));
  }
  json params = {{"uri", uri}, {"diagnostics", std::move(diagnostics)}};
  if (document.version) params["version"] = *document.version;
  notify("textDocument/publishDiagnostics", std::move(params));
}

void LanguageServer::publish_all() {
  for (auto& [uri, document] : documents_) publish(uri, document);
}

// --- requests ---

std::optional<LanguageServer::Target> LanguageServer::target(const json& id, const json& params,
                                                             bool with_position) {
  const json* item = member(params, "textDocument");
  const auto uri = item != nullptr ? text_member(*item, "uri") : std::nullopt;
  const auto position = position_member(params, "position");
  if (!uri || (with_position && !position)) {
    respond_error(id, kInvalidParams, "expected `textDocument.uri` and `position`");
    return std::nullopt;
  }
  const auto found = documents_.find(*uri);
  if (found == documents_.end()) {
    respond_error(id, kInvalidParams, "the document is not open");
    return std::nullopt;
  }
  Target result{*uri, &found->second, 0, nullptr};
  if (position) {
    result.offset = found->second.text.offset_of(*position);
    const auto line = std::min<std::int64_t>(position->line, 1 << 20) + 1;
    result.symbols = found->second.symbols.at(static_cast<std::int32_t>(line));
  }
  return result;
}

void LanguageServer::hover(const json& id, const json& params) {
  const auto at = target(id, params, true);
  if (!at) return;
  const TextDocument& text = at->document->text;
  const auto reference = set_reference_at(text.text(), at->offset);
  const auto found =
      reference ? hover_of(*reference, text.text(), named_documents(read_together(at->uri)))
                : hover_at(text.text(), at->offset, at->symbols);
  if (!found) return respond(id, nullptr);
  respond(id,
          {{"contents", {{"kind", "markdown"}, {"value", found->markdown}}},
           {"range", range_json(text.position_of(found->begin), text.position_of(found->end))}});
}

void LanguageServer::completion(const json& id, const json& params) {
  const auto at = target(id, params, true);
  if (!at) return;
  const std::string& text = at->document->text.text();
  const auto reference = set_reference_at(text, at->offset);
  std::vector<Completion> found;
  if (!reference) found = completions_at(text, at->offset, at->symbols);
  // Only where nothing else may stand: the set's files are read for it.
  if (found.empty()) {
    const std::vector<NamedDocument> documents = named_documents(read_together(at->uri));
    found =
        reference ? completions_of(*reference, documents) : lists_at(text, at->offset, documents);
  }
  json items = json::array();
  for (const Completion& one : found) items.push_back(completion_json(one, items.size()));
  respond(id, {{"isIncomplete", false}, {"items", items}});
}

void LanguageServer::definition(const json& id, const json& params) {
  const auto at = target(id, params, true);
  if (!at) return;
  const TextDocument& text = at->document->text;
  if (const auto reference = set_reference_at(text.text(), at->offset)) {
    return respond(id, definition_of(*reference, *at));
  }
  const PolicySymbol* symbol = symbol_at(text.text(), at->offset, at->symbols);
  if (symbol == nullptr) return respond(id, nullptr);
  respond(id, {{"uri", at->uri}, {"range", range_json(text, symbol->span)}});
}

/// The place of a list or license, in whatever file of the set it stands.
json LanguageServer::definition_of(const SetReference& reference, const Target& at) const {
  const std::vector<PolicyText> texts = read_together(at.uri);
  const std::vector<NamedDocument> documents = named_documents(texts);
  const NamedDocument* const found = named_at(reference, at.document->text.text(), documents);
  if (found == nullptr) return nullptr;
  const auto file = std::ranges::find(texts, found->file, &PolicyText::path);
  // The document itself comes first: whatever its URI is, it is this one.
  const std::string uri = file == texts.begin() ? at.uri : uri_of_path(file->path);
  return {{"uri", uri}, {"range", range_json(TextDocument(file->text), found->span)}};
}

void LanguageServer::formatting(const json& id, const json& params) {
  const auto at = target(id, params, false);
  if (!at) return;
  const std::vector<PolicyText> texts = read_together(at->uri);
  const auto laid_out = format_policies(texts.front(), texts);
  if (!laid_out) {
    const FormatRefusal& refusal = laid_out.error();
    return respond_error(id, kRequestFailed,
                         refusal.reason.empty() ? "the document has errors" : refusal.reason);
  }
  const TextDocument& text = at->document->text;
  json edits = json::array();
  if (*laid_out != text.text()) {
    edits.push_back({{"range", range_json({0, 0}, text.end())}, {"newText", *laid_out}});
  }
  respond(id, std::move(edits));
}

void LanguageServer::document_symbol(const json& id, const json& params) {
  const auto at = target(id, params, false);
  if (at) respond(id, outline_json(at->document->text, at->document->symbols));
}

/// Quick fixes of the diagnostics on the lines that are asked for: those that `policy lint --fix`
/// applies.
void LanguageServer::code_action(const json& id, const json& params) {
  const auto at = target(id, params, false);
  if (!at) return;
  const json* range = member(params, "range");
  const auto begin = range != nullptr ? position_member(*range, "start") : std::nullopt;
  const auto end = range != nullptr ? position_member(*range, "end") : std::nullopt;
  if (!begin || !end) {
    return respond_error(id, kInvalidParams, "expected a `range` with `start` and `end`");
  }
  json actions = json::array();
  for (const Diagnostic& diagnostic : at->document->diagnostics) {
    const std::int64_t line = diagnostic.span.line - 1;
    const bool is_asked = line >= begin->line && line <= end->line;
    if (!is_asked || diagnostic.fix.empty()) continue;
    actions.push_back(quick_fix_json(at->uri, at->document->text, diagnostic));
  }
  respond(id, std::move(actions));
}

// --- answers ---

void LanguageServer::respond(const json& id, json result) {
  send({{"jsonrpc", "2.0"}, {"id", id}, {"result", std::move(result)}});
}

void LanguageServer::respond_error(const json& id, int code, const std::string& message) {
  send({{"jsonrpc", "2.0"}, {"id", id}, {"error", {{"code", code}, {"message", message}}}});
}

void LanguageServer::notify(const char* method, json params) {
  send({{"jsonrpc", "2.0"}, {"method", method}, {"params", std::move(params)}});
}

void LanguageServer::send(const json& message) {
  write_message(out_, message.dump(-1, ' ', false, json::error_handler_t::replace));
}

}  // namespace tidewaiter
