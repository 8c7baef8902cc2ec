package dev.overlays.merge.survey;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Name;
import dev.overlays.layer.UnnamedFile;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tests with an unnamed file whether a file system can hold the entries of the upper: their times,
 * the length of files, and the size of extended attributes.
 */
public final class CopyProbe {
  private final LayerDirectory lower;
  private final List<Problem> problems = new ArrayList<>();

  private CopyProbe(LayerDirectory lower) {
    this.lower = lower;
  }

  /**
   * Returns what the file system of the lower cannot hold; nothing if it has no unnamed files to
   * test with.
   */
  public static List<Problem> findProblems(LayerDirectory lower, CopyNeeds needs)
      throws IOException {
    CopyProbe probe = new CopyProbe(lower);
    Optional<UnnamedFile> unnamed = lower.createUnnamed();
    if (unnamed.isPresent()) {
      try (UnnamedFile file = unnamed.get()) {
        probe.probeFile(file, needs);
      }
    }
    return probe.problems;
  }

  private void probeFile(UnnamedFile file, CopyNeeds needs) throws IOException {
    for (CopyNeeds.TimedEntry wanted : needs.extremeTimes()) {
      Instant kept = file.keepTime(wanted.time());
      if (problems.isEmpty() && !kept.equals(wanted.time())) {
        addProblem(
            wanted.path(),
            "the time of the last change " + wanted.time() + ", which would become " + kept,
            "Put the lower on a file system that keeps such times (ext4 with inodes of 256 bytes,"
                + " xfs with bigtime, btrfs), or set the times in the view to what this one"
                + " keeps.");
      }
    }
    if (needs.longestFile().isPresent()) {
      CopyNeeds.SizedFile longest = needs.longestFile().get();
      try {
        file.setSize(longest.size());
      } catch (FileSystemException e) {
        addProblem(
            longest.path(),
            "a length of " + longest.size() + " bytes (" + LayerEntries.reasonOf(e) + ")",
            "Put the lower on a file system for longer files, or leave this one out of the merge.");
      }
    }
    if (needs.largestXattrs().isPresent()) {
      probeXattrs(file, needs.largestXattrs().get());
    }
  }

  private void probeXattrs(UnnamedFile file, CopyNeeds.EntryXattrs largest) throws IOException {
    for (Map.Entry<String, byte[]> xattr : largest.xattrs().entrySet()) {
      try {
        file.setXattr(xattr.getKey(), xattr.getValue());
      } catch (AccessDeniedException e) {
        // A file cannot have it, such as a default ACL, or this user may not set it.
      } catch (FileSystemException e) {
        addProblem(
            largest.path(),
            "the extended attribute "
                + xattr.getKey()
                + " of "
                + xattr.getValue().length
                + " bytes ("
                + LayerEntries.reasonOf(e)
                + ")",
            "Put the lower on a file system that keeps it (xfs, btrfs, ext4 with ea_inode), or"
                + " remove it in the view.");
        return;
      }
    }
  }

  private void addProblem(String path, String what, String remedy) {
    problems.add(
        Problem.of(
            ProblemCode.MERGE_LOWER_CANNOT_KEEP,
            LayerEntries.printablePath(path),
            "The file system of the lower "
                + LayerEntries.pathOf(lower, Name.SELF)
                + " cannot keep what the entry has: "
                + what
                + ".",
            remedy));
  }
}
