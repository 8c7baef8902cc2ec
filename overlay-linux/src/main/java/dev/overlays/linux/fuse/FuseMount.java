package dev.overlays.linux.fuse;

import dev.overlays.MountAttribute;
import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.UnmountOptions;
import dev.overlays.layer.PathBytes;
import dev.overlays.linux.context.MountAttributes;
import dev.overlays.linux.machines.LockKeepers;
import dev.overlays.linux.mount.AccessRemount;
import dev.overlays.linux.mount.MountHolders;
import dev.overlays.linux.mount.UnlistedMounts;
import dev.overlays.linux.mount.ViewElsewhere;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.syscall.OpenFlags;
import dev.overlays.linux.syscall.SyscallException;
import dev.overlays.linux.syscall.ThreadPrivilege;
import dev.overlays.linux.table.FuseDaemon;
import dev.overlays.linux.table.FuseSpecDecoder;
import dev.overlays.linux.table.MountRecord;
import dev.overlays.linux.table.MountTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A view served by fuse-overlayfs, known by its mount ID. */
public final class FuseMount implements OverlayMount {
  /** The name of the backend. */
  public static final String BACKEND = "fuse-overlayfs";

  private final OverlaySpec spec;
  private final Path root;
  private final FileId id;

  /** Empty if another process has mounted it, and so started them. */
  private final Optional<LockKeepers> keepers;

  private FuseMount(OverlaySpec spec, Path root, FileId id, Optional<LockKeepers> keepers) {
    this.keepers = keepers;
    this.spec = spec;
    this.root = root;
    this.id = id;
  }

  /**
   * Takes over a mount of the mount table.
   *
   * @param record the mount
   * @param daemons the processes that serve views, the youngest first
   * @return its handle; empty if none of them serves it, or no spec can stand for it
   */
  public static Optional<OverlayMount> of(MountRecord record, List<FuseDaemon> daemons) {
    return daemons.stream()
        .filter(daemon -> daemon.mountPoint().equals(Optional.of(record.mountPoint())))
        .findFirst()
        .flatMap(daemon -> FuseSpecDecoder.decodeSpec(record, daemon))
        .map(
            spec ->
                new FuseMount(
                    spec, record.mountPoint(), MountTable.identityOf(record), Optional.empty()));
  }

  /**
   * Lists the mounts of fuse-overlayfs: those of the mount table of this process, and those of this
   * library that no table shows.
   *
   * @return a handle for each
   * @throws OverlayException if the table cannot be read
   */
  public static List<OverlayMount> listMounts() throws OverlayException {
    return UnlistedMounts.listWithTable(BACKEND, FuseMount::listFromTable);
  }

  private static List<OverlayMount> listFromTable() throws IOException {
    List<MountRecord> records =
        MountTable.ofThisProcess().stream()
            .filter(record -> record.fsType().equals(FuseDaemon.FILE_SYSTEM))
            .toList();
    if (records.isEmpty()) {
      return List.of();
    }
    List<FuseDaemon> daemons = FuseDaemon.listAll();
    return records.stream().map(record -> of(record, daemons)).flatMap(Optional::stream).toList();
  }

  /** Returns the handle of a new mount, which is undone if it does not match the spec. */
  static FuseMount verifiedMount(OverlaySpec spec, Path place, LockKeepers keepers)
      throws OverlayException {
    try {
      FuseMount mount =
          new FuseMount(
              spec,
              spec.mountPoint().orElseThrow().toAbsolutePath(),
              FileId.of(PathBytes.of(place)),
              Optional.of(keepers));
      try {
        keepers.tellMounted(mount.id);
        mount.adjustAttributes();
        mount.verifyOptions();
        return mount;
      } catch (IOException | RuntimeException | Error e) {
        mount.close(UnmountOptions.lazily());
        throw e;
      }
    } catch (OverlayException e) {
      throw e;
    } catch (IOException e) {
      throw new OverlayException(List.of(notInForceProblem(spec, e.getMessage())), e);
    }
  }

  /** Sets what fuse-overlayfs has no option for, and only root may set. */
  private void adjustAttributes() throws SyscallException {
    if (ThreadPrivilege.mayMount()) {
      try (Descriptor mount = Descriptor.open(root, OpenFlags.PATH)) {
        MountAttributes.setPropagation(mount, spec.propagation());
        if (spec.attributes().contains(MountAttribute.NOSYMFOLLOW)) {
          MountAttributes.addAttributes(mount, Set.of(MountAttribute.NOSYMFOLLOW));
        }
      }
    }
  }

  private void verifyOptions() throws IOException {
    Optional<MountRecord> record = MountTable.findMount(id);
    if (record.isEmpty() || !record.get().fsType().equals(FuseDaemon.FILE_SYSTEM)) {
      throw new OverlayException(notInForceProblem(spec, "there is no such mount"));
    }
    if (!record.get().attributes().containsAll(spec.attributes())) {
      throw new OverlayException(
          notInForceProblem(
              spec,
              "attributes: asked " + spec.attributes() + ", got " + record.get().attributes()));
    }
  }

  private static Problem notInForceProblem(OverlaySpec spec, String what) {
    return new Problem(
        ProblemCode.OPTION_NOT_IN_FORCE,
        spec.mountPoint(),
        "fuse-overlayfs mounted without some requested options (" + what + ").",
        "Request only what it supports.");
  }

  @Override
  public Path root() {
    return root;
  }

  @Override
  public OverlaySpec spec() {
    return spec;
  }

  @Override
  public String backend() {
    return BACKEND;
  }

  @Override
  public boolean isMounted() {
    try {
      return MountTable.findMount(id).isPresent();
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public synchronized void close(UnmountOptions options) throws OverlayException {
    new FuseUnmount(spec, id).run(options);
    if (keepers.isPresent()) {
      keepers.get().endIfGone();
    } else {
      LockKeepers.endThoseOf(spec, root, id);
    }
  }

  @Override
  public List<Problem> holders() {
    try {
      return new FuseUnmount(spec, id)
          .currentPlace()
          .map(place -> MountHolders.holdersAt(place, id))
          .orElse(List.of());
    } catch (OverlayException e) {
      // Under another mount its holders cannot be told apart.
      return List.of();
    }
  }

  @Override
  public List<Problem> otherMounts() {
    try {
      return new FuseUnmount(spec, id).currentPlace().map(ViewElsewhere::of).orElse(List.of());
    } catch (OverlayException e) {
      // Under another mount nothing is unmounted either.
      return List.of();
    }
  }

  @Override
  public synchronized void remount(boolean readOnly) throws OverlayException {
    AccessRemount.remountAt(
        spec, new FuseUnmount(spec, id).currentPlace().orElse(root), id, readOnly);
  }

  @Override
  public String toString() {
    return "FuseMount[" + root + ", " + spec + "]";
  }
}
