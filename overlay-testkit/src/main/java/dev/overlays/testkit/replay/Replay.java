package dev.overlays.testkit.replay;

import java.nio.file.CopyOption;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Random layers from a seed, and operations on a view of them, all through {@code java.nio.file}.
 * The result of an operation is compared; an exception is a result, too, and does not end the
 * replay. Paths are relative to the root of the view.
 *
 * <pre>{@code
 * new Replay(42).mkdir("d", 0755).move("d", "e", StandardCopyOption.ATOMIC_MOVE)
 * }</pre>
 *
 * <p>{@link DifferentialChecker} prints differences in this form. Open files and listings have
 * numbers that the replay chooses; opening closes what had the number before. Pipes, sockets and
 * devices are never opened. Not thread-safe.
 */
public final class Replay {
  private final long seed;
  private final List<String> missingEntries = new ArrayList<>();
  private final List<ReplayStep> steps = new ArrayList<>();

  /**
   * Makes a replay with the layers of a seed and no operations.
   *
   * @param seed the seed of the random layers
   */
  public Replay(long seed) {
    this.seed = seed;
  }

  /**
   * Removes entries from the layers.
   *
   * @param entries their paths as in a report: the name of the layer ({@code upper}, or {@code
   *     lower0} for the top-most lower), and the path in the layer, with everything but visible
   *     ASCII as {@code \\xHH}; the name of a layer alone stands for everything in it
   * @return this
   */
  public Replay without(String... entries) {
    missingEntries.addAll(List.of(entries));
    return this;
  }

  /**
   * Makes a directory.
   *
   * @param path its path
   * @param mode the permissions asked for; {@code 0777} asks for none
   * @return this
   */
  public Replay createDirectory(String path, int mode) {
    return addStep(new TreeStep.CreateDirectory(path, mode));
  }

  /**
   * Makes an empty file.
   *
   * @param path its path
   * @param mode the permissions asked for; {@code 0666} asks for none
   * @return this
   */
  public Replay createFile(String path, int mode) {
    return addStep(new TreeStep.CreateFile(path, mode));
  }

  /**
   * Deletes an entry; a directory must be empty.
   *
   * @param path its path
   * @return this
   */
  public Replay deleteEntry(String path) {
    return addStep(new TreeStep.DeleteEntry(path));
  }

  /**
   * Deletes everything in a directory.
   *
   * @param path its path
   * @return this
   */
  public Replay clearDirectory(String path) {
    return addStep(new TreeStep.ClearDirectory(path));
  }

  /**
   * Moves an entry.
   *
   * @param path where it is
   * @param target where to
   * @param options how
   * @return this
   */
  public Replay moveEntry(String path, String target, CopyOption... options) {
    return addStep(new TreeStep.MoveEntry(path, target, List.of(options)));
  }

  /**
   * Copies an entry; a directory is copied without its entries.
   *
   * @param path where it is
   * @param target where to
   * @param options how
   * @return this
   */
  public Replay copyEntry(String path, String target, CopyOption... options) {
    return addStep(new TreeStep.CopyEntry(path, target, List.of(options)));
  }

  /**
   * Gives a file another name.
   *
   * @param path the new name
   * @param existing the file
   * @return this
   */
  public Replay createLink(String path, String existing) {
    return addStep(new TreeStep.CreateLink(path, existing));
  }

  /**
   * Makes a symbolic link.
   *
   * @param path its path
   * @param target what it leads to
   * @return this
   */
  public Replay createSymlink(String path, String target) {
    return addStep(new TreeStep.CreateSymlink(path, target));
  }

  /**
   * Opens a file, writes to it, and closes it.
   *
   * @param path its path
   * @param offset where, in bytes from the start
   * @param size how many bytes
   * @param salt which bytes: another number, other bytes
   * @param options how it is opened
   * @return this
   */
  public Replay writeFile(String path, long offset, int size, int salt, OpenOption... options) {
    return addStep(new FileStep.WriteFile(path, offset, size, salt, List.of(options)));
  }

