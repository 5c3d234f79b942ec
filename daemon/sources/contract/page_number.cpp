#include "daemon/sources/contract/page_number.h"

#include <charconv>
#include <string>

namespace tidewaiter {

std::int64_t page_number(std::string_view token) {
  // So many pages that their rows have a number that can be counted on.
  constexpr std::int64_t kLastPage = 1'000'000'000;
  std::int64_t number = 0;
  const char* const end = token.data() + token.size();
  const auto [stop, problem] = std::from_chars(token.data(), end, number);
  const bool good = problem == std::errc() && stop == end && number >= 1 && number <= kLastPage;
  return good ? number : 1;
}

PageRead NumberedPage::read(std::string_view member, simdjson::ondemand::value& value) {
  if (!read_count(value, member, member == "page" ? page_ : size_)) return std::nullopt;
  return page_fault("`" + std::string(member) + "` is no count");
}

Result<FeedAnswer> NumberedPage::turn(FeedAnswer answer, std::string_view what,
                                      std::int64_t wanted) const {
  if (*page_ != wanted) {
    return refused_page(what, "it is page " + std::to_string(*page_) + ", and page " +
                                  std::to_string(wanted) + " was asked for");
  }
  answer.more = answer.rows >= *size_;
  if (answer.more) answer.next = std::to_string(wanted + 1);
  return answer;
}

}  // namespace tidewaiter
