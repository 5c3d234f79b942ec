#include "daemon/app/enriched_connector.h"

#include <utility>

namespace tidewaiter {
namespace {

class EnrichedConnector final : public Connector {
 public:
  EnrichedConnector(std::unique_ptr<Connector> connector, const SourceConfig& config,
                    std::shared_ptr<AddressEnricher> enricher, LookUpSink tell)
      : connector_(std::move(connector)), enricher_(std::move(enricher)), tell_(std::move(tell)) {
    lack_.source = config.name;
  }

  Result<std::optional<Page>> next(const std::string& cursor, UtcTime now,
                                   const PullWatch& watch) override {
    Result<std::optional<Page>> page = connector_->next(cursor, now, watch);
    const bool has_page = page && page->has_value();
    if (has_page) {
      for (Record& record : (*page)->records) enricher_->enrich(record);
      note();
    }
    if (!has_page || (*page)->drained) tell();
    return page;
  }

  void committed(const PageReceipt& receipt) override { connector_->committed(receipt); }
  [[nodiscard]] bool has_news() const override { return connector_->has_news(); }
  [[nodiscard]] std::optional<UtcTime> behind_since(const std::string& cursor,
                                                    UtcTime now) const override {
    return connector_->behind_since(cursor, now);
  }
  [[nodiscard]] PullProgress progress() const override { return connector_->progress(); }
  Result<std::vector<std::string>> check(const std::string& cursor, UtcTime now) override {
    return connector_->check(cursor, now);
  }
  std::vector<SourceExamination> examine(const std::string& cursor, UtcTime now) override {
    return connector_->examine(cursor, now);
  }

 private:
  /// The enricher is asked by other sources too: what is new since the last page is this one's.
  void note() {
    lack_.out_of_time += enricher_->take_out_of_time();
    std::optional<Error> fault = enricher_->take_fault();
    if (fault && !lack_.contradicts) lack_.contradicts = std::move(fault);
  }

  /// At the end of a pull.
  void tell() {
    if (tell_ && (lack_.out_of_time > 0 || lack_.contradicts)) tell_(lack_);
    lack_.out_of_time = 0;
    lack_.contradicts.reset();
  }

  std::unique_ptr<Connector> connector_;
  std::shared_ptr<AddressEnricher> enricher_;
  LookUpSink tell_;
  LookUpLack lack_;
};

}  // namespace

Result<std::shared_ptr<AddressEnricher>> open_addresses(
    const std::optional<AddressConfig>& addresses) {
  if (!addresses) return nullptr;
  Result<std::unique_ptr<AddressEnricher>> opened = AddressEnricher::open(*addresses);
  if (!opened) {
    return fail(ErrorCode::kInvalidInput, "`addresses`: " + opened.error().message);
  }
  return std::shared_ptr<AddressEnricher>(std::move(*opened));
}

LookUpSink look_up_log(EventLog& log) {
  return [&log](const LookUpLack& lack) {
    if (lack.contradicts) {
      log.error("addresses_contradict",
                {{"source", lack.source}, {"reason", to_text(*lack.contradicts)}});
    }
    if (lack.out_of_time > 0) {
      log.warn("addresses_out_of_time", {{"source", lack.source}, {"records", lack.out_of_time}});
    }
  };
}

std::unique_ptr<Connector> enriched_connector(std::unique_ptr<Connector> connector,
                                              const SourceConfig& config,
                                              std::shared_ptr<AddressEnricher> enricher,
                                              LookUpSink tell) {
  return std::make_unique<EnrichedConnector>(std::move(connector), config, std::move(enricher),
                                             std::move(tell));
}

}  // namespace tidewaiter