  /**
   * Truncates a file.
   *
   * @param path its path
   * @param size its new size in bytes
   * @return this
   */
  public Replay truncateFile(String path, long size) {
    return addStep(new FileStep.TruncateFile(path, size));
  }

  /**
   * Sets permissions.
   *
   * @param path of which entry
   * @param mode up to twelve bits
   * @param options whether links are followed
   * @return this
   */
  public Replay setMode(String path, int mode, LinkOption... options) {
    return addStep(new AttributeStep.SetMode(path, mode, List.of(options)));
  }

  /**
   * Sets the owner, and then the group.
   *
   * @param path of which entry
   * @param owner the user ID
   * @param group the group ID
   * @param options whether links are followed
   * @return this
   */
  public Replay setOwner(String path, int owner, int group, LinkOption... options) {
    return addStep(new AttributeStep.SetOwner(path, owner, group, List.of(options)));
  }

  /**
   * Sets the modification time.
   *
   * @param path of which entry
   * @param micros the time in microseconds since 1970
   * @param options whether links are followed
   * @return this
   */
  public Replay setModifiedTime(String path, long micros, LinkOption... options) {
    return addStep(new AttributeStep.SetModifiedTime(path, micros, List.of(options)));
  }

  /**
   * Sets a user-defined attribute.
   *
   * @param path of which entry
   * @param name its name, without {@code user.}
   * @param size how many bytes it has
   * @param salt which bytes: another number, other bytes
   * @param options whether links are followed
   * @return this
   */
  public Replay setXattr(String path, String name, int size, int salt, LinkOption... options) {
    return addStep(new AttributeStep.SetXattr(path, name, size, salt, List.of(options)));
  }

  /**
   * Removes a user-defined attribute.
   *
   * @param path of which entry
   * @param name its name, without {@code user.}
   * @param options whether links are followed
   * @return this
   */
  public Replay removeXattr(String path, String name, LinkOption... options) {
    return addStep(new AttributeStep.RemoveXattr(path, name, List.of(options)));
  }

  /**
   * Opens a file and keeps it open.
   *
   * @param handle the number that it gets
   * @param path its path
   * @param options how it is opened
   * @return this
   */
  public Replay openFile(int handle, String path, OpenOption... options) {
    return addStep(new HandleStep.OpenFile(handle, path, List.of(options)));
  }

  /**
   * Reads from an open file.
   *
   * @param handle its number
   * @param offset where, in bytes from the start
   * @param size how many bytes at most
   * @return this
   */
  public Replay readHandle(int handle, long offset, int size) {
    return addStep(new HandleStep.ReadHandle(handle, offset, size));
  }

  /**
   * Writes to an open file.
   *
   * @param handle its number
   * @param offset where, in bytes from the start
   * @param size how many bytes
   * @param salt which bytes: another number, other bytes
   * @return this
   */
  public Replay writeHandle(int handle, long offset, int size, int salt) {
    return addStep(new HandleStep.WriteHandle(handle, offset, size, salt));
  }

  /**
   * Truncates an open file.
   *
   * @param handle its number
   * @param size its new size in bytes
   * @return this
   */
  public Replay truncateHandle(int handle, long size) {
    return addStep(new HandleStep.TruncateHandle(handle, size));
  }

  /**
   * Reads the size of an open file.
   *
   * @param handle its number
   * @return this
   */
  public Replay sizeOfHandle(int handle) {
    return addStep(new HandleStep.SizeOfHandle(handle));
  }

  /**
   * Closes an open file.
   *
   * @param handle its number
   * @return this
   */
  public Replay closeHandle(int handle) {
    return addStep(new HandleStep.CloseHandle(handle));
  }

  /**
   * Opens a directory and keeps it open.
   *
   * @param listing the number that it gets
   * @param path the directory
   * @return this
   */
  public Replay openListing(int listing, String path) {
    return addStep(new ListingStep.OpenListing(listing, path));
  }

