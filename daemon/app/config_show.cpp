#include <array>
#include <string>

#include "daemon/app/config.h"
#include "daemon/sources/contract_kind.h"
#include "policies/model/field.h"
#include "policies/model/value.h"

namespace tidewaiter {
namespace {

/// A YAML scalar in double quotes: right for every text, and never read as another type.
std::string yaml_text(std::string_view text) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      out += "\\x";
      out += kHex[byte >> 4U];
      out += kHex[byte & 15U];
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string percent(double share) {
  std::string text = std::to_string(share * 100.0);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text + "%";
}

std::string show_mapping(const SourceConfig& source,
                         const std::vector<std::pair<std::string, std::string>>& texts) {
  const Mapping& mapping = *source.mapping;
  std::string out;
  if (source.format == FileFormat::kCsv) {
    out += "    csv: {delimiter: " + yaml_text(std::string(1, source.delimiter)) + "}\n";
  }
  out += "    columns:\n";
  for (std::size_t i = 0; i < mapping.columns.size(); ++i) {
    const std::string type(type_name(mapping.columns[i].type));
    out += "      " + yaml_text(mapping.columns[i].name) + ": " +
           (mapping.pointers.empty()
                ? type
                : "{at: " + yaml_text(mapping.pointers[i]) + ", type: " + type + "}") +
           "\n";
  }
  std::string fields;
  for (const auto& [name, text] : texts) {
    if (name == "where") {
      out += "    where: " + yaml_text(text) + "\n";
    } else {
      fields += "      " + name + ": " + yaml_text(text) + "\n";
    }
  }
  out += "    mapping:\n" + fields;
  if (source.listing || source.push) return out;
  out += std::string("    identity: ") +
         (source.mapping->identity_by_place ? "place" : "dimensions") + "\n";
  return out;
}

std::string show_route(const ContractConfig& contract) {
  const HttpRoute& route = contract.route;
  std::string out =
      std::string("    private_addresses: ") + (route.private_addresses ? "true" : "false") + "\n";
  if (!route.proxy.empty()) out += "    proxy: " + yaml_text(route.proxy) + "\n";
  if (!contract.proxy_login.name.empty()) {
    out += "    proxy_login: " + to_text(contract.proxy_login) + "\n";
  }
  if (!route.ca.empty()) out += "    ca: " + yaml_text(route.ca.string()) + "\n";
  if (!route.certificate.empty()) {
    out += "    certificate: {file: " + yaml_text(route.certificate.string()) +
           ", key: " + yaml_text(route.certificate_key.string()) + "}\n";
  }
  return out;
}

std::string show_contract(const SourceConfig& source) {
  const ContractConfig& contract = *source.contract;
  std::string out = "    url: " + yaml_text(contract.url) + "\n";
  if (!contract.key.name.empty()) out += "    token: " + to_text(contract.key) + "\n";
  const bool by_mapping = source.listing.has_value();
  if (!by_mapping) {
    out += "    endpoints: [";
    for (const std::string& name : contract.endpoints) {
      out += (out.ends_with('[') ? "" : ", ") + name;
    }
    out += "]\n";
  }
  if (!contract.organization.empty()) {
    out += "    organization: " + yaml_text(contract.organization) + "\n";
  }
  if (!by_mapping) out += "    account: " + std::string(account_word(contract.account)) + "\n";
  if (!contract.account_in.empty()) {
    out += "    account_in: " + yaml_text(contract.account_in) + "\n";
  }
  if (!contract.fingerprint_key.name.empty()) {
    out += "    fingerprint_key: " + to_text(contract.fingerprint_key) + "\n";
  }
  if (!contract.user.empty()) out += "    user: " + yaml_text(contract.user) + "\n";
  if (contract.bucket.us > 0) out += "    bucket: " + format_duration(contract.bucket) + "\n";
  if (contract.since) out += "    since: " + format_time(*contract.since) + "\n";
  if (!contract.version.empty()) out += "    version: " + yaml_text(contract.version) + "\n";
  if (!contract.beta.empty()) out += "    beta: " + yaml_text(contract.beta) + "\n";
  if (contract.bearer) out += "    auth: bearer\n";
  // A directory has none.
  if (source.record != RecordKind::kAccount) {
    out += "    overlap: " + format_duration(contract.overlap) + "\n";
  }
  out += "    deadline: " + format_duration(contract.deadline) + "\n";
  if (find_contract_kind(source.kind)->client != nullptr) return out;
  out += "    requests_per_minute: " + std::to_string(contract.requests_per_minute) + "\n";
  if (!by_mapping) {
    out += std::string("    lists: ") + (contract.bracketed_lists ? "brackets" : "repeat") + "\n";
  }
  return out + show_route(contract);
}

std::string show_listing(const JsonListing& listing) {
  static constexpr std::array<std::string_view, 3> kForms = {"rfc3339", "seconds", "milliseconds"};
  std::string out = "    window: {from: " + yaml_text(listing.from) +
                    ", to: " + yaml_text(listing.to) +
                    ", as: " + std::string(kForms[static_cast<std::size_t>(listing.times)]) + "}\n";
  if (!listing.rows.empty()) out += "    rows: " + yaml_text(listing.rows) + "\n";
  if (!listing.id.empty()) out += "    id: " + yaml_text(listing.id) + "\n";
  if (!listing.header.empty()) out += "    header: " + yaml_text(listing.header) + "\n";
  switch (listing.paging) {
    case JsonListing::Paging::kNone:
      return out;
    case JsonListing::Paging::kCursor:
      return out + "    paging: {style: cursor, parameter: " + yaml_text(listing.parameter) +
             ", next: " + yaml_text(listing.next) + "}\n";
    case JsonListing::Paging::kPage:
      return out + "    paging: {style: page, parameter: " + yaml_text(listing.parameter) +
             ", first: " + std::to_string(listing.first) + "}\n";
    case JsonListing::Paging::kLink:
      return out + "    paging: {style: link}\n";
  }
  return out;
}

std::string show_format(const SourceConfig& source,
                        const std::vector<std::pair<std::string, std::string>>& texts) {
  static constexpr std::array<std::string_view, 3> kFormats = {"jsonl", "csv", "json"};
  std::string out =
      "    format: " + std::string(kFormats[static_cast<std::size_t>(source.format)]) + "\n";
  if (source.mapping) out += show_mapping(source, texts);
  if (source.supplies) {
    out += "    supplies: [";
    for (const FieldId id : *source.supplies) {
      out += (out.ends_with('[') ? "" : ", ") + std::string(field(id).name);
    }
    out += "]\n";
  }
  return out;
}

std::string show_handed_in(const SourceConfig& source,
                           const std::vector<std::pair<std::string, std::string>>& texts) {
  std::string out = show_format(source, texts);
  if (source.push->lateness) {
    out += "    lateness: " + format_duration(*source.push->lateness) + "\n";
  }
  return out;
}

std::string show_file(const SourceConfig& source,
                      const std::vector<std::pair<std::string, std::string>>& texts) {
  const std::filesystem::path path = (source.base / source.path).lexically_normal();
  return "    path: " + yaml_text(path.string()) + "\n" + show_format(source, texts);
}

std::string show_owners(const SourceConfig& source) {
  const OwnerSourceConfig& owners = *source.owners;
  const auto whole = [&source](const std::string& path) {
    return yaml_text((source.base / path).lexically_normal().string());
  };
  std::string out = "    path: " + whole(source.path) + "\n";
  if (!owners.accounts.empty()) out += "    accounts: " + whole(owners.accounts) + "\n";
  if (!owners.account_in.empty()) {
    out += "    account_in: " + yaml_text(owners.account_in) + "\n";
  }
  if (owners.since) out += "    since: " + format_time(*owners.since) + "\n";
  return out;
}

std::string show_source(const SourceConfig& source,
                        const std::vector<std::pair<std::string, std::string>>& texts) {
  std::string out = "  - name: " + source.name + "\n";
  out += "    kind: " + source.kind + "\n";
  out += "    record: " + std::string(kind_name(source.record)) + "\n";
  out += source.contract ? show_contract(source)
         : source.push   ? show_handed_in(source, texts)
         : source.owners ? show_owners(source)
                         : show_file(source, texts);
  if (source.listing) out += show_listing(*source.listing) + show_mapping(source, texts);
  if (!source.names_of.empty()) out += "    names_of: " + source.names_of + "\n";
  out += "    poll: {every: " + format_duration(source.poll_every) +
         ", jitter: " + format_duration(source.poll_jitter) + "}\n";
  out += "    settles: " + format_duration(source.settles) + "\n";
  if (source.idle) out += "    idle: " + format_duration(*source.idle) + "\n";
  out += "    max_bad: " + percent(source.max_bad_share) + "\n";
  if (source.contract || source.push || source.owners) return out;
  return out + "    gone: " + (source.accept_gone ? "accept" : "hold") + "\n";
}

std::string show_list(const PublishedList& list) {
  std::string out = "  - name: " + list.name + "\n    url: " + yaml_text(list.url) + "\n";
  if (!list.aliases_url.empty()) {
    out += "    aliases: " + yaml_text(list.aliases_url) + "\n";
    out += "    addresses: " + yaml_text(list.addresses_url) + "\n";
    if (!list.comments_url.empty()) out += "    comments: " + yaml_text(list.comments_url) + "\n";
  }
  if (!list.consequences.empty()) out += "    consequences: " + list.consequences + "\n";
  out += "    stale_after: " + format_duration(list.stale_after) + "\n";
  return out + "    most_loss: " + percent(list.most_loss) + "\n";
}

std::string show_timestamps(const TimestampConfig& stamps) {
  std::string out = "  timestamps:\n    url: " + yaml_text(stamps.url) + "\n";
  out += "    ca: " + yaml_text(stamps.ca.string()) + "\n";
  out += "    every: " + format_duration(stamps.every) + "\n";
  if (!stamps.policy.empty()) out += "    policy: " + yaml_text(stamps.policy) + "\n";
  return out;
}

std::string show_channel(const ChannelConfig& channel) {
  std::string out = "    - name: " + channel.name + "\n";
  const auto line = [&out](const std::string& key, const std::string& value) {
    out += "      " + key + ": " + value + "\n";
  };
  line("kind", std::string(channel_kind_name(channel.kind)));
  const bool has_server =
      channel.kind == ChannelKind::kEmail || channel.kind == ChannelKind::kSyslog;
  if (channel.secret_url) {
    line("url", to_text(*channel.secret_url));
  } else if (!channel.url.empty()) {
    line(has_server ? "server" : "url", yaml_text(channel.url));
  }
  if (!channel.project.empty()) line("project", yaml_text(channel.project));
  if (!channel.issue_type.empty()) line("issue_type", yaml_text(channel.issue_type));
  if (channel.token) line("token", to_text(*channel.token));
  if (channel.key) {
    line(channel.kind == ChannelKind::kWebhook ? "signing_key" : "routing_key",
         to_text(*channel.key));
  }
  if (!channel.from.empty()) line("from", yaml_text(channel.from));
  if (!channel.to.empty()) out += "      to:\n";
  for (const std::string& address : channel.to) out += "        - " + yaml_text(address) + "\n";
  if (!channel.user.empty()) line("user", yaml_text(channel.user));
  if (channel.password) line("password", to_text(*channel.password));
  if (!channel.ca.empty()) line("ca", yaml_text(channel.ca.string()));
  if (channel.kind == ChannelKind::kSyslog) {
    line("format", std::string(syslog_form_name(channel.form)));
  }
  if (channel.group_by != NoticeGrouping::kNone) {
    line("group_by", std::string(grouping_name(channel.group_by)));
    line("group_wait", format_duration(channel.group_wait));
    line("group_interval", format_duration(channel.group_interval));
  }
  if (channel.give_up_after) line("give_up_after", format_duration(*channel.give_up_after));
  return out;
}

std::string show_notify(const Config& config) {
  std::string out = "notify:\n";
  out += config.channels.empty() ? "  channels: []\n" : "  channels:\n";
  for (const ChannelConfig& channel : config.channels) out += show_channel(channel);
  if (!config.inhibit.empty()) out += "  inhibit:\n";
  for (const InhibitRule& rule : config.inhibit) {
    out += "    - {while: " + std::string(severity_name(rule.least)) +
           ", hold: " + std::string(severity_name(rule.most)) + "}\n";
  }
  return out;
}

std::string show_witnesses(const TrustPolicy& policy) {
  if (policy.witnesses.empty()) return "  witnesses: []\n";
  std::string out = "  witnesses:\n";
  for (const PolicyWitness& witness : policy.witnesses) {
    out += "    - name: " + witness.name + "\n";
    out += "      url: " + yaml_text(witness.url) + "\n";
    out += "      key: " + yaml_text(format_witness_key(witness.key)) + "\n";
  }
  return out + "  quorum: " + std::to_string(policy.groups.front().threshold) + "\n";
}

std::string show_push(const PushListener& push) {
  std::string out = "push:\n  listen: " + yaml_text(push.listen) + "\n  tokens:\n";
  for (const PushToken& token : push.tokens) {
    out += "    - {token: " + to_text(token.token) +
           (token.source.empty() ? "" : ", source: " + token.source) + "}\n";
  }
  return out + "  body: " + std::to_string(push.body_bytes) +
         "B\n  inbox: " + std::to_string(push.inbox_bytes) +
         "B\n  patience: " + format_duration(push.patience) + "\n";
}

/// The files of one form, in their order.
std::string show_address_files(const AddressConfig& addresses, AddressFile::Form form,
                               const std::string& key) {
  std::string out;
  for (const AddressFile& file : addresses.files) {
    if (file.form != form) continue;
    out += out.empty() ? "  " + key + ":\n" : "";
    out += "    - {file: " + yaml_text(file.path.string());
    if (form == AddressFile::Form::kList) {
      out += ", is: " + file.anonymizer;
    } else {
      std::string gives;
      const auto add = [&gives](bool does, std::string_view what) {
        if (does) gives += (gives.empty() ? "" : ", ") + std::string(what);
      };
      add(file.gives_country, "country");
      add(file.gives_asn, "asn");
      add(file.gives_anonymizer, "anonymizer");
      out += ", gives: [" + gives + "]";
    }
    out += ", holds_for: " + format_duration(file.holds_for) + "}\n";
  }
  return out;
}

std::string show_addresses(const AddressConfig& addresses) {
  const std::string files =
      show_address_files(addresses, AddressFile::Form::kDatabase, "databases") +
      show_address_files(addresses, AddressFile::Form::kList, "lists");
  return files.empty() ? "addresses: {}\n" : "addresses:\n" + files;
}

std::string show_postgres(const LedgerPostgres& postgres) {
  std::string out = "  postgres:\n    url: " + yaml_text(postgres.url) + "\n";
  if (postgres.password) out += "    password: " + to_text(*postgres.password) + "\n";
  return out;
}

}  // namespace

std::string show_config(const Config& config) {
  std::string out = config.file.empty() ? "# the defaults: no configuration file\n"
                                        : "# from " + config.file.string() + "\n";
  out += "state: " + yaml_text(config.state.string()) + "\n";
  out += config.policies.empty() ? "policies: []\n" : "policies:\n";
  for (const std::string& path : config.policies) out += "  - " + yaml_text(path) + "\n";
  out += std::string("publish: {required: ") + (config.published_only ? "true" : "false") + "}\n";
  out += config.sources.empty() ? "sources: []\n" : "sources:\n";
  for (std::size_t i = 0; i < config.sources.size(); ++i) {
    out += show_source(config.sources[i], config.mapping_texts[i]);
  }
  if (config.push) out += show_push(*config.push);
  out += config.lists.empty() ? "lists: []\n" : "lists:\n";
  for (const PublishedList& list : config.lists) out += show_list(list);
  if (config.addresses) out += show_addresses(*config.addresses);
  out += "ledger:\n  origin: " + yaml_text(config.ledger.origin) + "\n";
  out += "  lock: " + yaml_text(config.ledger.lock.string()) + "\n";
  out += "  key: " + yaml_text(config.ledger.key.string()) + "\n";
  out += "  vault: " + yaml_text(config.ledger.vault.string()) + "\n";
  if (config.ledger.vault_key) {
    out += "  vault_key: " + to_text(*config.ledger.vault_key) + "\n";
  }
  if (config.ledger.postgres) out += show_postgres(*config.ledger.postgres);
  out += "  sign_every: " + format_duration(config.ledger.sign_every) + "\n";
  out += show_witnesses(config.ledger.witnesses);
  if (config.ledger.timestamps) out += show_timestamps(*config.ledger.timestamps);
  out += config.channels.empty() && config.inhibit.empty() ? "notify: {channels: []}\n"
                                                           : show_notify(config);
  out += "retention: {records: " + format_duration(config.keep_records) + "}\n";
  out += "storage: {reserve: " + std::to_string(config.reserve_bytes) + "B}\n";
  out += "evaluation: {threads: " + std::to_string(config.threads) +
         ", snapshot_every: " + format_duration(config.snapshot_every);
  if (config.state_at_most)
    out += ", state_at_most: " + std::to_string(*config.state_at_most) + "B";
  out += "}\n";
  out += "log: {level: " + std::string(log_level_word(config.log_level)) +
         ", format: " + (config.log_format == LogFormat::kJson ? "json" : "text") + "}\n";
  return out;
}

std::string_view example_config() {
  return R"yaml(# Tidewaiter's configuration. Every key is optional; what stands here is the default unless a
# comment says otherwise. Relative paths start from this file's folder. `tidewaiter config check`
# reads it and the policies without starting anything; `tidewaiter config show` prints what is in
# effect.

# Records, ledger and keys. Default: $STATE_DIRECTORY, else /var/lib/tidewaiter if it can be
# written, else ./.tidewaiter.
# state: .tidewaiter

# Policy files, folders of them, or globs. A glob may match nothing, but only `policies: []` puts an
# end to policies that are in force.
policies: ["policies/*.yaml"]

# With `required: true` these files come into force only as bundles that two people have signed:
# `tidewaiter policy publish`.
publish: {required: false}

# Where records come from. A file that grows is read on from where the last read ended.
sources:
  - name: gateway
    kind: file
    record: usage                 # usage | account | audit
    path: "usage/*.jsonl"         # a file, a folder or a glob; .gz and .zst are read as they are
    format: jsonl                 # jsonl: the native format; csv: with columns and a mapping
    poll: {every: 1m, jitter: 0s} # at whole minutes; jitter moves each source by a fixed amount
    settles: 0s                   # how long figures may still change after the fact
    # idle: 1h                    # silent for longer, it no longer holds back the others (no default)
    max_bad: 1%                   # more unreadable lines than this fail the file
    gone: hold                    # a file that went away half-read: hold | accept

  # Usage that OpenAI's admin API reports, in buckets:
  # - name: openai
  #   kind: openai
  #   token: {credential: openai-admin-key}   # or {file: …}, {env: …}
  #   endpoints: [completions]    # also embeddings, moderations, images, audio_speeches, …
  #   organization: org-example   # what `organization` is in its records (no default)
  #   account: project            # the party judged: project | principal | api_key
  #   bucket: 1h                  # 1m | 1h | 1d
  #   since: 2026-10-01           # how far back the first pull goes; default: 30 days
  #   overlap: 48h                # read again at each poll, for what came late
  #   poll: {every: 15m, jitter: 1m}

  # A table with columns of its own:
  # - name: billing
  #   kind: file
  #   path: "../billing.csv.zst"
  #   format: csv
  #   csv: {delimiter: ","}
  #   columns: {client_id: int64, window_start_s: int64, rate_rps: double, model: string}
  #   mapping:
  #     time: 'timestamp("2026-01-01") + seconds(window_start_s)'
  #     duration: "10m"
  #     requests: round(rate_rps * 600)
  #     api_key: string(client_id)
  #     model: model
  #   identity: dimensions        # dimensions | place
  #   poll: {every: 10m, jitter: 30s}

# Published lists of parties, for `tidewaiter list sync` and `tidewaiter screen` (no default):
# lists:
#   - name: un
#     url: https://scsanctions.un.org/resources/xml/en/consolidated.xml
#     consequences: UN            # what a hit asks for; as bytes and URL tell, if left out
#     stale_after: 3d             # told as stale when nobody has confirmed it for longer
#     most_loss: 10%              # an issue that has fewer entries or names by more is not taken
#   - name: ofac-sdn              # OFAC's list is several files
#     url: https://www.treasury.gov/ofac/downloads/sdn.csv
#     aliases: https://www.treasury.gov/ofac/downloads/alt.csv
#     addresses: https://www.treasury.gov/ofac/downloads/add.csv
#     comments: https://www.treasury.gov/ofac/downloads/sdn_comments.csv

# What is known of the addresses that requests come from, for records whose source does not say it:
# country, autonomous system and anonymizer by files of yours, and the network of the address
# (docs/sources/mmdb.md). `addresses: {}` fills in the network alone.
# addresses:
#   databases:                    # in MaxMind's format; the first that says something stands
#     - {file: GeoLite2-Country.mmdb, gives: [country], holds_for: 30d}
#     - {file: GeoLite2-ASN.mmdb, gives: [asn]}
#     - {file: GeoIP2-Anonymous-IP.mmdb, gives: [anonymizer]}
#   lists:
#     - {file: tor-exit-nodes.lst, is: tor, holds_for: 1d}

# The ledger. Keep `lock` on another volume than the state: then a ledger that is put back to an
# older copy does not go unseen.
# ledger:
#   origin: tidewaiter.example.org/ledger   # default: this machine's name
#   lock: /srv/other-volume/tidewaiter-lock.db
#   key: .tidewaiter/ledger.key
#   vault: .tidewaiter/vault.db
#   vault_key: {file: vault.key}            # wraps the vault's keys (no default): `ledger rotate-key`
#   postgres:                               # its tables in a database, for two daemons (no default)
#     url: postgresql://tidewaiter@db.example.org/tidewaiter
#     password: {credential: ledger-password}
#   sign_every: 10s
#   timestamps:                             # who says when the ledger was signed (no default)
#     url: https://tsa.example.org/tsr      # RFC 3161
#     ca: tsa.pem                           # the certificates that its tokens are believed under
#     every: 24h

# Where policies may send word (`respond: [{notify: [security]}]`). Secrets are named, never written.
notify:
  channels:
    - {name: operations, kind: log}
    # - name: security
    #   kind: webhook
    #   url: https://hooks.example.org/tidewaiter   # a secret itself? {credential: webhook-url}
    #   token: {credential: webhook-token}   # or {file: …}, {env: …}
    #   signing_key: {credential: webhook-key}   # Standard Webhooks
    # - name: officers
    #   kind: email                         # also: slack, pagerduty, syslog, jira
    #   server: smtps://mail.example.org
    #   from: tidewaiter@example.org
    #   to: [compliance@example.org]

# How long records are kept; never less than the policies look back. The ledger is kept.
retention: {records: 1825d}

# Intake stops, loudly, while the state's volume has less free space than this.
storage: {reserve: 64MiB}

# How many threads judge policies side by side, and how often what they know is saved, so that a
# start goes on from there (0s: never). Findings do not depend on either. `state_at_most`, as in
# 4GiB, bounds the memory that policies hold: beyond it the greatest forgets what it holds, says so
# in the ledger, and begins anew. Without it there is no bound.
evaluation: {threads: 1, snapshot_every: 1h}

log: {level: info, format: text}   # level: trace | debug | info | warn | error; format: text | json
)yaml";
}

}  // namespace tidewaiter
