package dev.overlays;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/**
 * What to mount: the layers, the mount point and the options. Immutable, equal by value, and free
 * of contradictions as far as that can be checked without touching a disk.
 *
 * <p>Paths are kept as given; relative ones are resolved against the working directory of the JVM
 * when the spec is used.
 *
 * <pre>{@code
 * OverlaySpec spec = OverlaySpec.builder()
 *     .lower(Path.of("/mnt/usbdisk/static_cache"))
 *     .instance(Path.of("/mnt/usbdisk/ttnode1"))
 *     .privatePath(".yfnode/config")
 *     .build();
 * }</pre>
 */
public final class OverlaySpec {
  private final List<Path> lowers;
  private final List<Path> dataLowers;
  private final Optional<Path> upper;
  private final Optional<Path> work;
  private final Optional<Path> mountPoint;
  private final boolean unattached;
  private final Optional<Ephemeral> ephemeral;
  private final OverlayOptions options;
  private final Set<MountAttribute> attributes;
  private final Propagation propagation;
  private final Map<Path, IdMapping> idMappings;
  private final Set<String> privatePaths;

  private OverlaySpec(Builder builder) {
    lowers = List.copyOf(builder.lowers);
    dataLowers = List.copyOf(builder.dataLowers);
    upper = Optional.ofNullable(builder.upper);
    work = Optional.ofNullable(builder.work);
    mountPoint = Optional.ofNullable(builder.mountPoint);
    unattached = builder.unattached;
    ephemeral = Optional.ofNullable(builder.ephemeral);
    options = builder.options;
    attributes =
        builder.attributes.isEmpty()
            ? Set.of()
            : Collections.unmodifiableSet(EnumSet.copyOf(builder.attributes));
    propagation = builder.propagation;
    idMappings = Map.copyOf(builder.idMappings);
    privatePaths = Collections.unmodifiableSet(new TreeSet<>(builder.privatePaths));
  }

