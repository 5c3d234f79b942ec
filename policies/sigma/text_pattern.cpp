#include "policies/sigma/text_pattern.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <re2/re2.h>

#include "policies/language/code_points.h"
#include "policies/language/dash_pattern.h"
#include "policies/language/text_match.h"
#include "policies/model/ascii.h"

namespace tidewaiter {
namespace {

using Kind = SigmaGlob::Element::Kind;

/// Whether Unicode's folding has a say: there are letters beyond ASCII, and it is text at all
/// (`utf16` makes bytes that are not).
bool needs_unicode_folding(const SigmaGlob& glob) {
  bool beyond = false;
  for (const SigmaGlob::Element& element : glob.elements) {
    if (find_invalid_utf8(element.text) != std::string_view::npos) return false;
    beyond = beyond || !is_ascii(element.text);
  }
  return beyond;
}

std::string as_regex(const SigmaGlob& glob) {
  std::string out = "(?is)\\A";
  for (const SigmaGlob::Element& element : glob.elements) {
    switch (element.kind) {
      case Kind::kText:
        out += RE2::QuoteMeta(element.text);
        break;
      case Kind::kRun:
        out += ".*";
        break;
      case Kind::kOne:
        out += '.';
        break;
      case Kind::kDash:
        out += kDashClass;
        break;
    }
  }
  return out + "\\z";
}

/// Bytes of `value` at `offset` that the element takes, or nothing if it does not fit. Not kRun.
std::optional<std::size_t> taken(const SigmaGlob::Element& element, std::string_view value,
                                 std::size_t offset) {
  if (element.kind == Kind::kText) {
    if (!value.substr(offset).starts_with(element.text)) return std::nullopt;
    return element.text.size();
  }
  if (offset >= value.size()) return std::nullopt;
  if (element.kind == Kind::kOne) return code_point_length(value, offset);
  const std::size_t dash = dash_length(value, offset);
  return dash == 0 ? std::nullopt : std::optional(dash);
}

}  // namespace

void SigmaGlob::add_text(std::string_view text) {
  if (text.empty()) return;
  if (elements.empty() || elements.back().kind != Kind::kText) elements.push_back({});
  elements.back().text += text;
}

void SigmaGlob::add(Element::Kind kind) {
  if (kind == Kind::kRun && !elements.empty() && elements.back().kind == Kind::kRun) return;
  elements.push_back({kind});
}

bool SigmaGlob::is_plain() const {
  return std::all_of(elements.begin(), elements.end(),
                     [](const Element& e) { return e.kind == Kind::kText; });
}

std::string SigmaGlob::text() const {
  std::string out;
  for (const Element& element : elements) out += element.text;
  return out;
}

SigmaGlob read_glob(std::string_view written) {
  constexpr std::string_view kEscapable = "*?\\";
  SigmaGlob glob;
  for (std::size_t i = 0; i < written.size(); ++i) {
    const char c = written[i];
    if (c == '\\' && i + 1 < written.size() &&
        kEscapable.find(written[i + 1]) != std::string_view::npos) {
      glob.add_text(written.substr(++i, 1));
    } else if (c == '*') {
      glob.add(Kind::kRun);
    } else if (c == '?') {
      glob.add(Kind::kOne);
    } else {
      glob.add_text(written.substr(i, 1));
    }
  }
  return glob;
}

std::string write_glob(const SigmaGlob& glob) {
  std::string out;
  for (const SigmaGlob::Element& element : glob.elements) {
    if (element.kind == Kind::kRun) out += '*';
    if (element.kind == Kind::kOne) out += '?';
    if (element.kind == Kind::kDash) out += '-';
    for (const char c : element.text) {
      if (c == '*' || c == '?' || c == '\\') out += '\\';
      out += c;
    }
  }
  return out;
}

void open_start(SigmaGlob& glob) {
  if (!glob.elements.empty() && glob.elements.front().kind == Kind::kRun) return;
  glob.elements.insert(glob.elements.begin(), {Kind::kRun});
}

void open_end(SigmaGlob& glob) { glob.add(Kind::kRun); }

void loosen_dashes(SigmaGlob& glob) {
  SigmaGlob loose;
  for (const SigmaGlob::Element& element : glob.elements) {
    if (element.kind != Kind::kText) {
      loose.add(element.kind);
      continue;
    }
    for (std::size_t i = 0; i < element.text.size();) {
      const std::size_t dash = dash_length(element.text, i);
      if (dash != 0) loose.add(Kind::kDash);
      const std::size_t size = dash != 0 ? dash : code_point_length(element.text, i);
      if (dash == 0) loose.add_text(std::string_view(element.text).substr(i, size));
      i += size;
    }
  }
  glob = std::move(loose);
}

SigmaText::SigmaText(SigmaGlob glob, bool cased) : glob_(std::move(glob)), cased_(cased) {
  if (!cased_ && needs_unicode_folding(glob_)) {
    RE2::Options options;
    options.set_log_errors(false);
    auto folded = std::make_shared<const RE2>(as_regex(glob_), options);
    // A pattern beyond RE2's size keeps the folding of ASCII letters alone.
    if (folded->ok()) {
      folded_ = std::move(folded);
      shape_ = Shape::kFolded;
      return;
    }
  }
  if (!cased_) {
    for (SigmaGlob::Element& element : glob_.elements) element.text = ascii_lower(element.text);
  }
  const auto& all = glob_.elements;
  const auto is = [&all](std::size_t at, Kind kind) { return all[at].kind == kind; };
  if (all.empty()) {
    shape_ = Shape::kEqual;
  } else if (all.size() == 1) {
    if (is(0, Kind::kText)) shape_ = Shape::kEqual;
    if (is(0, Kind::kRun)) shape_ = Shape::kAny;
  } else if (all.size() == 2 && is(0, Kind::kText) && is(1, Kind::kRun)) {
    shape_ = Shape::kStarts;
  } else if (all.size() == 2 && is(0, Kind::kRun) && is(1, Kind::kText)) {
    shape_ = Shape::kEnds;
  } else if (all.size() == 3 && is(0, Kind::kRun) && is(1, Kind::kText) && is(2, Kind::kRun)) {
    shape_ = Shape::kContains;
  }
  if (shape_ != Shape::kGlob) needle_ = glob_.text();
}

bool SigmaText::matches(const SigmaValue& value) const {
  if (value.null) return false;
  const std::string& text = cased_ ? value.text : value.folded;
  switch (shape_) {
    case Shape::kAny:
      return true;
    case Shape::kEqual:
      return text == needle_;
    case Shape::kStarts:
      return text.starts_with(needle_);
    case Shape::kEnds:
      return text.ends_with(needle_);
    case Shape::kContains:
      return text.find(needle_) != std::string::npos;
    case Shape::kFolded:
      return RE2::PartialMatch(value.text, *folded_);
    case Shape::kGlob:
      return matches_elements(text);
  }
  return false;
}

bool SigmaText::matches_elements(std::string_view value) const {
  const auto& all = glob_.elements;
  std::size_t e = 0;
  std::size_t v = 0;
  std::size_t after_run = 0;  // element behind the last kRun; 0: there was none
  std::size_t resume = 0;     // where that run ends in the value for now
  while (true) {
    if (e < all.size() && all[e].kind == Kind::kRun) {
      after_run = ++e;
      resume = v;
      continue;
    }
    if (e == all.size()) {
      // A run at the end takes the rest.
      if (v == value.size() || after_run == e) return true;
    } else if (const auto size = taken(all[e], value, v)) {
      ++e;
      v += *size;
      continue;
    }
    if (after_run == 0 || resume >= value.size()) return false;
    resume += code_point_length(value, resume);
    v = resume;
    e = after_run;
  }
}

}  // namespace tidewaiter
