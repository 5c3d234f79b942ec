#include <filesystem>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "daemon/cli/command_line.h"
#include "daemon/cli/man_page.h"
#include "daemon/cli/program_outlines.h"
#include "daemon/cli/verbs.h"
#include "daemon/cli/written_text.h"

namespace tidewaiter {

std::vector<ManPage> all_man_pages() {
  CLI::App tree;
  GlobalOptions options;
  Selection none;
  build_cli(tree, options, none);
  std::vector<ManPage> pages = man_pages(outline(tree), 1, program_version());
  // The verb runs the program of that name, whose page tells more.
  std::erase_if(pages, [](const ManPage& page) { return page.file == "tidewaiter-verify.1"; });
  for (auto& more : {man_pages(verifier_outline(), 1, program_version()),
                     man_pages(daemon_outline(), 8, program_version())}) {
    pages.insert(pages.end(), more.begin(), more.end());
  }
  return pages;
}

void add_man(CLI::App& app, Selection& selection) {
  CLI::App* verb =
      add_verb(app, "man", "writes the manual pages below a folder that has man1 and man8",
               "Prints the name of each page written.", "  tidewaiter man build/man");
  verb->group("");  // for the build, not for people
  auto folder = std::make_shared<std::string>();
  verb->add_option("folder", *folder, "Where to write")->type_name("DIR")->required();
  verb->callback([folder, &selection] {
    selection.command = [folder](Invocation& run) {
      for (const ManPage& page : all_man_pages()) {
        const std::string section = std::string("man") + page.file.back();
        const std::filesystem::path path = std::filesystem::path(*folder) / section / page.file;
        if (const auto written = write_text(path, page.text); !written) {
          return fail_with(run, written.error());
        }
        run.out << page.file << '\n';
      }
      return code(ExitStatus::kOk);
    };
  });
}

}  // namespace tidewaiter
