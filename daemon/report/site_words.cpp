#include "daemon/report/site_words.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <kainjow/mustache.hpp>

#include "daemon/report/report.h"
#include "policies/model/day_text.h"
#include "policies/model/did_you_mean.h"
#include "policies/model/trimmed.h"
#include "policies/model/utf8.h"

namespace tidewaiter {
namespace {

constexpr std::array<SitePart, 5> kSiteParts{
    {{"heading", true}, {"introduction"}, {"standing"}, {"footer"}, {"certificate"}}};

constexpr std::array<SitePlaceholder, 14> kSitePlaceholders{{
    {"author", "the handle of who drew it"},
    {"authority", "as the author says"},
    {"case", "the case's id; empty for a period"},
    {"contact", "as the author says"},
    {"covers_from", "the first moment that it covers"},
    {"covers_to", "the moment before which it ends"},
    {"drawn", "when it was drawn"},
    {"due", "the day by which it is due; empty where no clock runs"},
    {"findings", "how many findings it has"},
    {"handling", "its marking by TLP 2.0"},
    {"legal_basis", "as the author says"},
    {"recipient", "as the author says"},
    {"report", "the report's id"},
    {"title", "the title of its kind"},
}};

/// Frame a value in what the library gives; a template may not have them, and a value loses them.
constexpr char kValueBegins = '\x01';
constexpr char kValueEnds = '\x02';
constexpr std::string_view kBlanks = " \t\r\n";

/// Reads the tags of a template; the library, which renders it, has no places for them.
class TagReader {
 public:
  explicit TagReader(const SiteTemplate& one) : template_(one), text_(one.text) {}

  std::vector<Diagnostic> read() {
    if (!is_utf8(text_)) {
      add_whole("it is not UTF-8");
      return std::move(faults_);
    }
    check_characters();
    for (std::size_t at = text_.find("{{"); at != std::string_view::npos;) {
      const std::size_t end = text_.find("}}", at + 2);
      if (end == std::string_view::npos) {
        add(at, 2, "a tag that is not closed", "write `}}` after its name");
        return std::move(faults_);
      }
      take_tag(at, text_.substr(at + 2, end - at - 2));
      at = text_.find("{{", end + 2);
    }
    for (const auto& [name, at] : sections_) {
      add(at, 2, "the section `" + name + "` is not closed", "write `{{/" + name + "}}`");
    }
    std::ranges::stable_sort(faults_, {}, [](const Diagnostic& fault) {
      return std::pair(fault.span.line, fault.span.column);
    });
    return std::move(faults_);
  }

 private:
  void check_characters() {
    for (std::size_t at = 0; at < text_.size(); ++at) {
      const auto byte = static_cast<unsigned char>(text_[at]);
      const bool control = (byte < 0x20 && text_[at] != '\n' && text_[at] != '\t') || byte == 0x7f;
      if (control) return add(at, 1, "a control character", "write it without");
    }
  }

  void take_tag(std::size_t at, std::string_view inside) {
    const char mark = inside.empty() ? ' ' : inside.front();
    const std::size_t length = inside.size() + 4;
    switch (mark) {
      case '!':
        return;
      case '{':
      case '&':
        return add(at, length, "a value that is put in as it is",
                   "write `{{name}}`: every value is escaped");
      case '>':
        return add(at, length, "a template within a template", "write its words here");
      case '=':
        return add(at, length, "other braces than `{{` and `}}`", "leave them as they are");
      case '#':
      case '^':
      case '/':
        return take_section(at, mark, std::string(trimmed(inside.substr(1))));
      default:
        check_name(at, trimmed(inside));
    }
  }

  void take_section(std::size_t at, char mark, const std::string& name) {
    if (mark != '/') {
      check_name(at, name);
      sections_.emplace_back(name, at);
      return;
    }
    if (sections_.empty() || sections_.back().first != name) {
      return add(at, 2, "`{{/" + name + "}}` closes no section that is open here",
                 sections_.empty() ? "" : "close `" + sections_.back().first + "` first");
    }
    sections_.pop_back();
  }

  void check_name(std::size_t at, std::string_view name) {
    std::vector<std::string_view> known;
    known.reserve(kSitePlaceholders.size());
    for (const SitePlaceholder& one : kSitePlaceholders) known.push_back(one.name);
    if (std::ranges::find(known, name) != known.end()) return;
    const auto near = did_you_mean(name, known);
    std::string all;
    for (const std::string_view one : known) all += (all.empty() ? "" : ", ") + std::string(one);
    const std::size_t place = text_.find(name, at);
    add(name.empty() ? at : place, std::max<std::size_t>(name.size(), 2),
        "unknown placeholder `" + std::string(name) + "`",
        near ? "did you mean `" + *near + "`?" : "there are " + all);
  }

  /// `length` in bytes; a tag over several lines is marked in its first.
  void add(std::size_t at, std::size_t length, std::string message, std::string hint) {
    const std::size_t before = text_.substr(0, at).rfind('\n');
    const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
    const std::size_t end = std::min(text_.find('\n', at), text_.size());
    Diagnostic fault;
    fault.code = kTemplateFault.code;
    fault.span = {template_.file,
                  static_cast<std::int32_t>(std::ranges::count(text_.substr(0, at), '\n') + 1),
                  characters(begin, at) + 1,
                  std::max(1, characters(at, std::min(at + length, end)))};
    fault.message = std::move(message);
    fault.hint = std::move(hint);
    fault.source_line = text_.substr(begin, end - begin);
    faults_.push_back(std::move(fault));
  }

