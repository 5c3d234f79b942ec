#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policies/language/document_reader.h"
#include "policies/language/policy.h"
#include "policies/language/set_documents.h"

namespace tidewaiter {

/// The `pack` documents of one policy set while it is read. A pack governs the files of its folder
/// and of the folders below, but for those that have a pack of their own. One thread at a time.
/// Documents of another language are candidates like our own.
class Packs {
 public:
  /// Reads a document whose first key is `pack`. The text and the diagnostics outlive this.
  void add(const YamlText& text, const YamlNode& document, std::vector<Diagnostic>& diagnostics);

  /// A document as packs see it.
  struct Candidate {
    SourceSpan span;                      ///< of its first key
    std::string shown;                    ///< "policy `a`"
    std::vector<std::string> references;  ///< what it may be included by, at least one
    bool is_policy = false;               ///< of our own language, or the tests of one
  };

  /// Whether the document is part of the set: no pack governs its file, or the one that does
  /// includes it. Else the warning is in `diagnostics`.
  [[nodiscard]] bool admits(const YamlText& text, Candidate document,
                            std::vector<Diagnostic>& diagnostics);

  /// Once all documents are known: an error for each thing included that is not there.
  void report_missing();

  /// The packs as they were read, in that order, each with what it holds. `policies` are those of
  /// the set.
  [[nodiscard]] std::vector<PackDocument> take(std::span<const Policy> policies);

 private:
  struct Include {
    std::string text;
    SourceSpan span;
    bool found = false;
  };
  struct Entry {
    PackDocument document;
    const YamlText* text;
    std::vector<Diagnostic>* diagnostics;
    std::string folder;  ///< with its last `/`; empty: where relative paths begin
    std::vector<Include> includes;
    std::vector<Candidate> others;  ///< admitted, and no policies of our own language
  };

  [[nodiscard]] Entry* governing(std::string_view path);
  void refuse_second(const Entry& entry, DocumentReader& reader);

  std::vector<Entry> entries_;
  std::vector<std::string> seen_;  ///< what may be included, for suggestions
};

}  // namespace tidewaiter
