package dev.overlays.fit;

import dev.overlays.OverlayException;
import dev.overlays.OverlayOptions;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.RedirectDir;
import dev.overlays.fuseform.FuseForm;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Checks whether layers match the options of a spec, so that a view with these options shows what
 * the writer of the layers saw. Marks that the kernel does not follow with these options, or that
 * it refuses, make names that cannot be looked up. With marks in the other namespace or of
 * fuse-overlayfs, deleted entries reappear. {@link dev.overlays.Overlays#check}, the check of
 * layers, and everything that changes or copies layers use this class, so that all give the same
 * answer. Changes nothing. Source: the kernel's fs/overlayfs/namei.c, {@code
 * ovl_check_follow_redirect}, and fs/overlayfs/xattrs.c.
 */
public final class LayerFit {
  private static final String FUSE_PREFIX = "user.fuseoverlayfs.";

  /** OVL_METACOPY_MIN_SIZE: the kernel refuses a shorter value, unless it is empty. */
  private static final int METACOPY_MIN_SIZE = 4;

  private final MarkNamespace marks;
  private final boolean followsRedirects;
  private final boolean followsMetacopies;

  private LayerFit(MarkNamespace marks, boolean follows, boolean metacopies) {
    this.marks = marks;
    this.followsRedirects = follows;
    this.followsMetacopies = metacopies;
  }

  /**
   * Returns the checks for a view with the given options.
   *
   * @param options the options of the spec. {@link RedirectDir#OFF} counts as following redirects,
   *     which is the kernel's default
   * @return the checks for layers
   */
  public static LayerFit of(OverlayOptions options) {
    return new LayerFit(
        MarkNamespace.of(options),
        options.redirectDir() != RedirectDir.NOFOLLOW,
        options.metacopy());
  }

  /**
   * Returns the checks for a layer of which only the namespace of the marks is known.
   *
   * @param marks where they are kept
   * @return the checks; they do not ask whether redirects are followed
   */
  public static LayerFit of(MarkNamespace marks) {
    return new LayerFit(marks, true, true);
  }

  /**
   * Checks all entries of the upper of a spec, until a limit of problems is reached.
   *
   * @param spec the spec
   * @return the problems; empty also if there is no upper or if it cannot be read, which other
   *     checks report
   */
  public static List<Problem> findProblems(OverlaySpec spec) {
    Path upper = spec.upper().orElse(null);
    if (upper == null) {
      return List.of();
    }
    try (LayerDirectory root = LayerStore.of(upper).open(upper)) {
      return of(spec.options()).findProblems(root);
    } catch (IOException e) {
      return e instanceof OverlayException o && isOfFuse(o) ? o.problems() : List.of();
    }
  }

  private static boolean isOfFuse(OverlayException e) {
    return e.problems().get(0).code() == ProblemCode.MERGE_UNKNOWN_MARK;
  }

  /**
   * Checks all entries of a layer, until a limit of problems is reached.
   *
   * @param root its root; a layer that is marked as in the form of fuse-overlayfs is read in that
   *     form
   * @return the problems
   * @throws IOException if it cannot be read
   */
  public List<Problem> findProblems(LayerDirectory root) throws IOException {
    return examineLayer(root).problems();
  }

  /**
   * Does the same as {@link #findProblems(LayerDirectory)}, and returns what it has seen, too.
   *
   * @param root the root of the layer
   * @return the problems, and whether there are metacopy files
   * @throws IOException if it cannot be read
   */
  public LayerFindings examineLayer(LayerDirectory root) throws IOException {
    LayerDirectory layer =
        FuseForm.isMarked(root, marks) ? FuseForm.showConverted(root, marks) : root;
    return new LayerFitWalk(this).examineLayer(layer);
  }

  /**
   * Tells whether an entry is a metacopy file.
   *
   * @param type what it is
   * @param xattrs its extended attributes
   * @return whether another layer has its data
   */
  public boolean isMetacopy(EntryType type, List<String> xattrs) {
    return type == EntryType.FILE && xattrs.contains(Mark.METACOPY.xattr(marks));
  }

  /**
   * Checks whether a layer was written with marks in the other namespace.
   *
   * @param root its root; the kernel marks the root of every upper that it writes to
   * @return the problem
   * @throws IOException if it cannot be read
   */
  public Optional<Problem> problemOfRoot(LayerDirectory root) throws IOException {
    MarkNamespace other = marks == MarkNamespace.USER ? MarkNamespace.TRUSTED : MarkNamespace.USER;
    List<String> xattrs = root.xattrs(Name.SELF);
    if (xattrs.stream().noneMatch(other::isMark) || xattrs.stream().anyMatch(marks::isMark)) {
      return Optional.empty();
    }
    return problemAt(
        ProblemCode.LAYER_OF_OTHER_OPTIONS,
        root,
        Name.SELF,
        "The layer was written with marks in "
            + other.prefix()
            + "*, but the spec says "
            + marks.prefix()
            + "*: what is deleted in it would be shown.",
        "Set userxattr in the spec as it was when the layer was written; or remove these marks from"
            + " its root, if they are of no use.");
  }

