package dev.overlays.cache;

import dev.overlays.BootEntries;
import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlayOptions;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.UnmountOptions;
import dev.overlays.instance.InstanceDirectories;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.merge.oci.registry.OciRegistry;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * One directory that many instances share as their lower. Each instance has its own directory, with
 * {@code upper}, {@code work} and {@code mnts} in it. Immutable and thread-safe; every call reads
 * the instances from the disk and the mounts from the backends, and no other state is kept.
 *
 * <pre>{@code
 * SharedCache cache = SharedCache.of(Path.of("/srv/cache"), Path.of("/srv/instances"))
 *     .privatePath(".yfnode/config");
 * cache.create("ttnode1");
 * cache.mountAll();
 * System.out.println(cache.status());
 * System.out.println(cache.maintain());
 * }</pre>
 */
public final class SharedCache {
  private final Path lower;
  private final Path directory;
  private final OverlaySpec template;
  private final Optional<String> backend;
  private final Optional<BootEntries> boot;

  private SharedCache(
      Path lower,
      Path directory,
      OverlaySpec template,
      Optional<String> backend,
      Optional<BootEntries> boot) {
    this.lower = lower;
    this.directory = directory;
    this.template = template;
    this.backend = backend;
    this.boot = boot;
  }

  /**
   * Returns the cache of a lower and the instances in a directory.
   *
   * @param lower the shared directory
   * @param instances the directory that holds the instances' directories
   * @return a cache with default options
   */
  public static SharedCache of(Path lower, Path instances) {
    OverlaySpec template =
        OverlaySpec.builder().lower(lower).instance(instances.resolve("any")).build();
    return new SharedCache(lower, instances, template, Optional.empty(), Optional.empty());
  }

  /**
   * Returns this cache with one more private path in each instance.
   *
   * @param path as {@link OverlaySpec.Builder#privatePath}
   * @return a new cache
   * @throws dev.overlays.InvalidSpecException if it is none
   */
  public SharedCache privatePath(String path) {
    return withTemplate(template.toBuilder().privatePath(path).build());
  }

  /**
   * Returns this cache with other options for every instance.
   *
   * @param change derives the new options from those set so far
   * @return a new cache
   * @throws dev.overlays.InvalidSpecException if they contradict each other
   */
  public SharedCache options(UnaryOperator<OverlayOptions> change) {
    return withTemplate(template.toBuilder().options(change).build());
  }

  private SharedCache withTemplate(OverlaySpec newTemplate) {
    return new SharedCache(lower, directory, newTemplate, backend, boot);
  }

  /**
   * Returns this cache with a backend of your choice.
   *
   * @param name its name, as {@link Overlays#mount(OverlaySpec, String)} takes it
   * @return a new cache
   */
  public SharedCache backend(String name) {
    return new SharedCache(lower, directory, template, Optional.of(name), boot);
  }

  /**
   * Returns this cache with boot entries: every instance that is mounted gets an entry and is then
   * mounted when the machine starts; an instance that is removed loses its entry.
   *
   * @param entries where the entries are kept
   * @return a new cache
   */
  public SharedCache bootEntries(BootEntries entries) {
    return new SharedCache(lower, directory, template, backend, Optional.of(entries));
  }

  /**
   * Returns the shared directory.
   *
   * @return the lower
   */
  public Path lower() {
    return lower;
  }

  Path instancesDirectory() {
    return directory;
  }

  OverlayMount mount(OverlaySpec spec) throws OverlayException {
    return backend.isPresent() ? Overlays.mount(spec, backend.get()) : Overlays.mount(spec);
  }

  /** Lists what would make the mount fail. */
  List<Problem> checkMount(OverlaySpec spec) {
    return backend.isPresent()
        ? Overlays.backends().stream()
            .filter(each -> each.name().equals(backend.get()))
            .flatMap(each -> each.check(spec).stream())
            .toList()
        : Overlays.check(spec);
  }

  Optional<BootEntries> bootEntries() {
    return boot;
  }

  /**
   * Returns how an instance is mounted, whether it exists or not.
   *
   * @param name its name
   * @return its spec
   * @throws IllegalArgumentException if it is not a valid directory name
   */
  public OverlaySpec spec(String name) {
    Path instance = directory.resolve(Objects.requireNonNull(name, "name"));
    if (name.isEmpty()
        || instance.getNameCount() != directory.getNameCount() + 1
        || !instance.startsWith(directory)
        || name.equals(".")
        || name.equals("..")) {
      throw new IllegalArgumentException("not the name of a directory: " + name);
    }
    return template.toBuilder().instance(instance).build();
  }

