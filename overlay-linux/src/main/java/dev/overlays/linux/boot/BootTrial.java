package dev.overlays.linux.boot;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.mount.OptionsInForce;
import dev.overlays.linux.table.MountRecord;
import dev.overlays.linux.table.MountTable;
import dev.overlays.linux.table.SpecDecoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Mounts a boot entry by mount(8) in a mount namespace that ends with the process, and looks what
 * came. mount(8) keeps no record of it ({@code -n}), which would outlive the namespace.
 */
final class BootTrial {
  private static final String MOUNTED = "\noverlays: mounted\n";

  private static final String STARTED = "overlays: started\n";

  /** The mount point, then what mount(8) is told, each as printf(1) decodes it. */
  private static final String SCRIPT =
      "printf 'overlays: started\\n'; for a do shift; set -- \"$@\" \"$(printf %b \"$a\")\"; done;"
          + " at=$1; shift; mount -n \"$@\" && printf '\\noverlays: mounted\\n'"
          + " && cat /proc/self/mountinfo && umount -n -- \"$at\"";

  private final OverlaySpec spec;

  private BootTrial(OverlaySpec spec) {
    this.spec = spec;
  }

  static List<Problem> of(OverlaySpec spec, FstabEntry entry) throws OverlayException {
    return new BootTrial(spec)
        .mountEntry(entry.line() + "\n", List.of("-T", "/proc/self/fd/0", targetOf(spec)));
  }

  static List<Problem> of(SystemdUnit unit) throws OverlayException {
    List<String> arguments =
        List.of("-t", "overlay", "-o", unit.mountOptions(), "overlay", unit.where());
    return new BootTrial(unit.spec()).mountEntry("", arguments);
  }

  private static String targetOf(OverlaySpec spec) {
    return ByteText.of(spec.mountPoint().orElseThrow());
  }

  /** In ASCII: the JVM hands on nothing else where its locale is that of most services. */
  private static String encodeField(String bytes) {
    return bytes
        .chars()
        .mapToObj(c -> c > ' ' && c <= '~' && c != '\\' ? "" + (char) c : octalOf(c))
        .collect(Collectors.joining());
  }

  private static String octalOf(int c) {
    return String.format("\\0%03o", c);
  }

  private List<Problem> mountEntry(String fstab, List<String> arguments) throws OverlayException {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("unshare", "--mount", "--propagation", "private", "--"));
    command.addAll(List.of("sh", "-c", SCRIPT, "sh", encodeField(targetOf(spec))));
    arguments.forEach(argument -> command.add(encodeField(argument)));
    MachineCommand result;
    try {
      result = run(command, fstab);
    } catch (IOException e) {
      throw new OverlayException(
          List.of(
              BootCheck.untried(
                  String.valueOf(e.getMessage()) + ".",
                  "Install util-linux, which has the program unshare, and let this process write to"
                      + " its temporary directory.")),
          e);
    }
    if (!result.output().startsWith(STARTED)) {
      throw new OverlayException(
          BootCheck.untried(
              "No mount namespace could be made for it: "
                  + ByteText.shownText(result.output()).strip()
                  + ".",
              "Check it where that is allowed: outside a chroot, by a process that may mount."));
    }
    int mounted = result.output().indexOf(MOUNTED);
    if (mounted < 0) {
      return List.of(
          failedTrial(
              "mount(8) says: "
                  + ByteText.shownText(result.output().substring(STARTED.length())).strip()));
    }
    return compareMounted(result.output().substring(mounted + MOUNTED.length()));
  }

  /** The file has no name any more when mount(8) reads it: a process killed now leaves nothing. */
  private static MachineCommand run(List<String> command, String fstab) throws IOException {
    Path file = Files.createTempFile("overlays", ".fstab");
    Process process;
    try {
      Files.write(file, ByteText.bytesOf(fstab));
      process = MachineCommand.startProcess(command, file.toFile());
    } finally {
      Files.delete(file);
    }
    return MachineCommand.finishProcess(process);
  }

  private List<Problem> compareMounted(String table) {
    Path mountPoint = MountedView.realPath(spec.mountPoint().orElseThrow());
    Optional<MountRecord> seen =
        table
            .lines()
            .filter(line -> line.contains(" - "))
            .flatMap(line -> MountTable.parse(line).stream())
            .filter(mount -> mount.mountPoint().equals(mountPoint))
            .reduce((first, last) -> last);
    Optional<OverlaySpec> came =
        seen.filter(MountRecord::isOverlay).flatMap(SpecDecoder::decodeSpec);
    if (came.isEmpty()) {
      return List.of(failedTrial("no overlay is mounted there afterwards"));
    }
    if (!layersOf(came.get()).equals(layersOf(spec))) {
      return List.of(failedTrial("other layers came than were meant: " + layersOf(came.get())));
    }
    return OptionsInForce.listDifferences(spec, seen.get());
  }

  private static List<Object> layersOf(OverlaySpec spec) {
    return List.of(spec.lowers(), spec.dataLowers(), spec.upper(), spec.work());
  }

  private Problem failedTrial(String how) {
    return new Problem(
        ProblemCode.BOOT_TRIAL_FAILED,
        spec.mountPoint(),
        "Mounted for a trial, the entry failed: " + how + ".",
        "Name the layers by simpler paths, or report what mount --version says.");
  }
}