  /**
   * Checks whether the kernel, with these options, understands one entry.
   *
   * @param directory its directory
   * @param name its name
   * @param type what it is
   * @param xattrs its extended attributes
   * @return the problem
   * @throws IOException if it cannot be read
   */
  public Optional<Problem> problemOfEntry(
      LayerDirectory directory, Name name, EntryType type, List<String> xattrs) throws IOException {
    Optional<Problem> form = problemOfForm(directory, name, xattrs);
    if (form.isPresent()) {
      return form;
    }
    boolean metacopy = isMetacopy(type, xattrs);
    if (metacopy && !isMetacopyValid(directory.xattr(name, Mark.METACOPY.xattr(marks)))) {
      return refusedMark(directory, name, Mark.METACOPY);
    }
    boolean read =
        metacopy || (type == EntryType.DIRECTORY && !LayerEntries.isOpaque(directory, name, marks));
    Optional<byte[]> redirect =
        read && xattrs.contains(Mark.REDIRECT.xattr(marks))
            ? directory.xattr(name, Mark.REDIRECT.xattr(marks))
            : Optional.empty();
    if (redirect.filter(value -> !isRedirectValid(value)).isPresent()) {
      return refusedMark(directory, name, Mark.REDIRECT);
    }
    if (metacopy && !followsMetacopies) {
      return ignoredMark(directory, name, Mark.METACOPY, "metacopy=on");
    }
    return redirect.isPresent() && !followsRedirects
        ? ignoredMark(directory, name, Mark.REDIRECT, "redirect_dir=on")
        : Optional.empty();
  }

  private static boolean isMetacopyValid(Optional<byte[]> metacopy) {
    return metacopy.isEmpty()
        || metacopy.get().length == 0
        || metacopy.get().length >= METACOPY_MIN_SIZE;
  }

  /**
   * Tells whether the kernel accepts the value of a redirect: a name, or a path from the root.
   *
   * @param value the value of the mark
   * @return whether the kernel accepts it
   */
  public static boolean isRedirectValid(byte[] value) {
    int end = 0;
    while (end < value.length && value[end] != 0) {
      end++;
    }
    boolean absolute = end > 0 && value[0] == '/';
    int start = absolute ? 1 : 0;
    for (int i = start; i <= end; i++) {
      if (i == end || value[i] == '/') {
        if (isInvalidName(value, start, i) || (i < end && !absolute)) {
          return false;
        }
        start = i + 1;
      }
    }
    return true;
  }

  private static boolean isInvalidName(byte[] value, int start, int end) {
    for (int i = start; i < end; i++) {
      if (value[i] != '.') {
        return false;
      }
    }
    return end - start <= 2;
  }

  private Optional<Problem> problemOfForm(LayerDirectory directory, Name name, List<String> xattrs)
      throws IOException {
    for (String xattr : xattrs) {
      if (xattr.startsWith(FUSE_PREFIX)) {
        return writtenByFuse(directory, name, "the attribute " + xattr);
      }
    }
    return FuseForm.isHidingEntry(directory, name)
        ? writtenByFuse(directory, name, "this name")
        : Optional.empty();
  }

  private static Optional<Problem> writtenByFuse(LayerDirectory directory, Name name, String by) {
    return problemAt(
        ProblemCode.LAYER_OF_FUSE_OVERLAYFS,
        directory,
        name,
        "The layer was written by fuse-overlayfs in a form of its own, as "
            + by
            + " indicates: the kernel would show what is deleted in it.",
        "Turn it into the kernel's form by OverlayCheck.repair() or FuseForm.convert while nothing"
            + " is mounted; or rename or remove this, if that program did not make it.");
  }

  private Optional<Problem> refusedMark(LayerDirectory directory, Name name, Mark mark) {
    return problemAt(
        ProblemCode.MARK_REFUSED,
        directory,
        name,
        "The kernel refuses the value of the mark "
            + mark.xattr(marks)
            + ", so it does not show this entry.",
        "Set the mark to what it was, or remove it from the layer while nothing is mounted.");
  }

  private Optional<Problem> ignoredMark(
      LayerDirectory directory, Name name, Mark mark, String option) {
    return problemAt(
        ProblemCode.LAYER_OF_OTHER_OPTIONS,
        directory,
        name,
        "The layer was written with "
            + option
            + ", as the mark "
            + mark.xattr(marks)
            + " indicates. With the options of the spec the kernel does not show this entry.",
        marks == MarkNamespace.USER
            ? "With userxattr it never does: leave that out of the spec, if the layer was written"
                + " by root, or remove the mark from the layer while nothing is mounted."
            : "Add to the spec the options that the layer was written with: "
                + "withRedirectDir(RedirectDir.ON)"
                + (mark == Mark.METACOPY ? " and withMetacopy(true)." : "."));
  }

  private static Optional<Problem> problemAt(
      ProblemCode code, LayerDirectory directory, Name name, String message, String remedy) {
    return Optional.of(Problem.of(code, LayerEntries.pathOf(directory, name), message, remedy));
  }

  /**
   * Checks whether a volatile mount left an upper that may be damaged. Source: the kernel's
   * fs/overlayfs/super.c, {@code ovl_create_volatile_dirty}.
   *
   * @param work the work directory beside it; null if there is none
   * @return the problem
   * @throws IOException if the work directory cannot be read
   */
  public static Optional<Problem> problemOfWork(LayerDirectory work) throws IOException {
    return VolatileLeftover.findProblem(work);
  }
}
