#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "policies/language/expression.h"
#include "policies/language/expression_types.h"
#include "policies/language/value_list.h"
#include "policies/screening/screened_list.h"

namespace tidewaiter {

class NamedLicenses;

/// What `list:NAME` stands for while a policy set is read, and which lists have been named. One
/// thread at a time.
class NamedLists {
 public:
  struct Entry {
    std::shared_ptr<const ValueList> list;  ///< never null
    SourceSpan span;                        ///< where the list stands
    /// False if the list's own document has errors: its type and values are then not all that was
    /// written, and uses of it are not measured against them.
    bool sound = true;
    bool used = false;
    std::vector<ListedParty> parties =
        {};  ///< of a list of strings: its values, with what stands by
    /// Made of the parties when it is first asked for; of a synced list the issue, if one is given.
    std::shared_ptr<const ScreenedList> screened = {};
    std::string synced = {};  ///< the published list that it stands for; may be empty
    std::shared_ptr<const Consequences> consequences = {};  ///< null where the list does not say
  };

  /// The entry, or null if the name is taken.
  Entry* add(Entry entry);
  /// Null if there is no such list.
  [[nodiscard]] Entry* find(std::string_view name);
  /// The list that a name which is none was meant for, if one is near. The first hundred names that
  /// are none are compared with all lists; of a set with more nobody reads what comes behind.
  [[nodiscard]] std::optional<std::string> near(std::string_view unknown);
  [[nodiscard]] const std::map<std::string, Entry, std::less<>>& all() const { return lists_; }

  /// What `licensed(NAME)` may name beside the lists, from when all licenses are read: null before,
  /// so that none rests on another. Not owned.
  [[nodiscard]] NamedLicenses* licenses() const { return licenses_; }
  void set_licenses(NamedLicenses& licenses) { licenses_ = &licenses; }

 private:
  NamedLicenses* licenses_ = nullptr;
  std::map<std::string, Entry, std::less<>> lists_;
  std::size_t compared_ = 0;  ///< names that are none
};

/// The text after `list:` if the text is the name of a list, as selections and expressions write
/// it; else nothing.
[[nodiscard]] std::optional<std::string_view> list_name_in(std::string_view text);

/// The list that `screen` names by `NAME` or `list:NAME` at `span`, made ready to be looked for by
/// name. The problem, if there is one, is an unknown list, one that holds no names, or a name that
/// cannot be compared.
[[nodiscard]] tl::expected<std::shared_ptr<const ScreenedList>, ExprProblem> screened_list(
    NamedLists& lists, std::string_view reference, const SourceSpan& span);

/// The most values that a list has whose texts are taken one by one.
inline constexpr std::size_t kMostListedTexts = 4096;

/// The list that `reference` names, as `NAME` or `list:NAME` at `span`, for a use that takes its
/// texts one by one. The problem, if there is one, is an unknown list, one of other values or with
/// too many of them.
[[nodiscard]] tl::expected<std::shared_ptr<const ValueList>, ExprProblem> list_of_texts(
    NamedLists& lists, std::string_view reference, const SourceSpan& span);
/// The same for what is asked about records alone: elsewhere there are no lists.
[[nodiscard]] tl::expected<std::shared_ptr<const ValueList>, ExprProblem> list_of_texts(
    std::string_view reference, const SourceSpan& span, const ExprScope& scope);

/// The list that `reference` names, as `NAME` or `list:NAME` at `span`, for values of this type to
/// be looked up in. The problem, if there is one, is an unknown list or one of another type.
[[nodiscard]] tl::expected<std::shared_ptr<const ValueList>, ExprProblem> list_to_look_up(
    NamedLists& lists, std::string_view reference, const SourceSpan& span, ValueType type);

/// `value in list:NAME` over records: `reference` is `list:NAME` as written, at `reference_span`.
/// The problem, if there is one, is an unknown list, a list of another type than the value, or a
/// place where no records are judged.
[[nodiscard]] Built build_in_list(Expr value, std::string_view reference, const SourceSpan& span,
                                  const SourceSpan& reference_span, const ExprScope& scope);

}  // namespace tidewaiter
