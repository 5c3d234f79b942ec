#pragma once

#include "daemon/cli/command.h"

namespace tidewaiter {

// One function a verb, each in a file of its own name. Each adds its commands and options below
// `app`, and sets `selection` when the command line chooses it. `selection` outlives `app`.

void add_init(CLI::App& app, Selection& selection);
void add_run(CLI::App& app, Selection& selection);
void add_status(CLI::App& app, Selection& selection);
void add_source(CLI::App& app, Selection& selection);
void add_policy(CLI::App& app, Selection& selection);
void add_finding(CLI::App& app, Selection& selection);
void add_case(CLI::App& app, Selection& selection);
void add_cluster(CLI::App& app, Selection& selection);
void add_lead(CLI::App& app, Selection& selection);
void add_report(CLI::App& app, Selection& selection);
void add_request(CLI::App& app, Selection& selection);
void add_ledger(CLI::App& app, Selection& selection);
void add_ip(CLI::App& app, Selection& selection);
void add_list(CLI::App& app, Selection& selection);
void add_link(CLI::App& app, Selection& selection);
void add_notify(CLI::App& app, Selection& selection);
void add_records(CLI::App& app, Selection& selection);
void add_screen(CLI::App& app, Selection& selection);
void add_witness(CLI::App& app, Selection& selection);
void add_simulate(CLI::App& app, Selection& selection);
void add_user(CLI::App& app, Selection& selection);
void add_config(CLI::App& app, Selection& selection);
void add_completion(CLI::App& app, Selection& selection);
void add_version(CLI::App& app, Selection& selection);
void add_man(CLI::App& app, Selection& selection);  ///< hidden: for the build

// Parts of the larger verbs.
void add_source_backfill(CLI::App& source, Selection& selection);
void add_source_check(CLI::App& source, Selection& selection);
void add_source_doctor(CLI::App& source, Selection& selection);
void add_source_fields(CLI::App& source, Selection& selection);
void add_source_list(CLI::App& source, Selection& selection);
void add_source_pull(CLI::App& source, Selection& selection);
void add_policy_activate(CLI::App& policy, Selection& selection);
void add_policy_backtest(CLI::App& policy, Selection& selection);
void add_policy_deactivate(CLI::App& policy, Selection& selection);
void add_policy_diff(CLI::App& policy, Selection& selection);
void add_policy_docs(CLI::App& policy, Selection& selection);
void add_policy_explain(CLI::App& policy, Selection& selection);
void add_policy_fmt(CLI::App& policy, Selection& selection);
void add_policy_lint(CLI::App& policy, Selection& selection);
void add_policy_list(CLI::App& policy, Selection& selection);
void add_policy_lsp(CLI::App& policy, Selection& selection);
void add_policy_new(CLI::App& policy, Selection& selection);
void add_policy_publish(CLI::App& policy, Selection& selection);
void add_policy_schema(CLI::App& policy, Selection& selection);
void add_policy_shadow(CLI::App& policy, Selection& selection);
void add_policy_show(CLI::App& policy, Selection& selection);
void add_policy_sigma(CLI::App& policy, Selection& selection);
void add_policy_test(CLI::App& policy, Selection& selection);
void add_finding_list(CLI::App& finding, Selection& selection);
void add_finding_show(CLI::App& finding, Selection& selection);
void add_case_decide(CLI::App& verb, Selection& selection);
void add_case_exhibits(CLI::App& verb, Selection& selection);
void add_case_export(CLI::App& verb, Selection& selection);
void add_case_list(CLI::App& verb, Selection& selection);
void add_case_show(CLI::App& verb, Selection& selection);
void add_case_work(CLI::App& verb, Selection& selection);
void add_cluster_list(CLI::App& cluster, Selection& selection);
void add_cluster_rulings(CLI::App& cluster, Selection& selection);
void add_cluster_show(CLI::App& cluster, Selection& selection);

void add_report_acts(CLI::App& report, Selection& selection);
void add_report_follow(CLI::App& report, Selection& selection);
void add_report_list(CLI::App& report, Selection& selection);
void add_report_new(CLI::App& report, Selection& selection);
void add_ledger_backup(CLI::App& ledger, Selection& selection);
void add_ledger_export(CLI::App& ledger, Selection& selection);
void add_ledger_schema(CLI::App& ledger, Selection& selection);
void add_ledger_serve(CLI::App& ledger, Selection& selection);
void add_ledger_fsck(CLI::App& ledger, Selection& selection);
void add_ledger_restore(CLI::App& ledger, Selection& selection);
void add_ledger_rotate_key(CLI::App& ledger, Selection& selection);
void add_ledger_head(CLI::App& ledger, Selection& selection);
void add_ledger_log(CLI::App& ledger, Selection& selection);
void add_ledger_proof(CLI::App& ledger, Selection& selection);
void add_ledger_timestamp(CLI::App& ledger, Selection& selection);
void add_ledger_verify(CLI::App& ledger, Selection& selection);
void add_list_diff(CLI::App& list, Selection& selection);
void add_list_search(CLI::App& list, Selection& selection);
void add_list_status(CLI::App& list, Selection& selection);
void add_list_sync(CLI::App& list, Selection& selection);
void add_simulate_provider(CLI::App& simulate, Selection& selection);
void add_simulate_score(CLI::App& simulate, Selection& selection);
void add_simulate_world(CLI::App& simulate, Selection& selection);
void add_witness_add_log(CLI::App& witness, Selection& selection);
void add_witness_head(CLI::App& witness, Selection& selection);
void add_witness_init(CLI::App& witness, Selection& selection);
void add_witness_list(CLI::App& witness, Selection& selection);
void add_witness_serve(CLI::App& witness, Selection& selection);

}  // namespace tidewaiter
