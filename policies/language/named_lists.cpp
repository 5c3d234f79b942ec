#include "policies/language/named_lists.h"

#include <string>
#include <utility>
#include <vector>

#include "policies/language/record_time.h"
#include "policies/language/strict_yaml.h"
#include "policies/model/did_you_mean.h"

namespace tidewaiter {
namespace {

constexpr std::string_view kListPrefix = "list:";

std::string place_of(const SourceSpan& span) { return span.file + ":" + std::to_string(span.line); }

tl::unexpected<ExprProblem> unknown_list(std::string_view name, const SourceSpan& span,
                                         NamedLists& lists) {
  const auto near = lists.near(name);
  return tl::unexpected(
      ExprProblem{span, kUnknownList, "there is no list `" + std::string(name) + "`",
                  near ? "did you mean `list:" + *near + "`?"
                       : "add a document that begins with `list: " + std::string(name) +
                             "`, or load its file too"});
}

/// What stands in a synced list is known when it judges, and not before.
tl::unexpected<ExprProblem> synced_elsewhere(const NamedLists::Entry& entry,
                                             const SourceSpan& span) {
  return tl::unexpected(
      ExprProblem{span, kSyncedLookUp,
                  "`list:" + entry.list->name() +
                      "` is synced: `screen` and `ownership` look into it, and "
                      "nothing else does",
                  "the list stands at " + place_of(entry.span) + "; name one with `values`"});
}

tl::unexpected<ExprProblem> no_lists_here(const SourceSpan& span) {
  return tl::unexpected(ExprProblem{span, kListNotHere, "a named list is asked about records only",
                                    "write it in a selection, a measure or an exemption"});
}

bool fits(ValueType value, ValueType list) {
  return value == list || (value == ValueType::kStringList && list == ValueType::kString);
}

}  // namespace

std::optional<std::string> NamedLists::near(std::string_view unknown) {
  if (++compared_ > kYamlLimits.errors) return std::nullopt;
  std::vector<std::string_view> names;
  names.reserve(lists_.size());
  for (const auto& [known, entry] : lists_) names.emplace_back(known);
  return did_you_mean(unknown, names);
}

NamedLists::Entry* NamedLists::add(Entry entry) {
  std::string name = entry.list->name();
  const auto [place, fresh] = lists_.try_emplace(std::move(name), std::move(entry));
  return fresh ? &place->second : nullptr;
}

NamedLists::Entry* NamedLists::find(std::string_view name) {
  const auto found = lists_.find(name);
  return found == lists_.end() ? nullptr : &found->second;
}

std::optional<std::string_view> list_name_in(std::string_view text) {
  if (!text.starts_with(kListPrefix)) return std::nullopt;
  return text.substr(kListPrefix.size());
}

tl::expected<std::shared_ptr<const ScreenedList>, ExprProblem> screened_list(
    NamedLists& lists, std::string_view reference, const SourceSpan& span) {
  const std::string_view name = list_name_in(reference).value_or(reference);
  NamedLists::Entry* entry = lists.find(name);
  if (entry == nullptr) return unknown_list(name, span, lists);
  entry->used = true;
  const std::string place = "the list stands at " + place_of(entry->span);
  if (entry->sound && entry->list->type() != ValueType::kString) {
    return tl::unexpected(ExprProblem{span, kListOfNoNames,
                                      "`list:" + entry->list->name() + "` holds values of type " +
                                          std::string(type_name(entry->list->type())) +
                                          ", and no names",
                                      place + "; name a list of type string"});
  }
  if (entry->screened == nullptr) {
    auto made = ScreenedList::make(entry->list->name(), entry->parties);
    if (!made) {
      return tl::unexpected(ExprProblem{span, kUnscreenableName,
                                        "a name of `list:" + entry->list->name() +
                                            "` cannot be compared: " + made.error().message,
                                        place + "; correct the name, or take it out"});
    }
    entry->screened = entry->synced.empty() ? *std::move(made) : (*made)->as_sample();
    if (entry->consequences != nullptr) {
      entry->screened = entry->screened->with_consequences(entry->consequences);
    }
  }
  return entry->screened;
}

tl::expected<std::shared_ptr<const ValueList>, ExprProblem> list_of_texts(
    NamedLists& lists, std::string_view reference, const SourceSpan& span) {
  const std::string_view name = list_name_in(reference).value_or(reference);
  NamedLists::Entry* entry = lists.find(name);
  if (entry == nullptr) return unknown_list(name, span, lists);
  entry->used = true;
  if (!entry->synced.empty()) return synced_elsewhere(*entry, span);
  const ValueList& list = *entry->list;
  const std::string place = "the list stands at " + place_of(entry->span);
  const bool textual = list.type() == ValueType::kString || list.type() == ValueType::kIp;
  if (entry->sound && !textual) {
    return tl::unexpected(ExprProblem{span, kListTypeMismatch,
                                      "`list:" + list.name() + "` holds values of type " +
                                          std::string(type_name(list.type())) +
                                          ", and texts are needed here",
                                      place + "; name a list of type string"});
  }
  if (list.size() > kMostListedTexts) {
    return tl::unexpected(ExprProblem{
        span, kExpressionTooLarge,
        "`list:" + list.name() + "` has " + std::to_string(list.size()) +
            " values, and here each of them is looked for by itself",
        place + "; name one of at most " + std::to_string(kMostListedTexts) + ", or use `in`"});
  }
  return entry->list;
}

tl::expected<std::shared_ptr<const ValueList>, ExprProblem> list_of_texts(
    std::string_view reference, const SourceSpan& span, const ExprScope& scope) {
  if (scope.lists == nullptr || !scope.fields) return no_lists_here(span);
  return list_of_texts(*scope.lists, reference, span);
}

tl::expected<std::shared_ptr<const ValueList>, ExprProblem> list_to_look_up(
    NamedLists& lists, std::string_view reference, const SourceSpan& span, ValueType type) {
  const std::string_view name = list_name_in(reference).value_or(reference);
  NamedLists::Entry* entry = lists.find(name);
  if (entry == nullptr) return unknown_list(name, span, lists);
  entry->used = true;
  if (!entry->synced.empty()) return synced_elsewhere(*entry, span);
  const ValueList& list = *entry->list;
  if (entry->sound && !fits(type, list.type())) {
    return tl::unexpected(ExprProblem{
        span, kListTypeMismatch,
        "`list:" + list.name() + "` holds values of type " + std::string(type_name(list.type())) +
            ", what stands before it is " + std::string(type_name(type)),
        "the list stands at " + place_of(entry->span) + "; name a list of type " +
            std::string(type_name(type == ValueType::kStringList ? ValueType::kString : type))});
  }
  return entry->list;
}

Built build_in_list(Expr value, std::string_view reference, const SourceSpan& span,
                    const SourceSpan& reference_span, const ExprScope& scope) {
  if (scope.lists == nullptr || !scope.fields) return no_lists_here(reference_span);
  const auto list = list_to_look_up(*scope.lists, reference, reference_span, value.type);
  if (!list) return tl::unexpected(list.error());
  Expr expr;
  expr.op = ExprOp::kInList;
  expr.type = ValueType::kBool;
  expr.span = span;
  expr.list = *list;
  expr.args.push_back(std::move(value));
  if ((*list)->is_dated()) expr.args.push_back(record_time(span));
  return expr;
}

}  // namespace tidewaiter
