package dev.overlays.cli;

import java.io.PrintWriter;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * {@code overlays generate-man}: the help of all commands as one page for man(1). Picocli's own
 * generator writes AsciiDoc, which needs Asciidoctor, and with it Ruby, to become a page.
 */
@Command(
    name = "generate-man",
    description = "Generate a page for man(1), with the help of all commands.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example:", "  overlays generate-man > /srv/overlays.1"})
final class GenerateManCommand implements Runnable {
  @Spec private CommandSpec commandSpec;

  @Override
  public void run() {
    CommandLine program = commandSpec.root().commandLine();
    PrintWriter out = commandSpec.commandLine().getOut();
    out.println(".TH OVERLAYS 1 \"\" \"" + program.getCommandSpec().version()[0] + "\"");
    out.println(".SH NAME");
    out.println(
        "overlays \\- writable views over a shared directory, and a merge of what was written");
    writeHelp(out, program);
    out.flush();
  }

  /** Writes a section for a command, and one for each of its own. */
  private static void writeHelp(PrintWriter out, CommandLine command) {
    out.println(".SH \"" + command.getCommandSpec().qualifiedName() + "\"");
    out.println(".nf");
    out.println(
        command
            .getUsageMessage(Ansi.OFF)
            .lines()
            .map(GenerateManCommand::escapeLine)
            .collect(Collectors.joining("\n")));
    out.println(".fi");
    command.getSubcommands().values().forEach(each -> writeHelp(out, each));
  }

  /** Source: groff(7). A point or an apostrophe at the edge would begin a request. */
  private static String escapeLine(String line) {
    String escaped = line.replace("\\", "\\e").replace("-", "\\-");
    return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
  }
}
