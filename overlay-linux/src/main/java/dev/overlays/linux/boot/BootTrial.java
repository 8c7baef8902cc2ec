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
        .mount(entry.line() + "\n", List.of("-T", "/proc/self/fd/0", target(spec)));
  }

  static List<Problem> of(SystemdUnit unit) throws OverlayException {
    List<String> arguments =
        List.of("-t", "overlay", "-o", unit.mountOptions(), "overlay", unit.where());
    return new BootTrial(unit.spec()).mount("", arguments);
  }

  private static String target(OverlaySpec spec) {
    return ByteText.of(spec.mountPoint().orElseThrow());
  }

  /** In ASCII: the JVM hands on nothing else where its locale is that of most services. */
  private static String encode(String bytes) {
    return bytes
        .chars()
        .mapToObj(c -> c > ' ' && c <= '~' && c != '\\' ? "" + (char) c : octal(c))
        .collect(Collectors.joining());
  }

  private static String octal(int c) {
    return String.format("\\0%03o", c);
  }

  private List<Problem> mount(String fstab, List<String> arguments) throws OverlayException {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("unshare", "--mount", "--propagation", "private", "--"));
    command.addAll(List.of("sh", "-c", SCRIPT, "sh", encode(target(spec))));
    arguments.forEach(argument -> command.add(encode(argument)));
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
                  + ByteText.shown(result.output()).strip()
                  + ".",
              "Check it where that is allowed: outside a chroot, by a process that may mount."));
    }
    int mounted = result.output().indexOf(MOUNTED);
    if (mounted < 0) {
      return List.of(
          failed(
              "mount(8) says: "
                  + ByteText.shown(result.output().substring(STARTED.length())).strip()));
    }
    return compare(result.output().substring(mounted + MOUNTED.length()));
  }

  /** The file has no name any more when mount(8) reads it: a process killed now leaves nothing. */
  private static MachineCommand run(List<String> command, String fstab) throws IOException {
    Path file = Files.createTempFile("overlays", ".fstab");
    Process process;
    try {
      Files.write(file, ByteText.bytes(fstab));
      process = MachineCommand.start(command, file.toFile());
    } finally {
      Files.delete(file);
    }
    return MachineCommand.finish(process);
  }

  private List<Problem> compare(String table) {
    Path mountPoint = MountedView.real(spec.mountPoint().orElseThrow());
    Optional<MountRecord> seen =
        table
            .lines()
            .filter(line -> line.contains(" - "))
            .flatMap(line -> MountTable.parse(line).stream())
            .filter(mount -> mount.mountPoint().equals(mountPoint))
            .reduce((first, last) -> last);
    Optional<OverlaySpec> came = seen.filter(MountRecord::isOverlay).flatMap(SpecDecoder::decode);
    if (came.isEmpty()) {
      return List.of(failed("no overlay is mounted there afterwards"));
    }
    if (!layers(came.get()).equals(layers(spec))) {
      return List.of(failed("other layers came than were meant: " + layers(came.get())));
    }
    return OptionsInForce.differences(spec, seen.get());
  }

  private static List<Object> layers(OverlaySpec spec) {
    return List.of(spec.lowers(), spec.dataLowers(), spec.upper(), spec.work());
  }

  private Problem failed(String how) {
    return new Problem(
        ProblemCode.BOOT_TRIAL_FAILED,
        spec.mountPoint(),
        "Mounted for a trial, the entry failed: " + how + ".",
        "Name the layers by simpler paths, or report what mount --version says.");
  }
}