  /**
   * Returns a builder with default options and nothing else.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns a builder with all values of this spec.
   *
   * @return a new builder
   */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.lowers.addAll(lowers);
    builder.dataLowers.addAll(dataLowers);
    builder.upper = upper.orElse(null);
    builder.work = work.orElse(null);
    builder.mountPoint = mountPoint.orElse(null);
    builder.unattached = unattached;
    builder.ephemeral = ephemeral.orElse(null);
    builder.options = options;
    builder.attributes.addAll(attributes);
    builder.propagation = propagation;
    builder.idMappings.putAll(idMappings);
    builder.privatePaths.addAll(privatePaths);
    return builder;
  }

  /**
   * Returns the read-only layers.
   *
   * @return at least one, top-most first
   */
  public List<Path> lowers() {
    return lowers;
  }

  /**
   * Returns the data-only layers: they lie below all lowers, hold the data of metacopy files, and
   * show no names.
   *
   * @return the layers, top-most first; may be empty
   */
  public List<Path> dataLowers() {
    return dataLowers;
  }

  /**
   * Returns the writable layer.
   *
   * @return the upper; empty for a read-only view, and for an {@linkplain #ephemeral() ephemeral}
   *     one
   */
  public Optional<Path> upper() {
    return upper;
  }

  /**
   * Returns the directory in which the kernel prepares what it puts into the upper.
   *
   * @return the work directory; there is one exactly if there is an upper
   */
  public Optional<Path> work() {
    return work;
  }

  /**
   * Returns where the view is to be mounted.
   *
   * @return the mount point; empty if the backend chooses a place, which {@link
   *     OverlayMount#root()} returns
   */
  public Optional<Path> mountPoint() {
    return mountPoint;
  }

  /**
   * Tells whether the view is attached to no directory tree.
   *
   * @return whether only this process sees the view
   * @see Builder#unattached()
   */
  public boolean isUnattached() {
    return unattached;
  }

  /**
   * Returns where an ephemeral view keeps its upper and work directory.
   *
   * @return the place; empty if upper and work directory are given, or if the view is read-only
   */
  public Optional<Ephemeral> ephemeral() {
    return ephemeral;
  }

  /**
   * Tells whether the view has a writable layer.
   *
   * @return whether there is an upper, given or ephemeral
   */
  public boolean hasUpper() {
    return upper.isPresent() || ephemeral.isPresent();
  }

  /**
   * Returns the directory of the instance, if upper, work directory and mount point have the same
   * parent. Then mounting creates that directory and whichever of the three is missing; otherwise
   * it creates nothing.
   *
   * @return the common parent of upper, work directory and mount point
   */
  public Optional<Path> instance() {
    Optional<Path> parent = parentOf(upper);
    return parent.equals(parentOf(work)) && parent.equals(parentOf(mountPoint))
        ? parent
        : Optional.empty();
  }

  private static Optional<Path> parentOf(Optional<Path> path) {
    return path.isPresent() ? Optional.ofNullable(path.get().getParent()) : Optional.empty();
  }

  /**
   * Returns every path that must exist for the mount: the lowers, then upper, work directory, mount
   * point and the parent of an ephemeral upper, if given.
   *
   * @return the paths, as they were given
   */
  public List<Path> requiredPaths() {
    List<Path> paths = new ArrayList<>(lowers);
    paths.addAll(dataLowers);
    for (Optional<Path> path : List.of(upper, work, mountPoint)) {
      if (path.isPresent()) {
        paths.add(path.get());
      }
    }
    if (ephemeral.orElse(null) instanceof Ephemeral.Directory directory) {
      paths.add(directory.parent());
    }
    return List.copyOf(paths);
  }

  /**
   * Returns the options of the overlay.
   *
   * @return the options
   */
  public OverlayOptions options() {
    return options;
  }

  /**
   * Returns the properties of the mount.
   *
   * @return an unmodifiable set, possibly empty
   */
  public Set<MountAttribute> attributes() {
    return attributes;
  }

  /**
   * Returns whether mounts inside the view appear in other mount namespaces.
   *
   * @return the propagation, by default {@link Propagation#PRIVATE}
   */
  public Propagation propagation() {
    return propagation;
  }

  /**
   * Returns the lowers whose owners are mapped.
   *
   * @return the mappings by the path of the lower as it was given; may be empty
   */
  public Map<Path, IdMapping> idMappings() {
    return idMappings;
  }

  /**
   * Returns the paths that belong to this instance alone.
   *
   * @return relative, normalised paths with {@code /} between names, sorted
   * @see Builder#privatePath(String)
   */
  public Set<String> privatePaths() {
    return privatePaths;
  }

  /**
   * Returns a copy with the given upper and work directory in place of those that an {@linkplain
   * #ephemeral() ephemeral} view creates itself.
   *
   * @param newUpper the upper
   * @param newWork the work directory
   * @return a changed copy, which is not ephemeral
   */
  public OverlaySpec withUpper(Path newUpper, Path newWork) {
    Builder builder = toBuilder().upper(newUpper).work(newWork);
    builder.ephemeral = null;
    return builder.build();
  }

  @Override
  public boolean equals(Object object) {
    return object instanceof OverlaySpec other && comparedFields().equals(other.comparedFields());
  }

  @Override
  public int hashCode() {
    return comparedFields().hashCode();
  }

  private List<Object> comparedFields() {
    return List.of(
        lowers,
        dataLowers,
        upper,
        work,
        mountPoint,
        unattached,
        ephemeral,
        options,
        attributes,
        propagation,
        idMappings,
        privatePaths);
  }

  /**
   * Returns the spec in readable form: the layers, and everything that differs from the default.
   */
  @Override
  public String toString() {
    List<String> parts = new ArrayList<>();
    parts.add("lowers=" + lowers);
    if (!dataLowers.isEmpty()) {
      parts.add("dataLowers=" + dataLowers);
    }
    upper.ifPresent(path -> parts.add("upper=" + path));
    work.ifPresent(path -> parts.add("work=" + path));
    mountPoint.ifPresent(path -> parts.add("mountPoint=" + path));
    if (unattached) {
      parts.add("unattached");
    }
    ephemeral.ifPresent(place -> parts.add("ephemeral=" + place));
    if (!options.equals(OverlayOptions.defaults())) {
      parts.add(options.toString());
    }
    if (!attributes.isEmpty()) {
      parts.add("attributes=" + attributes);
    }
    if (propagation != Propagation.PRIVATE) {
      parts.add("propagation=" + propagation);
    }
    if (!idMappings.isEmpty()) {
      parts.add("idMappings=" + idMappings);
    }
    if (!privatePaths.isEmpty()) {
      parts.add("privatePaths=" + privatePaths);
    }
    return "OverlaySpec[" + String.join(", ", parts) + "]";
  }

  /** Builds specs. Not thread-safe; may be used again after {@link #build()}. */
  public static final class Builder {
    private final List<Path> lowers = new ArrayList<>();
    private final List<Path> dataLowers = new ArrayList<>();
    private Path upper;
    private Path work;
    private Path mountPoint;
    private boolean unattached;
    private Ephemeral ephemeral;
    private OverlayOptions options = OverlayOptions.defaults();
    private final Set<MountAttribute> attributes = new HashSet<>();
    private Propagation propagation = Propagation.PRIVATE;
    private final Map<Path, IdMapping> idMappings = new LinkedHashMap<>();
    private final Set<String> privatePaths = new LinkedHashSet<>();

    private Builder() {}

    /**
     * Adds a read-only layer below those added before.
     *
     * @param directory an existing directory, on any file system
     * @return this builder
     */
    public Builder lower(Path directory) {
      lowers.add(Objects.requireNonNull(directory, "lower"));
      return this;
    }

    /**
     * Adds a read-only layer below those added before, and maps the owners of its files. Needs
     * root's rights, and a file system that supports it.
     *
     * @param directory an existing directory
     * @param mapping maps the owners on the disk to those of the view
     * @return this builder
     */
    public Builder lower(Path directory, IdMapping mapping) {
      lower(directory);
      idMappings.put(directory, Objects.requireNonNull(mapping, "mapping"));
      return this;
    }

    /**
     * Replaces the read-only layers.
     *
     * @param directories top-most first
     * @return this builder
     */
    public Builder lowers(Collection<Path> directories) {
      lowers.clear();
      idMappings.clear();
      directories.forEach(this::lower);
      return this;
    }

    /**
     * Adds a data-only layer below those added before. Linux 6.5 and later; without {@code
     * metacopy}, or with {@code userXattr}, Linux 6.16 and later.
     *
     * @param directory an existing directory
     * @return this builder
     */
    public Builder dataLower(Path directory) {
      dataLowers.add(Objects.requireNonNull(directory, "dataLower"));
      return this;
    }

    /**
     * Sets the writable layer.
     *
     * @param directory a directory on the same mount as the work directory
     * @return this builder
     */
    public Builder upper(Path directory) {
      upper = Objects.requireNonNull(directory, "upper");
      return this;
    }

    /**
     * Sets the directory in which the kernel prepares what it puts into the upper.
     *
     * @param directory a directory beside the upper, not inside it, that nothing else uses
     * @return this builder
     */
    public Builder work(Path directory) {
      work = Objects.requireNonNull(directory, "work");
      return this;
    }

    /**
     * Discards what is written when the view is closed: mounting creates upper and work directory
     * in memory. Use {@link OverlayMount#keepTo} to keep the upper after all.
     *
     * @return this builder
     */
    public Builder ephemeral() {
      return ephemeral(Ephemeral.inMemory());
    }

    /**
     * Discards what is written when the view is closed.
     *
     * @param place where mounting creates upper and work directory
     * @return this builder
     */
    public Builder ephemeral(Ephemeral place) {
      ephemeral = Objects.requireNonNull(place, "ephemeral");
      return this;
    }

    /**
     * Sets where to mount the view. Without a mount point the backend chooses a place, which {@link
     * OverlayMount#root()} returns, and the view ends with this process at the latest.
     *
     * @param directory an empty directory
     * @return this builder
     */
    public Builder mountPoint(Path directory) {
      mountPoint = Objects.requireNonNull(directory, "mountPoint");
      return this;
    }

    /**
     * Attaches the view to no directory tree: no mount table shows it, only this process sees it,
     * and it has no real path. Everything that needs a canonical path inside it fails: {@link
     * Path#toRealPath}, {@link java.nio.file.Files#getFileStore}, {@link java.io.File#mkdirs}, and
     * many programs and libraries. Needs Linux 6.15 or later with the kernel backend. Use this only
     * if nobody else may see the view.
     *
     * @return this builder
     */
    public Builder unattached() {
      unattached = true;
      return this;
    }

    /**
     * Sets upper, work directory and mount point to {@code upper}, {@code work} and {@code mnts} in
     * one directory. Mounting creates whichever of these is missing, and the directory itself, but
     * not its parent: a disk that is not mounted is an error. A new upper gets the attributes of
     * the top-most lower.
     *
     * @param directory the instance's own directory
     * @return this builder
     */
    public Builder instance(Path directory) {
      return instance(directory, "upper", "work", "mnts");
    }

    /**
     * Sets upper, work directory and mount point to directories of the given names in one
     * directory. Mounting creates them like those of {@link #instance(Path)}.
     *
     * @param directory the instance's own directory
     * @param upperName the name of the upper
     * @param workName the name of the work directory
     * @param mountPointName the name of the mount point
     * @return this builder
     */
    public Builder instance(
        Path directory, String upperName, String workName, String mountPointName) {
      return upper(directory.resolve(upperName))
          .work(directory.resolve(workName))
          .mountPoint(directory.resolve(mountPointName));
    }

    /**
     * Declares a path that belongs to this instance alone, such as its identity or configuration.
     * The view hides what the lowers hold at this path: before mounting, a whiteout is put into the
     * upper, or an opaque mark if the upper has a directory there. A merge leaves what the upper
     * holds at this path in the upper. What the lower holds there stays in the lower, unless a
     * directory above it was deleted in the view.
     *
     * @param path relative to the root of the view, with {@code /} between names; names that are
     *     empty or {@code .} are dropped
     * @return this builder
     */
    public Builder privatePath(String path) {
      privatePaths.add(Objects.requireNonNull(path, "privatePath"));
      return this;
    }

    /**
     * Sets the options of the overlay.
     *
     * @param newOptions the options
     * @return this builder
     */
    public Builder options(OverlayOptions newOptions) {
      options = Objects.requireNonNull(newOptions, "options");
      return this;
    }

    /**
     * Changes the options of the overlay, for example {@code options(o -> o.withIndex(true))}.
     *
     * @param change returns the new options for the options set so far
     * @return this builder
     */
    public Builder options(UnaryOperator<OverlayOptions> change) {
      return options(change.apply(options));
    }

    /**
     * Adds properties of the mount.
     *
     * @param added the properties
     * @return this builder
     */
    public Builder attributes(MountAttribute... added) {
      attributes.addAll(List.of(added));
      return this;
    }

    /**
     * Sets whether mounts inside the view appear in other mount namespaces.
     *
     * @param kind by default {@link Propagation#PRIVATE}
     * @return this builder
     */
    public Builder propagation(Propagation kind) {
      propagation = Objects.requireNonNull(kind, "propagation");
      return this;
    }

    /**
     * Builds the spec.
     *
     * @return an immutable spec
     * @throws InvalidSpecException if the spec contradicts itself, with every contradiction found
     */
    public OverlaySpec build() {
      List<Problem> problems = new ArrayList<>();
      Set<String> normalised = PrivatePathRules.normalisePaths(privatePaths, problems);
      privatePaths.clear();
      privatePaths.addAll(normalised);
      OverlaySpec spec = new OverlaySpec(this);
      LayerRules.checkLayers(spec, problems);
      OptionRules.checkOptions(spec, problems);
      if (!problems.isEmpty()) {
        throw new InvalidSpecException(problems);
      }
      return spec;
    }
  }
}