  /**
   * Reads some entries of an open directory.
   *
   * @param listing its number
   * @param count how many at most
   * @return this
   */
  public Replay readListing(int listing, int count) {
    return addStep(new ListingStep.ReadListing(listing, count));
  }

  /**
   * Reads the rest of an open directory and closes it; the entries that existed throughout are
   * compared.
   *
   * @param listing its number
   * @return this
   */
  public Replay endListing(int listing) {
    return addStep(new ListingStep.EndListing(listing));
  }

  /**
   * Deletes an entry other than a directory, relative to an open directory.
   *
   * @param listing its number
   * @param name the name of the entry
   * @return this
   */
  public Replay deleteFileIn(int listing, String name) {
    return addStep(new ListingStep.DeleteFileIn(listing, name));
  }

  /**
   * Deletes an empty directory, relative to an open directory.
   *
   * @param listing its number
   * @param name the name of the entry
   * @return this
   */
  public Replay deleteDirectoryIn(int listing, String name) {
    return addStep(new ListingStep.DeleteDirectoryIn(listing, name));
  }

  /**
   * Renames an entry from one open directory to another.
   *
   * @param listing the number of the one
   * @param name the name of the entry
   * @param targetListing the number of the other
   * @param target the new name
   * @return this
   */
  public Replay moveIn(int listing, String name, int targetListing, String target) {
    return addStep(new ListingStep.MoveIn(listing, name, targetListing, target));
  }

  /**
   * Sets permissions, relative to an open directory.
   *
   * @param listing its number
   * @param name the name of the entry
   * @param mode nine bits
   * @return this
   */
  public Replay setModeIn(int listing, String name, int mode) {
    return addStep(new ListingStep.SetModeIn(listing, name, mode));
  }

  /**
   * Reads a file.
   *
   * @param path its path
   * @return this
   */
  public Replay readFile(String path) {
    return addStep(new ReadStep.ReadFile(path));
  }

  /**
   * Lists a directory.
   *
   * @param path its path
   * @return this
   */
  public Replay listEntries(String path) {
    return addStep(new ReadStep.ListEntries(path));
  }

  /**
   * Reads the attributes of an entry.
   *
   * @param path its path
   * @param options whether links are followed
   * @return this
   */
  public Replay statEntry(String path, LinkOption... options) {
    return addStep(new ReadStep.StatEntry(path, List.of(options)));
  }

  /**
   * Reads a symbolic link.
   *
   * @param path its path
   * @return this
   */
  public Replay readLink(String path) {
    return addStep(new ReadStep.ReadLink(path));
  }

  /**
   * Checks whether an entry exists.
   *
   * @param path its path
   * @param options whether links are followed
   * @return this
   */
  public Replay checkExists(String path, LinkOption... options) {
    return addStep(new ReadStep.CheckExists(path, List.of(options)));
  }

  /**
   * Checks whether two paths lead to the same file.
   *
   * @param path the one
   * @param other the other
   * @return this
   */
  public Replay sameFile(String path, String other) {
    return addStep(new ReadStep.SameFile(path, other));
  }

  Replay addStep(ReplayStep step) {
    steps.add(step);
    return this;
  }

  /** Returns a replay of the same layers with other operations. */
  Replay withSteps(Collection<ReplayStep> others) {
    return copyWith(missingEntries, others);
  }

  /** Returns a replay of the same operations with fewer entries in the layers. */
  Replay withMissing(Collection<String> others) {
    return copyWith(others, steps);
  }

  private Replay copyWith(Collection<String> otherMissing, Collection<ReplayStep> otherSteps) {
    Replay copy = new Replay(seed);
    copy.missingEntries.addAll(otherMissing);
    copy.steps.addAll(otherSteps);
    return copy;
  }

  long seed() {
    return seed;
  }

  List<String> missingEntries() {
    return List.copyOf(missingEntries);
  }

  List<ReplayStep> listSteps() {
    return List.copyOf(steps);
  }

  /** Returns the replay as Java, to be pasted into a test. */
  @Override
  public String toString() {
    return JavaSource.of(this);
  }
}
