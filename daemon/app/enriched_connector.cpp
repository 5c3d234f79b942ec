#include "daemon/app/enriched_connector.h"

#include <utility>

namespace tidewaiter {
namespace {

class EnrichedConnector final : public Connector {
 public:
  EnrichedConnector(std::unique_ptr<Connector> connector, const SourceConfig& config,
                    std::shared_ptr<AddressEnricher> enricher, EventLog* log)
      : connector_(std::move(connector)),
        source_(config.name),
        enricher_(std::move(enricher)),
        log_(log) {}

  Result<std::optional<Page>> next(const std::string& cursor, UtcTime now,
                                   const PullWatch& watch) override {
    Result<std::optional<Page>> page = connector_->next(cursor, now, watch);
    if (!page || !*page) return page;
    for (Record& record : (*page)->records) enricher_->enrich(record);
    tell();
    return page;
  }

  void committed(const PageReceipt& receipt) override { connector_->committed(receipt); }
  [[nodiscard]] bool has_news() const override { return connector_->has_news(); }
  [[nodiscard]] PullProgress progress() const override { return connector_->progress(); }
  Result<std::vector<std::string>> check(const std::string& cursor, UtcTime now) override {
    return connector_->check(cursor, now);
  }

 private:
  void tell() {
    const std::optional<Error> fault = enricher_->take_fault();
    const std::int64_t out_of_time = enricher_->take_out_of_time();
    if (log_ == nullptr) return;
    if (fault) {
      log_->error("addresses_contradict", {{"source", source_}, {"reason", to_text(*fault)}});
    }
    if (out_of_time > 0) {
      log_->warn("addresses_out_of_time", {{"source", source_}, {"records", out_of_time}});
    }
  }

  std::unique_ptr<Connector> connector_;
  std::string source_;
  std::shared_ptr<AddressEnricher> enricher_;
  EventLog* log_;
};

}  // namespace

std::unique_ptr<Connector> enriched_connector(std::unique_ptr<Connector> connector,
                                              const SourceConfig& config,
                                              std::shared_ptr<AddressEnricher> enricher,
                                              EventLog* log) {
  return std::make_unique<EnrichedConnector>(std::move(connector), config, std::move(enricher),
                                             log);
}

}  // namespace tidewaiter