  /**
   * Returns the instances: the directories that hold an upper. A missing work directory or mount
   * point is created by the mount.
   *
   * @return all instances, by name
   * @throws OverlayException if they or the mounts cannot be listed
   */
  public List<CacheInstance> instances() throws OverlayException {
    return InstanceListing.listInstances(this);
  }

  /**
   * Creates an instance if it does not exist.
   *
   * @param name the name of its directory
   * @return the instance, not mounted if it is new
   * @throws OverlayException if the directory of the instances or the lower does not exist or is no
   *     directory ({@link ProblemCode#INSTANCE_DIRECTORY_NOT_FOUND}, {@link
   *     ProblemCode#LAYER_NOT_FOUND}, {@link ProblemCode#LAYER_NOT_DIRECTORY}), the instance would
   *     lie inside the lower ({@link ProblemCode#LAYER_NESTED}), or it cannot be created ({@link
   *     ProblemCode#DIRECTORY_NOT_CREATED})
   * @throws IllegalArgumentException if it is not a valid directory name
   */
  public CacheInstance create(String name) throws OverlayException {
    OverlaySpec spec = spec(name);
    try (InstanceDirectories directories = InstanceDirectories.createMissing(spec)) {
      directories.keepCreated();
    }
    return findInstance(name);
  }

  private CacheInstance findInstance(String name) throws OverlayException {
    return instances().stream()
        .filter(instance -> instance.name().equals(name))
        .findFirst()
        .orElseThrow(() -> instanceNotFound(name));
  }

  private OverlayException instanceNotFound(String name) {
    return new OverlayException(
        Problem.of(
            ProblemCode.INSTANCE_DIRECTORY_NOT_FOUND,
            directory.resolve(name),
            "There is no instance of this name.",
            "Make it with create(\"" + name + "\")."));
  }

  /**
   * Removes an instance with everything in its directory, its aside directories included, and its
   * boot entry.
   *
   * @param name its name
   * @throws OverlayException if it does not exist, is mounted ({@link ProblemCode#LAYER_IN_USE}) or
   *     held by a view elsewhere, or cannot be removed
   */
  public void remove(String name) throws OverlayException {
    CacheInstance instance = findInstance(name);
    if (instance.mount().isPresent()) {
      throw new OverlayException(
          Problem.of(
              ProblemCode.LAYER_IN_USE,
              instance.spec().upper().orElseThrow(),
              "The instance is mounted.",
              "Unmount it first."));
    }
    Path path = instance.directory();
    try (Closeable hold = LayerStore.of(path).hold(instance.spec());
        LayerDirectory root = LayerStore.of(path).open(path)) {
      Objects.requireNonNull(hold);
      if (boot.isPresent()) {
        boot.get().remove(instance.spec().mountPoint().orElseThrow());
      }
      LayerEntries.removeAll(root);
      Files.delete(path);
    } catch (OverlayException e) {
      throw e;
    } catch (IOException e) {
      throw InstanceFailures.accessFailure(path, "cannot be removed", e);
    }
  }

  /**
   * Mounts an instance, and writes its boot entry if this cache has boot entries. If the instance
   * is mounted, only the entry is written. The entry is checked before the mount and written after
   * it; if it cannot be written, the view is unmounted again.
   *
   * <p>Files that programs have written into the mount point while it was not mounted are moved, by
   * a rename, into a directory beside it, such as {@code mnts.overlays-aside-1}. The move is
   * logged, and {@link CacheInstance#aside()} and {@link #status()} list the directories until you
   * delete them.
   *
   * @param name its name
   * @return its view
   * @throws OverlayException if it does not exist or cannot be mounted, for example because
   *     something is mounted inside the mount point ({@link ProblemCode#MOUNT_POINT_NOT_EMPTY}); or
   *     if its boot entry is refused or cannot be written, and a new view is unmounted again. If
   *     that view is already in use and cannot be unmounted, the exception says so, too
   */
  public OverlayMount mount(String name) throws OverlayException {
    return new InstanceMounting(this, findInstance(name)).mountWithBootEntry();
  }

  /**
   * Mounts every instance that is not mounted, as {@link #mount} does. If one fails, the others are
   * still mounted.
   *
   * @return the views of all, by name
   * @throws OverlayException with the problems of all that could not be mounted
   */
  public List<OverlayMount> mountAll() throws OverlayException {
    List<OverlayMount> mounts = new ArrayList<>();
    InstanceFailures failures = new InstanceFailures();
    for (CacheInstance instance : instances()) {
      failures.runStep(() -> mounts.add(new InstanceMounting(this, instance).mountWithBootEntry()));
    }
    failures.throwAll();
    return mounts;
  }

