#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "policies/model/error.h"

namespace tidewaiter {

/// A name as it is known again: its words, in the order in which they are written, without case,
/// accents and punctuation, and in Latin letters where ICU knows how to write them so.
///
/// INVARIANT: there is at least one word, and none is empty.
struct NameForm {
  std::vector<std::u32string> words;

  /// How many code points the words have.
  [[nodiscard]] std::size_t length() const;
  /// The words as one.
  [[nodiscard]] std::u32string joined() const;
  /// The words in their order as words, whatever the order in which they are written.
  [[nodiscard]] std::u32string sorted() const;
};

/// Whether two names differ in no more than their form says nothing of, the order of their words
/// and where these are parted: an owner is known again by it.
[[nodiscard]] bool is_same_name(const NameForm& a, const NameForm& b);

/// A name is compared with up to this many bytes of UTF-8, and code points in its form.
inline constexpr std::size_t kMostNameBytes = 2048;
inline constexpr std::size_t kMostNameLength = 512;

/// The form of a name. In this order: ICU's transforms Any-Latin (Unicode CLDR), NFKD, all marks
/// removed, Latin-ASCII; full case folding (Unicode, 3.13); then full stops, apostrophes and
/// modifier letters are left out, so that `S.I.S. d.o.o.` is `sis doo`, and whatever else is
/// neither letter nor digit ends a word.
///
/// Errors: kUndefined if the name has no letter and no digit, kUnsupported if it is longer than can
/// be compared.
/// Threads: safe from any thread.
[[nodiscard]] Result<NameForm> name_form(std::string_view name);

/// "ICU 72.1, Unicode 15.0": whose tables the forms are by. Another version may write a name
/// otherwise, so that it is part of the meaning of a policy that compares names.
[[nodiscard]] const std::string& name_tables();

}  // namespace tidewaiter
