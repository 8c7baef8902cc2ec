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
 * Whether the layers are what a spec says of them: a view by these options shows what whoever wrote
 * the layers has seen. Marks that the kernel does not follow by them, or that it refuses, make
 * names that cannot be looked up; those of another namespace or of fuse-overlayfs bring back what
 * is deleted. {@link dev.overlays.Overlays#check}, the check of layers and everything that changes
 * or copies them ask here, so that all say the same. Changes nothing. Source: the kernel's
 * fs/overlayfs/namei.c, {@code ovl_check_follow_redirect}, and fs/overlayfs/xattrs.c.
 */
public final class LayerFit {
  private static final String FUSE = "user.fuseoverlayfs.";

  /** OVL_METACOPY_MIN_SIZE: a shorter value, but for an empty one, is refused. */
  private static final int METACOPY_SIZE = 4;

  private final MarkNamespace marks;
  private final boolean follows;
  private final boolean metacopies;

  private LayerFit(MarkNamespace marks, boolean follows, boolean metacopies) {
    this.marks = marks;
    this.follows = follows;
    this.metacopies = metacopies;
  }

  /**
   * Returns what a view with some options needs.
   *
   * @param options the options of the spec. {@link RedirectDir#OFF} is taken to follow redirects,
   *     as the kernel does unless it is told otherwise
   * @return the questions to ask of layers
   */
  public static LayerFit of(OverlayOptions options) {
    return new LayerFit(
        MarkNamespace.of(options),
        options.redirectDir() != RedirectDir.NOFOLLOW,
        options.metacopy());
  }

  /**
   * Returns what a layer needs of which nothing is known but where its marks are.
   *
   * @param marks where they are kept
   * @return the questions to ask; whether redirects are followed is none of them
   */
  public static LayerFit of(MarkNamespace marks) {
    return new LayerFit(marks, true, true);
  }

  /**
   * Looks through the upper of a spec, all of it, until some problems are found.
   *
   * @param spec the spec; without an upper there is no problem
   * @return what does not fit; empty also if there is no upper yet or it cannot be read, which
   *     others tell
   */
  public static List<Problem> problems(OverlaySpec spec) {
    Path upper = spec.upper().orElse(null);
    if (upper == null) {
      return List.of();
    }
    try (LayerDirectory root = LayerStore.of(upper).open(upper)) {
      return of(spec.options()).problems(root);
    } catch (IOException e) {
      return e instanceof OverlayException o && isOfFuse(o) ? o.problems() : List.of();
    }
  }

  private static boolean isOfFuse(OverlayException e) {
    return e.problems().get(0).code() == ProblemCode.MERGE_UNKNOWN_MARK;
  }

  /**
   * Looks through a layer, until some problems are found.
   *
   * @param root its root; one that is marked as in the form of fuse-overlayfs is read as that
   * @return what does not fit
   * @throws IOException if it cannot be read
   */
  public List<Problem> problems(LayerDirectory root) throws IOException {
    LayerDirectory layer = FuseForm.isMarked(root, marks) ? FuseForm.reading(root, marks) : root;
    return new LayerFitWalk(this).problems(layer);
  }

  /**
   * Tells whether a layer has been written with marks in the other namespace.
   *
   * @param root its root, which the kernel marks in every upper that it writes to
   * @return the problem
   * @throws IOException if it cannot be read
   */
  public Optional<Problem> root(LayerDirectory root) throws IOException {
    MarkNamespace other = marks == MarkNamespace.USER ? MarkNamespace.TRUSTED : MarkNamespace.USER;
    List<String> xattrs = root.xattrs(Name.SELF);
    if (xattrs.stream().noneMatch(other::isMark) || xattrs.stream().anyMatch(marks::isMark)) {
      return Optional.empty();
    }
    return problem(
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
   * Tells whether one entry is what the options let the kernel understand.
   *
   * @param directory its directory
   * @param name its name
   * @param type what it is
   * @param xattrs its extended attributes
   * @return the problem
   * @throws IOException if it cannot be read
   */
  public Optional<Problem> entry(
      LayerDirectory directory, Name name, EntryType type, List<String> xattrs) throws IOException {
    Optional<Problem> form = form(directory, name, xattrs);
    if (form.isPresent()) {
      return form;
    }
    boolean metacopy = type == EntryType.FILE && xattrs.contains(Mark.METACOPY.xattr(marks));
    if (metacopy && !isSound(directory.xattr(name, Mark.METACOPY.xattr(marks)))) {
      return refused(directory, name, Mark.METACOPY);
    }
    boolean read =
        metacopy || (type == EntryType.DIRECTORY && !LayerEntries.isOpaque(directory, name, marks));
    Optional<byte[]> redirect =
        read && xattrs.contains(Mark.REDIRECT.xattr(marks))
            ? directory.xattr(name, Mark.REDIRECT.xattr(marks))
            : Optional.empty();
    if (redirect.filter(value -> !isRedirect(value)).isPresent()) {
      return refused(directory, name, Mark.REDIRECT);
    }
    if (metacopy && !metacopies) {
      return ignored(directory, name, Mark.METACOPY, "metacopy=on");
    }
    return redirect.isPresent() && !follows
        ? ignored(directory, name, Mark.REDIRECT, "redirect_dir=on")
        : Optional.empty();
  }

  private static boolean isSound(Optional<byte[]> metacopy) {
    return metacopy.isEmpty()
        || metacopy.get().length == 0
        || metacopy.get().length >= METACOPY_SIZE;
  }

  /**
   * Tells whether the kernel takes the value of a redirect: a name, or a path from the root.
   *
   * @param value the value of the mark
   * @return whether it does
   */
  public static boolean isRedirect(byte[] value) {
    int end = 0;
    while (end < value.length && value[end] != 0) {
      end++;
    }
    boolean absolute = end > 0 && value[0] == '/';
    int start = absolute ? 1 : 0;
    for (int i = start; i <= end; i++) {
      if (i == end || value[i] == '/') {
        if (isNoName(value, start, i) || (i < end && !absolute)) {
          return false;
        }
        start = i + 1;
      }
    }
    return true;
  }

  private static boolean isNoName(byte[] value, int start, int end) {
    for (int i = start; i < end; i++) {
      if (value[i] != '.') {
        return false;
      }
    }
    return end - start <= 2;
  }

  private Optional<Problem> form(LayerDirectory directory, Name name, List<String> xattrs)
      throws IOException {
    for (String xattr : xattrs) {
      if (xattr.startsWith(FUSE)) {
        return ofFuse(directory, name, "the attribute " + xattr);
      }
    }
    return FuseForm.isMarkOfProgram(directory, name)
        ? ofFuse(directory, name, "this name")
        : Optional.empty();
  }

  private static Optional<Problem> ofFuse(LayerDirectory directory, Name name, String by) {
    return problem(
        ProblemCode.LAYER_OF_FUSE_OVERLAYFS,
        directory,
        name,
        "The layer was written by fuse-overlayfs in a form of its own, as "
            + by
            + " tells: the kernel would show what is deleted in it.",
        "Turn it into the kernel's form by OverlayCheck.repair() or FuseForm.convert while nothing"
            + " is mounted; or rename or remove this, if it is none of that program's.");
  }

  private Optional<Problem> refused(LayerDirectory directory, Name name, Mark mark) {
    return problem(
        ProblemCode.MARK_REFUSED,
        directory,
        name,
        "The kernel refuses the value of the mark "
            + mark.xattr(marks)
            + ", so it does not show this entry.",
        "Set the mark to what it was, or remove it from the layer while nothing is mounted.");
  }

  private Optional<Problem> ignored(LayerDirectory directory, Name name, Mark mark, String option) {
    return problem(
        ProblemCode.LAYER_OF_OTHER_OPTIONS,
        directory,
        name,
        "The layer was written with "
            + option
            + ", as the mark "
            + mark.xattr(marks)
            + " tells. With the options of the spec the kernel does not show this entry.",
        marks == MarkNamespace.USER
            ? "With userxattr it never does: leave that out of the spec, if the layer was written"
                + " by root, or remove the mark from the layer while nothing is mounted."
            : "Add to the spec the options that the layer was written with: "
                + "withRedirectDir(RedirectDir.ON)"
                + (mark == Mark.METACOPY ? " and withMetacopy(true)." : "."));
  }

  private static Optional<Problem> problem(
      ProblemCode code, LayerDirectory directory, Name name, String message, String remedy) {
    return Optional.of(Problem.of(code, LayerEntries.path(directory, name), message, remedy));
  }

  /**
   * Tells whether a volatile mount has left an upper that may be damaged. Source: the kernel's
   * fs/overlayfs/super.c, {@code ovl_create_volatile_dirty}.
   *
   * @param work the work directory beside it; null if there is none
   * @return the problem
   * @throws IOException if the work directory cannot be read
   */
  public static Optional<Problem> work(LayerDirectory work) throws IOException {
    return VolatileLeftover.problem(work);
  }
}