  /**
   * Unmounts every instance. If one is in use, the others are still unmounted.
   *
   * @param options how
   * @throws OverlayException with the problems of all that could not be unmounted, and who uses
   *     them
   */
  public void unmountAll(UnmountOptions options) throws OverlayException {
    InstanceFailures failures = new InstanceFailures();
    for (CacheInstance instance : instances()) {
      if (instance.mount().isPresent()) {
        failures.runStep(() -> instance.mount().get().close(options));
      }
    }
    failures.throwAll();
  }

  /**
   * Reports each instance, its view, and what a merge would free. As many threads as there are
   * processors read the layers.
   *
   * @return a table, with a line for each instance
   * @throws OverlayException if the layers cannot be read
   */
  public CacheStatus status() throws OverlayException {
    return status(Runtime.getRuntime().availableProcessors(), row -> {});
  }

  /**
   * Reports the same, and hands on each row as soon as it is known. Every file of the cache is
   * looked at, which takes a while if there are many.
   *
   * <pre>{@code
   * cache.status(2, row -> System.out.println(row.name() + " " + row.upperBytes()));
   * }</pre>
   *
   * @param workers the number of threads that read the layers; a single one is the caller's own
   * @param rows is called by the calling thread with the status of each instance, in the order of
   *     their names. An exception that it throws ends the reading and is thrown to the caller
   * @return a table, with a line for each instance
   * @throws OverlayException if the layers cannot be read; some rows may have been handed on then
   * @throws IllegalArgumentException if {@code workers} is less than 1
   */
  public CacheStatus status(int workers, Consumer<InstanceStatus> rows) throws OverlayException {
    return new StatusReader(this, Objects.requireNonNull(rows, "rows")).readStatus(workers);
  }

  /**
   * Returns a maintenance, which merges the uppers into the lower.
   *
   * @return a maintenance that merges every instance, in the order of their names
   */
  public Maintenance maintenance() {
    return Maintenance.of(this);
  }

  /**
   * Merges the uppers into the lower, as {@code maintenance().run()} does.
   *
   * @return what was done
   * @throws OverlayException as {@link Maintenance#run()}
   */
  public MaintenanceReport maintain() throws OverlayException {
    return maintenance().run();
  }

  /**
   * Returns a publication, which makes an image of the lower and pushes it to a registry.
   *
   * @param image the name that the image gets there; its listener is told of the transfer
   * @return a publication with default options
   */
  public LowerPublication publication(OciRegistry image) {
    return LowerPublication.of(this, image);
  }

  /**
   * Publishes the lower, as {@code publication(image).run()} does.
   *
   * <pre>{@code
   * cache.maintain();
   * cache.publish(OciRegistry.of("registry.example/team/cache:v1"));
   * }</pre>
   *
   * @param image the name that the image gets in the registry
   * @return what was done
   * @throws OverlayException as {@link LowerPublication#run()}
   */
  public PublishReport publish(OciRegistry image) throws OverlayException {
    return publication(image).run();
  }

  /**
   * Returns an update, which replaces the lower by an image that another machine has published.
   *
   * @param image the image; its listener is told of the transfer
   * @return an update with default options
   */
  public LowerUpdate update(OciRegistry image) {
    return LowerUpdate.of(this, image);
  }

  /**
   * Takes up a published lower if it is another one than the cache has, as {@code
   * update(image).run()} does.
   *
   * <pre>{@code
   * System.out.println(cache.follow(OciRegistry.of("registry.example/team/cache:v1")));
   * }</pre>
   *
   * @param image the image in the registry
   * @return what was done
   * @throws OverlayException as {@link LowerUpdate#run()}
   */
  public FollowReport follow(OciRegistry image) throws OverlayException {
    return update(image).run();
  }

  /** Returns a view of the lower alone. */
  OverlaySpec view() {
    boolean userMarks = template.options().userXattr();
    return OverlaySpec.builder()
        .ephemeral()
        .lower(lower)
        .options(options -> options.withUserXattr(userMarks))
        .build();
  }

  OverlayException lowerNotFound() {
    return new OverlayException(
        Problem.of(
            ProblemCode.LAYER_NOT_FOUND,
            lower,
            "The lower does not exist.",
            "Create it, or take up a published one by follow."));
  }

  @Override
  public String toString() {
    return "SharedCache[" + lower + ", " + directory + "]";
  }
}
