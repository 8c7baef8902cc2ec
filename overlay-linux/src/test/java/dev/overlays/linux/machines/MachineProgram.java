package dev.overlays.linux.machines;

import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.Problem;
import dev.overlays.cache.SharedCache;
import dev.overlays.linux.ChildJvm;
import dev.overlays.linux.boot.Fstab;
import dev.overlays.linux.boot.FstabEntry;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.OpenFlags;
import dev.overlays.merge.OverlayCheck;
import dev.overlays.merge.OverlayMerge;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** A JVM of a {@link TestMachine}: does what a line says, and prints what came of it. */
final class MachineProgram {
  private final Map<String, OverlayMount> mounted = new HashMap<>();

  private final List<MachineLocks> locks = new ArrayList<>();

  private final BufferedReader lines = AnsweredLines.open();

  private MachineProgram() {}

  public static void main(String[] args) throws IOException {
    System.setProperty(NetworkFileSystem.MORE, args[0]);
    MachineProgram program = new MachineProgram();
    AnsweredLines.answer(program.lines, program::run);
  }

  private String run(String[] words) throws IOException {
    switch (words[0]) {
      case "mount" -> mounted.put(words[2], Overlays.mount(specOf(words)));
      case "mount-own" -> {
        Path instance = Path.of(words[2]);
        OverlaySpec.Builder spec =
            OverlaySpec.builder()
                .lower(Path.of(words[1]))
                .upper(Files.createDirectories(instance.resolve("upper")))
                .work(Files.createDirectories(instance.resolve("work")));
        mounted.put(words[2], Overlays.mount(spec.build()));
      }
      case "mount-fuse" -> mounted.put(words[2], Overlays.mount(specOf(words), "fuse-overlayfs"));
      case "mount-here" -> {
        OverlaySpec.Builder spec = OverlaySpec.builder().lower(Path.of(words[1]));
        mounted.put(words[2], Overlays.mount(spec.ephemeral().unattached().build()));
      }
      case "unmount" -> mounted.remove(words[2]).close();
      case "find" -> Overlays.find(Path.of(words[2], "mnts")).orElseThrow().close();
      case "check" -> {
        return Overlays.check(specOf(words)).toString();
      }
      case "status" -> {
        Path lower = Path.of(words[1]);
        return SharedCache.of(lower, Path.of(words[2]).getParent()).status().toString();
      }
      case "status-with-boot" -> {
        Path table = Path.of(words[2], "fstab");
        Files.writeString(table, FstabEntry.of(specOf(words)) + "\n");
        return SharedCache.of(Path.of(words[1]), Path.of(words[2]).getParent())
            .bootEntries(Fstab.bootEntries(table))
            .status()
            .toString();
      }
      case "sharing" -> {
        return OverlayCheck.of(specOf(words)).findSharing().toString();
      }
      case "merge" -> {
        return OverlayMerge.of(specOf(words)).run().toString();
      }
      case "merge-until" -> {
        AtomicInteger entries = new AtomicInteger();
        int last = Integer.parseInt(words[3]);
        OverlayMerge.of(specOf(words))
            .listener((action, path, bytes) -> stopAt(last, entries.incrementAndGet(), words[4]))
            .run();
        return "merged " + entries;
      }
      case "lock" -> {
        // Without the other locks of a merge, which only one machine sees.
        Path lower = Path.of(words[1]);
        Descriptor opened = Descriptor.open(lower, OpenFlags.RDONLY | OpenFlags.DIRECTORY);
        locks.add(new MachineLocks());
        return locks.get(0).claim(opened, lower).map(Problem::toString).orElse("done");
      }
      case "die" -> ChildJvm.killThis();
      default -> throw new IOException("unknown: " + words[0]);
    }
    return "done";
  }

  private void stopAt(int last, int entry, String how) {
    if (entry != last) {
      return;
    }
    if (how.equals("killed")) {
      ChildJvm.killThis();
    }
    // Whoever pulls the plug knows now where the merge is, and may let it go on.
    System.out.println("end");
    try {
      lines.readLine();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static OverlaySpec specOf(String[] words) {
    return OverlaySpec.builder().lower(Path.of(words[1])).instance(Path.of(words[2])).build();
  }
}
