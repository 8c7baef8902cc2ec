package dev.overlays.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.HelpCommand;

/**
 * The commands of the program. Picocli reads the annotations of all that it knows, which takes
 * longer than most commands, so it is told only of the one that is asked for.
 */
final class CommandTable {
  private final Map<String, Supplier<Object>> commands = new LinkedHashMap<>();

  CommandTable() {
    commands.put("try", TryCommand::new);
    commands.put("status", StatusCommand::new);
    commands.put("create", CreateCommand::new);
    commands.put("mount", MountCommand::new);
    commands.put("unmount", UnmountCommand::new);
    commands.put("maintain", MaintainCommand::new);
    commands.put("merge", MergeCommand::new);
    commands.put("diff", DiffCommand::new);
    commands.put("check", CheckCommand::new);
    commands.put("vacuum", VacuumCommand::new);
    commands.put("export", ExportCommand::new);
    commands.put("import", ImportCommand::new);
    commands.put("push", PushCommand::new);
    commands.put("pull", PullCommand::new);
    commands.put("publish", PublishCommand::new);
    commands.put("follow", FollowCommand::new);
    commands.put("boot", BootCommand::new);
    commands.put("generate-completion", GenerateCompletion::new);
    commands.put("generate-man", GenerateManCommand::new);
    commands.put("help", HelpCommand::new);
  }

  /** Adds the command that the first argument names, or all commands if it names none by itself. */
  void addCommands(CommandLine line, String[] args) {
    String asked = args.length > 0 ? args[0] : "";
    boolean single =
        commands.containsKey(asked) && commands.get(asked).get() instanceof OverlaysCommand;
    commands.forEach(
        (name, command) -> {
          if (!single || name.equals(asked)) {
            line.addSubcommand(name, command.get());
          }
        });
  }
}