  void add_whole(std::string message) {
    Diagnostic fault;
    fault.code = kTemplateFault.code;
    fault.span = {template_.file, 0, 0, 1};
    fault.message = std::move(message);
    faults_.push_back(std::move(fault));
  }

  [[nodiscard]] std::int32_t characters(std::size_t from, std::size_t to) const {
    std::int32_t count = 0;
    for (std::size_t at = from; at < to; ++count)
      at += std::max<std::size_t>(utf8_length_at(text_, at), 1);
    return count;
  }

  const SiteTemplate& template_;
  std::string_view text_;
  std::vector<std::pair<std::string, std::size_t>> sections_;  ///< open, with their places
  std::vector<Diagnostic> faults_;
};

std::string statement_of(const Report& report, const char* element) {
  const auto found = report.statements.find(element);
  return found == report.statements.end() ? std::string() : found->second;
}

/// The value of each placeholder.
std::map<std::string, std::string, std::less<>> values_of(const Report& report) {
  return {{"author", report.author},
          {"authority", statement_of(report, "authority")},
          {"case", report.case_id},
          {"contact", statement_of(report, "contact")},
          {"covers_from", format_time(report.period.from)},
          {"covers_to", format_time(report.period.to)},
          {"drawn", format_time(report.drawn)},
          {"due", report.deadline ? day_text(report.deadline->due) : std::string()},
          {"findings", std::to_string(report.findings.size())},
          {"handling", report.handling},
          {"legal_basis", statement_of(report, "legal_basis")},
          {"recipient", statement_of(report, "recipient")},
          {"report", report.id},
          {"title", report.title}};
}

std::string framed(const std::string& value) {
  std::string out(1, kValueBegins);
  for (const char c : value) {
    if (c != kValueBegins && c != kValueEnds) out += c;
  }
  return out + kValueEnds;
}

/// Gathers pieces to paragraphs.
class ParagraphWriter {
 public:
  void words(std::string_view text) {
    for (const char c : text) {
      if (c == '\n') ++line_ends_;
      if (kBlanks.find(c) != std::string_view::npos) {
        blank_ = true;
        continue;
      }
      begin_piece(false);
      paragraph_.back().text += c;
    }
  }
  void value(std::string_view text) {
    if (text.empty()) return;
    begin_piece(true);
    paragraph_.back().text += text;
  }
  std::vector<SiteParagraph> take() {
    end_paragraph();
    return std::move(all_);
  }

 private:
  void begin_piece(bool value) {
    if (line_ends_ > 1) end_paragraph();
    const bool parted = blank_ && !paragraph_.empty();
    blank_ = false;
    line_ends_ = 0;
    if (parted && (paragraph_.back().value || value)) {
      if (paragraph_.back().value) paragraph_.push_back({"", false});
      paragraph_.back().text += ' ';
    } else if (parted) {
      paragraph_.back().text += ' ';
    }
    if (value || paragraph_.empty() || paragraph_.back().value) paragraph_.push_back({"", value});
  }
  void end_paragraph() {
    if (!paragraph_.empty()) all_.push_back(std::move(paragraph_));
    paragraph_.clear();
  }

  std::vector<SiteParagraph> all_;
  SiteParagraph paragraph_;
  std::int64_t line_ends_ = 0;  ///< since the last piece
  bool blank_ = false;
};

std::vector<SiteParagraph> paragraphs_of(std::string_view rendered) {
  ParagraphWriter writer;
  while (!rendered.empty()) {
    const std::size_t begin = std::min(rendered.find(kValueBegins), rendered.size());
    writer.words(rendered.substr(0, begin));
    rendered.remove_prefix(begin);
    if (rendered.empty()) break;
    const std::size_t end = std::min(rendered.find(kValueEnds), rendered.size() - 1);
    writer.value(rendered.substr(1, end - 1));
    rendered.remove_prefix(end + 1);
  }
  return writer.take();
}

}  // namespace

std::span<const SitePart> site_parts() { return kSiteParts; }
std::span<const SitePlaceholder> site_placeholders() { return kSitePlaceholders; }

std::vector<Diagnostic> check_site_template(const SiteTemplate& one) {
  return TagReader(one).read();
}

Result<std::vector<SiteParagraph>> render_site_template(const SiteTemplate& one,
                                                        const Report& report) {
  const std::vector<Diagnostic> faults = check_site_template(one);
  if (!faults.empty()) {
    const SourceSpan& place = faults.front().span;
    return fail(ErrorCode::kInvalidInput, faults.front().message,
                place.file + ":" + std::to_string(place.line) + ":" + std::to_string(place.column));
  }
  kainjow::mustache::mustache page(one.text);
  if (!page.is_valid()) {
    return fail(ErrorCode::kInvalidInput, "`" + one.file + "`: " + page.error_message());
  }
  page.set_custom_escape(framed);
  kainjow::mustache::data data;
  // What is empty is not there, so that a section about it is left out.
  for (const auto& [name, value] : values_of(report)) {
    if (!value.empty()) data.set(name, value);
  }
  return paragraphs_of(page.render(data));
}

Result<void> put_site_words(Report& report, std::span<const SiteTemplate> templates) {
  SiteWords words;
  std::map<std::string, std::string> texts;
  for (const SiteTemplate& one : templates) {
    auto paragraphs = render_site_template(one, report);
    if (!paragraphs) return tl::unexpected(paragraphs.error());
    words[one.part] = std::move(*paragraphs);
    texts[one.part] = one.text;
  }
  report.words = std::move(words);
  report.templates = std::move(texts);
  return {};
}

std::string template_path(std::string_view part) {
  return "data/templates/" + std::string(part) + ".mustache";
}

}  // namespace tidewaiter
