#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daemon/sources/contract/directory_feed.h"

namespace tidewaiter {

/// A list of Stripe's: GET /v1/customers, and for `payment_methods`
/// …/customers/<id>/payment_methods of every customer.
class StripeFeed final : public DirectoryFeed {
 public:
  /// `config.contract` is set. `endpoint` outlives the feed.
  StripeFeed(std::string_view endpoint, const SourceConfig& config);

  [[nodiscard]] HttpRequest ask(const FeedQuestion& question) const override;
  /// A cursor that names somebody who was deleted: customers go on by the time at which that one
  /// was made, and what a customer pays with from its beginning.
  [[nodiscard]] std::optional<std::string> instead_of(std::string_view token) const override;
  /// Also that a customer of the walk is not there any more (404, `resource_missing`): it was
  /// deleted since it was listed.
  [[nodiscard]] bool is_answer(const HttpResponse& response,
                               const FeedQuestion& question) const override;
  [[nodiscard]] Result<FeedAnswer> read(std::string_view body,
                                        const FeedQuestion& question) const override;
  [[nodiscard]] Result<FeedAnswer> read_response(const HttpResponse& response,
                                                 const FeedQuestion& question) const override;

 private:
  [[nodiscard]] bool walks() const { return endpoint() == "payment_methods"; }
};

}  // namespace tidewaiter
