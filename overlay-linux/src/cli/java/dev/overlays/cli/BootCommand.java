package dev.overlays.cli;

import picocli.CommandLine.Command;

/** {@code overlays boot}: what is mounted when the machine starts. */
@Command(
    name = "boot",
    description = {"Have instances mounted when the machine starts, or no longer.", ""},
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "enable|disable",
    subcommands = {BootEnableCommand.class, BootDisableCommand.class},
    footer = {
      "",
      "Example:",
      "  overlays boot enable --lower /srv/cache --instances /srv/instances \\",
      "      one"
    })
final class BootCommand {}
