package dev.overlays.linux.machines;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** What is said about lowers that several machines share. */
final class LockProblems {
  private static final int NAMED = 3;

  private static final String LEASE =
      " A machine that has vanished holds its locks until the server gives up on it, which takes"
          + " from seconds to minutes (NFSv4: the lease, 90 seconds; GlusterFS: until the connection"
          + " times out); if it will not come back, wait for that, or cut it off at the server.";

  private LockProblems() {}

  static Problem lowerInUse(Path lower, List<HolderRecord> holders) {
    return Problem.of(
        ProblemCode.LAYER_IN_USE,
        lower,
        "The lower is shared by machines, and in use by " + namesOf(holders) + ".",
        "Unmount that there (by this library, or with umount), then run it again." + LEASE);
  }

  static Problem lowerMerged(Path lower, List<HolderRecord> holders) {
    return Problem.of(
        ProblemCode.LAYER_LOCKED,
        lower,
        "The lower is shared by machines, and is being changed by " + namesOf(holders) + ".",
        "Wait until that is done." + LEASE);
  }

  private static String namesOf(List<HolderRecord> holders) {
    if (holders.isEmpty()) {
      return "a process of some machine that may not leave its name in the lock file";
    }
    String more = holders.size() > NAMED ? ", and " + (holders.size() - NAMED) + " more" : "";
    return holders.stream()
            .limit(NAMED)
            .map(holder -> holder.toUser().toString())
            .collect(Collectors.joining("; "))
        + more;
  }

  static Problem lockMissing(Path lower, IOException why) {
    return Problem.of(
        ProblemCode.LAYER_LOCK_MISSING,
        lower,
        "The lower is on a file system that other machines may have mounted, and cannot be locked"
            + " against them: "
            + why.getMessage()
            + ".",
        "Let the lower be a directory in a directory that this process sees and may write to (give a"
            + " container the directory above it: docker -v /nfs/caches:/caches, not"
            + " /nfs/caches/cache:/cache), and mount the file system with locks (NFS without"
            + " \"nolock\", CIFS without \"nobrl\", Lustre with \"flock\").");
  }

  static Problem lockLost(Path lower, String why) {
    return Problem.of(
        ProblemCode.LAYER_LOCK_LOST,
        lower,
        "The lower is shared by machines, and the lock on it was lost while it was being changed"
            + " (this machine had no network, or the server was restarted): "
            + why
            + ". Another machine may use the lower now.",
        "Run it again when the network is back: it goes on with the rest, unless another machine"
            + " has a view of the lower.");
  }

  static Problem locksNotCarried(Path lower, String type) {
    return Problem.of(
        ProblemCode.LAYER_LOCK_MISSING,
        lower,
        "File systems of the type "
            + type
            + " do not carry locks between machines, so that views"
            + " and merges of other machines are not seen.",
        "Let one machine merge, when no other one has a view of it.");
  }
}
